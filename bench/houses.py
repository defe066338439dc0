"""Processes for the benches: a real nats-server, a gateway, a worker that does nothing."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp

from tests.natsserver import NatsServer, free_port
from tests.postgres import PostgresServer


@asynccontextmanager
async def nats(folder: Path) -> AsyncIterator[NatsServer]:
    folder.mkdir(parents=True)
    server = NatsServer(folder)
    await server.start()
    try:
        yield server
    finally:
        server.kill()


@asynccontextmanager
async def database(kind: str) -> AsyncIterator[dict[str, str]]:
    """What tells a gateway its database: nothing for `sqlite`; for `postgresql` one that syncs every commit."""
    if kind == "sqlite":
        yield {}
        return
    server = PostgresServer(fsync=True)
    try:
        await asyncio.to_thread(server.create)
        await asyncio.to_thread(server.make_template)
        yield {"DATABASE_URL": await asyncio.to_thread(server.new_database)}
    finally:
        await asyncio.to_thread(server.remove)


@asynccontextmanager
async def process(arguments: Sequence[str], *, log: Path, **environment: str) -> AsyncIterator[subprocess.Popen[bytes]]:
    with log.open("ab") as file:
        started = await asyncio.to_thread(
            subprocess.Popen, [sys.executable, *arguments], env={**os.environ, **environment}, stdout=file, stderr=file
        )
    try:
        yield started
    finally:
        started.terminate()
        await asyncio.to_thread(started.wait)


class Gateway(NamedTuple):
    url: str
    pid: int


@asynccontextmanager
async def gateway(folder: Path, server: NatsServer, **more: str) -> AsyncIterator[Gateway]:
    """A gateway on a history of its own; `more` is its environment."""
    port = free_port()
    environment = {
        "NATS_URL": server.url,
        "SCENEBEAT_DATA": str(folder / "data"),
        "SCENEBEAT_PORT": str(port),
        "SCENEBEAT_ONE_MACHINE": "true",
        **more,
    }
    async with (
        process(["-m", "gateway"], log=folder / "gateway.log", **environment) as started,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session,
    ):
        async with asyncio.timeout(20):
            while not await _alive(session, f"http://127.0.0.1:{port}/healthz"):
                await asyncio.sleep(0.05)
        yield Gateway(f"http://127.0.0.1:{port}/api/mv", started.pid)


async def _alive(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False
