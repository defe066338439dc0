"""How long a list or a search over 100,000 jobs takes, as a client sees it."""

import asyncio
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

import aiohttp

from bench.houses import database, gateway, nats
from bench.machine import conditions, cpu_s, percentile
from gateway.history.database import Database
from gateway.history.paging import cursor_of
from gateway.history.records import Job
from gateway.history.rows import as_columns
from gateway.history.search import searchable
from gateway.history.tables import jobs

JOBS = 100_000
PORTION = 5_000
ROUNDS = 60
GOAL_P99_MS = 50.0
BEGAN = 1_700_000_000.0
STATUSES = ("succeeded",) * 17 + ("failed", "failed", "canceled")
PEOPLE = ("keeper", "diver", "baker", "robot", "fox", "girl", "boy", "captain", "gardener", "astronaut", "drummer")
PLACES = ("lighthouse", "harbour", "forest", "rooftop", "desert", "station", "market", "island", "glacier")
DEEDS = ("climbs", "dances", "waits", "sings", "runs", "paints", "flies", "sleeps", "listens", "builds")
LIGHTS = ("dusk", "dawn", "rain", "neon", "snow", "fog", "moonlight", "noon")

ASKED: dict[str, dict[str, str]] = {
    "newest": {},
    "failed": {"status": "failed"},
    "project": {"project": "project-7", "status": "succeeded"},
    "oldest first": {"sort": "created_at", "kind": "generate_video"},
    "rare word": {"q": "take4711"},
    "common word": {"q": "cinematic"},
    "three words": {"q": "FOX rooftop snow"},
    "beginnings": {"q": "light danc"},
    "nothing": {"q": "submarine"},
    "common and failed": {"q": "cinematic dusk", "status": "failed"},
    "rare combination": {"q": "cinematic keeper glacier noon", "status": "canceled"},
    "one letter": {"q": "c"},
    "common and rare word": {"q": "cinematic take4711"},
    "word of long ago": {"q": "take1"},
    "common word of nobody": {"q": "cinematic", "project": "no-such-project"},
    "word of long ago and failed": {"q": "take1", "status": "failed"},
    "deep page": {"cursor": cursor_of(BEGAN + 1_000, "")},
    "deep page of a common word": {"q": "fox", "cursor": cursor_of(BEGAN + 1_000, "")},
}
"""The words `take1...` are the numbers of jobs: a tenth of all begin so, and none of the newest 80,000."""


async def bench(folder: Path, kind: str = "sqlite") -> str:
    async with nats(folder / "nats") as server, database(kind) as told:
        async with gateway(folder, server, **told):
            pass  # makes the tables
        await _fill(told.get("DATABASE_URL") or f"sqlite:///{folder / 'data' / 'history.sqlite'}")
        async with gateway(folder, server, **told) as house, aiohttp.ClientSession() as session:
            began = cpu_s(house.pid)
            taken = await _ask(session, house.url)
            used_s = cpu_s(house.pid) - began
    everything = [took for each in taken.values() for took in each]
    slowest = max(taken, key=lambda name: percentile(taken[name], 0.99))
    goal = f" (goal p99 <= {GOAL_P99_MS:.0f} ms)" if kind == "sqlite" else ""
    return (
        f"list and search {JOBS} jobs on {kind}, pages of 50: p50 {percentile(everything, 0.5):.1f} ms, "
        f"p99 {percentile(everything, 0.99):.1f} ms{goal}; slowest kind: {slowest}, p99 "
        f"{percentile(taken[slowest], 0.99):.1f} ms; CPU per answer: gateway {used_s / len(everything) * 1000:.1f} ms; "
        f"{conditions()}"
    )


async def _fill(url: str) -> None:
    made = _jobs(random.Random(5))
    async with Database.open(url) as opened:
        while portion := [as_columns(job) for job in islice(made, PORTION)]:
            async with opened.write() as connection:
                await connection.execute(jobs.insert(), portion)


def _jobs(chance: random.Random) -> Iterator[Job]:
    for number in range(JOBS):
        prompt = (
            f"A {chance.choice(PEOPLE)} {chance.choice(DEEDS)} at the {chance.choice(PLACES)}, "
            f"{chance.choice(LIGHTS)}, cinematic, painterly light, slow camera, take{number}"
        )
        yield Job(
            id=str(UUID(int=chance.getrandbits(128), version=4)),
            space="local",
            kind=chance.choice(("generate_video", "create_scenes", "generate_character_reference")),
            request={"prompt": prompt},
            plan={"backend": "local", "model": "local/animatic"},
            created_at=BEGAN + number,
            started_at=BEGAN + number + 1,
            completed_at=BEGAN + number + 9,
            status=chance.choice(STATUSES),
            project=f"project-{chance.randrange(40)}",
            done=1,
            search=searchable(prompt),
        )


async def _ask(session: aiohttp.ClientSession, url: str) -> dict[str, list[float]]:
    """Milliseconds of every question, each the whole answer read; every other time the page after it."""
    taken: dict[str, list[float]] = {name: [] for name in ASKED}
    for _ in range(ROUNDS):
        for name, wanted in ASKED.items():
            page = await _timed(session, url, wanted, taken[name])
            if page["next_cursor"]:
                await _timed(session, url, {**wanted, "cursor": page["next_cursor"]}, taken[name])
            await asyncio.sleep(0)
    return taken


async def _timed(
    session: aiohttp.ClientSession, url: str, wanted: dict[str, str], taken: list[float]
) -> dict[str, Any]:
    began = perf_counter()
    async with session.get(f"{url}/jobs", params={"limit": "50", **wanted}) as answer:
        page: dict[str, Any] = await answer.json()
    taken.append((perf_counter() - began) * 1000)
    assert answer.status == 200, page
    return page
