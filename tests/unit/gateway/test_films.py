"""A film is resolved once, when it is accepted: its models, its size, its seed, its price."""

from decimal import Decimal
from typing import Any

import pytest

from gateway.films import FilmSettings, plan_production
from gateway.history.records import Production
from gateway.planning import Asker, plan_part
from gateway.requests import InvalidRequest, read_production
from shared.contracts.base import AssetRef, ErrorCode
from shared.contracts.order import Order
from shared.contracts.scene import CreateScenes
from shared.errors import PermanentError
from tests.unit.gateway.means import (
    ALICE,
    DEFAULTS,
    MINTED_SEED,
    a_clip,
    a_picture,
    catalog_with,
    means,
    paid_model,
)

FILM = {"idea": "a lost song", "character_description": "a keeper"}
PAID = catalog_with(paid_model("vendor/first"))


def planned(*, reference: AssetRef | None = None, catalog: Any = PAID, **fields: Any) -> Production:
    return plan_production(read_production(FILM | fields), reference, asker=ALICE, means=means(catalog=catalog))


def settings(**fields: Any) -> FilmSettings:
    return FilmSettings.model_validate(planned(**fields).settings)


def test_a_film_starts_queued_with_everything_settled() -> None:
    film = planned(models={"video": "local/animatic"}, title="The crossing", project="debut")
    settled = FilmSettings.model_validate(film.settings)

    assert (film.status, film.stage, film.title, film.project) == ("queued", "writing", "The crossing", "debut")
    assert (settled.seed, settled.number_of_scenes, settled.on_failed_scene) == (MINTED_SEED, 4, "filler")
    assert settled.character == "a keeper"
    assert settled.inputs["generate_video"]["model"] == "local/animatic"


@pytest.mark.parametrize(
    ("continuity", "seconds", "usd"),
    [
        ("shared_reference", 8, Decimal("9.6")),
        ("previous_last_frame", 4, Decimal("6.4")),
        ("independent", 4, Decimal("4.8")),
    ],
)
def test_scenes_are_written_and_priced_for_clips_as_long_as_most_of_them_will_be(
    continuity: str, seconds: int, usd: Decimal
) -> None:
    """A reference costs Veo's kind 8 seconds; a first frame, and no picture, what was asked."""
    needs_eight = paid_model(
        "vendor/first",
        accepts=frozenset({"generate_audio"}),
        fields={"duration": "duration", "aspect_ratio": "aspect_ratio", "resolution": "resolution"},
        pictures={"reference": {"name": "pictures", "requires": {"duration": 8}}, "first_frame": {"name": "image"}},
    )
    settled = settings(catalog=catalog_with(needs_eight), continuity=continuity, duration=4, number_of_scenes=3)

    assert settled.inputs["create_scenes"]["scene_duration_s"] == seconds
    assert settled.estimated_usd == usd


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({}, (1280, 720)),
        ({"aspect_ratio": "9:16"}, (720, 1280)),
        ({"aspect_ratio": "16:9", "width": 1920, "height": 1080}, (1920, 1080)),
        ({"width": 1080, "height": 1920}, (1080, 1920)),
    ],
)
def test_the_size_of_the_cut_is_fixed_at_the_start(asked: dict[str, Any], size: tuple[int, int]) -> None:
    cut = settings(**asked).inputs["stitch_videos"]

    assert (cut["width"], cut["height"]) == size
    assert cut["fps"] == 24


def test_a_size_without_a_shape_chooses_the_nearest_shape_of_the_model() -> None:
    assert settings(width=1080, height=1920).inputs["generate_video"]["aspect_ratio"] == "9:16"


def test_a_shape_that_the_video_model_lacks_is_refused_before_anything_is_ordered() -> None:
    with pytest.raises(InvalidRequest, match="21:9"):
        planned(aspect_ratio="21:9")


def test_backend_local_makes_the_whole_film_here() -> None:
    inputs = settings(backend="local").inputs

    assert inputs["generate_video"]["model"] == "local/animatic"
    assert inputs["generate_character_reference"]["model"] == "local/portrait"


def test_a_backend_that_only_makes_clips_makes_only_those() -> None:
    inputs = settings(backend="replicate").inputs

    assert inputs["generate_video"]["model"] == "vendor/first"
    assert inputs["create_scenes"]["model"] == "local/storyteller"


def test_the_price_of_a_film_is_that_of_all_its_parts() -> None:
    assert settings(models={"video": "vendor/first"}, number_of_scenes=3, duration=6).estimated_usd == Decimal("7.2")
    assert settings(models={"video": "local/animatic"}).estimated_usd == 0


def test_a_film_over_its_budget_is_refused_and_told_by_how_much() -> None:
    with pytest.raises(PermanentError, match=r"12\.8 USD, 2\.8 USD more than its budget_usd of 10") as caught:
        planned(models={"video": "vendor/first"}, budget_usd=10)

    assert caught.value.fault.code is ErrorCode.BUDGET_EXCEEDED


def test_a_film_within_its_budget_keeps_it() -> None:
    assert planned(models={"video": "vendor/first"}, budget_usd=12.8).budget_usd == Decimal("12.8")


def test_a_picture_the_client_brought_is_the_reference() -> None:
    film = planned(reference=a_picture(), reference_image_base64="QUJD")

    assert film.reference is not None
    assert film.reference["asset_id"] == a_picture().asset_id
    assert film.request["reference_image_base64"] == {"sha256": "a" * 64, "size_bytes": 1000}


def test_what_the_models_change_is_told_once_at_the_start() -> None:
    film = planned(models={"video": "local/animatic"}, duration=90, safety_filter_level="block_only_high")

    assert [warning.split()[0] for warning in film.warnings] == ["local/portrait", "`duration`"]


def test_how_a_film_is_joined_and_sounds_is_settled_at_its_start() -> None:
    told = settings(transition=[{"type": "crossfade"}], audio="none", loudness_lufs=None).inputs["stitch_videos"]

    assert told["transition"] == [{"type": "crossfade", "seconds": DEFAULTS.stitch.transition_seconds}]
    assert (told["audio"], told["loudness_lufs"], told["verify"]) == ("none", None, "quick")
    assert settings().inputs["stitch_videos"]["loudness_lufs"] == -14


def test_transitions_of_a_film_are_one_for_all_joints_or_one_per_joint() -> None:
    assert len(settings(transition=["cut", "crossfade", "cut"]).inputs["stitch_videos"]["transition"]) == 3
    with pytest.raises(InvalidRequest, match="2 for 3 joints") as caught:
        planned(transition=["cut", "crossfade"])
    assert [fault.path for fault in caught.value.errors] == ["transition"]


def test_what_the_director_is_given_can_be_planned_for_every_kind() -> None:
    film = planned(models={"video": "vendor/first"}, seed=5, duration=5, negative_prompt="crowds", num_images=2)
    inputs = FilmSettings.model_validate(film.settings).inputs
    asker = Asker(space="local", production_id=film.id)
    own: dict[str, Any] = {
        "generate_video": {"prompt": "she climbs", "seed": 5, "reference": a_clip(1).model_dump(mode="json")},
        "stitch_videos": {"clips": [a_clip(1).model_dump(mode="json")]},
    }
    inputs["conform_clip"] = FilmSettings.model_validate(film.settings).target
    own["conform_clip"] = {"clips": [a_clip(1).model_dump(mode="json")]}
    jobs = {
        kind: plan_part(kind, asked | own.get(kind, {}), asker=asker, means=means(catalog=PAID))
        for kind, asked in inputs.items()
    }
    scenes = Order.model_validate(jobs["create_scenes"].orders[0].body).command

    assert {kind: len(new.orders) for kind, new in jobs.items()} == {
        "create_scenes": 1,
        "generate_character_reference": 2,
        "generate_video": 1,
        "conform_clip": 1,
        "stitch_videos": 1,
    }
    assert isinstance(scenes, CreateScenes)
    assert (scenes.seed, scenes.duration_s) == (5, 6)
    assert jobs["generate_video"].job.estimated_usd == Decimal("2.4")
