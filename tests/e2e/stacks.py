"""A one-machine stack for tests: `scenebeat` as a user starts it, what it prints, and the processes below it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psutil
import pytest

from scenebeat.folder import DataFolder, ProcessRecord, StackRecord
from tests.blank import blank_history
from tests.forks import Forked
from tests.natsserver import nats_server_binary

NEEDS_NATS = [
    pytest.mark.e2e,
    pytest.mark.skipif(nats_server_binary() is None and "CI" not in os.environ, reason="nats-server is missing"),
]

GUARD_S = 60.0
GONE_WITHIN_S = 10.0
NAMES = {"nats", "gateway", "scene", "image", "video", "stitch"}


@dataclass
class Up:
    """A running `scenebeat up`: what it prints, and the processes below it."""

    process: asyncio.subprocess.Process | Forked
    folder: DataFolder
    said: list[str] = field(default_factory=list)

    @property
    def record(self) -> StackRecord:
        record = self.folder.living()
        assert record is not None
        return record

    def named(self, name: str) -> ProcessRecord:
        return next(process for process in self.record.processes if process.name == name)

    def family(self) -> list[psutil.Process]:
        """The supervisor and everything below it."""
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    async def ready_line(self) -> str:
        assert self.process.stdout is not None
        async with asyncio.timeout(GUARD_S):
            return (await self.process.stdout.readline()).decode().rstrip("\n")

    async def says(self, words: str) -> None:
        """Wait until a line on stderr contains `words`."""
        assert self.process.stderr is not None
        async with asyncio.timeout(GUARD_S):
            while not any(words in line for line in self.said):
                line = await self.process.stderr.readline()
                assert line, f"it ended without saying {words!r}: {self.said}"
                self.said.append(line.decode())


class Start(Protocol):
    """Starts `scenebeat {words} --data {folder}`: as a user does, or as tests.e2e.forked does."""

    async def __call__(self, *words: str, folder: Path) -> Up: ...


async def started(*words: str, folder: Path) -> Up:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scenebeat", *words, "--data", str(folder)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    return Up(process, DataFolder(folder))


@asynccontextmanager
async def running_up(folder: Path, *words: str, start: Start = started) -> AsyncIterator[Up]:
    """On what there is, or on a history with nothing in it: how one is made, `make` shows where nobody was before."""
    if not (history := folder / "history.sqlite").exists():
        await asyncio.to_thread(blank_history, history)
    up = await start("up", "--port", "0", *words, folder=folder)
    try:
        yield up
    finally:
        if up.process.returncode is None:
            up.process.terminate()
        await up.process.communicate()


async def output_of(*words: str, folder: Path, start: Start = started) -> tuple[int, str]:
    """A command's exit code and stdout."""
    up = await start(*words, folder=folder)
    async with asyncio.timeout(GUARD_S):
        out, _ = await up.process.communicate()
    assert up.process.returncode is not None
    return up.process.returncode, out.decode()


async def until(is_true: Callable[[], bool], *, within_s: float = GUARD_S) -> None:
    async with asyncio.timeout(within_s):
        while not is_true():
            await asyncio.sleep(0.02)  # a foreign process: nothing to await


async def all_gone(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those still there after `GONE_WITHIN_S`. None is waited for: that would keep its exit code from asyncio."""
    with suppress(TimeoutError):
        await until(lambda: not any(map(is_there, processes)), within_s=GONE_WITHIN_S)
    return [process for process in processes if is_there(process)]


def is_there(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
