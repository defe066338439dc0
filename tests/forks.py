"""Processes forked from one that has loaded our modules: each a process like any other, but there at once."""

import asyncio
import gc
import os
import runpy
import signal
import sys
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
    "scenebeat.filming", "scenebeat.screen", "tests.forks",
]  # fmt: skip
"""What a house, a vendor's SDK first of all, would take up to three seconds to load."""

_nursery = get_context("forkserver")
_nursery.set_forkserver_preload(LOADED)

Output = Path | Connection
"""Where a process writes: the end of a file, or a pipe."""


def forked(words: Sequence[str], *, environment: Mapping[str, str], log: Path) -> ForkServerProcess:
    """What `python -m {words}` would start; what it prints is appended to `log`. It dies with who started it."""
    return _born(words, environment, log, log)


class Forked:
    """A process as asyncio shows those that it has started itself. Make it where its loop runs."""

    def __init__(
        self,
        process: ForkServerProcess,
        *,
        stdout: asyncio.StreamReader | None = None,
        stderr: asyncio.StreamReader | None = None,
    ) -> None:
        assert process.pid is not None
        self.pid = process.pid
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
        out, err = await asyncio.gather(self.stdout.read(), self.stderr.read())
        await self.wait()
        return out, err

    def _end(self) -> None:
        self._loop.remove_reader(self._process.sentinel)
        self._process.join()
        assert self._process.exitcode is not None
        self._ended.set_result(self._process.exitcode)


async def piped(words: Sequence[str], *, environment: Mapping[str, str]) -> Forked:
    """What `python -m {words}` would start, its stdout and stderr to be read here."""
    (stdout, out), (stderr, err) = _nursery.Pipe(duplex=False), _nursery.Pipe(duplex=False)
    with out, err:
        process = await asyncio.to_thread(_born, words, environment, out, err)
    return Forked(process, stdout=await _reader(stdout), stderr=await _reader(stderr))


async def _reader(pipe: Connection) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    with pipe:
        file = os.fdopen(os.dup(pipe.fileno()), "rb")
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
    return reader


def _born(words: Sequence[str], environment: Mapping[str, str], out: Output, err: Output) -> ForkServerProcess:
    arguments = (list(words), dict(environment), Path.cwd(), out, err)
    process = _nursery.Process(target=_become, args=arguments)
    process.start()
    return process


def _become(words: list[str], environment: dict[str, str], folder: Path, out: Output, err: Output) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    gc.freeze()  # what was loaded before its life began is nothing to look through again and again
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for stream, output in ((sys.stdout, out), (sys.stderr, err)):
        _write_to(output, stream.fileno())
    sys.argv = words
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    """As scenebeat/leash.py has it, however the parent ends."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGKILL)


def _write_to(output: Output, descriptor: int) -> None:
    if isinstance(output, Path):
        with output.open("ab") as file:
            os.dup2(file.fileno(), descriptor)
    else:
        os.dup2(output.fileno(), descriptor)
