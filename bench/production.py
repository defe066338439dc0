"""The wall time of a film of four scenes against its critical path: what the system adds to what providers take."""

from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp

from bench.machine import conditions
from tests.chaos.matrix import FILM
from tests.chaos.street import street

PROVIDER_S = 10.0
GOAL = 1.05


async def bench(folder: Path) -> str:
    """Portraits and clips take exactly `PROVIDER_S` seconds at a server of ours; scenes and cut are made here."""
    folder.mkdir(parents=True)
    async with street(folder, seconds=PROVIDER_S) as houses, aiohttp.ClientSession() as session:
        began = perf_counter()
        film = await _made(session, houses.url)
        wall = perf_counter() - began
        cut = await _cut_seconds(session, houses.url, film["production_id"])
    path = 2 * PROVIDER_S + cut
    return (
        f"film of 4 scenes: wall {wall:.2f} s, critical path {path:.2f} s "
        f"(portraits and clips {PROVIDER_S:.0f} s each, cut {cut:.2f} s), ratio {wall / path:.3f} (goal <= {GOAL}); "
        f"{conditions()}"
    )


async def _made(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    body = FILM | {"number_of_scenes": 4}
    async with session.post(f"{url}/productions", json=body, headers={"Prefer": "wait=300"}) as answer:
        film: dict[str, Any] = await answer.json()
        assert answer.status == 200, film
        return film


async def _cut_seconds(session: aiohttp.ClientSession, url: str, production_id: str) -> float:
    params = {"production_id": production_id, "kind": "stitch_videos"}
    async with session.get(f"{url}/jobs", params=params) as answer:
        job = (await answer.json())["items"][0]
    return (_moment(job["completed_at"]) - _moment(job["started_at"])).total_seconds()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
