"""A gateway of one's own: real processes, a real nats-server, and nobody who performs what is ordered."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.blank import blank_history
from tests.forks import Forked, open_house
from tests.natsserver import NatsServer, free_port

STARTED_WITHIN_S = 30.0


@dataclass(frozen=True)
class LiveGateway:
    """Where it is, and the environment that a service beside it needs."""

    url: str
    environment: dict[str, str]


@asynccontextmanager
async def live_gateway(folder: Path, told: Mapping[str, str] | None = None) -> AsyncIterator[LiveGateway]:
    """`told`: what its environment says besides."""
    (folder / "nats").mkdir(parents=True)
    await asyncio.to_thread(blank_history, folder / "data" / "history.sqlite")
    server, port = NatsServer(folder / "nats"), free_port()
    await server.start()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.endswith(("_KEY", "_TOKEN"))},
        "NATS_URL": server.url,
        "SCENEBEAT_DATA": str(folder / "data"),
        "SCENEBEAT_PORT": str(port),
        "SCENEBEAT_ONE_MACHINE": "true",
        **(told or {}),
    }
    process = await open_house(["gateway"], environment=environment, log=folder / "gateway.log")
    try:
        await _listening(f"http://127.0.0.1:{port}", process)
        yield LiveGateway(f"http://127.0.0.1:{port}", environment)
        assert process.returncode is None, "the gateway is gone: see gateway.log"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await asyncio.to_thread(server.kill)


async def _listening(url: str, process: Forked) -> None:
    async with asyncio.timeout(STARTED_WITHIN_S), aiohttp.ClientSession() as session:
        while process.returncode is None:
            try:
                async with session.get(f"{url}/healthz"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
    raise AssertionError("the gateway ended before it listened: see gateway.log")
