"""Kill everything while orders run, then count: nothing lost, nothing stuck, nothing bought twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from time import monotonic

import aiohttp

from tests.chaos.editors import TERMINAL, Editor
from tests.chaos.street import Houses, Street

PROJECT = "storm"
PAUSE_S = 1.2
PORTRAITS = {
    "project": PROJECT,
    "character_description": "a diver in a copper helmet",
    "model": "metered/portrait",
    "num_images": 2,
}
CLIP = {"project": PROJECT, "prompt": "a diver walks along a pier at night", "model": "metered/clip", "duration": 1}
FILM = {
    "project": PROJECT,
    "idea": "A diver looks for a bell under the harbour",
    "character_description": "a diver in a copper helmet",
    "number_of_scenes": 2,
    "duration": 1,
    "num_images": 1,
    "models": {"image": "metered/portrait", "video": "metered/clip"},
}


@dataclass(frozen=True)
class Verdict:
    """What the street looked like when everything had ended."""

    accepted: int
    unfinished: tuple[str, ...]
    statuses: dict[str, int]
    uncertain: int
    bought: int
    bought_twice: tuple[str, ...]
    orders_left: int
    files_without_rows: tuple[str, ...]
    rows_without_files: tuple[str, ...]
    kills: int
    seconds: float
    films_edited: int = 0
    edits: Counter[str] = field(default_factory=Counter)
    edits_refused: Counter[str] = field(default_factory=Counter)
    not_as_asked: tuple[str, ...] = ()
    """What edited films show that was not asked last, or was never asked."""

    @property
    def broken(self) -> tuple[object, ...]:
        """Everything that must be empty or none."""
        return (
            self.unfinished, self.bought_twice, self.orders_left, self.files_without_rows, self.rows_without_files,
            self.not_as_asked,
        )  # fmt: skip

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.accepted} orders accepted in {self.seconds:.0f} s: {self.statuses}, "
            f"{len(self.unfinished)} unfinished, {self.bought} bought, {len(self.bought_twice)} bought twice, "
            f"{self.uncertain} uncertain, {self.orders_left} left in ORDERS, "
            f"{len(self.files_without_rows)} files without a row, {len(self.rows_without_files)} rows without a file; "
            f"{self.films_edited} films edited {self.edits.total()} times {dict(self.edits)}, "
            f"{self.edits_refused.total()} refused {dict(self.edits_refused)}, {len(self.not_as_asked)} not as asked"
        )


async def storm(
    houses: Street,
    victims: Sequence[str],
    *,
    seed: int,
    within_s: float = 120,
    editors: int = 0,
    pause_s: float = PAUSE_S,
) -> Verdict:
    """Order, kill one victim after the other at moments of chance, and wait until every accepted order has ended.

    Beside that, so many clients edit films of their own. `pause_s` is the longest time between two kills.
    """
    chance, began = random.Random(seed), monotonic()
    accepted: list[str] = []
    at_work = [Editor(houses, random.Random(f"{seed} {number}"), PROJECT) for number in range(editors)]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        async with editing(at_work):
            for victim in victims:
                accepted += await _order(houses, session, chance)
                await asyncio.sleep(chance.uniform(0.0, pause_s))
                await houses.can_spare(victim, session)
                await houses.replace(victim, after_s=chance.uniform(0.0, 0.5))
            await houses.ready(session)
        unfinished = await _until_ended(houses, session, accepted, within_s=within_s)
        for editor in at_work:
            unfinished += await editor.finish(within_s=within_s)
    verdict = await _judge(houses, accepted, unfinished, seconds=monotonic() - began)
    return _with_edits(verdict, at_work)


@asynccontextmanager
async def editing(editors: Sequence[Editor]) -> AsyncIterator[None]:
    """Everybody edits for as long as the block runs."""
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for editor in editors:
            group.create_task(editor.work(over))
        try:
            yield
        finally:
            over.set()


def _with_edits(verdict: Verdict, editors: Sequence[Editor]) -> Verdict:
    return replace(
        verdict,
        films_edited=sum(len(editor.films) for editor in editors),
        edits=sum((editor.accepted for editor in editors), Counter()),
        edits_refused=sum((editor.refused for editor in editors), Counter()),
        not_as_asked=tuple(fault for editor in editors for fault in editor.faults),
    )


async def _order(houses: Street, session: aiohttp.ClientSession, chance: random.Random) -> list[str]:
    """Try to place some orders; only what was answered with 202 counts."""
    calls = chance.sample(
        [("generate_character_reference", PORTRAITS), ("generate_video", CLIP), ("productions", FILM)], 2
    )
    placed = []
    for call, body in calls:
        try:
            async with session.post(f"{houses.url}/{call}", json=body) as answer:
                if answer.status == 202:
                    placed.append(str(answer.url.path).replace(call, "") + _where(call, await answer.json()))
        except (aiohttp.ClientError, TimeoutError):
            continue  # the gateway is down: the client was promised nothing
    return placed


def _where(call: str, body: dict[str, str]) -> str:
    return f"productions/{body['production_id']}" if call == "productions" else f"jobs/{body['job_id']}"


async def _until_ended(
    houses: Street, session: aiohttp.ClientSession, accepted: Sequence[str], *, within_s: float
) -> list[str]:
    """What is still not terminal after `within_s` seconds."""
    left, until = list(accepted), monotonic() + within_s
    while left and monotonic() < until:
        left = [path for path in left if await _status(houses, session, path) not in TERMINAL]
        await asyncio.sleep(0.2 if left else 0)
    return left


async def _status(houses: Street, session: aiohttp.ClientSession, path: str) -> str:
    async with session.get(f"{houses.origin}{path}") as answer:
        return str((await answer.json())["status"])


async def _judge(houses: Street, accepted: Sequence[str], unfinished: Sequence[str], *, seconds: float) -> Verdict:
    await asyncio.sleep(1.0)  # a lost ack is answered within one more delivery
    bought = houses.metered.submissions
    statuses = dict(houses.rows("SELECT status, count(*) FROM jobs GROUP BY status"))
    return Verdict(
        accepted=len(accepted),
        unfinished=tuple(unfinished),
        statuses=statuses,
        uncertain=houses.uncertain(),
        bought=sum(bought.values()),
        bought_twice=tuple(order for order, times in bought.items() if times > 1),
        orders_left=await drained(houses),
        files_without_rows=tuple(sorted(houses.files_without_rows())),
        rows_without_files=tuple(sorted(houses.rows_without_files())),
        kills=len(houses.kills),
        seconds=seconds,
    )


async def drained(houses: Houses, *, within_s: float = 15.0) -> int:
    """What is left in ORDERS once late deliveries had their time."""
    until = monotonic() + within_s
    while (left := await houses.orders_left()) and monotonic() < until:
        await asyncio.sleep(0.5)
    return left
