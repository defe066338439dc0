"""The media store in a local folder: written beside, synced, renamed."""

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncGenerator, AsyncIterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Literal
from uuid import uuid4

from shared.media.base import CHUNK_BYTES, Stat, StorageAway, Stored, checked
from shared.processes import HOST, alive

INCOMING = ".incoming"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class LocalMedia:
    """A folder. Files under way lie in `.incoming`, named by the machine and the process that write them."""

    backend: Literal["local"] = "local"

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / INCOMING).mkdir(parents=True, exist_ok=True)
        self._sweep()

    async def put(self, key: str, chunks: AsyncIterable[bytes], *, media_type: str) -> Stored:
        target = self.root / checked(key)
        part = self.root / INCOMING / f"{HOST}-{os.getpid()}-{uuid4().hex}.part"
        digest, size = hashlib.sha256(), 0
        try:
            with part.open("xb", buffering=0) as file:
                async for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    with _waiting_for_room():
                        await asyncio.to_thread(_write, file, chunk)
                with _waiting_for_room():
                    await asyncio.to_thread(os.fsync, file.fileno())
            with _waiting_for_room():
                await asyncio.to_thread(_move, part, target)
        finally:
            part.unlink(missing_ok=True)
        return Stored(size_bytes=size, sha256=digest.hexdigest())

    async def open(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        with (self.root / checked(key)).open("rb", buffering=0) as file:
            file.seek(start)
            left = None if end is None else end - start
            while left is None or left > 0:
                chunk = await asyncio.to_thread(file.read, CHUNK_BYTES if left is None else min(CHUNK_BYTES, left))
                if not chunk:
                    return
                left = None if left is None else left - len(chunk)
                yield chunk

    async def stat(self, key: str) -> Stat | None:
        try:
            found = (self.root / checked(key)).stat()
        except FileNotFoundError:
            return None
        return Stat(size_bytes=found.st_size, modified=datetime.fromtimestamp(found.st_mtime, UTC))

    async def delete(self, key: str, *, waits: bool = True) -> None:
        path = self.root / checked(key)
        path.unlink(missing_ok=True)
        with suppress(OSError):  # a folder that still holds something stays
            if self.root not in (path.parent, path.parent.parent):
                path.parent.rmdir()

    async def check(self) -> None:
        if not (self.root / INCOMING).is_dir():
            raise StorageAway(f"the media folder {self.root} is gone")

    async def all_keys(self) -> AsyncGenerator[str, None]:
        for folder, inner, names in await asyncio.to_thread(lambda: list(os.walk(self.root))):
            inner.sort()
            for name in sorted(names):
                key = str((Path(folder) / name).relative_to(self.root))
                if not key.startswith(INCOMING):
                    yield key

    async def path(self, key: str) -> Path | None:
        return self.root / checked(key)

    def url(self, key: str, *, media_type: str, disposition: str) -> None:
        return None

    def _sweep(self) -> None:
        """Remove what processes of this machine that are gone left half written."""
        for part in (self.root / INCOMING).glob(f"{HOST}-*.part"):
            if not alive(int(part.name.removeprefix(f"{HOST}-").partition("-")[0])):
                part.unlink(missing_ok=True)


@contextmanager
def _waiting_for_room() -> Iterator[None]:
    """A full disk is a matter of time: somebody makes room."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageAway(f"the disk of the media folder is full ({error.strerror})") from error
        raise


def _write(file: FileIO, chunk: bytes) -> None:
    """All of it: an unbuffered file may take less at once."""
    left = memoryview(chunk)
    while left:
        left = left[file.write(left) :]


def _move(part: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
