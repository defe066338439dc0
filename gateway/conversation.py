"""What one socket says and is told: hello, what happened since, what it follows from now on."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, get_args
from uuid import UUID

from aiohttp import WSMsgType
from pydantic_core import from_json

from gateway.feed import Feed
from gateway.history.store import History
from gateway.problems import problem_of, refused
from gateway.sockets import PROTOCOL_VERSION, Client, Hub, Subject, SubjectName, event_frame, frame_of
from shared.contracts.base import ErrorCode
from shared.errors import BusAway, ServiceError

REPLAY_PAGE = 500
NAMES: tuple[SubjectName, ...] = get_args(SubjectName)
ENDED = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})


class Snapshot(NamedTuple):
    """What was subscribed, as it stood at `seq`; `missing` are subjects there are none of."""

    seq: int
    data: dict[str, Any]
    missing: tuple[Subject, ...]


SnapshotOf = Callable[[Sequence[Subject], str], Awaitable[Snapshot]]
"""(subjects, space)"""
CancelJob = Callable[[str, str], Awaitable[object]]
"""(job id, space)"""


class Conversation:
    """One client from hello to its end. Frames it does not understand are answered with `error` and nothing else."""

    __slots__ = ("_cancel", "_client", "_feed", "_history", "_hub", "_may_say", "_said_at", "_snapshot")

    def __init__(
        self, client: Client, *, hub: Hub, feed: Feed, history: History, snapshot: SnapshotOf, cancel: CancelJob
    ) -> None:
        self._client = client
        self._hub = hub
        self._feed = feed
        self._history = history
        self._snapshot = snapshot
        self._cancel = cancel
        self._may_say = float(client.bounds.frames_per_minute)
        self._said_at = asyncio.get_running_loop().time()

    async def hold(self, subjects: Sequence[Subject], *, after: int | None) -> None:
        """Talk until the client leaves or is too slow. Every frame sent is true for `GET` already."""
        client = self._client
        self._hub.join(client)
        client.hold()
        writer = asyncio.create_task(client.write())
        try:
            await self._greet(subjects, after)
            await self._listen()
        except ConnectionError:
            return
        finally:
            self._hub.leave(client)
            if not client.too_slow:
                writer.cancel()
            await asyncio.wait((writer,))

    async def _greet(self, subjects: Sequence[Subject], after: int | None) -> None:
        client = self._client
        async with self._history.read() as tx:
            newest, oldest = await tx.newest_seq(), await tx.oldest_seq()
        hello = {"protocol": PROTOCOL_VERSION, "current_seq": newest, "heartbeat_s": client.bounds.heartbeat_s}
        can_resume = after is not None and oldest - 1 <= after <= newest
        await self._say("hello", after if after is not None and can_resume else newest, hello)
        if after is not None and not can_resume:
            await self._say("reset", newest, {"after": after, "oldest_seq": oldest, "current_seq": newest})
        if after is not None and can_resume and subjects:
            await self._replay(subjects, after)
        elif subjects:
            await self.follow(subjects)
        client.release()

    async def _replay(self, subjects: Sequence[Subject], after: int) -> None:
        """Send what the history keeps since `after`, then go over to the feed without gap or repetition."""
        caught_up = await self._send_since(subjects, after)
        self._hub.follow(self._client, subjects)
        self._client.skip_to(await self._send_since(subjects, caught_up))

    async def _send_since(self, subjects: Sequence[Subject], seq: int) -> int:
        """Send every kept event after `seq`; the seq up to which nothing is missing."""
        while True:
            async with self._history.read() as tx:
                newest = await tx.newest_seq()
                events = await tx.events_after(seq, space=self._client.space, limit=REPLAY_PAGE, **_columns(subjects))
            for event in events:
                await self._client.send(event.seq, event_frame(event))
            if len(events) < REPLAY_PAGE:
                return max([newest, seq, *(event.seq for event in events)])
            seq = events[-1].seq

    async def follow(self, subjects: Sequence[Subject]) -> None:
        """Follow `subjects` from now on; what they are now is told first."""
        client = self._client
        joining = [subject for subject in subjects if subject not in client.subjects]
        client.hold(joining)
        try:
            self._hub.follow(client, joining)
            snapshot = await self._snapshot(subjects, client.space)
            await self._feed.reach(snapshot.seq)
            client.tell_snapshot(snapshot.seq, frame_of("snapshot", snapshot.seq, json.dumps(snapshot.data).encode()))
        finally:
            client.release()
        self._hub.unfollow(client, snapshot.missing)
        for subject in snapshot.missing:
            self._complain(ErrorCode.NOT_FOUND, f"there is no {subject.name.removesuffix('_id')} {subject.id}")

    async def _listen(self) -> None:
        while (message := await self._client.receive()).type not in ENDED:
            if not self._may_speak():
                most = self._client.bounds.frames_per_minute
                self._complain(ErrorCode.RATE_LIMITED, f"a socket may say {most} things a minute: this was not heard")
                continue
            if message.type is not WSMsgType.TEXT:
                self._complain(ErrorCode.INVALID_REQUEST, "frames are JSON text; binary frames are not read")
                continue
            try:
                await self._answer(message.data)
            except ServiceError as error:
                self._client.reply("error", problem_of(error.fault))
            except BusAway:
                self._complain(ErrorCode.OVERLOADED, "the message bus does not answer right now; try again in a moment")

    def _may_speak(self) -> bool:
        """Every frame costs the history a look, so that they are counted."""
        now, most = asyncio.get_running_loop().time(), self._client.bounds.frames_per_minute
        self._may_say = min(most, self._may_say + (now - self._said_at) * most / 60)
        self._said_at = now
        if self._may_say < 1:
            return False
        self._may_say -= 1
        return True

    async def _answer(self, text: str) -> None:
        type_, fields = read_frame(text)
        match type_:
            case "ping":
                self._client.reply("pong", {})
            case "subscribe":
                await self.follow(self._room_for(read_subjects(fields, space=self._client.space)))
            case "unsubscribe":
                self._hub.unfollow(self._client, read_subjects(fields, space=self._client.space))
            case "cancel":
                await self._cancel(read_uuid(fields.get("job_id"), "job_id"), self._client.space)
            case _:
                known = "subscribe, unsubscribe, cancel, ping"
                raise refused(ErrorCode.INVALID_REQUEST, f"unknown frame type {type_[:80]!r}; known are {known}")

    def _room_for(self, subjects: Sequence[Subject]) -> Sequence[Subject]:
        if len(self._client.subjects.union(subjects)) > self._client.bounds.subjects:
            most = self._client.bounds.subjects
            raise refused(ErrorCode.INVALID_REQUEST, f"a socket follows at most {most} subjects; unsubscribe some")
        return subjects

    async def _say(self, type_: str, seq: int, data: Mapping[str, Any]) -> None:
        await self._client.send(seq, frame_of(type_, seq, json.dumps(data).encode()))

    def _complain(self, code: ErrorCode, message: str) -> None:
        self._client.reply("error", problem_of(refused(code, message).fault))


def read_frame(text: str) -> tuple[str, Mapping[str, Any]]:
    """A client's frame: its type and its fields, which stand in `data` or beside the type. Raises Refused."""
    try:
        frame = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise refused(ErrorCode.INVALID_REQUEST, f"the frame is not JSON: {error}") from None
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise refused(ErrorCode.INVALID_REQUEST, 'a frame is an object with a `type`, such as {"type": "ping"}')
    data = frame.get("data")
    return frame["type"], data if isinstance(data, dict) else frame


def read_subjects(fields: Mapping[str, Any], *, space: str) -> tuple[Subject, ...]:
    """The subjects a frame names. Raises Refused."""
    found = tuple(read_subject(name, fields[name], space=space) for name in NAMES if fields.get(name) is not None)
    if not found:
        raise refused(ErrorCode.INVALID_REQUEST, "name a `job_id`, a `production_id` or a `project`")
    return found


def read_subject(name: SubjectName, value: object, *, space: str) -> Subject:
    if name != "project":
        return Subject(space, name, read_uuid(value, name))
    if not isinstance(value, str) or not 0 < len(value) <= 200 or "\0" in value:
        raise refused(ErrorCode.INVALID_REQUEST, "`project` is a name of 1 to 200 characters")
    return Subject(space, name, value)


def read_uuid(value: object, name: str) -> str:
    """`value` in the one spelling the history uses. Raises Refused."""
    try:
        return str(UUID(value if isinstance(value, str) else ""))
    except ValueError:
        told = f", not {value[:80]!r}" if isinstance(value, str) else ""
        raise refused(ErrorCode.INVALID_REQUEST, f"`{name}` must be a UUID{told}") from None


def _columns(subjects: Sequence[Subject]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {"job_ids": [], "production_ids": [], "projects": []}
    for subject in subjects:
        named[f"{subject.name}s"].append(subject.id)
    return named
