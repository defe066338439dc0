"""Wiring: what the gateway is made of, and the tasks that keep it going."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from gateway.accept import Acceptance
from gateway.announcing import Announcer
from gateway.app import build_app
from gateway.config import GatewayConfig
from gateway.copies import Copies
from gateway.defaults import read_defaults
from gateway.dispatch import Dispatcher
from gateway.editing import Editing
from gateway.feed import Feed
from gateway.handlers import Applier
from gateway.history.database import Database
from gateway.history.schema import to_newest, when_there
from gateway.history.store import History
from gateway.house import House
from gateway.keys.doors import Doors
from gateway.keys.first import refuse_without_keys, take_first_key
from gateway.keys.watch import Watch
from gateway.leftovers import tidier
from gateway.lifecycle.sweeper import Sweeper
from gateway.live import Live
from gateway.metrics import refresh
from gateway.parts import follower, part_planner
from gateway.planning import Means, refuse_unpriced
from gateway.reachability import Reachability
from gateway.reconciler import Reconciler
from gateway.render import Urls
from gateway.room import Room
from gateway.scenefiles import scene_reader
from gateway.sockets import Hub
from gateway.stopping import Stopping
from gateway.waiting import Waiting
from gateway.webhooks.postman import Postman
from shared import runtime
from shared.catalog import read_catalog
from shared.config import config_dir
from shared.executions import Executions
from shared.logs import logger
from shared.stopping import stop

SHUTDOWN_S = 3.0
COLLECT_AFTER = (10_000, 20, 50)
"""Python's collector looks through everything each so often. With 5,000 sockets open that takes half a second, in which
nobody is answered: at the rate Python chooses every quarter of a minute, at this one a hundred times less often."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The house for the routes, and what runs beside them."""

    house: House
    announcer: Announcer
    applier: Applier
    dispatcher: Dispatcher
    reconciler: Reconciler
    postman: Postman
    sweeper: Sweeper
    watch: Watch


async def gateway_service(config: GatewayConfig, house: runtime.House) -> None:
    """Serve until told to stop; everything under way goes on without us."""
    gc.set_threshold(*COLLECT_AFTER)
    async with Database.open(config.history_url) as database:
        await to_newest(database, within_s=config.database_patience_s)
        parts = _build(config, house, database)
        await when_there(database, partial(_lock, config, parts.house), within_s=config.database_patience_s)
        house.before_scrape.append(partial(refresh, parts.house))
        async with _running(parts, house), _served(config, parts.house):
            await house.stop.wait()


async def _lock(config: GatewayConfig, house: House) -> None:
    """Before anybody can come. Raises ConfigError."""
    if config.first_key_file is not None:
        await take_first_key(house.history, config.first_key_file)
    if config.is_beyond_loopback:
        await refuse_without_keys(house.history, config.host)
    logger(__name__).info("doors", asks_for_keys=await house.doors.is_locked())


def _build(config: GatewayConfig, house: runtime.House, database: Database) -> Parts:
    means = Means(
        catalog=read_catalog(config_dir()), defaults=read_defaults(config_dir()), one_machine=config.one_machine
    )
    refuse_unpriced(means)
    bus, executions, order_part = house.bus, Executions(house.bus), part_planner(means)
    room = Room(config.storage, config.data.absolute())
    announcer = Announcer(bus.announce)
    reachability = Reachability(means, services=bus.services, last_services=bus.last_services)
    history = History(database, announce=announcer.announce, budgets=config.budgets)
    hub, doors = Hub(), Doors(history, config.keys, beyond_loopback=config.is_beyond_loopback)
    applier = Applier(
        history,
        order_part=order_part,
        read_scenes=scene_reader(house.media),
        wishes=bus,
        records=executions,
        follow=follower(reachability),
        tidy=tidier(history, house.media),
    )

    return Parts(
        announcer=announcer,
        applier=applier,
        postman=Postman(history, config.webhooks),
        watch=Watch(history, hub, doors),
        sweeper=Sweeper(history, house.media, config.retention),
        dispatcher=Dispatcher(history, bus, accounts=means.catalog.accounts),
        reconciler=Reconciler(
            history=history,
            messages=bus,
            executions=executions,
            apply=applier.apply,
            every_s=config.reconcile_every_s,
            grace_s=config.ack_wait_s * 1.25,
            dear_usd=config.dear_usd,
        ),
        house=House(
            history=history,
            bus=bus,
            media=house.media,
            acceptance=Acceptance(
                history=history,
                media=house.media,
                means=reachability,
                order_part=order_part,
                webhooks=config.webhooks,
                room=room,
            ),
            room=room,
            editing=Editing(
                history=history, means=reachability, order_part=order_part, withdraw=applier.withdraw, room=room
            ),
            stopping=Stopping(history, order_part=order_part, withdraw=applier.withdraw),
            feed=Feed(history),
            live=Live(history, now=time.time),
            hub=hub,
            waiting=Waiting(),
            copies=Copies(history, house.media, scratch=config.scratch_dir),
            waits_for=reachability.waits_for,
            doors=doors,
            urls=Urls(
                storage_backend=house.media.backend, presign=house.media.url if config.serve_from_cloud else None
            ),
            webhooks=config.webhooks,
            protection=config.protection,
            sockets=config.sockets,
            max_body_bytes=int(config.max_body_mb * (1 << 20)),
        ),
    )


@asynccontextmanager
async def _running(parts: Parts, house: runtime.House) -> AsyncIterator[None]:
    """The tasks beside the routes; one that fails takes the process with it, to be started afresh."""
    served, bus = parts.house, house.bus
    served.connect()
    await served.feed.start()
    await served.live.resume()
    await bus.on_progress(served.live.hear_progress)
    await bus.on_announcement(lambda announcement: served.history.changed.notice(announcement.seq))
    inbox = await bus.events()
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(parts.announcer.run()),
            tasks.create_task(parts.applier.run(inbox)),
            tasks.create_task(parts.dispatcher.run()),
            tasks.create_task(parts.reconciler.run()),
            tasks.create_task(parts.postman.run()),
            tasks.create_task(parts.sweeper.run()),
            tasks.create_task(parts.watch.run()),
            tasks.create_task(served.feed.run()),
            tasks.create_task(served.live.run()),
            tasks.create_task(served.hub.sweep(every_s=served.sockets.sweep_every_s)),
        ]
        try:
            yield
        finally:
            await stop(*running)


@asynccontextmanager
async def _served(config: GatewayConfig, house: House) -> AsyncIterator[None]:
    runner = web.AppRunner(build_app(house), access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, config.host, config.port).start()
        logger(__name__).info("gateway_listens", host=config.host, port=runner.addresses[0][1])
        yield
    finally:
        await runner.cleanup()
