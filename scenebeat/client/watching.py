"""What is told of jobs and films in the making: over the socket, and by asking where that breaks or is missing."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import aiohttp

from scenebeat.client.answers import Frame, read, read_job
from scenebeat.client.faults import NoSocket, Unreachable, fault_of
from scenebeat.client.line import Line
from scenebeat.client.pace import Pace, Tries
from shared.answers import JobFields, Production, ProductionFields

Told = JobFields | ProductionFields
"""What a frame says of a job or a film: its small fields, or all of it (Job, Production)."""
GREETINGS = frozenset({"hello", "reset"})
ASK_EVERY = Pace(first_s=0.5, most_s=5.0)


@dataclass(frozen=True, slots=True)
class Subjects:
    """What is followed."""

    job_ids: Sequence[str] = ()
    production_ids: Sequence[str] = ()
    project: str | None = None

    def query(self, after: int | None) -> list[tuple[str, str]]:
        named = [("job_id", one) for one in self.job_ids] + [("production_id", one) for one in self.production_ids]
        named += [("project", self.project)] if self.project is not None else []
        return named + ([] if after is None else [("after", str(after))])


async def follow(line: Line, subjects: Subjects, *, after: int | None = None) -> AsyncGenerator[Frame]:
    """Everything told of `subjects`, endlessly; the caller leaves when it knows enough.

    A lost connection is taken up again where it broke: no event is missed and none comes twice. Raises Unreachable
    when the gateway stays away, NoSocket when no socket gets through, Refused when there is no such thing to follow.
    """
    tries = Tries(line.pace)
    while True:
        try:
            async with aclosing(_listen(line, subjects, after)) as frames:
                async for frame in frames:
                    tries.begin_again()
                    if frame.type in GREETINGS:  # the snapshot they promise may still get lost
                        continue
                    yield frame
                    after = frame.seq
        except Unreachable as lost:
            wait_s = tries.wait_s()
            if wait_s is None:
                raise Unreachable(f"{line.url} has not answered for {line.pace.give_up_s:g} s") from lost
        else:
            wait_s = tries.wait_s() or line.pace.most_s
        await asyncio.sleep(wait_s)


async def watch(line: Line, subjects: Subjects, look: Callable[[], Awaitable[Sequence[Told]]]) -> AsyncGenerator[Told]:
    """What is told of `subjects`, endlessly, with or without a socket. `look` asks how they stand.

    Raises what `look` raises, and Refused where there is no such thing to follow.
    """
    after: int | None = None
    tries = Tries(line.pace)
    while True:
        try:
            async with aclosing(_listen(line, subjects, after)) as frames:
                async for frame in frames:
                    tries.begin_again()
                    if frame.type in GREETINGS:
                        continue
                    for told in told_by(frame):
                        yield told
                    after = frame.seq
        except Unreachable:
            pass
        except NoSocket:
            break
        for told in await look():
            yield told
        await asyncio.sleep(tries.wait_s() or line.pace.most_s)
    async with aclosing(_asked(look)) as answers:
        async for told in answers:
            yield told


async def _asked(look: Callable[[], Awaitable[Sequence[Told]]]) -> AsyncGenerator[Told]:
    """How things stand, asked again and again: soon after something changed, seldom while nothing does."""
    known: Sequence[Told] = ()
    wait_s = ASK_EVERY.first_s
    while True:
        now = await look()
        for told in now:
            yield told
        wait_s = ASK_EVERY.first_s if now != known else min(ASK_EVERY.most_s, wait_s * 1.5)
        known = now
        await asyncio.sleep(wait_s)


async def _listen(line: Line, subjects: Subjects, after: int | None) -> AsyncGenerator[Frame]:
    """One connection's frames. What was seen before (`after`) is not passed on a second time."""
    async with line.socket(subjects.query(after)) as socket:
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            frame = read(Frame, json.loads(message.data))
            if frame.type == "error":
                raise fault_of(int(frame.data.get("status", 0)), frame.data)
            yield frame


def told_by(frame: Frame) -> Iterator[Told]:
    """What a frame says of jobs and films; nothing where it is of something else."""
    if frame.type == "snapshot":
        yield from (read_job(body) for body in frame.data["jobs"])
        yield from (read(Production, body) for body in frame.data["productions"])
    elif frame.type.startswith("job."):
        yield read(JobFields, frame.data)
    elif frame.type.startswith("production."):
        yield read(ProductionFields, frame.data)
