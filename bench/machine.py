"""What the machine was doing while something was measured."""

import os
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import psutil


def fsync_ms(*, times: int = 50) -> float:
    """The median of writing 600 bytes durably, in milliseconds."""
    with tempfile.NamedTemporaryFile(dir=Path.cwd()) as file:
        taken = []
        for _ in range(times):
            began = perf_counter()
            file.write(b"x" * 600)
            file.flush()
            os.fsync(file.fileno())
            taken.append((perf_counter() - began) * 1000)
    return statistics.median(taken)


def conditions() -> str:
    one, five, _ = os.getloadavg()
    return f"load {one:.2f} (1 min), {five:.2f} (5 min) on {os.cpu_count()} cores; fsync {fsync_ms():.2f} ms"


def cpu_s(*pids: int) -> float:
    """CPU seconds that running processes have used, user and system, all threads."""
    used = (psutil.Process(pid).cpu_times() for pid in pids)
    return sum(times.user + times.system for times in used)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0..1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]
