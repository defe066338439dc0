"""`make` as a user types it, on a stack of its own."""

import asyncio
import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import av
import pytest

from tests.chaos.street import HISTORY
from tests.e2e import stacks
from tests.e2e.forked import output_of, running_up, started
from tests.e2e.stacks import GUARD_S, Up

pytestmark = stacks.NEEDS_NATS

FOX = ("make", "A fox learns to fly", "--character", "a small red fox with a blue scarf", "--port", "0", "--seed", "7")


async def lines_until(up: Up, words: str) -> list[str]:
    """What is printed until a line has `words`."""
    assert up.process.stdout is not None
    said: list[str] = []
    async with asyncio.timeout(GUARD_S):
        while not said or words not in said[-1]:
            line = await up.process.stdout.readline()
            assert line, f"it ended without printing {words!r}: {said}"
            said.append(line.decode().rstrip("\n"))
    return said


async def test_make_leaves_a_film_and_prints_where_as_its_last_line(tmp_path: Path) -> None:
    order = (*FOX, "--scenes", "1", "--duration", "1", "--title", "Fox")
    code, out = await output_of(*order, folder=tmp_path, start=stacks.started)
    *_, served, path = out.splitlines()
    assert code == 0
    assert Path(path).parent == tmp_path / "films"
    assert "/api/mv/get_video/" in served
    with av.open(path) as film:
        assert {stream.type for stream in film.streams} == {"video", "audio"}
        clip, card, fps = 1, 3, 24  # seconds, seconds, frames per second
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert sum(1 for _ in film.decode(picture)) == (clip + card) * fps
        for stream in (picture, sound):
            assert stream.duration is not None
            assert stream.time_base is not None
            assert abs(float(stream.duration * stream.time_base) - (clip + card)) <= 1 / fps
    assert (await output_of("status", folder=tmp_path))[0] == 1


async def test_make_on_a_running_stack_prints_one_json_document(tmp_path: Path) -> None:
    async with running_up(tmp_path / "data") as up:
        await up.ready_line()
        order = (*FOX, "--scenes", "1", "--duration", "1", "--json", "--out", str(tmp_path / "fox.mp4"))
        code, out = await output_of(*order, folder=tmp_path / "data")
        production = json.loads(out)
        assert (code, production["status"], production["settings"]["seed"]) == (0, "succeeded", 7)
        assert (tmp_path / "fox.mp4").stat().st_size == production["final_video"]["size_bytes"]
        assert (await output_of("status", folder=tmp_path / "data"))[0] == 0


async def test_what_the_gateway_refuses_is_wrong_usage_said_in_a_sentence(tmp_path: Path) -> None:
    up = await started(*FOX, "--aspect", "7:3", folder=tmp_path)
    async with asyncio.timeout(GUARD_S):
        _, err = await up.process.communicate()
    assert up.process.returncode == 2
    assert "7:3" in err.decode()
    assert "Traceback" not in err.decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_an_interrupted_film_is_called_off(tmp_path: Path, number: signal.Signals) -> None:
    up = await started(*FOX, "--scenes", "3", "--duration", "20", folder=tmp_path)
    await lines_until(up, "clip 1")
    up.process.send_signal(number)
    async with asyncio.timeout(GUARD_S):
        out, _ = await up.process.communicate()
    assert up.process.returncode == 130
    assert "calling the film off" in out.decode()
    assert not (tmp_path / "films").exists()
    with closing(sqlite3.connect(tmp_path / HISTORY)) as history:
        assert history.execute("SELECT status FROM productions").fetchall() == [("canceled",)]
