"""The supervisor: keeps processes running, says what happens to them, ends them in order."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

from scenebeat.leash import leashed

Say = Callable[[str], None]
Sleep = Callable[[float], Awaitable[object]]
KILL_WAIT_S = 5.0
RESTARTS_TO_WORRY = 4
"""In units of the first wait: the third restart in a row says where to look."""


@dataclass(frozen=True)
class Command:
    """One process to keep running; what it prints is appended to `log`."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    log: Path


class Process(Protocol):
    """A process that was started, as asyncio shows it."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def send_signal(self, signal: int) -> None: ...
    async def wait(self) -> int: ...


async def launched(command: Command, log: BinaryIO) -> Process:
    """`command` as a process that can't outlive this one."""
    return await asyncio.create_subprocess_exec(
        *leashed(command.argv),
        env=command.environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,  # a Ctrl-C in the terminal is ours to hand on, in order
    )


@dataclass
class Backoff:
    """How long to wait before a restart: doubling, and from the start again after a calm life."""

    first_s: float = 0.2
    most_s: float = 10.0
    calm_s: float = 30.0
    _next_s: float = 0.0

    def after(self, alive_s: float) -> float:
        """The wait after a process that lived `alive_s`, in seconds."""
        if alive_s >= self.calm_s or not self._next_s:
            self._next_s = self.first_s
        wait_s = self._next_s
        self._next_s = min(self.most_s, wait_s * 2)
        return wait_s


class State(StrEnum):
    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"
    STOPPED = "stopped"


@dataclass
class Supervised:
    """One process and its successors. `changed` is called whenever pid, state or restarts differ."""

    command: Command
    say: Say
    changed: Callable[[], None] = lambda: None
    clock: Callable[[], float] = time.monotonic
    sleep: Sleep = asyncio.sleep
    backoff: Backoff = field(default_factory=Backoff)
    state: State = State.STARTING
    restarts: int = 0
    last_exit: int | None = None
    log_from: int = 0
    """Where in the log the newest life begins, in bytes."""
    _process: Process | None = None
    _stopping: bool = False

    @property
    def name(self) -> str:
        return self.command.name

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def keep_running(self) -> None:
        """Start it, and start it again whenever it ends, until `stop`."""
        while not self._stopping:
            started = self.clock()
            self.last_exit = await self._live()
            if self._stopping:
                break
            wait_s = self.backoff.after(self.clock() - started)
            self.restarts += 1
            self._enter(State.RESTARTING)
            self.say(f"{self.name} died (exit {self.last_exit}), restarting in {wait_s:g} s")
            if wait_s == self.backoff.first_s * RESTARTS_TO_WORRY:
                self.say(f"{self.name} keeps dying; what it says is in {self.command.log}")
            await self.sleep(wait_s)
        self._enter(State.STOPPED)

    async def stop(self, *, within_s: float) -> None:
        """SIGTERM, and SIGKILL to what still lives `within_s` later."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        _signal(process, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), within_s)
        except TimeoutError:
            self.say(f"{self.name} did not end within {within_s:g} s, killed")
            await self.kill()

    async def kill(self) -> None:
        """End it at once, whatever it does."""
        self._stopping = True
        if self._process is not None:
            _signal(self._process, signal.SIGKILL)
            await asyncio.wait_for(self._process.wait(), KILL_WAIT_S)

    async def _live(self) -> int:
        """One life of the process; its exit code (negative: the signal that ended it)."""
        with self.command.log.open("ab") as log:
            self.log_from = log.tell()
            self._process = await launched(self.command, log)
        if self._stopping:  # while it was being started
            _signal(self._process, signal.SIGKILL)
        self._enter(State.RUNNING)
        return await self._process.wait()

    def _enter(self, state: State) -> None:
        self.state = state
        self.changed()


def _signal(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(number)
