"""`python -m tests.e2e.house MODULE`: the house of that module, whose renderers are forked from one that is loaded."""

import os
import runpy
import sys

from shared import children
from shared.children import LINE_LIMIT_BYTES, Process
from tests.forks import piped


async def launched_at_once(*words: str) -> Process:
    return await piped(words, environment=os.environ, limit=LINE_LIMIT_BYTES)


if __name__ == "__main__":
    children.launched = launched_at_once
    runpy.run_module(sys.argv[1], run_name="__main__", alter_sys=True)
