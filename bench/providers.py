"""A real video service over the Replicate wire server: what polling and fetching cost it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from uuid import uuid4

import psutil

from bench.houses import nats, process
from bench.machine import conditions, cpu_s
from shared.bus import Bus
from shared.contracts.base import AssetId, JobId, OrderId, StoredAsset
from shared.contracts.order import Ended, Order, Succeeded
from shared.contracts.video import GenerateVideo
from tests.wire.replicate import TOKEN, ReplicateServer
from tests.wire.takes import Take

RUNNING = 200
SETTLE_S = 60.0
WATCH_S = 30.0
GOAL_SHARE = 0.10
OUTPUT_MIB = 1024
GOAL_MIB = 64.0
LOOK_EVERY_S = 0.02


@dataclass(frozen=True)
class Fetched:
    """`grown_mib` is how much larger the worker became at most, `stored_mib` what it stored, `seconds` how long."""

    grown_mib: float
    stored_mib: float
    seconds: float


@dataclass(frozen=True)
class Polled:
    """`share` of one core, over `WATCH_S`; `polls` that came per second."""

    share: float
    polls: float


async def bench_polling(folder: Path) -> str:
    polled = await polling(folder, running=RUNNING, settle_s=SETTLE_S, watch_s=WATCH_S)
    return (
        f"polling {RUNNING} running orders: {polled.share:.1%} of a core (goal <= {GOAL_SHARE:.0%}) in the video "
        f"service, {polled.polls:.0f} polls/s, heartbeats and progress included; {conditions()}"
    )


async def bench_fetching(folder: Path) -> str:
    fetched = await fetching(folder, mebibytes=OUTPUT_MIB)
    return (
        f"fetching an output of {fetched.stored_mib:.0f} MiB: the video service grew by {fetched.grown_mib:.1f} MiB "
        f"(goal <= {GOAL_MIB:.0f}), stored and looked into after {fetched.seconds:.1f} s; {conditions()}"
    )


async def polling(folder: Path, *, running: int, settle_s: float, watch_s: float) -> Polled:
    """The service's CPU while `running` predictions go on, measured after `settle_s`, for `watch_s` seconds."""
    server = ReplicateServer(take=Take(seconds=3600))
    async with _service(folder, server, slots=running) as (bus, worker):
        for _ in range(running):
            await bus.publish_order(_clip())
        async with asyncio.timeout(60):
            while len(server.bought) < running:
                await asyncio.sleep(0.1)
        await asyncio.sleep(settle_s)
        used, polls, began = cpu_s(worker.pid), _polls(server), perf_counter()
        await asyncio.sleep(watch_s)
        passed = perf_counter() - began
        return Polled((cpu_s(worker.pid) - used) / passed, (_polls(server) - polls) / passed)


async def fetching(folder: Path, *, mebibytes: int) -> Fetched:
    """One small clip first, so that everything is loaded; then one padded to `mebibytes`."""
    server = ReplicateServer(take=Take(seconds=0))
    async with _service(folder, server, slots=1) as (bus, worker):
        await _ended(bus, _clip())
        server.take = Take(seconds=0, mebibytes=mebibytes)
        before, began = _rss_mib(worker), perf_counter()
        ending = asyncio.create_task(_ended(bus, _clip()))
        highest = before
        while not ending.done():
            highest = max(highest, _rss_mib(worker))
            await asyncio.sleep(LOOK_EVERY_S)
        return Fetched(highest - before, ending.result().size_bytes / (1 << 20), perf_counter() - began)


@asynccontextmanager
async def _service(folder: Path, server: ReplicateServer, *, slots: int) -> AsyncIterator[tuple[Bus, psutil.Process]]:
    async with (
        server.running(),
        nats(folder / "nats") as broker,
        Bus.connect(broker.url, name="bench") as bus,
        process(
            ["-m", "video_svc"],
            log=folder / "video.log",
            NATS_URL=broker.url,
            SCENEBEAT_DATA=str(folder / "data"),
            SCENEBEAT_SLOTS=json.dumps({"replicate": slots}),
            REPLICATE_API_TOKEN=TOKEN,
            REPLICATE_BASE_URL=server.url,
        ) as started,
    ):
        await bus.orders("generate_video", "replicate")
        yield bus, psutil.Process(started.pid)


async def _ended(bus: Bus, order: Order) -> StoredAsset:
    """Place `order` and wait; the clip that came of it."""
    inbox = await bus.events()
    await bus.publish_order(order)
    async with asyncio.timeout(300):
        while True:
            for delivery in await inbox.take(8, within_s=1):
                await delivery.ack()
                told = delivery.message
                if isinstance(told, Ended) and told.order_id == order.order_id:
                    assert isinstance(told.outcome, Succeeded), told.outcome
                    return told.outcome.result.stored[0]


def _clip() -> Order:
    parameters = {"prompt": f"a keeper climbs {uuid4()}", "duration": 8}
    return Order(
        order_id=OrderId(str(uuid4())),
        job_id=JobId(str(uuid4())),
        provider="replicate",
        model="google/veo-3.1",
        price_usd=Decimal("1.60"),
        longest_s=7200,
        command=GenerateVideo(video_id=AssetId(str(uuid4())), prompt="a keeper climbs", parameters=parameters),
    )


def _polls(server: ReplicateServer) -> int:
    return server.calls["GET /v1/predictions/{id}"]


def _rss_mib(worker: psutil.Process) -> float:
    return float(worker.memory_info().rss) / (1 << 20)
