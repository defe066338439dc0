"""Processes known by pid and birth, so that a number used again is never taken for the process it once was."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

END_WITHIN_S = 5.0
LOOK_EVERY_S = 0.02


@dataclass(frozen=True)
class Known:
    """A process as it was written down. `born` is its start as the system tells it, whatever the format."""

    pid: int
    born: str

    def lives(self) -> bool:
        return birth(self.pid) == self.born

    def end(self) -> None:
        """Kill it, if it is still the same one, and wait until it is gone."""
        if not self.lives():
            return
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        give_up = time.monotonic() + END_WITHIN_S
        while self.lives() and time.monotonic() < give_up:
            time.sleep(LOOK_EVERY_S)


def birth(pid: int) -> str | None:
    """When `pid` started; None when there is none (or only what its parent has not buried)."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        state, *fields = stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None if Path("/proc/self/stat").exists() else _birth_by_ps(pid)
    return None if state == "Z" else fields[18]  # starttime, the 22nd field of proc(5)


def _birth_by_ps(pid: int) -> str | None:
    told = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return told.stdout.strip() or None
