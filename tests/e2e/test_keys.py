"""The first minute with keys: what is asked, said and spent, before the providers' own protocols."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scenebeat.client import Client
from tests.e2e import test_stack
from tests.e2e.test_hand import FOX, lines_until
from tests.e2e.test_stack import GUARD_S, running_up, started
from tests.wire.gemini import KEY, GeminiServer
from tests.wire.replicate import TOKEN, ReplicateServer

pytestmark = test_stack.pytestmark

WRONG = "r8_wrong_000000000000000000000000000000"
SHORT_FOX = (*FOX, "--scenes", "1", "--duration", "4")


@pytest.fixture
async def replicate() -> AsyncIterator[ReplicateServer]:
    async with ReplicateServer().running() as server:
        yield server


@pytest.fixture
async def gemini() -> AsyncIterator[GeminiServer]:
    async with GeminiServer().running() as server:
        yield server


@pytest.fixture(autouse=True)
def keys(replicate: ReplicateServer, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = {
        "REPLICATE_API_TOKEN": TOKEN,
        "REPLICATE_BASE_URL": replicate.url,
        "GEMINI_API_KEY": KEY,
        "GOOGLE_GEMINI_BASE_URL": gemini.url,
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    for name in ("REPLICATE_API_KEY", "GOOGLE_CLOUD_PROJECT", "VERTEX_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))


async def said_by(*words: str, folder: Path) -> tuple[int | None, str, str]:
    """A command's exit code, stdout and stderr; its input is no terminal."""
    up = await started(*words, folder=folder)
    async with asyncio.timeout(GUARD_S):
        out, err = await up.process.communicate()
    return up.process.returncode, out.decode(), err.decode()


async def test_up_says_which_keys_are_set_what_they_reach_and_what_it_costs(
    tmp_path: Path, replicate: ReplicateServer, gemini: GeminiServer
) -> None:
    replicate.gone.add("google/imagen-4")
    async with running_up(tmp_path / "data") as up:
        url = (await up.ready_line()).removeprefix("ready ")
        await up.says("Ctrl-C ends it")
        async with Client(url) as client:
            estimate = await client.estimate("productions", {"idea": "a fox", "character_description": "a fox"})
    said = "".join(up.said)
    # with imagen-4, as it cannot know: the doctor says 12.97 where it is there
    assert str(estimate.estimated_usd) == "12.968"
    assert "Keys set: REPLICATE_API_TOKEN, GEMINI_API_KEY (not set: GOOGLE_CLOUD_PROJECT)" in said
    assert "Character references: bytedance/seedream-4" in said
    assert "instead of google/imagen-4, which is gone" in said
    assert "A film by the defaults costs about 12.93 dollars." in said
    assert not replicate.bought
    assert not gemini.generations


async def test_up_starts_with_a_refused_key_and_says_loudly_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLICATE_API_TOKEN", WRONG)
    async with running_up(tmp_path / "data") as up:
        assert (await up.ready_line()).startswith("ready http://127.0.0.1:")
        await up.says("Ctrl-C ends it")
    said = "".join(up.said)
    assert "Clips: NONE CAN BE MADE. google/veo-3.1: Replicate refuses the key" in said
    assert "Check REPLICATE_API_TOKEN" in said
    assert "NOT EVERYTHING CAN BE ORDERED" in said
    assert WRONG not in said


async def test_the_demo_buys_nothing_whatever_keys_are_set(
    tmp_path: Path, replicate: ReplicateServer, gemini: GeminiServer
) -> None:
    up = await started("demo", "--port", "0", folder=tmp_path / "data")
    said = await lines_until(up, "clip 1")
    up.process.send_signal(signal.SIGINT)
    async with asyncio.timeout(GUARD_S):
        _, err = await up.process.communicate()
    assert up.process.returncode == 130
    assert any("character  succeeded" in line for line in said)
    assert "costs nothing" in err.decode()
    assert not replicate.calls
    assert not gemini.calls


@pytest.mark.parametrize("words", [SHORT_FOX, ("demo", "--paid", "--port", "0")])
async def test_where_nobody_can_be_asked_nothing_is_bought_without_a_yes_or_a_budget(
    tmp_path: Path, replicate: ReplicateServer, gemini: GeminiServer, words: tuple[str, ...]
) -> None:
    code, out, err = await said_by(*words, folder=tmp_path / "data")
    assert code == 2
    assert "google/veo-3.1" in out
    assert "nothing was ordered" in err
    assert "--yes" in err
    assert not replicate.bought
    assert not gemini.generations


async def test_a_budget_that_is_too_small_buys_nothing_and_one_that_is_enough_a_film(
    tmp_path: Path, replicate: ReplicateServer, gemini: GeminiServer
) -> None:
    code, _, err = await said_by(*SHORT_FOX, "--budget", "3", folder=tmp_path / "data")
    assert (code, bool(replicate.bought), bool(gemini.generations)) == (1, False, False)
    assert "--budget 3" in err
    code, out, err = await said_by(*SHORT_FOX, "--budget", "4", folder=tmp_path / "data")
    assert code == 0, err
    assert Path(out.splitlines()[-1]).exists()
    assert sorted(bought.model for bought in replicate.bought.values()) == [*4 * ["google/imagen-4"], "google/veo-3.1"]
    assert [made.kind for made in gemini.generations.values()] == ["words"]


async def test_local_buys_nothing(tmp_path: Path, replicate: ReplicateServer, gemini: GeminiServer) -> None:
    code, _, err = await said_by(*FOX, "--scenes", "1", "--duration", "1", "--local", folder=tmp_path / "data")
    assert code == 0, err
    assert not replicate.calls
    assert not gemini.calls


async def test_make_does_not_begin_what_can_not_be_finished(
    tmp_path: Path, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLICATE_API_TOKEN", WRONG)
    code, _, err = await said_by(*SHORT_FOX, "--yes", folder=tmp_path / "data")
    assert code == 1
    assert "nothing was ordered" in err
    assert "--local" in err
    assert not gemini.generations


@pytest.mark.parametrize(("answer", "code", "bought"), [("n", 1, 0), ("y", 0, 5)])
async def test_at_a_terminal_it_asks_and_does_as_it_is_told(
    tmp_path: Path, replicate: ReplicateServer, answer: str, code: int, bought: int
) -> None:
    ours, theirs = os.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scenebeat", *SHORT_FOX, "--data", str(tmp_path / "data")),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        async with asyncio.timeout(GUARD_S):
            shown = await asyncio.to_thread(read_until, ours, "[y/N] ")
            assert not replicate.bought
            os.write(ours, f"{answer}\n".encode())
            shown += await asyncio.to_thread(read_until, ours, None)
            assert await process.wait() == code, shown
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
        os.close(ours)
    assert len(replicate.bought) == bought


def read_until(terminal: int, words: str | None) -> str:
    """What a terminal shows until `words`, or until nobody writes any more."""
    shown = ""
    while words is None or words not in shown:
        try:
            told = os.read(terminal, 4096)
        except OSError:  # how Linux tells the end of a terminal
            return shown
        if not told:
            return shown
        shown += told.decode("utf-8", "replace")
    return shown
