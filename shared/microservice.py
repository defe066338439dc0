"""A process as a NATS micro service (ADR-32): found by PING, described by INFO, counted by STATS (`nats micro ls`).

Written out here: nats-py's own calls datetime.utcnow(), which newer Pythons warn of, and counts requests where we
count orders.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.bucket import BUS_TROUBLE
from shared.contracts.base import utc_now
from shared.metrics import OrderTally, order_tally

PREFIX = "$SRV"
NO_VERSION = "0.0.0"


@dataclass(frozen=True)
class Endpoint:
    """What a process takes off the bus: the orders of one kind and provider."""

    kind: str
    provider: str

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.provider}"

    def info(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "subject": f"orders.{self.kind}.{self.provider}.*",
            "queue_group": self.name,
            "metadata": {},
        }

    def stats(self, tally: OrderTally) -> dict[str, Any]:
        """Times in nanoseconds, as the protocol has them."""
        nanoseconds = int(tally.seconds * 1e9)
        return {
            **{name: value for name, value in self.info().items() if name != "metadata"},
            "num_requests": tally.orders,
            "num_errors": tally.failures,
            "last_error": tally.last_error,
            "processing_time": nanoseconds,
            "average_processing_time": nanoseconds // tally.orders if tally.orders else 0,
        }


@dataclass
class Microservice:
    """One process among those of its name. `instance` tells it from them, and is what leases carry."""

    name: str
    instance: str
    endpoints: Sequence[Endpoint] = ()
    started: str = field(default_factory=lambda: utc_now().isoformat().replace("+00:00", "Z"))

    @property
    def identity(self) -> dict[str, Any]:
        return {
            "name": f"scenebeat-{self.name}",
            "id": self.instance,
            "version": installed_version(),
            "metadata": {},
        }

    def ping(self) -> dict[str, Any]:
        return {"type": "io.nats.micro.v1.ping_response", **self.identity}

    def info(self) -> dict[str, Any]:
        return {
            "type": "io.nats.micro.v1.info_response",
            **self.identity,
            "description": f"{self.name} of Scenebeat",
            "endpoints": [endpoint.info() for endpoint in self.endpoints],
        }

    def stats(self) -> dict[str, Any]:
        return {
            "type": "io.nats.micro.v1.stats_response",
            **self.identity,
            "started": self.started,
            "endpoints": [endpoint.stats(order_tally(endpoint.kind, endpoint.provider)) for endpoint in self.endpoints],
        }


@asynccontextmanager
async def answering(client: Client, service: Microservice) -> AsyncIterator[None]:
    """Answer PING, INFO and STATS while the block runs: to all, to those of this name, and to this process alone."""
    answers: Mapping[str, Callable[[], dict[str, Any]]] = {
        "PING": service.ping,
        "INFO": service.info,
        "STATS": service.stats,
    }
    addresses = ("", f".{service.identity['name']}", f".{service.identity['name']}.{service.instance}")
    held = [
        await client.subscribe(f"{PREFIX}.{verb}{address}", cb=_answer(tell))
        for verb, tell in answers.items()
        for address in addresses
    ]
    try:
        yield
    finally:
        for subscription in held:
            with suppress(*BUS_TROUBLE, nats.errors.Error):
                await subscription.unsubscribe()


def _answer(tell: Callable[[], dict[str, Any]]) -> Callable[[Msg], Awaitable[None]]:
    async def answer(asked: Msg) -> None:
        if asked.reply:
            with suppress(*BUS_TROUBLE, nats.errors.Error):
                await asked.respond(json.dumps(tell()).encode())

    return answer


def installed_version() -> str:
    try:
        return version("scenebeat")
    except PackageNotFoundError:  # a checkout that is run without being installed
        return NO_VERSION
