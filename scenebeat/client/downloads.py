"""A file fetched whole or not at all: streamed, taken up again where it broke, checked before it gets its name."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from errno import EISDIR
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import aiohttp

from scenebeat.client.faults import BrokenDownload, Refused, Unreachable
from scenebeat.client.line import Line
from scenebeat.client.pace import Tries

CHUNK_BYTES = 1 << 20
SILENCE_S = 30.0
_SHA256 = re.compile(r'"([0-9a-f]{64})"')
_TOTAL = re.compile(r"bytes (\d+)-\d+/(\d+)")

Fetched = Callable[[int, int | None], object]
"""Told of every piece: bytes so far, bytes in all (None where the server does not say)."""


async def download(line: Line, address: str, file: Path, *, progress: Fetched | None = None) -> int:
    """Fetch `address` into `file`; its size in bytes.

    What came before it broke off, in this run or an earlier one, is kept beside it as `.part` and taken up again as
    long as the file behind the address is the same. Raises Refused, Unreachable, BrokenDownload, OSError.
    """
    part = await asyncio.to_thread(_Part.found, file)
    tries, furthest = Tries(line.pace), part.size
    while True:
        try:
            await _fetch(line, address, part, progress)
            await asyncio.to_thread(part.check)
        except (Unreachable, BrokenDownload) as error:
            if isinstance(error, BrokenDownload):
                part.begin_again()
            elif part.size > furthest:
                tries.begin_again()
            furthest = max(furthest, part.size)
            wait_s = tries.wait_s()
            if wait_s is None:
                what = address.partition("?")[0]  # the rest may be a signature
                raise type(error)(f"{what} breaks off again and again: {error}") from error
            await asyncio.sleep(wait_s)
        else:
            return await asyncio.to_thread(part.finish, file)


async def _fetch(line: Line, address: str, part: "_Part", progress: Fetched | None) -> None:
    """Append what is missing, or begin again where the file behind the address has changed."""
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=SILENCE_S, sock_read=SILENCE_S)
    try:
        async with line.request("GET", address, headers=part.wish(), timeout=timeout) as answer:
            await asyncio.to_thread(part.open, answer.status, answer.headers)
            try:
                async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                    await asyncio.to_thread(part.write, chunk)
                    if progress is not None:
                        progress(part.size, part.total)
            finally:
                await asyncio.to_thread(part.close)
    except Refused as refused:
        if refused.status != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        raise BrokenDownload("it is shorter than what was fetched of it") from refused


@dataclass(slots=True)
class _Part:
    """What has come of a file. `etag` names the version it is of and is kept beside it."""

    path: Path
    etag: str | None = None
    size: int = 0
    total: int | None = None
    _out: BinaryIO | None = field(default=None, repr=False)

    @classmethod
    def found(cls, file: Path) -> "_Part":
        """What an earlier run left, where it is known of which version it is. Raises IsADirectoryError."""
        if file.is_dir():
            raise IsADirectoryError(EISDIR, "this is a folder: name the file in it", str(file))
        part = cls(file.with_name(f"{file.name}.part"))
        with suppress(FileNotFoundError):
            part.etag = part._note.read_text() or None
            part.size = part.path.stat().st_size
        return part

    @property
    def _note(self) -> Path:
        return self.path.with_name(f"{self.path.name}.etag")

    def wish(self) -> dict[str, str]:
        """The headers that ask for the rest; for all of it where nothing came, or nobody can tell of which version."""
        rest = {"Range": f"bytes={self.size}-", "If-Range": self.etag} if self.etag and self.size else {}
        return {"Accept-Encoding": "identity", **rest}

    def open(self, status: int, headers: Mapping[str, str]) -> None:
        """Go on where the answer does; else from the beginning."""
        span = _TOTAL.fullmatch(headers.get("Content-Range", "")) if status == HTTPStatus.PARTIAL_CONTENT else None
        if span is None or int(span[1]) != self.size:
            self.size, span = 0, None
        self.etag = _strong(headers.get("ETag"))
        self.total = int(span[2]) if span else _whole_length(headers)
        self._note.write_text(self.etag or "")
        self._out = self.path.open("ab" if span else "wb")

    def write(self, chunk: bytes) -> None:
        assert self._out is not None
        self._out.write(chunk)
        self.size += len(chunk)

    def close(self) -> None:
        if self._out is not None:
            self._out.close()

    def check(self) -> None:
        """Raise BrokenDownload where it is not what the server has, by length, and by hash where it says one."""
        if self.total is not None and self.size != self.total:
            raise BrokenDownload(f"{self.size} of {self.total} bytes came")
        told = _SHA256.fullmatch(self.etag or "")
        if told is not None and _sha256(self.path) != told[1]:
            raise BrokenDownload("what came is not what the server has: its hash is another")

    def begin_again(self) -> None:
        self.etag, self.size = None, 0

    def finish(self, file: Path) -> int:
        self.path.replace(file)
        self._note.unlink(missing_ok=True)
        return self.size


def _strong(etag: str | None) -> str | None:
    """A weak tag names no exact bytes."""
    return None if etag is None or etag.startswith("W/") else etag


def _whole_length(headers: Mapping[str, str]) -> int | None:
    """How much is to come; what is packed for the way says nothing about it."""
    told = headers.get("Content-Length", "")
    return int(told) if told.isdecimal() and "Content-Encoding" not in headers else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
