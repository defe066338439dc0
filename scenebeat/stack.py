"""The one-machine stack: a bus, a gateway and four services as supervised processes around one data folder."""

import asyncio
import http.client
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scenebeat import natsserver
from scenebeat.folder import DataFolder, ProcessRecord, StackRecord
from scenebeat.ports import free_bus_port, next_free_port
from scenebeat.processes import birth
from scenebeat.roster import LOOPBACK, Plan, bus_command, service_commands, url_of
from scenebeat.supervisor import Command, Say, State, Supervised

READY_WITHIN_S = 60.0
ASK_EVERY_S = 0.05
DRAIN_S = 8.0
"""For the gateway and the services; their own drain is shorter."""
BUS_DRAIN_S = 5.0
EXIT_MISCONFIGURED = 2
LOCK_TRIES = 3
TAIL_LINES = 5


class StackFailed(Exception):
    """The stack can't run; says what failed and where to read more."""


@dataclass(frozen=True)
class Running:
    """A stack that answers at `url`; `own` where this process is the one that keeps it running."""

    url: str
    own: "Stack | None" = None


@asynccontextmanager
async def running(plan: Plan, *, say: Say) -> AsyncIterator[Running]:
    """The stack that runs in the folder, or a new one for as long as the block runs.

    Raises StackFailed, NoFreePort, NoNatsServer, OSError.
    """
    plan.folder.prepare()
    for _ in range(LOCK_TRIES):
        with plan.folder.hold() as mine:
            if mine:
                async with _started(plan, say=say) as stack:
                    yield Running(stack.url, stack)
                return
        if found := await until_another_is_ready(plan.folder):
            say(f"using the stack that runs at {found.url}")
            yield Running(found.url)
            return
    raise StackFailed(f"another stack holds {plan.folder.root} but does not say where; try again")


@asynccontextmanager
async def _started(plan: Plan, *, say: Say) -> AsyncIterator["Stack"]:
    _end_orphans(plan.folder, say)
    stack = Stack(plan, say=say)
    try:
        await stack.start()
        yield stack
    finally:
        await stack.stop()


def _end_orphans(folder: DataFolder, say: Say) -> None:
    """What a killed stack left behind would work on against the new one."""
    last = folder.record()
    folder.forget()
    for orphan in [orphan for orphan in last.orphans() if orphan.lives()] if last else []:
        say(f"process {orphan.pid} of a stack that was killed is still here, ending it")
        orphan.end()


async def until_another_is_ready(folder: DataFolder) -> StackRecord | None:
    """The stack another process runs in `folder`, once it is ready; None as soon as there is none."""
    async with asyncio.timeout(READY_WITHIN_S):
        while folder.is_held():
            if (record := folder.living()) and record.ready:
                return record
            await asyncio.sleep(ASK_EVERY_S)
    return None


class Stack:
    """A stack and its life: `start`, `watch`, `stop`. Hold the folder's lock around all three."""

    def __init__(self, plan: Plan, *, say: Say) -> None:
        self.plan = plan
        self.folder = plan.folder
        port = next_free_port(plan.host, plan.port)
        if plan.port not in {0, port}:
            say(f"port {plan.port} is taken, using {port}")
        self.url = url_of(plan.host, port)
        self.bus_port = free_bus_port(LOOPBACK)
        self._say = say
        self._ready = False
        self._tasks: dict[asyncio.Task[None], Supervised] = {}
        self._bus = self._supervised(bus_command(plan, port=self.bus_port))
        commands = service_commands(plan, bus_url=self.bus_url, port=port)
        self._others = [self._supervised(command) for command in commands]

    @property
    def bus_url(self) -> str:
        return f"nats://{LOOPBACK}:{self.bus_port}"

    async def start(self) -> None:
        """Start everything and wait until it is ready. Raises StackFailed."""
        begun = time.monotonic()
        self._say("starting the bus, the gateway and the services ...")
        if "NATS_URL" in self.plan.environment:
            self._say("NATS_URL is not used: a stack on one machine runs a bus of its own")
        for supervised in self._all():
            self.folder.turn_log(supervised.name)
        self._launch(self._bus)
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                await natsserver.until_it_greets(LOOPBACK, self.bus_port)
                for supervised in self._others:
                    self._launch(supervised)
                await self._until_ready()
        except TimeoutError:
            raise StackFailed(await self._what_is_missing()) from None
        self._ready = True
        self._write_down()
        self._say(f"everything answers after {time.monotonic() - begun:.1f} s")

    async def watch(self) -> None:
        """Return never; raise when supervising itself fails (a full disk, say)."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Gateway and services first, the bus last, so that what they hand over is still taken."""
        try:
            await asyncio.gather(*(one.stop(within_s=DRAIN_S) for one in self._others))
            await self._bus.stop(within_s=BUS_DRAIN_S)
        finally:
            await self._kill_the_rest()
            self.folder.forget()

    async def _kill_the_rest(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(one.kill() for one in self._all()))

    def _all(self) -> list[Supervised]:
        return [self._bus, *self._others]

    def _launch(self, supervised: Supervised) -> None:
        self._tasks[asyncio.create_task(supervised.keep_running())] = supervised

    def _supervised(self, command: Command) -> Supervised:
        return Supervised(command, say=self._say, changed=self._write_down)

    async def _until_ready(self) -> None:
        while not (await asyncio.to_thread(readiness, self.url)).get("ready"):
            for one in self._others:
                if one.last_exit == EXIT_MISCONFIGURED:
                    raise StackFailed(f"{one.name} can't start:\n{tail(one.command.log, since=one.log_from)}")
            await asyncio.sleep(ASK_EVERY_S)  # a foreign process: nothing to await

    async def _what_is_missing(self) -> str:
        report = await asyncio.to_thread(readiness, self.url)
        missing = report.get("missing_services") or [
            name for name in ("bus", "database", "storage") if not report.get(name)
        ]
        suspects = [one for one in self._all() if one.restarts or one.state is not State.RUNNING]
        tails = "".join(f"\n{one.name}:\n{tail(one.command.log, since=one.log_from)}" for one in suspects)
        return f"not ready within {READY_WITHIN_S:g} s: {', '.join(missing)} does not answer{tails}"

    def _write_down(self) -> None:
        self.folder.write(
            StackRecord.of_this_process(
                url=self.url, bus=self.bus_url, ready=self._ready, processes=tuple(map(_record, self._all()))
            )
        )


def readiness(url: str, *, within_s: float = 2.0) -> dict[str, Any]:
    """What `/readyz` says; empty when nobody answers. Blocks."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or LOOPBACK, address.port, timeout=within_s)
    with closing(connection), suppress(OSError, http.client.HTTPException, json.JSONDecodeError):
        connection.request("GET", "/readyz")
        told = json.loads(connection.getresponse().read())
        return told if isinstance(told, dict) else {}
    return {}


def tail(log: Path, *, since: int = 0, lines: int = TAIL_LINES) -> str:
    """The last lines of a log after its first `since` bytes, indented."""
    with suppress(FileNotFoundError):
        words = log.read_bytes()[since:].decode("utf-8", "replace")
        return "\n".join(f"  {line}" for line in words.splitlines()[-lines:])
    return "  (no log)"


def _record(supervised: Supervised) -> ProcessRecord:
    pid = supervised.pid
    return ProcessRecord(
        name=supervised.name,
        pid=pid,
        state=supervised.state.value,
        restarts=supervised.restarts,
        born=birth(pid) if pid else None,
    )
