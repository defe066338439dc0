"""Processes forked from one that has loaded our modules (tests/nursery.py): like any other, but there at once."""

import asyncio
import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from asyncio.streams import FlowControlMixin
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NURSERY = "NURSERY_OF_THESE_TESTS"
"""Where it is, in the environment of whom it forked: a supervisor has its houses forked there too."""


class Child:
    """A process that was forked. It dies with who has this."""

    def __init__(self, nursery: socket.socket) -> None:
        self.nursery = nursery
        self.pid = self._told()
        self.exitcode: int | None = None

    def kill(self) -> None:
        if self.exitcode is None:
            os.kill(self.pid, signal.SIGKILL)

    def join(self) -> int:
        """Wait for its end. Blocks."""
        if self.exitcode is None:
            self.exitcode = self._told()
            self.nursery.close()
        return self.exitcode

    def _told(self) -> int:
        told = self.nursery.recv(8, socket.MSG_WAITALL)
        assert told, "the nursery is gone"
        return int.from_bytes(told, "big", signed=True)


class Forked:
    """A child as asyncio shows a process that it has started itself. Make it where its loop runs."""

    def __init__(
        self,
        child: Child,
        *,
        stdin: asyncio.StreamWriter | None = None,
        stdout: asyncio.StreamReader | None = None,
        stderr: asyncio.StreamReader | None = None,
    ) -> None:
        self.pid = child.pid
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self._child = child
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._loop.add_reader(child.nursery.fileno(), self._end)

    @property
    def returncode(self) -> int | None:
        return self._child.exitcode

    def send_signal(self, number: int) -> None:
        if self._ended.done():
            raise ProcessLookupError
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    async def communicate(self) -> tuple[bytes, bytes]:
        assert self.stdin is not None
        assert self.stdout is not None
        assert self.stderr is not None
        self.stdin.close()
        out, err = await asyncio.gather(self.stdout.read(), self.stderr.read())
        await self.wait()
        return out, err

    def _end(self) -> None:
        self._loop.remove_reader(self._child.nursery.fileno())
        self._ended.set_result(self._child.join())


def forked(words: Sequence[str], *, environment: Mapping[str, str], log: Path) -> Child:
    """What `python -m {words}` would start; what it prints is appended to `log`."""
    with Path(os.devnull).open("rb") as nothing, log.open("ab") as file:
        return _born(words, environment, nothing.fileno(), file.fileno(), file.fileno())


async def open_house(words: Sequence[str], *, environment: Mapping[str, str], log: Path) -> Forked:
    """The same as asyncio shows it."""
    return Forked(await asyncio.to_thread(forked, words, environment=environment, log=log))


async def piped(words: Sequence[str], *, environment: Mapping[str, str], limit: int = 1 << 16) -> Forked:
    """What `python -m {words}` would start, to be written to and read; `limit` is that of a line, in bytes."""
    (stdin, into), (stdout, out), (stderr, err) = os.pipe(), os.pipe(), os.pipe()
    try:
        child = await asyncio.to_thread(_born, words, environment, stdin, out, err)
    finally:
        for given in (stdin, out, err):
            os.close(given)
    return Forked(
        child, stdin=await _writer(into), stdout=await _reader(stdout, limit), stderr=await _reader(stderr, limit)
    )


async def _reader(pipe: int, limit: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(pipe, "rb", buffering=0))
    return reader


async def _writer(pipe: int) -> asyncio.StreamWriter:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.connect_write_pipe(FlowControlMixin, os.fdopen(pipe, "wb", buffering=0))
    return asyncio.StreamWriter(transport, protocol, None, loop)


def _born(words: Sequence[str], environment: Mapping[str, str], *streams: int) -> Child:
    nursery = socket.socket(socket.AF_UNIX)
    where = os.environ.get(NURSERY) or _nursery()
    nursery.connect(where)
    asked = {"words": list(words), "environment": {**environment, NURSERY: where}, "folder": str(Path.cwd())}
    told = json.dumps(asked).encode() + b"\n"
    sent = socket.send_fds(nursery, [told], streams)
    nursery.sendall(told[sent:])
    return Child(nursery)


@cache
def _nursery() -> str:
    """Start the one of this process; it ends when this does."""
    folder = tempfile.TemporaryDirectory(prefix="nursery")
    where = f"{folder.name}/door"
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(where)
        door.listen(64)
        process = subprocess.Popen(
            (sys.executable, "-m", "tests.nursery", str(door.fileno())),
            stdin=subprocess.PIPE,
            pass_fds=(door.fileno(),),
            cwd=ROOT,
            start_new_session=True,
        )

    def end() -> None:
        process.communicate()
        folder.cleanup()

    atexit.register(end)
    return where
