"""Five thousand sockets that hear two steps of progress a second: how late, for how much CPU and memory."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import nats as nats_client
import psutil

from bench.houses import gateway, nats
from bench.machine import conditions, cpu_s, percentile
from gateway.history.database import Database
from gateway.history.records import NewJob
from gateway.history.schema import upgrade
from gateway.history.store import History
from shared.contracts.base import OrderId
from shared.contracts.order import Progress
from tests.factories import a_new_job

CLIENTS = 5_000
JOBS = 500
PROCESSES = 2
STEPS_A_SECOND = 2
SECONDS = 20


async def bench(folder: Path) -> str:
    """Goals of the design: p99 <= 50 ms, <= 35 % of a core, <= 25 KB each."""
    jobs = [_running(number) for number in range(JOBS)]
    async with nats(folder / "nats") as broker:
        await _stored(folder / "data", jobs)
        async with gateway(folder, broker, SCENEBEAT_RECONCILE_EVERY_S="86400") as house:
            process = psutil.Process(house.pid)
            before = process.memory_info().rss
            async with _listeners(urlsplit(house.url).port or 0, jobs) as listeners:
                each_kb = (process.memory_info().rss - before) / CLIENTS / 1000
                await _tell(broker.url, jobs, seconds=3)  # so that everything has been asked for once
                for listener in listeners:
                    await _say(listener, "begin")
                used, began = cpu_s(house.pid), time.perf_counter()
                await _tell(broker.url, jobs, seconds=SECONDS)
                took = time.perf_counter() - began
                core = 100 * (cpu_s(house.pid) - used) / took
                delays = [delay for listener in listeners for delay in await _delays(listener)]
                grown_kb = (process.memory_info().rss - before) / CLIENTS / 1000
    wanted = CLIENTS * STEPS_A_SECOND * SECONDS
    return (
        f"sockets: {CLIENTS} clients of {JOBS} jobs x {STEPS_A_SECOND}/s for {took:.1f} s: "
        f"{len(delays)} of {wanted} frames came, "
        f"p50 {percentile(delays, 0.5):.1f} ms, p99 {percentile(delays, 0.99):.1f} ms (goal <= 50); "
        f"{core:.0f} % of a core (goal <= 35); "
        f"{each_kb:.1f} KB each when open, {grown_kb:.1f} KB at the end (goal <= 25)\n"
        f"{conditions()}"
    )


def _running(number: int) -> NewJob:
    new = a_new_job()
    job = replace(new.job, status="running", started_at=time.time(), created_at=time.time() + number / 1000)
    orders = tuple(
        replace(order, status="released", release=1, started=True, started_at=time.time(), released_at=time.time())
        for order in new.orders
    )
    return NewJob(job, orders)


async def _stored(data: Path, jobs: Sequence[NewJob]) -> None:
    url = f"sqlite+aiosqlite:///{data / 'history.sqlite'}"
    await asyncio.to_thread(upgrade, url)
    async with Database.open(url) as database, History(database).write() as tx:
        for job in jobs:
            await tx.insert_job(job)


@asynccontextmanager
async def _listeners(port: int, jobs: Sequence[NewJob]) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """Clients in processes of their own, once all of them follow their jobs."""
    share = CLIENTS // PROCESSES
    async with AsyncExitStack() as stack:
        started = []
        for number in range(PROCESSES):
            words = [str(word) for word in (port, number * share, (number + 1) * share)]
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bench.listeners", *words, *(new.job.id for new in jobs)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=1 << 27,
            )
            stack.push_async_callback(_ended, process)
            started.append(process)
        async with asyncio.timeout(120):
            for process in started:
                assert process.stdout is not None
                assert await process.stdout.readline() == b"open\n"
        yield started


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def _tell(url: str, jobs: Sequence[NewJob], *, seconds: int) -> None:
    """Progress of every job, evenly over time, each with the moment at which it was told."""
    bus = await nats_client.connect(url)
    steps, began = STEPS_A_SECOND * seconds, time.perf_counter()
    for step in range(steps):
        for number, job in enumerate(jobs):
            due = began + (step + number / len(jobs)) / STEPS_A_SECOND
            if (early := due - time.perf_counter()) > 0.002:
                await asyncio.sleep(early)
            order_id = OrderId(job.orders[0].id)
            progress = Progress(order_id=order_id, fraction=0.9 * step / steps, stage=f"at {time.time():.6f}")
            await bus.publish(f"progress.{order_id}", progress.model_dump_json().encode())
    await bus.flush()
    await bus.close()


async def _say(listener: asyncio.subprocess.Process, word: str) -> None:
    assert listener.stdin is not None
    listener.stdin.write(f"{word}\n".encode())
    await listener.stdin.drain()


async def _delays(listener: asyncio.subprocess.Process) -> list[float]:
    await asyncio.sleep(0.5)  # what is on its way arrives
    await _say(listener, "end")
    assert listener.stdout is not None
    delays: list[float] = json.loads(await listener.stdout.readline())
    return delays
