"""The first minute with keys: what is asked, said and spent, before the providers' own protocols."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scenebeat.client import Client
from tests.e2e import stacks
from tests.e2e.forked import running_up, started
from tests.e2e.stacks import GUARD_S
from tests.e2e.test_hand import FOX, lines_until
from tests.wire.gemini import KEY, GeminiServer
from tests.wire.replicate import TOKEN, ReplicateServer

pytestmark = stacks.NEEDS_NATS

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
    async with stacks.running_up(tmp_path / "data") as up:  # as a user does, every process loading what it needs
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


async def test_where_nobody_can_be_asked_the_demo_buys_nothing_without_a_yes_or_a_budget(
    tmp_path: Path, replicate: ReplicateServer, gemini: GeminiServer
) -> None:
    refused_unasked(*await said_by("demo", "--paid", "--port", "0", folder=tmp_path / "data"))
    assert not replicate.bought
    assert not gemini.generations


async def test_only_what_is_agreed_to_is_bought(
    tmp_path: Path, replicate: ReplicateServer, gemini: GeminiServer
) -> None:
    """Without a person, by a budget, and at a terminal: all on one running stack."""
    data = tmp_path / "data"
    async with running_up(data) as up:
        await up.ready_line()
        refused_unasked(*await said_by(*SHORT_FOX, folder=data))
        code, _, err = await said_by(*SHORT_FOX, "--budget", "3", folder=data)
        assert (code, bool(replicate.bought), bool(gemini.generations)) == (1, False, False)
        assert "--budget 3" in err
        assert await answered("n", *SHORT_FOX, folder=data, replicate=replicate) == 1
        assert (replicate.bought, gemini.generations) == ({}, {})

        code, out, err = await said_by(*SHORT_FOX, "--budget", "4", folder=data)
        assert code == 0, err
        assert Path(out.splitlines()[-1]).exists()
        bought = sorted(one.model for one in replicate.bought.values())
        assert bought == [*4 * ["google/imagen-4"], "google/veo-3.1"]
        assert [made.kind for made in gemini.generations.values()] == ["words"]

        assert await answered("y", *SHORT_FOX, "--seed", "8", folder=data, replicate=replicate) == 0
        assert len(replicate.bought) == 2 * len(bought)


def refused_unasked(code: int | None, out: str, err: str) -> None:
    assert code == 2
    assert "google/veo-3.1" in out
    assert "nothing was ordered" in err
    assert "--yes" in err


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


async def answered(answer: str, *words: str, folder: Path, replicate: ReplicateServer) -> int:
    """The exit code of a command at a terminal, where a person types `answer`; until then it buys nothing."""
    ours, theirs = os.openpty()
    bought = len(replicate.bought)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scenebeat", *words, "--data", str(folder)),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        async with asyncio.timeout(GUARD_S):
            await asyncio.to_thread(read_until, ours, "[y/N] ")
            assert len(replicate.bought) == bought
            os.write(ours, f"{answer}\n".encode())
            await asyncio.to_thread(read_until, ours, None)
            return await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
        os.close(ours)


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
