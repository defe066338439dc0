"""Orders per second through a provider that takes no time: the worker path alone, and the whole way."""

import asyncio
from pathlib import Path
from time import perf_counter
from uuid import uuid4

import aiohttp

from bench.accept import ORDER
from bench.houses import database, gateway, nats, process
from bench.machine import conditions, cpu_s
from shared.bus import Bus
from shared.contracts.base import AssetId, JobId, OrderId
from shared.contracts.order import Ended, Order
from shared.contracts.video import GenerateVideo

ORDERS = 4_000
JOBS = 1_500
SLOTS = 64
CLIENTS = 16
GOAL_ORDERS_PER_S = 800
GOAL_JOBS_PER_S = 150


async def bench_worker_path(folder: Path) -> str:
    """Claim, started, outcome, ended, ack; fsync always; no history."""
    async with nats(folder / "nats") as server, Bus.connect(server.url, name="bench") as bus:
        inbox = await bus.events()
        await bus.orders("generate_video", "local")
        async with asyncio.TaskGroup() as group:
            for share in range(CLIENTS):
                group.create_task(_publish(bus, ORDERS // CLIENTS + (share < ORDERS % CLIENTS)))
        environment = {"NATS_URL": server.url, "SCENEBEAT_DATA": str(folder / "data")}
        async with process(["-m", "bench.noop", str(SLOTS)], log=folder / "noop.log", **environment) as worker:
            ended, first = 0, 0.0
            while ended < ORDERS:
                for delivery in await inbox.take(256, within_s=5):
                    first = first or perf_counter()
                    ended += isinstance(delivery.message, Ended)
                    await delivery.ack()
            per_s = ORDERS / (perf_counter() - first)
            worker_ms = cpu_s(worker.pid) / ORDERS * 1000
            nats_ms = cpu_s(server.pid) / ORDERS * 1000
    return (
        f"worker path alone, {ORDERS} orders, {SLOTS} at once: {per_s:.0f} orders/s (goal >= {GOAL_ORDERS_PER_S}); "
        f"CPU per order: worker {worker_ms:.2f} ms, nats-server {nats_ms:.2f} ms (publishing included); {conditions()}"
    )


async def _publish(bus: Bus, count: int) -> None:
    for _ in range(count):
        video_id = AssetId(str(uuid4()))
        await bus.publish_order(
            Order(
                order_id=OrderId(str(uuid4())),
                job_id=JobId(str(uuid4())),
                provider="local",
                model="local/none",
                command=GenerateVideo(video_id=video_id, prompt="a lighthouse keeper walks along a pier at dusk"),
            )
        )


async def bench_whole_way(folder: Path, kind: str = "sqlite") -> str:
    """Accept, dispatch, perform, apply: from the first request to the last committed end."""
    async with nats(folder / "nats") as server, database(kind) as told, gateway(folder, server, **told) as house:
        url, environment = house.url, {"NATS_URL": server.url, "SCENEBEAT_DATA": str(folder / "data")}
        worker = process(["-m", "bench.noop", str(SLOTS)], log=folder / "noop.log", **environment)
        async with worker as performer, aiohttp.ClientSession() as session:
            began = perf_counter()
            async with asyncio.TaskGroup() as group:
                for share in range(CLIENTS):
                    group.create_task(_place(session, url, JOBS // CLIENTS + (share < JOBS % CLIENTS)))
            accepted = perf_counter()
            await _all_ended(session, url)
            per_s = JOBS / (perf_counter() - began)
            gateway_ms, worker_ms, nats_ms = (
                cpu_s(pid) / JOBS * 1000 for pid in (house.pid, performer.pid, server.pid)
            )
    goal = f" (goal >= {GOAL_JOBS_PER_S})" if kind == "sqlite" else ""
    return (
        f"whole way with history on {kind}, {JOBS} jobs: {per_s:.0f} jobs/s{goal}, "
        f"accepted at {JOBS / (accepted - began):.0f}/s; CPU per job: gateway {gateway_ms:.1f} ms, "
        f"worker {worker_ms:.1f} ms, nats-server {nats_ms:.1f} ms; {conditions()}"
    )


async def _place(session: aiohttp.ClientSession, url: str, count: int) -> None:
    for _ in range(count):
        async with session.post(f"{url}/generate_video", json=ORDER) as answer:
            await answer.read()
            assert answer.status == 202, answer.status


async def _all_ended(session: aiohttp.ClientSession, url: str) -> None:
    while await _count(session, url, "queued") or await _count(session, url, "running"):
        await asyncio.sleep(0.1)


async def _count(session: aiohttp.ClientSession, url: str, status: str) -> int:
    async with session.get(f"{url}/jobs", params={"status": status, "limit": "1"}) as answer:
        return len((await answer.json())["items"])
