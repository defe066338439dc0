"""A container's health check: `python -m shared.health URL`, or the name of the service that runs beside it."""

import asyncio
import sys
import urllib.request
from contextlib import suppress

from shared.bus import Bus
from shared.config import ServiceConfig
from shared.errors import BusAway
from shared.processes import HOST

WITHIN_S = 4.0


def main(what: str) -> int:
    """0 where it is well: the address answers, or the service of this host shows itself on the bus."""
    if "://" in what:
        with suppress(OSError), urllib.request.urlopen(what, timeout=WITHIN_S) as answer:
            return 0 if answer.status < 400 else 1
        return 1
    return 0 if asyncio.run(_shows_itself(what)) else 1


async def _shows_itself(name: str) -> bool:
    config = ServiceConfig()  # addresses alone, which come from the environment
    with suppress(BusAway, TimeoutError):
        async with (
            asyncio.timeout(WITHIN_S),
            Bus.connect(config.nats_url, name=f"scenebeat/{name}/health", ack_wait_s=config.ack_wait_s) as bus,
        ):
            return any(card.instance.startswith(f"{name}_{HOST}-") for card in await bus.services())
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
