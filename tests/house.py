"""`python -m tests.house MODULE ...`: the house of that module, whose renderers are forked from one that is loaded."""

import asyncio
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from shared import children
from shared.children import LINE_LIMIT_BYTES, Process
from tests.forks import Child, Forked, forked, piped


def house(words: Sequence[str], *, environment: Mapping[str, str], log: Path) -> Child:
    """What `python -m {words}` would start, a house of ours; what it prints is appended to `log`."""
    return forked(["tests.house", *words], environment=environment, log=log)


async def open_house(words: Sequence[str], *, environment: Mapping[str, str], log: Path) -> Forked:
    """The same as asyncio shows it."""
    return Forked(await asyncio.to_thread(house, words, environment=environment, log=log))


async def launched_at_once(*words: str) -> Process:
    return await piped(words, environment=os.environ, limit=LINE_LIMIT_BYTES)


if __name__ == "__main__":
    children.launched = launched_at_once
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
