"""Processes forked from one that has loaded our modules: each a process like any other, but there at once."""

import asyncio
import gc
import os
import runpy
import signal
import sys
from asyncio.streams import FlowControlMixin
from collections.abc import Mapping, Sequence
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Thread

LOADED = [
    "gateway.service", "gateway.history.schema", "scene_svc.service", "image_svc.service", "video_svc.service",
    "stitch_svc.service", "tests.metered.provider", "shared.media.bucket", "shared.vendors.gemini.account",
    "shared.vendors.gemini.veo", "shared.vendors.replicate.account", "asyncpg", "scenebeat.cli", "scenebeat.doctor",
    "scenebeat.filming", "scenebeat.screen", "image_svc.portrait.draw", "video_svc.animatic.render", "video_svc.look",
    "stitch_svc.cut.limited", "shared.darkroom", "tests.forks",
]  # fmt: skip
"""What a house, a vendor's SDK first of all, would take up to three seconds to load; and what renders half a second."""

_nursery = get_context("forkserver")
_nursery.set_forkserver_preload(LOADED)

Stream = Path | Connection
"""The end of a file, or a pipe."""


def forked(words: Sequence[str], *, environment: Mapping[str, str], log: Path) -> ForkServerProcess:
    """What `python -m {words}` would start; what it prints is appended to `log`. It dies with who started it."""
    return _born(words, environment, Path(os.devnull), log, log)


class Forked:
    """A process as asyncio shows those that it has started itself. Make it where its loop runs."""

    def __init__(
        self,
        process: ForkServerProcess,
        *,
        stdin: asyncio.StreamWriter | None = None,
        stdout: asyncio.StreamReader | None = None,
        stderr: asyncio.StreamReader | None = None,
    ) -> None:
        assert process.pid is not None
        self.pid = process.pid
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self._process = process
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._loop.add_reader(process.sentinel, self._end)

    @property
    def returncode(self) -> int | None:
        return self._ended.result() if self._ended.done() else None

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
        assert self.stdout is not None
        assert self.stderr is not None
        assert self.stdin is not None
        self.stdin.close()
        out, err = await asyncio.gather(self.stdout.read(), self.stderr.read())
        await self.wait()
        return out, err

    def _end(self) -> None:
        self._loop.remove_reader(self._process.sentinel)
        self._process.join()
        assert self._process.exitcode is not None
        self._ended.set_result(self._process.exitcode)


async def piped(words: Sequence[str], *, environment: Mapping[str, str], limit: int = 1 << 16) -> Forked:
    """What `python -m {words}` would start, to be written to and read; `limit` is that of a line, in bytes."""
    (stdin, into), (stdout, out), (stderr, err) = (_nursery.Pipe(duplex=False) for _ in range(3))
    with stdin, out, err:
        process = await asyncio.to_thread(_born, words, environment, stdin, out, err)
    return Forked(
        process, stdin=await _writer(into), stdout=await _reader(stdout, limit), stderr=await _reader(stderr, limit)
    )


async def _reader(pipe: Connection, limit: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit)
    with pipe:
        file = os.fdopen(os.dup(pipe.fileno()), "rb")
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
    return reader


async def _writer(pipe: Connection) -> asyncio.StreamWriter:
    loop = asyncio.get_running_loop()
    with pipe:
        file = os.fdopen(os.dup(pipe.fileno()), "wb")
    transport, protocol = await loop.connect_write_pipe(FlowControlMixin, file)
    return asyncio.StreamWriter(transport, protocol, None, loop)


def _born(words: Sequence[str], environment: Mapping[str, str], *streams: Stream) -> ForkServerProcess:
    process = _nursery.Process(target=_become, args=(list(words), dict(environment), Path.cwd(), *streams))
    process.start()
    return process


def _become(words: list[str], environment: dict[str, str], folder: Path, *streams: Stream) -> None:
    os.setsid()
    Thread(target=_end_with_parent, daemon=True).start()
    gc.freeze()  # what was loaded before its life began is nothing to look through again and again
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for descriptor, stream in enumerate(streams):
        _put(stream, descriptor)
    sys.stdin = os.fdopen(0, closefd=False)  # multiprocessing put another in its place
    sys.argv = words
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    """As scenebeat/leash.py has it, however the parent ends."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGKILL)


def _put(stream: Stream, descriptor: int) -> None:
    """Make `descriptor` (0, 1 and 2 are those that everybody knows) lead to `stream`, and nothing else."""
    if isinstance(stream, Connection):
        os.dup2(stream.fileno(), descriptor)
        stream.close()
        return
    with stream.open("rb" if descriptor == 0 else "ab") as file:
        os.dup2(file.fileno(), descriptor)
