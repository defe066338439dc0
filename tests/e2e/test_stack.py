"""The one-machine stack as a user starts it: real processes, a real nats-server, free ports."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import psutil
import pytest

from scenebeat.folder import DataFolder, ProcessRecord, StackRecord
from tests.blank import blank_history
from tests.forks import Forked
from tests.natsserver import nats_server_binary

pytestmark = [
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


async def test_up_prints_its_address_once_it_is_ready_and_sigterm_leaves_nothing_behind(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        line = await up.ready_line()
        assert line == f"ready {up.record.url}"
        code, told = await output_of("status", "--json", folder=tmp_path)
        status = json.loads(told)
        family = up.family()
        assert (code, status["ready"], status["url"], status["data"]) == (0, True, up.record.url, str(tmp_path))
        assert {process["name"] for process in status["processes"]} == NAMES
        assert {process["state"] for process in status["processes"]} == {"running"}
        assert {process["pid"] for process in status["processes"]} <= {process.pid for process in family}
        assert status["bus"]["connected"]
        up.process.terminate()
        out, _ = await up.process.communicate()
        assert (up.process.returncode, out) == (0, b"")
        assert await all_gone(family) == []
    assert (await output_of("status", folder=tmp_path))[0] == 1


async def test_what_is_killed_comes_back_and_it_is_said(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        await up.ready_line()
        for name in ("video", "nats", "gateway"):
            before, bus = up.named(name), up.record.bus
            assert before.pid is not None
            os.kill(before.pid, signal.SIGKILL)
            await up.says(f"{name} died (exit -9), restarting in 0.2 s")
            await until(partial(runs_again, up, name))
            assert up.named(name).pid != before.pid
            assert up.record.bus == bus
        await until_status(tmp_path, lambda status: bool(status["ready"]))


def runs_again(up: Up, name: str) -> bool:
    process = up.named(name)
    return (process.restarts, process.state) == (1, "running")


async def until_status(folder: Path, is_so: Callable[[dict[str, Any]], bool]) -> None:
    async with asyncio.timeout(GUARD_S):
        while not is_so(json.loads((await output_of("status", "--json", folder=folder))[1])):
            pass


async def test_a_supervisor_that_is_killed_takes_everything_with_it_and_up_starts_anew(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        await up.ready_line()
        family = up.family()
        up.process.kill()
        await up.process.communicate()
        assert await all_gone(family) == []
    assert (await output_of("status", folder=tmp_path))[0] == 1
    async with running_up(tmp_path) as again:
        assert (await again.ready_line()).startswith("ready http://127.0.0.1:")


async def test_a_start_that_is_interrupted_leaves_nothing_behind(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        await until(lambda: (record := up.folder.living()) is not None and record.processes[-1].pid is not None)
        family = up.family()
        up.process.send_signal(signal.SIGINT)
        out, _ = await up.process.communicate()
        assert (up.process.returncode, out) == (0, b"")
        assert await all_gone(family) == []


async def test_a_second_up_finds_the_first_and_down_ends_it(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        line = await up.ready_line()
        assert await output_of("up", "--port", "0", folder=tmp_path) == (0, f"{line}\n")
        family = up.family()
        assert (await output_of("down", folder=tmp_path))[0] == 0
        assert await all_gone(family) == []
        await up.process.communicate()
        assert up.process.returncode == 0


async def test_two_that_start_at_once_become_one_stack(tmp_path: Path) -> None:
    from tests.e2e import forked

    async with forked.running_up(tmp_path) as one, forked.running_up(tmp_path) as other:
        first, second = await asyncio.gather(one.ready_line(), other.ready_line())
        assert first == second
        assert first.startswith("ready http://127.0.0.1:")


async def test_a_taken_port_is_avoided(tmp_path: Path) -> None:
    from tests.e2e import forked

    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        up = await forked.started("up", "--port", str(taken), folder=tmp_path)
        try:
            line = await up.ready_line()
            await up.says(f"port {taken} is taken")
        finally:
            up.process.terminate()
            await up.process.communicate()
    assert int(line.rpartition(":")[2]) > taken


async def test_a_configuration_nobody_can_use_ends_up_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "video.yaml").write_text("slotz: {local: 2}\n")
    monkeypatch.setenv("SCENEBEAT_CONFIG_DIR", str(tmp_path / "configs"))
    async with running_up(tmp_path / "data") as up:
        async with asyncio.timeout(GUARD_S):
            out, err = await up.process.communicate()
    assert (up.process.returncode, out) == (1, b"")
    assert "slotz" in err.decode()
    assert "Traceback" not in err.decode()
