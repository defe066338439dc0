"""Bodies: what is taken, and that every fault is told by name and place, all at once."""

import json
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.requests import (
    REQUESTS,
    CreateScenesRequest,
    InvalidRequest,
    ProductionRequest,
    read_production,
    read_request,
)
from shared.contracts.base import ErrorCode, Kind

AN_ID = "6ddf9b44-5a8e-4f5c-9d35-e6b1b5fd1f6a"
LEAST: dict[Kind, dict[str, Any]] = {
    "create_scenes": {"idea": "a lost song", "character_description": "a keeper"},
    "generate_character_reference": {"character_description": "a keeper"},
    "generate_video": {"prompt": "she climbs"},
    "stitch_videos": {"video_ids": [AN_ID]},
}
EVERYTHING: dict[Kind, dict[str, Any]] = {
    "create_scenes": {
        "idea": "a lost song",
        "character_description": "a keeper",
        "character_characteristics": "stubborn",
        "number_of_scenes": 40,
        "video_type": "narrative",
        "video_characteristics": "noir",
        "camera_angle": "low",
        "output_dir": "films/first one",
        "model": "local/storyteller",
        "seed": 7,
        "project": "debut",
    },
    "generate_character_reference": {
        "character_description": "a keeper",
        "num_images": 4,
        "aspect_ratio": "3:4",
        "safety_filter_level": "block_only_high",
        "person_generation": "allow_adult",
        "output_format": "jpeg",
        "negative_prompt": "hats",
        "seed": 7,
        "model": "local/portrait",
        "backend": "local",
        "include_base64": False,
        "project": "debut",
    },
    "generate_video": {
        "prompt": "she climbs",
        "negative_prompt": "crowds",
        "aspect_ratio": "9:16",
        "duration": 7.5,
        "resolution": "1080p",
        "generate_audio": False,
        "seed": 12345,
        "output_format": "mp4",
        "person_generation": "allow_all",
        "character_reference_image_id": AN_ID,
        "video_rules_template": "{prompt} -- no text",
        "backend": "local",
        "model": "local/animatic",
        "project": "debut",
    },
    "stitch_videos": {
        "video_ids": [AN_ID, AN_ID],
        "on_missing": "skip",
        "transition": [{"type": "crossfade", "seconds": 0.5}],
        "width": 1280,
        "height": 720,
        "fps": 24,
        "fit": "blur",
        "loudness_lufs": -16,
        "audio": "none",
        "verify": "full",
        "title": "Die Überfahrt",
        "credits": "by us",
        "project": "debut",
    },
}
FILM = LEAST["create_scenes"]


def faults(kind: Kind, body: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        read_request(kind, body)
    assert caught.value.fault.code is ErrorCode.INVALID_REQUEST
    return {fault.path: fault.message for fault in caught.value.errors}


def film_faults(**fields: Any) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        read_production(FILM | fields)
    return {fault.path: fault.message for fault in caught.value.errors}


@pytest.mark.parametrize("kind", REQUESTS)
def test_the_required_fields_are_enough(kind: Kind) -> None:
    assert read_request(kind, LEAST[kind]).kind == kind


@pytest.mark.parametrize("kind", REQUESTS)
def test_every_field_of_the_contract_is_taken(kind: Kind) -> None:
    request = read_request(kind, EVERYTHING[kind])

    assert request.project == "debut"


@pytest.mark.parametrize("kind", REQUESTS)
def test_an_empty_body_is_told_everything_that_is_required(kind: Kind) -> None:
    assert faults(kind, {}) == dict.fromkeys(LEAST[kind], "is required")


@pytest.mark.parametrize("kind", REQUESTS)
def test_an_unknown_field_is_refused_with_the_closest_known_one(kind: Kind) -> None:
    assert faults(kind, {**LEAST[kind], "projct": "x"}) == {"projct": "unknown field; did you mean `project`?"}


def test_a_field_like_no_other_is_refused_with_all_that_are_known() -> None:
    assert faults("stitch_videos", {**LEAST["stitch_videos"], "zzz": 1})["zzz"].startswith("unknown field; known are ")


def test_all_faults_of_a_body_are_told_at_once() -> None:
    told = faults("generate_video", {"promt": "x", "duration": "8", "seed": -1, "reuse": 1})

    assert set(told) == {"promt", "prompt", "duration", "seed", "reuse"}


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("create_scenes", "idea", ""),
        ("create_scenes", "idea", "  \n "),
        ("create_scenes", "idea", "x" * 4001),
        ("create_scenes", "idea", "nul \x00 inside"),
        ("create_scenes", "idea", "lone \ud800 surrogate"),
        ("create_scenes", "idea", 5),
        ("create_scenes", "number_of_scenes", 0),
        ("create_scenes", "number_of_scenes", 41),
        ("create_scenes", "number_of_scenes", 2.5),
        ("create_scenes", "number_of_scenes", "4"),
        ("create_scenes", "number_of_scenes", True),
        ("create_scenes", "seed", 2**32),
        ("create_scenes", "project", ""),
        ("generate_character_reference", "num_images", 5),
        ("generate_character_reference", "output_format", "gif"),
        ("generate_character_reference", "aspect_ratio", "wide"),
        ("generate_character_reference", "aspect_ratio", "0:1"),
        ("generate_character_reference", "safety_filter_level", "none"),
        ("generate_video", "prompt", "x" * 8001),
        ("generate_video", "duration", 0),
        ("generate_video", "duration", -3),
        ("generate_video", "duration", float("nan")),
        ("generate_video", "duration", float("inf")),
        ("generate_video", "duration", True),
        ("generate_video", "resolution", "large"),
        ("generate_video", "generate_audio", "yes"),
        ("generate_video", "output_format", "webm"),
        ("generate_video", "backend", "elsewhere"),
        ("generate_video", "character_reference_image_id", "../../etc/passwd"),
        ("generate_video", "reference_image_base64", ""),
        ("stitch_videos", "video_ids", []),
        ("stitch_videos", "video_ids", AN_ID),
        ("stitch_videos", "video_ids", [AN_ID] * 201),
        ("stitch_videos", "width", 1281),
        ("stitch_videos", "height", 10_000),
        ("stitch_videos", "fps", 0),
        ("stitch_videos", "fit", "stretch"),
    ],
)
def test_a_value_that_cannot_be_is_refused_where_it_is(kind: Kind, field: str, value: Any) -> None:
    assert set(faults(kind, {**LEAST[kind], field: value})) == {field}


def test_an_id_that_is_none_is_told_by_its_place() -> None:
    assert faults("stitch_videos", {"video_ids": [AN_ID, "nope"]}) == {"video_ids.1": "must be a UUID"}
    assert faults("stitch_videos", {"video_ids": ["nope"]}) == {"video_ids.0": "must be a UUID"}


@pytest.mark.parametrize(
    "name",
    [
        "/etc",
        "../up",
        "a/../../b",
        "a//b",
        "a/",
        "./a",
        "a\\b",
        "nul\x00",
        "tab\t",
        "C:/x",
        ".hidden",
        "",
        "x" * 201,
        "ü",
    ],
)
def test_an_output_dir_that_could_leave_its_folder_is_refused(name: str) -> None:
    assert set(faults("create_scenes", {**FILM, "output_dir": name})) == {"output_dir"}


@pytest.mark.parametrize("name", ["films", "films/first one", "a.b-c_d/2"])
def test_a_plain_relative_output_dir_is_taken(name: str) -> None:
    request = read_request("create_scenes", {**FILM, "output_dir": name})

    assert isinstance(request, CreateScenesRequest)
    assert request.output_dir == name


def test_two_references_at_once_are_refused() -> None:
    both = {"reference_image_base64": "aGk=", "character_reference_image_id": AN_ID}

    assert "not both" in faults("generate_video", {**LEAST["generate_video"], **both})[""]
    assert "not both" in film_faults(**both)[""]


@pytest.mark.parametrize(
    ("told", "joints"),
    [
        ("crossfade", ["crossfade"]),
        ({"type": "wipe_left", "seconds": 1}, ["wipe_left"]),
        (["cut", {"type": "fade_black"}], ["cut", "fade_black"]),
    ],
)
def test_a_transition_is_one_for_all_joints_or_one_per_joint(told: Any, joints: list[str]) -> None:
    read = read_request("stitch_videos", {"video_ids": [AN_ID] * 3, "transition": told})

    assert [one.type for one in getattr(read, "transition")] == joints  # noqa: B009 -- of this kind alone


@pytest.mark.parametrize(
    ("told", "path", "says"),
    [
        ("star_wipe", "transition.0.type", "'crossfade'"),
        ({"type": "crossfade", "sconds": 1}, "transition.0.sconds", "`seconds`"),
        ({"type": "crossfade", "seconds": 0}, "transition.0.seconds", "must be more than 0"),
        (7, "transition.0", "object"),
        (["cut", "cut", "cut"], "", "3 for 2 joints"),
        ([], "", "0 for 2 joints"),
    ],
)
def test_a_transition_that_cannot_be_is_refused_where_it_is(told: Any, path: str, says: str) -> None:
    named = faults("stitch_videos", {"video_ids": [AN_ID] * 3, "transition": told})

    assert set(named) == {path}
    assert says in named[path]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("audio", "song"),
        ("audio", "mix"),
        ("song_id", AN_ID),
        ("song_gain_db", -3),
        ("clip_gain_db", -3),
    ],
)
def test_what_this_version_lacks_is_refused_by_name_in_cut_and_film(field: str, value: Any) -> None:
    cut = faults("stitch_videos", {**LEAST["stitch_videos"], field: value})
    film = film_faults(**{field: value})

    assert set(cut) == set(film) == {field}
    assert f"`{field}`" in cut[field]
    assert "unknown" not in cut[field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("on_missing", "skip"),
        ("model", "local/animatic"),
    ],
)
def test_what_films_of_this_version_lack_is_refused_by_name(field: str, value: Any) -> None:
    told = film_faults(**{field: value})

    assert set(told) == {field}
    assert "unknown" not in told[field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("clip_gain_db", 0),
        ("song_id", None),
        ("on_missing", "fail"),
        ("webhook_url", None),
    ],
)
def test_a_later_field_that_asks_for_nothing_does_no_harm(field: str, value: Any) -> None:
    assert read_production(FILM | {field: value}) == read_production(FILM)


@pytest.mark.parametrize(
    ("told", "gates"),
    [("none", ()), ([], ()), ("clips", ("clips",)), (["clips", "storyboard"], ("clips", "storyboard"))],
)
def test_gates_are_none_one_or_a_list(told: Any, gates: tuple[str, ...]) -> None:
    assert read_production(FILM | {"review": told}).review == gates


@pytest.mark.parametrize("told", ["storybord", ["storyboard", "cut"], 7, ["clips"] * 4])
def test_a_gate_that_there_is_not_is_refused(told: Any) -> None:
    assert {path.partition(".")[0] for path in film_faults(review=told)} == {"review"}


def test_a_film_takes_the_fields_of_all_its_parts() -> None:
    film = read_production(
        FILM
        | {
            "num_images": 2,
            "duration": 6,
            "aspect_ratio": "9:16",
            "width": 720,
            "height": 1280,
            "fps": 30,
            "fit": "crop",
            "models": {"video": "local/animatic"},
            "on_failed_scene": "skip",
            "budget_usd": 3.5,
            "title": "The crossing",
        }
    )

    assert (film.duration, film.fps, film.on_failed_scene, str(film.budget_usd)) == (6, 30, "skip", "3.5")


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"width": 1280}, ""),
        ({"models": {"vidoe": "x"}}, "models.vidoe"),
        ({"models": ["x"]}, "models"),
        ({"budget_usd": -1}, "budget_usd"),
        ({"budget_usd": "much"}, "budget_usd"),
        ({"on_failed_scene": "panic"}, "on_failed_scene"),
    ],
)
def test_a_film_that_cannot_be_is_refused(fields: dict[str, Any], path: str) -> None:
    assert set(film_faults(**fields)) == {path}


def test_an_amount_that_is_none_is_refused_in_words() -> None:
    for amount in ("much", True, "NaN", 123_456_789, 0.00001):
        assert film_faults(budget_usd=amount)["budget_usd"].startswith("must ")


def test_an_unknown_name_inside_an_object_gets_the_closest_one_there() -> None:
    assert film_faults(models={"vidoe": "x"})["models.vidoe"] == "unknown field; did you mean `video`?"


def test_a_body_of_very_many_fields_is_refused_at_once() -> None:
    told = faults("generate_video", {str(uuid4()): 1 for _ in range(50_000)})

    assert told[""].startswith("has 50000 fields")


def test_very_long_names_are_not_sent_back_whole() -> None:
    told = faults("generate_video", {**LEAST["generate_video"], "x" * 100_000: 1})

    assert all(len(path) <= 80 and len(message) < 1000 for path, message in told.items())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(body=st.dictionaries(st.sampled_from([*ProductionRequest.model_fields, "audio", "song_id"]), json_values))
def test_any_json_object_is_a_film_or_a_list_of_faults(body: dict[str, Any]) -> None:
    try:
        film = read_production(body)
    except InvalidRequest as refused:
        told = [fault.message for fault in refused.errors]
    else:
        told = ["taken"]
        assert read_production(json.loads(film.model_dump_json(exclude_unset=True))) == film
    assert all(told)
