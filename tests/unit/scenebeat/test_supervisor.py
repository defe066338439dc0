import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scenebeat.supervisor import Backoff, Command, State, Supervised

STUBBORN = "import signal, sys; signal.signal(15, signal.SIG_IGN); print('up', flush=True); signal.pause()"
PATIENT = "import signal; print('up', flush=True); signal.pause()"
GUARD_S = 20.0


@dataclass
class Clock:
    now: float = 0.0
    waits: list[float] = field(default_factory=list)
    lives_s: float = 0.0
    """How long every process seems to have lived."""

    def __call__(self) -> float:
        self.now += self.lives_s
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)


def supervised(tmp_path: Path, script: str, *, clock: Clock | None = None) -> tuple[Supervised, list[str]]:
    said: list[str] = []
    clock = clock or Clock()
    command = Command("painter", (sys.executable, "-c", script), dict(os.environ), tmp_path / "painter.log")
    return Supervised(command, say=said.append, clock=clock, sleep=clock.sleep), said


@asynccontextmanager
async def kept_running(one: Supervised) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(one.keep_running())
    try:
        async with asyncio.timeout(GUARD_S):
            yield task
    finally:
        await one.kill()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(is_true: Callable[[], bool]) -> None:
    while not is_true():
        await asyncio.sleep(0.01)  # a foreign process: nothing to await


def test_waits_double_from_a_fifth_of_a_second_to_ten() -> None:
    backoff = Backoff()
    assert [backoff.after(0.0) for _ in range(8)] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]


def test_thirty_seconds_of_calm_begin_again_with_the_shortest_wait() -> None:
    backoff = Backoff()
    hasty = [backoff.after(29.9) for _ in range(3)]
    assert hasty == [0.2, 0.4, 0.8]
    assert backoff.after(30.0) == 0.2
    assert backoff.after(1.0) == 0.4


async def test_a_process_that_ends_is_started_again_and_it_is_said(tmp_path: Path) -> None:
    clock = Clock()
    one, said = supervised(tmp_path, "import sys; sys.exit(3)", clock=clock)
    async with kept_running(one):
        await until(lambda: one.restarts >= 3)
    assert clock.waits[:3] == [0.2, 0.4, 0.8]
    assert said[0] == "painter died (exit 3), restarting in 0.2 s"
    assert any(line.startswith("painter keeps dying") and str(tmp_path / "painter.log") in line for line in said)


async def test_a_process_that_lived_long_is_started_again_quickly(tmp_path: Path) -> None:
    clock = Clock(lives_s=60.0)
    one, _ = supervised(tmp_path, "pass", clock=clock)
    async with kept_running(one):
        await until(lambda: one.restarts >= 3)
    assert set(clock.waits) == {0.2}


async def test_a_killed_process_gets_a_successor_with_another_pid(tmp_path: Path) -> None:
    one, said = supervised(tmp_path, PATIENT)
    async with kept_running(one):
        await until(lambda: one.pid is not None)
        first = one.pid
        assert first is not None
        os.kill(first, 9)
        await until(lambda: one.restarts == 1 and one.state is State.RUNNING)
        assert one.pid not in {None, first}
    assert said[0] == "painter died (exit -9), restarting in 0.2 s"


async def test_stopping_ends_the_process_and_its_restarts(tmp_path: Path) -> None:
    one, said = supervised(tmp_path, PATIENT)
    async with kept_running(one) as task:
        await until(lambda: "up" in one.command.log.read_text() if one.command.log.exists() else False)
        await one.stop(within_s=GUARD_S)
        await task
    assert one.state is State.STOPPED
    assert (one.pid, one.restarts, said) == (None, 0, [])


async def test_what_ignores_sigterm_is_killed_after_the_bound(tmp_path: Path) -> None:
    one, said = supervised(tmp_path, STUBBORN)
    async with kept_running(one) as task:
        await until(lambda: "up" in one.command.log.read_text() if one.command.log.exists() else False)
        await one.stop(within_s=0.05)
        await task
    assert said == ["painter did not end within 0.05 s, killed"]
    assert one.last_exit == -9


async def test_stopping_during_the_wait_for_a_restart_starts_nothing_more(tmp_path: Path) -> None:
    one, _ = supervised(tmp_path, "pass")

    async def stop_instead(_seconds: float) -> None:
        await one.stop(within_s=1.0)

    one.sleep = stop_instead
    async with kept_running(one) as task:
        await task
    assert (one.state, one.restarts) == (State.STOPPED, 1)


async def test_a_command_that_is_not_there_is_a_death_like_any_other(tmp_path: Path) -> None:
    one, said = supervised(tmp_path, "pass")
    one.command = Command("painter", ("/no/such/command",), {}, tmp_path / "painter.log")
    async with kept_running(one):
        await until(lambda: one.restarts >= 1)
    assert said[0].startswith("painter died (exit 1)")
    assert "No such file" in (tmp_path / "painter.log").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's promise is Linux's")
async def test_a_leashed_process_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    starter = (
        "import subprocess, sys; from scenebeat.leash import leashed;"
        "command = [sys.executable, '-c', 'import signal; print(1, flush=True); signal.pause()'];"
        "child = subprocess.Popen(leashed(command), stdout=subprocess.PIPE);"
        "child.stdout.read(1); print(child.pid, flush=True); sys.stdin.read()"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", starter, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(GUARD_S):
        await until(lambda: not _lives(pid))


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
