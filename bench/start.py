"""How long a process takes until it can work, on files the machine has read before, and what it holds when idle."""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from bench.machine import conditions, cpu_s
from scenebeat.folder import DataFolder

ROUNDS = 3
IDLE_S = 5.0
WITHIN_S = 60.0


class Started(NamedTuple):
    """Seconds until everything answers; of each process the CPU seconds so far, and its memory (RSS) when idle."""

    took_s: float
    cpu_s: dict[str, float]
    idle_mb: dict[str, float]


async def bench(folder: Path) -> str:
    """Goals of the design: `up` to ready <= 3 s warm, every idle service <= 90 MB. The best of `ROUNDS`."""
    folder.mkdir(parents=True)
    rounds = [await _started(folder / "data") for _ in range(ROUNDS)]
    best = min(rounds, key=lambda one: one.took_s)
    spent = ", ".join(f"{name} {seconds:.1f}" for name, seconds in best.cpu_s.items())
    held = ", ".join(f"{name} {megabytes:.0f}" for name, megabytes in best.idle_mb.items())
    return (
        f"start: `up` is ready after {best.took_s:.1f} s (goal <= 3), the first time, with a new history, "
        f"after {rounds[0].took_s:.1f} s; CPU seconds: {spent}\n"
        f"start: idle, MB of RSS: {held} (goal <= 90 each)\n"
        f"{conditions()}"
    )


async def _started(data: Path) -> Started:
    """A stack in `data`, until it is idle, and its end."""
    words = ("-m", "scenebeat", "up", "--data", str(data), "--port", "0")
    began = time.perf_counter()
    stack = await asyncio.create_subprocess_exec(
        sys.executable, *words, env=_environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        assert stack.stdout is not None
        async with asyncio.timeout(WITHIN_S):
            assert (await stack.stdout.readline()).startswith(b"ready ")
        took_s = time.perf_counter() - began
        pids = _pids(data)
        spent = {name: cpu_s(pid) for name, pid in pids.items()}
        await asyncio.sleep(IDLE_S)
        return Started(took_s, spent, {name: psutil.Process(pid).memory_info().rss / 1e6 for name, pid in pids.items()})
    finally:
        stack.terminate()
        await stack.wait()


def _environment() -> dict[str, str]:
    """Without keys: a provider is looked at before the start, and its SDK loaded."""
    return {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_API_TOKEN"))}


def _pids(data: Path) -> dict[str, int]:
    """The gateway and the services; the bus is a program of others."""
    record = DataFolder(data).record()
    assert record is not None
    return {one.name: one.pid for one in record.processes if one.pid is not None and one.name != "nats"}
