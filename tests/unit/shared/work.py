"""Work for the children of the tests."""

import subprocess
import sys
import time
from pathlib import Path

from pydantic import BaseModel

from shared.children import Report


class Errand(BaseModel):
    """`seconds` of waiting; `fail` raises; `spawn` starts a grandchild and writes its pid to `out`."""

    seconds: float = 0.0
    fail: str = ""
    spawn: bool = False
    chatter: bool = False


class Receipt(BaseModel):
    niceness: int
    written: int


class BadErrand(Exception):
    """The input's fault."""


def run_errand(recipe: Errand, *, out: Path, progress: Report) -> Receipt:
    import os

    if recipe.chatter:
        print("a library says something")  # noqa: T201 -- what must not garble the protocol
    if recipe.fail == "input":
        raise BadErrand("the errand makes no sense")
    if recipe.fail == "bug":
        raise ZeroDivisionError("a bug")
    if recipe.fail == "death":
        os._exit(9)
    if recipe.spawn:
        grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        out.write_text(str(grandchild.pid))
    progress(0.5, "half way")
    time.sleep(recipe.seconds)
    if not recipe.spawn:
        out.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    progress(1.0, "there")
    return Receipt(niceness=os.nice(0), written=out.stat().st_size)
