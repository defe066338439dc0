"""The one-machine stack as a user starts it: real processes, a real nats-server, free ports."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import forked
from tests.e2e.stacks import GUARD_S, NAMES, NEEDS_NATS, Up, all_gone, output_of, running_up, until

pytestmark = NEEDS_NATS


async def test_up_prints_its_address_once_it_is_ready_and_sigterm_leaves_nothing_behind(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        line = await up.ready_line()
        assert line == f"ready {up.record.url}"
        code, told = await output_of("status", "--json", folder=tmp_path)
        status = json.loads(told)
        family = up.family()
        assert (code, status["ready"], status["url"], status["data"]) == (0, True, up.record.url, str(tmp_path))
        assert {process["name"] for process in status["processes"]} == NAMES
        assert {process["state"] for process in status["processes"]} == {"running"}
        assert {process["pid"] for process in status["processes"]} <= {process.pid for process in family}
        assert status["bus"]["connected"]
        up.process.terminate()
        out, _ = await up.process.communicate()
        assert (up.process.returncode, out) == (0, b"")
        assert await all_gone(family) == []
    assert (await output_of("status", folder=tmp_path))[0] == 1


async def test_what_is_killed_comes_back_and_it_is_said(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        await up.ready_line()
        for name in ("video", "nats", "gateway"):
            before, bus = up.named(name), up.record.bus
            assert before.pid is not None
            os.kill(before.pid, signal.SIGKILL)
            await up.says(f"{name} died (exit -9), restarting in 0.2 s")
            await until(partial(runs_again, up, name))
            assert up.named(name).pid != before.pid
            assert up.record.bus == bus
        await until_status(tmp_path, lambda status: bool(status["ready"]))


def runs_again(up: Up, name: str) -> bool:
    process = up.named(name)
    return (process.restarts, process.state) == (1, "running")


async def until_status(folder: Path, is_so: Callable[[dict[str, Any]], bool]) -> None:
    async with asyncio.timeout(GUARD_S):
        while not is_so(json.loads((await output_of("status", "--json", folder=folder))[1])):
            pass


async def test_a_supervisor_that_is_killed_takes_everything_with_it_and_up_starts_anew(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        await up.ready_line()
        family = up.family()
        up.process.kill()
        await up.process.communicate()
        assert await all_gone(family) == []
    assert (await output_of("status", folder=tmp_path))[0] == 1
    async with running_up(tmp_path) as again:
        assert (await again.ready_line()).startswith("ready http://127.0.0.1:")


async def test_a_start_that_is_interrupted_leaves_nothing_behind(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        await until(lambda: (record := up.folder.living()) is not None and record.processes[-1].pid is not None)
        family = up.family()
        up.process.send_signal(signal.SIGINT)
        out, _ = await up.process.communicate()
        assert (up.process.returncode, out) == (0, b"")
        assert await all_gone(family) == []


async def test_a_second_up_finds_the_first_and_down_ends_it(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        line = await up.ready_line()
        assert await output_of("up", "--port", "0", folder=tmp_path) == (0, f"{line}\n")
        family = up.family()
        assert (await output_of("down", folder=tmp_path))[0] == 0
        assert await all_gone(family) == []
        await up.process.communicate()
        assert up.process.returncode == 0


async def test_two_that_start_at_once_become_one_stack(tmp_path: Path) -> None:
    async with forked.running_up(tmp_path) as one, forked.running_up(tmp_path) as other:
        first, second = await asyncio.gather(one.ready_line(), other.ready_line())
        assert first == second
        assert first.startswith("ready http://127.0.0.1:")


async def test_a_taken_port_is_avoided(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        up = await forked.started("up", "--port", str(taken), folder=tmp_path)
        try:
            line = await up.ready_line()
            await up.says(f"port {taken} is taken")
        finally:
            up.process.terminate()
            await up.process.communicate()
    assert int(line.rpartition(":")[2]) > taken


async def test_a_configuration_nobody_can_use_ends_up_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "video.yaml").write_text("slotz: {local: 2}\n")
    monkeypatch.setenv("SCENEBEAT_CONFIG_DIR", str(tmp_path / "configs"))
    async with running_up(tmp_path / "data") as up:
        async with asyncio.timeout(GUARD_S):
            out, err = await up.process.communicate()
    assert (up.process.returncode, out) == (1, b"")
    assert "slotz" in err.decode()
    assert "Traceback" not in err.decode()
