"""The life of a process: config, logs, connections, signals, drain."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import uvloop

from shared import tracing
from shared.bus import Bus
from shared.config import ConfigError, ServiceConfig, load, log_config
from shared.contracts.order import Order, ServiceCard
from shared.errors import BusAway
from shared.logs import configure, logger
from shared.lookout import Refresh, lookout
from shared.media.base import MediaStore
from shared.media.opening import open_media
from shared.microservice import Endpoint, Microservice, answering
from shared.processes import HOST, alive
from shared.stopping import stop
from shared.worker import Handler, Worker

C = TypeVar("C", bound=ServiceConfig)

CARD_EVERY_S = 3.0
EXIT_USAGE = 2


@dataclass
class House:
    """What every service is given: the bus, the media store, a scratch folder, and the wish to stop."""

    name: str
    bus: Bus
    media: MediaStore
    scratch: Path
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    endpoints: list[Endpoint] = field(default_factory=list)
    """What it takes off the bus, as NATS micro lists it."""
    before_scrape: list[Refresh] = field(default_factory=list)
    """Awaited before the metrics are read: for what is only known by asking."""

    @property
    def instance(self) -> str:
        """This process in leases and in SERVICES; never the same again after a restart."""
        return self.scratch.name

    async def work(
        self,
        kind: str,
        handler: Handler,
        *,
        slots: Mapping[str, int],
        drain_s: float,
        refusals: Mapping[str, str] | None = None,
    ) -> None:
        """Perform orders of `kind` until told to stop. `slots`: provider -> how many at once."""
        worker = Worker(
            bus=self.bus,
            kind=kind,
            handler=handler,
            slots=slots,
            owner=self.instance,
            discard=self._discard,
            drain_s=drain_s,
            draining=self.stop,
        )
        card = ServiceCard(
            instance=self.instance,
            service=self.name,
            kind=kind,
            providers=dict.fromkeys(slots, ()),
            slots=dict(slots),
            refusals=dict(refusals or {}),
        )
        self.endpoints.extend(Endpoint(kind, provider) for provider in slots)
        async with _shown(self.bus, card):
            await worker.run()

    async def health(self) -> tuple[bool, dict[str, Any]]:
        """Is there a bus to work on, and is it not stopping? (The store may be away: orders wait for it.)"""
        works = {"bus": self.bus.connected, "stopping": self.stop.is_set()}
        return self.bus.connected and not self.stop.is_set(), works

    async def _discard(self, order: Order) -> None:
        for key in order.command.keys:
            await self.media.delete(key)


Service = Callable[[C, House], Awaitable[None]]


def run(service: Service[C], config_type: type[C], name: str) -> None:
    """Run one service until SIGTERM or Ctrl-C. Exits 2 with a sentence when it can't be configured."""
    try:
        config = load(config_type, f"{name}.yaml")
        configure(service=name, level="debug" if config.debug else "info")
        log_config(config, f"{name}.yaml")
        traces = tracing.sending(name) if config.otlp_endpoint else nullcontext()
        with traces, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_live(service, config, name))
    except (ConfigError, tracing.NotInstalled) as error:
        print(error, file=sys.stderr)  # noqa: T201 -- for whoever started it, log or no log
        sys.exit(EXIT_USAGE)


async def _live(service: Service[C], config: C, name: str) -> None:
    log = logger(__name__)
    async with open_house(config, name) as house:
        _stop_on_signals(house.stop)
        log.info("service_ready", instance=house.instance)
        told = Microservice(name, house.instance, house.endpoints)
        async with (
            answering(house.bus.client, told),
            lookout(config.lookout, name=name, health=house.health, before_scrape=house.before_scrape),
        ):
            await service(config, house)
        log.info("service_stopped")


@asynccontextmanager
async def open_house(config: ServiceConfig, name: str) -> AsyncIterator[House]:
    """Connect what every service needs; give it back at the end."""
    scratch = _scratch(config, name)
    try:
        async with (
            open_media(config) as media,
            Bus.connect(config.nats_url, name=f"scenebeat/{name}", ack_wait_s=config.ack_wait_s) as bus,
        ):
            yield House(name=name, bus=bus, media=media, scratch=scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _scratch(config: ServiceConfig, name: str) -> Path:
    """A folder of this process alone; those of dead processes are removed."""
    prefix = f"{name}_{HOST}-"
    config.scratch_dir.mkdir(parents=True, exist_ok=True)
    for folder in config.scratch_dir.glob(f"{prefix}*"):
        if not alive(int(folder.name.removeprefix(prefix).partition("-")[0])):
            shutil.rmtree(folder, ignore_errors=True)
    scratch = config.scratch_dir / f"{prefix}{os.getpid()}-{uuid4().hex[:8]}"
    scratch.mkdir()
    return scratch


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


@asynccontextmanager
async def _shown(bus: Bus, card: ServiceCard) -> AsyncIterator[None]:
    """Keep `card` in SERVICES for as long as the block runs."""
    async with asyncio.TaskGroup() as group:
        showing = group.create_task(_keep_showing(bus, card))
        try:
            yield
        finally:
            await stop(showing)
    await bus.withdraw_card(card)


async def _keep_showing(bus: Bus, card: ServiceCard) -> None:
    remembered = False
    while True:
        with suppress(BusAway):
            await bus.show_card(card)
            if not remembered:
                await bus.remember_card(card)
                remembered = True
        await asyncio.sleep(CARD_EVERY_S)
