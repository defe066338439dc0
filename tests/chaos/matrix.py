"""Kill everything while orders run, then count: nothing lost, nothing stuck, nothing bought twice."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import aiohttp

from tests.chaos.street import Houses, Street

TERMINAL = {"succeeded", "partial", "failed", "canceled"}
PROJECT = "storm"
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

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.accepted} orders accepted in {self.seconds:.0f} s: {self.statuses}, "
            f"{len(self.unfinished)} unfinished, {self.bought} bought, {len(self.bought_twice)} bought twice, "
            f"{self.uncertain} uncertain, {self.orders_left} left in ORDERS, "
            f"{len(self.files_without_rows)} files without a row, {len(self.rows_without_files)} rows without a file"
        )


async def storm(houses: Street, victims: Sequence[str], *, seed: int, within_s: float = 120) -> Verdict:
    """Order, kill one victim after the other at moments of chance, and wait until every accepted order has ended."""
    chance, began = random.Random(seed), monotonic()
    accepted: list[str] = []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        for victim in victims:
            accepted += await _order(houses, session, chance)
            await asyncio.sleep(chance.uniform(0.0, 1.2))
            await houses.can_spare(victim, session)
            await houses.replace(victim, after_s=chance.uniform(0.0, 0.5))
        await houses.ready(session)
        unfinished = await _until_ended(houses, session, accepted, within_s=within_s)
    return await _judge(houses, accepted, unfinished, seconds=monotonic() - began)


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
