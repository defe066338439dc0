"""An account with little credit: one call at a time, seldom, told to come back too early. Nothing fails by it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from time import monotonic

import aiohttp
from aiohttp import web

from gateway.dispatch import Dispatcher
from gateway.handlers import Applier
from gateway.history.database import Database
from gateway.history.store import History
from image_svc.handlers import generate_reference
from shared.bus import Bus
from shared.catalog import Account
from shared.contracts.base import Kind
from shared.contracts.order import Order, ServiceCard
from shared.executions import Executions
from shared.generation import Generation
from shared.media.local import LocalMedia
from shared.stopping import stop
from shared.worker import Worker
from tests.blank import blank_history
from tests.contract.theatre import no_scenes
from tests.factories import a_new_job
from tests.fakes import order_part
from tests.metered.provider import MeteredProvider
from tests.metered.server import MeteredServer

KIND: Kind = "generate_character_reference"
INTERVAL_S, TOLD_S = 0.4, 0.2
"""Ten seconds and five, 25 times as fast: the provider's advice is too hasty, and every call counts, refused or not."""


class Miser:
    """Lets a call through only when none came within the last interval."""

    def __init__(self) -> None:
        self.asked_at = -INTERVAL_S
        self.refused = 0

    def __call__(self, _order_id: str) -> web.Response | None:
        now = monotonic()
        too_soon, self.asked_at = now - self.asked_at < INTERVAL_S, now
        if not too_soon:
            return None
        self.refused += 1
        return web.json_response({"retry_after": TOLD_S}, status=429, headers={"Retry-After": str(TOLD_S)})


@asynccontextmanager
async def gateway_on(bus: Bus, folder: Path) -> AsyncIterator[History]:
    """A history with its dispatcher and its applier at work on `bus`."""
    url = f"sqlite+aiosqlite:///{await asyncio.to_thread(blank_history, folder / 'history.db')}"
    async with Database.open(url) as database:
        history = History(database)
        applier = Applier(history, order_part=order_part, read_scenes=no_scenes, wishes=bus, records=Executions(bus))
        dispatcher = Dispatcher(history, bus, accounts={"metered": Account()}, look_every_s=0.05)
        inbox = await bus.events()
        tasks = [asyncio.create_task(dispatcher.run()), asyncio.create_task(applier.run(inbox))]
        try:
            yield history
        finally:
            await stop(*tasks)


async def keep(_order: Order) -> None:
    """Nothing was stored before it failed."""


async def test_twelve_portraits_come_out_of_an_account_with_little_credit(bus: Bus, tmp_path: Path) -> None:
    miser = Miser()
    async with (
        MeteredServer(seconds=0.05, refuse=miser).running() as metered,
        aiohttp.ClientSession() as session,
        gateway_on(bus, tmp_path) as history,
        asyncio.TaskGroup() as group,
    ):
        run = Generation(
            providers={"metered": MeteredProvider(session, metered.url)}, media=LocalMedia(tmp_path / "media")
        )
        worker = Worker(
            bus=bus,
            kind=KIND,
            handler=partial(generate_reference, run=run),
            slots={"metered": 4},
            owner="worker-1",
            discard=keep,
        )
        group.create_task(worker.run())
        await bus.show_card(
            ServiceCard(instance="w", service="image", kind=KIND, providers={"metered": ()}, slots={"metered": 4})
        )
        new = [a_new_job(KIND, orders=4, provider="metered", account="metered") for _ in range(3)]
        async with history.write() as tx:
            for job in new:
                await tx.insert_job(job)
                tx.tell("job.queued", job.job)
        async with asyncio.timeout(60):
            statuses = await ended(history, [job.job.id for job in new])
        worker.draining.set()

    assert statuses == ["succeeded"] * 3
    assert sorted(metered.submissions.values()) == [1] * 12
    assert miser.refused > 0  # it was refused, or this proved nothing
    assert miser.refused < 12  # and it learned


async def ended(history: History, job_ids: list[str]) -> list[str]:
    seq = 0
    while True:
        async with history.read() as tx:
            jobs = [await tx.job(job_id) for job_id in job_ids]
            seq = await tx.newest_seq()
        if all(job is not None and job.is_terminal for job in jobs):
            return [job.status for job in jobs if job is not None]
        await history.wait_for_change(seq, 1.0)
