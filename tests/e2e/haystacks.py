"""Everything a running system has said or kept, to be searched for what it never may."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import nats
from nats.aio.msg import Msg

Haystacks = Mapping[str, bytes]
"""Where it was said or kept -> all of it."""


def found(needles: Mapping[str, bytes], haystacks: Haystacks) -> list[str]:
    """`needle in haystack` for each that is where it should not be."""
    return [
        f"{name} in {place}" for place, hay in haystacks.items() for name, needle in needles.items() if needle in hay
    ]


@dataclass
class Overheard:
    """Every message on the bus and every frame of the socket, in the raw."""

    messages: list[bytes] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def overhearing(*, bus_url: str, url: str, project: str) -> AsyncIterator[Overheard]:
    """Listen to the whole bus (orders, events, records, answers of the server) and to all events of `project`."""
    overheard = Overheard()
    connection = await nats.connect(bus_url)

    async def keep(message: Msg) -> None:
        head = repr(message.headers or {}).encode()
        overheard.messages.append(message.subject.encode() + b" " + head + b" " + message.data)

    await connection.subscribe(">", cb=keep)
    async with aiohttp.ClientSession(url) as session, session.ws_connect("/api/mv/ws") as socket:
        await socket.send_json({"type": "subscribe", "data": {"project": project}})
        listening = asyncio.create_task(_listen(socket, overheard.frames))
        try:
            yield overheard
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
            await connection.close()


async def _listen(socket: aiohttp.ClientWebSocketResponse, frames: list[bytes]) -> None:
    while (message := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
        frames.append(str(message.data).encode())


def files(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def rows(database: Path) -> bytes:
    """Every cell of every table."""
    with closing(sqlite3.connect(database)) as history:
        return b"\n".join(_cells(history))


def _cells(history: sqlite3.Connection) -> Iterator[bytes]:
    tables: Iterable[tuple[str]] = history.execute("select name from sqlite_master where type = 'table'")
    for (table,) in list(tables):
        for row in history.execute(f'select * from "{table}"'):
            for cell in row:
                yield cell if isinstance(cell, bytes) else str(cell).encode()
