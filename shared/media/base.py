"""The media store's port: streams in, streams out; no file is ever whole in memory."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

CHUNK_BYTES = 1 << 18

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 ._\-]*(/[A-Za-z0-9_][A-Za-z0-9 ._\-]*)*")


@dataclass(frozen=True)
class Stored:
    """What was taken in."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Stat:
    size_bytes: int
    modified: datetime


class StorageAway(OSError):
    """The store can't do it now: it does not answer, refuses us, or is full. It may be asked again later."""


class StorageInterrupted(StorageAway):
    """This call cannot go on where it was, however long it waits: it may be made again as a whole."""


class MediaStore(Protocol):
    """Bytes by key. A key is a relative path of plain names; the same key is written again as a whole or not at all.

    Every call may raise StorageAway.
    """

    @property
    def backend(self) -> Literal["local", "s3"]: ...

    async def put(self, key: str, chunks: AsyncIterable[bytes], *, media_type: str) -> Stored:
        """Store the stream under `key`, durable and whole once this returns; nothing is left of a broken one."""
        ...

    def open(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        """Bytes `start` to `end` (exclusive), of one and the same file. Raises FileNotFoundError.

        Close it where it may be left before its end: `async with aclosing(media.open(key)) as chunks`.
        """
        ...

    async def stat(self, key: str) -> Stat | None: ...

    async def delete(self, key: str, *, waits: bool = True) -> None:
        """Remove `key`; nothing happens where there is none. Without `waits`, a store that is away is told at once."""
        ...

    async def check(self) -> None:
        """Return where the store can be used."""
        ...

    def all_keys(self) -> AsyncGenerator[str, None]:
        """Every key there is."""
        ...

    async def path(self, key: str) -> Path | None:
        """The file itself, where the store is a folder of this machine."""
        ...

    def url(self, key: str, *, media_type: str, disposition: str) -> str | None:
        """An absolute address that expires, for whoever has it; None where the store has no addresses of its own.

        `disposition` is the answer's Content-Disposition. Nothing is asked of the store: the key need not exist.
        """
        ...


def checked(key: str) -> str:
    """`key` if it is one. Raises ValueError."""
    if not _KEY.fullmatch(key) or ".." in key.split("/") or len(key) > 400:
        raise ValueError(f"not a media key: {key[:80]!r}")
    return key


async def local_copy(media: MediaStore, key: str, folder: Path) -> Path:
    """`key` as a file to read: the store's own where it is a folder here, else a copy in `folder`.

    Raises FileNotFoundError.
    """
    path = await media.path(key)
    if path is not None:
        if await media.stat(key) is None:
            raise FileNotFoundError(key)
        return path
    copy = folder / key.replace("/", "_")
    with await asyncio.to_thread(copy.open, "wb") as file:
        async with aclosing(media.open(key)) as chunks:
            async for chunk in chunks:
                await asyncio.to_thread(file.write, chunk)
    return copy
