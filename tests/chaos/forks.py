"""Houses forked from a process that has loaded their modules: each a process like any other, but there at once."""

import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

LOADED = [
    "gateway.service", "gateway.history.schema", "scene_svc.service", "image_svc.service", "video_svc.service",
    "stitch_svc.service", "tests.metered.provider", "shared.media.bucket", "shared.vendors.gemini.account",
    "shared.vendors.gemini.veo", "shared.vendors.replicate.account", "asyncpg", "tests.chaos.forks",
]  # fmt: skip
"""What a house, a vendor's SDK first of all, would take up to three seconds to load."""

_nursery = get_context("forkserver")
_nursery.set_forkserver_preload(LOADED)


def forked(words: Sequence[str], *, environment: Mapping[str, str], log: Path) -> ForkServerProcess:
    """What `python -m {words}` would start; what it prints is appended to `log`."""
    process = _nursery.Process(target=_become, args=(list(words), dict(environment), log))
    process.start()
    return process


def _become(words: list[str], environment: dict[str, str], log: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
    sys.argv = words
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)
