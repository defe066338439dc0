"""The processes' logs, as they stand and as they grow, one line at a time."""

import json
import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

LOOK_EVERY_S = 0.2
TAIL_BYTES = 64 << 10
SHOWN_FIRST = frozenset({"timestamp", "level", "event", "service", "exception", "instance"})


def last_lines(log: Path, *, most: int) -> list[str]:
    """At most `most` lines from the end of a log."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        text = file.read().decode("utf-8", "replace")
    return text.splitlines()[-most:] if most else []


def new_lines(
    logs: list[Path], *, sleep: Callable[[float], object] = time.sleep
) -> Generator[tuple[Path, str], None, None]:
    """What is appended to `logs` from now on, endlessly."""
    with ExitStack() as opened:
        files = {log: opened.enter_context(log.open("rb")) for log in logs}
        for file in files.values():
            file.seek(0, os.SEEK_END)
        while True:
            heard = [(log, line) for log, file in files.items() for line in _whole_lines(file)]
            yield from heard
            if not heard:
                sleep(LOOK_EVERY_S)


def _whole_lines(file: BinaryIO) -> Iterator[str]:
    while (line := file.readline()).endswith(b"\n"):
        yield line.decode("utf-8", "replace").rstrip("\n")
    file.seek(-len(line), os.SEEK_CUR)  # half a line: its rest is still being written


def readable(line: str) -> str:
    """A JSON line of a service as people read it; any other line as it is."""
    try:
        told: Any = json.loads(line)
    except ValueError:
        return line
    if not isinstance(told, dict) or "event" not in told:
        return line
    rest = " ".join(f"{name}={value}" for name, value in told.items() if name not in SHOWN_FIRST)
    at = str(told.get("timestamp", ""))[11:19]
    words = (at, f"{told.get('level', ''):<7}", told["event"], rest)
    trace = f"\n{told['exception']}" if "exception" in told else ""
    return " ".join(filter(None, words)).rstrip() + trace
