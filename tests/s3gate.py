"""A gate on the line to the S3 server of the tests: shut as if that were gone, or cut in the middle of an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

from shared.media.bucket import Bucket
from tests.s3server import S3Server

PIECE_BYTES = 1 << 14


@dataclass
class S3Gate:
    """Passes everything on to `upstream`, its port, while it is open.

    `cut_after`: the line is cut once so many bytes of answers have passed. `lose_answer_to`: once, the answer to the
    first request with these bytes in it never comes, though it was carried out; `then_shut`: nor does any other.
    """

    upstream: int
    port: int = 0
    cut_after: int | None = None
    lose_answer_to: bytes | None = None
    then_shut: bool = False
    cuts: int = 0
    _server: asyncio.Server | None = None
    _lines: set[asyncio.Task[None]] = field(default_factory=set)

    def bucket(self, server: S3Server, name: str) -> Bucket:
        return replace(server.bucket(name), endpoint_url=f"http://127.0.0.1:{self.port}")

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Nobody answers, and what was under way breaks off."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        onward: asyncio.StreamWriter | None = None
        try:
            answers, onward = await asyncio.open_connection("127.0.0.1", self.upstream)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._requests(reader, onward))
                both.create_task(self._answers(answers, writer))
        except* (OSError, _Cut):
            self.cuts += 1
            if self.then_shut and self._server is not None:
                self._server.close()
                self._server = None
        except* asyncio.CancelledError:  # shut; whoever waits for this task asks no more of it
            pass
        finally:
            self._lines.discard(task)
            for end in filter(None, (writer, onward)):
                end.transport.abort()

    async def _requests(self, reader: asyncio.StreamReader, onward: asyncio.StreamWriter) -> None:
        while piece := await reader.read(PIECE_BYTES):
            onward.write(piece)
            await onward.drain()
            if self.lose_answer_to and self.lose_answer_to in piece:
                self.lose_answer_to, self.cut_after = None, 0
        raise _Cut

    async def _answers(self, answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await answers.read(PIECE_BYTES):
            if self.cut_after is not None:
                piece, self.cut_after = piece[: self.cut_after], max(0, self.cut_after - len(piece))
            writer.write(piece)
            with suppress(ConnectionError):
                await writer.drain()
            if self.cut_after == 0:
                self.cut_after = None
                raise _Cut
        raise _Cut


class _Cut(Exception):
    """The line ends here."""


@asynccontextmanager
async def gate_before(server: S3Server) -> AsyncIterator[S3Gate]:
    """An open gate."""
    gate = S3Gate(server.ports["s3"])
    await gate.open()
    try:
        yield gate
    finally:
        await gate.shut()
