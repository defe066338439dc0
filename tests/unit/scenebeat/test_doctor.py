"""The doctor before the providers' own protocols: what is there, what is gone, what is taken instead."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from gateway.choice import Reach, choose
from gateway.defaults import read_defaults
from scenebeat.doctor import FILES, candidates, examine
from scenebeat.findings import document, greeting, verdict, whole
from shared.catalog import read_catalog
from shared.config import CONFIG_DIR, read_yaml
from shared.contracts.base import Kind
from tests.unit.docs.pages import ROOT, rows, section
from tests.wire.gemini import KEY, GeminiServer
from tests.wire.replicate import TOKEN, ReplicateServer

NO_KEYS = ("REPLICATE_API_TOKEN", "REPLICATE_API_KEY", "GEMINI_API_KEY", "GOOGLE_CLOUD_PROJECT", "VERTEX_API_KEY")


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NO_KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def replicate() -> AsyncIterator[ReplicateServer]:
    async with ReplicateServer().running() as server:
        yield server


@pytest.fixture
async def gemini() -> AsyncIterator[GeminiServer]:
    async with GeminiServer().running() as server:
        yield server


def told(replicate: ReplicateServer, gemini: GeminiServer) -> dict[str, str]:
    return {
        "REPLICATE_API_TOKEN": TOKEN,
        "REPLICATE_BASE_URL": replicate.url,
        "GEMINI_API_KEY": KEY,
        "GOOGLE_GEMINI_BASE_URL": gemini.url,
    }


async def used(environment: dict[str, str]) -> dict[Kind, str | None]:
    diagnosis = await examine(environment)
    return {finding.kind: finding.used.model.id if finding.used else None for finding in diagnosis.findings}


async def test_with_both_keys_the_shipped_defaults_answer_and_nothing_is_bought(
    replicate: ReplicateServer, gemini: GeminiServer
) -> None:
    diagnosis = await examine(told(replicate, gemini))
    assert diagnosis.is_fine
    assert verdict(diagnosis).splitlines() == [
        "Scenes: gemini-3.8-flash, 0.008 dollars per call (read 2026-10-07)",
        "Character references: google/imagen-4, 0.04 dollars per image (read 2026-01-15)",
        "Clips: google/veo-3.1, 0.40 dollars per second (read 2026-10-06)",
        "A film by the defaults costs about 12.97 dollars.",
    ]
    assert not replicate.bought
    assert not gemini.generations


@pytest.mark.parametrize(
    "keys", [("GEMINI_API_KEY",), ("REPLICATE_API_TOKEN",), ("GEMINI_API_KEY", "REPLICATE_API_TOKEN")]
)
async def test_the_readme_says_what_a_film_costs_with_which_keys(
    replicate: ReplicateServer, gemini: GeminiServer, keys: tuple[str, ...]
) -> None:
    environment = told(replicate, gemini)
    for name in {"GEMINI_API_KEY", "REPLICATE_API_TOKEN"} - set(keys):
        del environment[name]
    wanted = f"`{keys[0]}`" if len(keys) == 1 else "both"
    (row,) = [row for row in rows(section(ROOT / "README.md", "With real models")) if row[0] == wanted]
    assert row[-1] == f"${(await examine(environment)).film_usd:.2f}"


async def test_a_dead_default_is_named_with_what_is_used_instead(
    replicate: ReplicateServer, gemini: GeminiServer
) -> None:
    replicate.gone.add("google/imagen-4")
    gemini.gone.add("gemini-3.8-flash")
    diagnosis = await examine(told(replicate, gemini))
    assert diagnosis.is_fine
    assert "google/imagen-4               is gone at Replicate" in whole(diagnosis)
    said = verdict(diagnosis)
    assert "bytedance/seedream-4, 0.03 dollars per image (read 2026-09-16), instead of google/imagen-4" in said
    assert "gemini-3.1-pro-preview" in said


async def test_a_dead_default_without_a_living_fallback_is_no_good(
    replicate: ReplicateServer, gemini: GeminiServer
) -> None:
    clips = {model.id for model in read_catalog(CONFIG_DIR).of_kind("generate_video")}
    replicate.gone |= clips
    gemini.gone |= clips
    environment = told(replicate, gemini)
    assert (await used(environment))["generate_video"] is None
    diagnosis = await examine(environment)
    assert not diagnosis.is_fine
    assert "Clips: NONE CAN BE MADE. google/veo-3.1: is gone at Replicate" in verdict(diagnosis)
    assert "name another as `defaults.model` in configs/video.yaml" in verdict(diagnosis)
    assert document(diagnosis)["film_usd"] is None


async def test_a_refused_key_is_no_dead_model_and_nothing_is_taken_instead(
    replicate: ReplicateServer, gemini: GeminiServer
) -> None:
    wrong = "r8_wrong_000000000000000000000000000000"
    diagnosis = await examine(told(replicate, gemini) | {"REPLICATE_API_TOKEN": wrong})
    assert not diagnosis.is_fine
    assert "Replicate refuses the key" in verdict(diagnosis)
    assert "Check REPLICATE_API_TOKEN" in verdict(diagnosis)
    assert "NOT EVERYTHING CAN BE ORDERED" in verdict(diagnosis)
    assert wrong not in whole(diagnosis) + json.dumps(document(diagnosis))


async def test_without_any_key_this_machine_makes_everything_and_nobody_is_asked(replicate: ReplicateServer) -> None:
    diagnosis = await examine({"REPLICATE_BASE_URL": replicate.url})
    assert diagnosis.is_fine
    assert {finding.used.model.provider for finding in diagnosis.findings if finding.used} == {"local"}
    assert "A film by the defaults costs nothing." in verdict(diagnosis)
    assert not replicate.calls


async def test_a_provider_that_does_not_answer_is_told_apart_from_a_model_that_is_gone(gemini: GeminiServer) -> None:
    async with ReplicateServer().running() as gone_home:
        environment = told(gone_home, gemini)
    diagnosis = await examine(environment)
    assert not diagnosis.is_fine
    assert f"Replicate can't be asked: no connection to {gone_home.url}" in verdict(diagnosis)
    assert "REPLICATE_BASE_URL" in verdict(diagnosis)


async def test_fields_that_the_live_schema_no_longer_has_are_named(
    replicate: ReplicateServer, gemini: GeminiServer
) -> None:
    replicate.schemas["google/imagen-4"] = {"prompt", "aspect_ratio", "safety_filter_level"}
    diagnosis = await examine(told(replicate, gemini))
    assert "its live schema has no output_format" in whole(diagnosis)
    assert "google/imagen-4 no longer takes output_format" in greeting(diagnosis)
    (portraits,) = [kind for kind in document(diagnosis)["kinds"] if kind["kind"] == "generate_character_reference"]
    assert portraits["models"][0]["unknown_fields"] == ["output_format"]


@pytest.mark.parametrize(("file", "kind"), FILES.items())
@pytest.mark.parametrize("said", [{}, {"backend": "gemini"}, {"model": "the second"}])
def test_the_doctor_takes_the_model_that_the_gateway_takes(
    file: str, kind: Kind, said: dict[str, str], tmp_path: Path
) -> None:
    catalog = read_catalog(CONFIG_DIR)
    if "model" in said:
        said = {"model": [model.id for model in catalog.of_kind(kind) if model.is_usable][1]}
    defaults = {**read_yaml(CONFIG_DIR / file)["defaults"], **said}
    (tmp_path / file).write_text(yaml.safe_dump({"defaults": defaults}))
    reach = Reach({name: frozenset() for name in ("replicate", "gemini", "local")})
    preference = read_defaults(tmp_path).preference(kind)
    taken = choose(kind, catalog=catalog, preference=preference, reach=reach, one_machine=True).model
    found = candidates(kind, catalog, defaults, one_machine=True)
    assert next(model for model in found if model.is_usable) is taken


async def told_by_the_command(*options: str, environment: dict[str, str]) -> tuple[int | None, str]:
    """Exit code and stdout of `scenebeat doctor`, a process of its own as for a user: it sets signal handlers."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scenebeat", "doctor", *options),
        env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, _ = await process.communicate()
    return process.returncode, out.decode()


async def test_the_command_exits_1_where_a_default_is_dead_and_0_where_all_is_well(
    replicate: ReplicateServer, gemini: GeminiServer
) -> None:
    environment = told(replicate, gemini)
    code, said = await told_by_the_command(environment=environment)
    assert code == 0, said
    assert "GEMINI_API_KEY        set" in said
    gemini.gone |= {"gemini-3.8-flash", "gemini-3.1-pro-preview"}
    code, said = await told_by_the_command("--json", environment=environment)
    written = json.loads(said)
    assert (code, written["ok"]) == (1, False)
    assert {kind["kind"]: kind["used"] for kind in written["kinds"]}["create_scenes"] is None
