"""Children die with their order and with their parent, and speak nothing but the protocol."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from shared.children import NICENESS, ChildFailed, child
from tests.unit.shared.work import Errand

TARGET = "tests.unit.shared.work:run_errand"


async def gone(pid: int) -> bool:
    """Is the process gone within five seconds?"""
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        await asyncio.sleep(0.05)
    return False


async def file_there(path: Path) -> str:
    async with asyncio.timeout(10):
        while not path.exists() or not path.read_text():
            await asyncio.sleep(0.02)
    return path.read_text()


async def test_a_child_is_nice_reports_and_answers(tmp_path: Path) -> None:
    heard: list[tuple[float, str]] = []
    async with child(TARGET, Errand(chatter=True), out=tmp_path / "out") as running:
        done = await running.result(lambda fraction, message: heard.append((fraction, message)))
    assert done == {"niceness": min(19, os.nice(0) + NICENESS), "written": 108}
    assert heard == [(0.5, "half way"), (1.0, "there")]


@pytest.mark.parametrize(
    ("fail", "kind", "message"),
    [
        ("input", "BadErrand", "makes no sense"),
        ("bug", "ZeroDivisionError", "a bug"),
        ("death", "Died", "ended with 9"),
    ],
)
async def test_a_failure_says_its_kind(tmp_path: Path, fail: str, kind: str, message: str) -> None:
    async with child(TARGET, Errand(fail=fail), out=tmp_path / "out") as running:
        with pytest.raises(ChildFailed, match=message) as failure:
            await running.result(lambda *_: None)
    assert failure.value.kind == kind


async def test_leaving_the_block_kills_the_child_and_all_it_started(tmp_path: Path) -> None:
    out = tmp_path / "pid"
    async with child(TARGET, Errand(spawn=True, seconds=600), out=out) as running:
        waiting = asyncio.create_task(running.result(lambda *_: None))
        grandchild = int(await file_there(out))
        waiting.cancel()
    assert await gone(grandchild)


async def test_the_death_of_the_parent_is_the_death_of_the_child(tmp_path: Path) -> None:
    out = tmp_path / "pid"
    script = (
        "import asyncio, pathlib\n"
        "from shared.children import child\n"
        "from tests.unit.shared.work import Errand\n"
        "async def main():\n"
        f"    out, errand = pathlib.Path({str(out)!r}), Errand(spawn=True, seconds=600)\n"
        f"    async with child({TARGET!r}, errand, out=out) as running:\n"
        "        await running.result(lambda *said: None)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.to_thread(subprocess.Popen, [sys.executable, "-c", script])
    grandchild = int(await file_there(out))
    children = [process.pid for process in psutil.Process(parent.pid).children(recursive=True)]
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert grandchild in children
    for pid in children:
        assert await gone(pid)
