"""What the two files of a storyboard hold, whatever the texts are."""

import json
from datetime import UTC, datetime

import pytest

from scene_svc.grammar import write_scenes
from scene_svc.storyboard import storyboard_json, storyboard_markdown
from shared.contracts.scene import CreateScenes, Scene
from tests.unit.scene_svc.orders import KEEPER, LIGHTHOUSE, order

NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)


def as_json(command: CreateScenes) -> bytes:
    return storyboard_json(command, write_scenes(command), model="grammar", generated_at=NOON)


def as_markdown(command: CreateScenes) -> str:
    return storyboard_markdown(command, write_scenes(command), model="grammar", generated_at=NOON).decode()


def test_the_json_gives_back_the_very_scenes() -> None:
    command = order(scenes=5)
    document = json.loads(as_json(command))
    assert tuple(Scene.model_validate(scene) for scene in document["scenes"]) == write_scenes(command)
    assert document["metadata"]["idea"] == LIGHTHOUSE
    assert document["metadata"]["number_of_scenes"] == 5
    assert document["metadata"]["model_used"] == "grammar"
    assert document["metadata"]["generation_timestamp"] == "2030-05-01T12:00:00Z"


def test_the_json_keeps_other_scripts_readable() -> None:
    assert "机器人" in as_json(order("机器人在城市里")).decode()


def test_the_markdown_has_one_section_per_scene_with_its_whole_description() -> None:
    command = order(scenes=6)
    text = as_markdown(command)
    sections = [line for line in text.splitlines() if line.startswith("## ")]
    assert [line.split(".")[0] for line in sections] == [f"## {number}" for number in range(1, 7)]
    assert text.startswith(f"# {LIGHTHOUSE[:60]}")
    assert f"**Character:** {KEEPER}" in text
    assert all(scene.description in text for scene in write_scenes(command))
    assert "48 seconds" in text


@pytest.mark.parametrize(
    "idea", ["# no heading\n## none", "<script>alert(1)</script>", "| a | b |", "`x` *y* _z_", "???"]
)
def test_an_idea_has_no_power_over_the_markdown(idea: str) -> None:
    text = as_markdown(order(idea, idea, scenes=2))
    assert len([line for line in text.splitlines() if line.startswith("#")]) == 3
    assert "<script>" not in text.replace("\\<", "")
    assert "\\<script\\>" in text or "<" not in idea


def test_scenes_without_their_extras_still_make_a_storyboard() -> None:
    bare = (Scene(description="A door.", negative_description="windows"),)
    text = storyboard_markdown(order(), bare, model="other", generated_at=NOON).decode()
    assert "## Scene 1\n\nA door." in text
    document = json.loads(storyboard_json(order(), bare, model="other", generated_at=NOON))
    assert document["scenes"] == [{"description": "A door.", "negative_description": "windows"}]


def test_a_lone_surrogate_does_not_break_the_files() -> None:
    command = order("a \ud83d b")
    assert json.loads(as_json(command))
    assert as_markdown(command)
