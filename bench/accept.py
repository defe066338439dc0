"""How long a client waits for its `202`: 50 orders a second, committed durably, while a worker performs them."""

import asyncio
from pathlib import Path
from time import perf_counter

import aiohttp

from bench.houses import database, gateway, nats, process
from bench.machine import conditions, percentile

RATE_PER_S = 50
SECONDS = 20
GOAL_P99_MS = 15.0
PROMPT = "a lighthouse keeper walks along a pier at dusk, cinematic, painterly light"
ORDER = {"prompt": PROMPT, "duration": 8, "backend": "local"}
"""Of the worker that is just starting: one that leaves the model open would go where nobody works yet."""


async def bench(folder: Path, kind: str = "sqlite") -> str:
    async with nats(folder / "nats") as server, database(kind) as told, gateway(folder, server, **told) as house:
        environment = {"NATS_URL": server.url, "SCENEBEAT_DATA": str(folder / "data")}
        worker = process(["-m", "bench.noop", "16"], log=folder / "noop.log", **environment)
        async with worker, aiohttp.ClientSession() as session:
            await _order(session, house.url)
            taken = await _at_rate(session, house.url)
    p50, p99 = percentile(taken, 0.50), percentile(taken, 0.99)
    return (
        f"accept an order, history on {kind}, {RATE_PER_S}/s for {SECONDS} s: p50 {p50:.1f} ms, p99 {p99:.1f} ms "
        f"(goal p99 <= {GOAL_P99_MS:.0f} ms), max {max(taken):.1f} ms; {conditions()}"
    )


async def _at_rate(session: aiohttp.ClientSession, url: str) -> list[float]:
    """Open loop: an order leaves when its time has come, whether or not earlier ones were answered."""
    tasks: list[asyncio.Task[float]] = []
    began = perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(RATE_PER_S * SECONDS):
            await asyncio.sleep(max(0.0, began + number / RATE_PER_S - perf_counter()))
            tasks.append(group.create_task(_order(session, url)))
    return [task.result() for task in tasks]


async def _order(session: aiohttp.ClientSession, url: str) -> float:
    """Milliseconds until the answer is there."""
    began = perf_counter()
    async with session.post(f"{url}/generate_video", json=ORDER) as answer:
        await answer.read()
        assert answer.status == 202, answer.status
    return (perf_counter() - began) * 1000
