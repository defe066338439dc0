"""A request becomes a job and orders that say exactly what will be made, with what and for how much."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.choice import Reach
from gateway.commands import frame_size, with_rules
from gateway.history.records import NewJob, OrderRow
from gateway.materials import Materials
from gateway.planning import Asker, plan_job, plan_part, plan_retry
from gateway.requests import InvalidRequest, read_request
from gateway.requests.fields import SEEDS
from shared.catalog import Role
from shared.contracts.base import FREE, ErrorCode, Fault, Kind
from shared.contracts.image import GenerateReference
from shared.contracts.order import Command, Failed, Order, Outcome, Succeeded, Uncertain
from shared.contracts.scene import CreateScenes, SceneCue
from shared.contracts.stitch import ConformClip, StitchVideos
from shared.contracts.video import GenerateVideo
from tests.factories import a_result
from tests.unit.gateway.means import (
    ALICE,
    DEFAULTS,
    EVERYTHING,
    MINTED_SEED,
    NOON,
    a_clip,
    a_picture,
    catalog_with,
    means,
    paid_model,
)

CLIP = {"prompt": "she climbs"}
PART = Asker(space="local", production_id="film", part="clip/1")


def planned(kind: Kind, body: dict[str, Any], materials: Materials | None = None, **of: Any) -> NewJob:
    return plan_job(read_request(kind, body), materials or Materials(), asker=ALICE, means=means(**of))


def commands(new: NewJob) -> list[Command]:
    return [Order.model_validate(row.body).command for row in new.orders]


def clip_of(new: NewJob) -> GenerateVideo:
    (command,) = commands(new)
    assert isinstance(command, GenerateVideo)
    return command


def test_a_job_starts_queued_with_waiting_orders_that_name_it() -> None:
    new = planned("generate_character_reference", {"character_description": "a keeper", "project": "debut"})

    assert (new.job.status, new.job.total, new.job.created_at, new.job.project) == ("queued", 4, NOON, "debut")
    assert new.job.request_id == "request-1"
    assert [order.position for order in new.orders] == [0, 1, 2, 3]
    assert {(order.job_id, order.status, order.kind) for order in new.orders} == {
        (new.job.id, "waiting", "generate_character_reference")
    }
    assert all(Order.model_validate(order.body).order_id == order.id for order in new.orders)
    assert all("release" not in order.body for order in new.orders)


def test_each_image_is_its_own_order_with_its_own_seed_and_id() -> None:
    body = {"character_description": "a keeper", "seed": 7, "num_images": 3, "output_format": "jpeg"}
    images = commands(planned("generate_character_reference", body))

    assert all(isinstance(image, GenerateReference) and image.output_format == "jpg" for image in images)
    assert [(image.index, image.seed) for image in images if isinstance(image, GenerateReference)] == [
        (0, 7),
        (1, 8),
        (2, 9),
    ]
    assert len({image.image_id for image in images if isinstance(image, GenerateReference)}) == 3


def test_the_last_seed_is_followed_by_the_first() -> None:
    body = {"character_description": "a keeper", "seed": SEEDS - 1, "num_images": 2}
    images = commands(planned("generate_character_reference", body))

    assert [image.seed for image in images if isinstance(image, GenerateReference)] == [SEEDS - 1, 0]


def test_a_seed_that_nobody_gave_is_minted_and_told() -> None:
    new = planned("generate_video", CLIP)

    assert clip_of(new).seed == MINTED_SEED
    assert new.job.plan["parameters_used"]["seed"] == MINTED_SEED
    assert "seed" not in new.job.request


def test_defaults_fill_what_a_clip_leaves_open() -> None:
    clip = clip_of(planned("generate_video", CLIP))

    assert (clip.duration_s, clip.width, clip.height, clip.fps) == (8, 1280, 720, 24)
    assert clip.generate_audio


def test_the_rules_are_put_around_the_prompt_and_shown() -> None:
    body = {**CLIP, "video_rules_template": "In ink. {prompt} {no braces} %s"}
    new = planned("generate_video", body)

    assert clip_of(new).prompt == "In ink. she climbs {no braces} %s"
    assert new.job.plan["prompt"] == "In ink. she climbs {no braces} %s"


@pytest.mark.parametrize(
    ("template", "full"),
    [("{prompt}", "x"), ("no text", "x\n\nno text"), ("  ", "x"), ("{prompt}, twice {prompt}", "x, twice x")],
)
def test_a_template_without_a_place_for_the_prompt_follows_it(template: str, full: str) -> None:
    assert with_rules("x", template) == full


def test_a_prompt_that_looks_like_a_template_is_left_as_it_is() -> None:
    assert with_rules("show {prompt} and {0}", "A. {prompt}") == "A. show {prompt} and {0}"


@pytest.mark.parametrize(
    ("aspect_ratio", "resolution", "size"),
    [
        ("16:9", "720p", (1280, 720)),
        ("9:16", "720p", (720, 1280)),
        ("1:1", "720p", (720, 720)),
        ("16:9", "1080p", (1920, 1080)),
        ("16:9", "4k", (3840, 2160)),
        ("21:9", "720p", (1680, 720)),
    ],
)
def test_a_shape_and_a_resolution_make_a_frame(aspect_ratio: str, resolution: str, size: tuple[int, int]) -> None:
    assert frame_size(aspect_ratio, resolution) == size


@given(width=st.integers(1, 50), height=st.integers(1, 50), resolution=st.sampled_from(["480p", "720p", "1080p", "2k"]))
def test_every_frame_has_even_sides(width: int, height: int, resolution: str) -> None:
    assert all(side % 2 == 0 and side > 0 for side in frame_size(f"{width}:{height}", resolution))


def test_what_a_model_changes_or_lacks_is_told_in_the_job() -> None:
    new = planned("generate_video", {**CLIP, "duration": 100, "person_generation": "allow_all"})

    assert new.job.plan["adjusted_parameters"] == {"duration": {"asked": 100, "used": 60}}
    assert new.job.plan["ignored_parameters"] == ["person_generation"]
    assert len(new.job.warnings) == 2


def test_a_shape_that_a_model_does_not_make_is_refused_not_bent() -> None:
    with pytest.raises(InvalidRequest, match=r"aspect_ratio.*21:9.*16:9, 9:16, 1:1"):
        planned("generate_video", {**CLIP, "aspect_ratio": "21:9"})


def test_a_price_is_reserved_for_every_order() -> None:
    catalog = catalog_with(paid_model("vendor/first"))
    new = planned("generate_video", {**CLIP, "model": "vendor/first", "duration": 5}, catalog=catalog)

    assert new.orders[0].price_usd == Decimal("2.4")
    assert new.job.estimated_usd == new.job.reserved_usd == Decimal("2.4")
    assert (new.orders[0].provider, new.orders[0].account, new.orders[0].model) == (
        "replicate",
        "replicate",
        "vendor/first",
    )


def test_a_reference_travels_as_an_asset_and_its_bytes_are_shown_as_hash_and_size() -> None:
    body = {**CLIP, "reference_image_base64": "QUJD"}
    new = planned("generate_video", body, Materials(reference=a_picture()))
    reference = clip_of(new).reference

    assert reference is not None
    assert reference.asset_id == a_picture().asset_id
    assert new.job.request["reference_image_base64"] == {"sha256": "a" * 64, "size_bytes": 1000}
    assert "QUJD" not in str(new.orders[0].body)


def test_a_model_without_references_is_given_none_and_the_job_says_so() -> None:
    catalog = catalog_with(paid_model("vendor/blind", accepts=frozenset()))
    body = {**CLIP, "model": "vendor/blind"}
    new = planned("generate_video", body, Materials(reference=a_picture()), catalog=catalog)

    assert clip_of(new).reference is None
    assert new.job.plan["ignored_parameters"] == ["reference"]


def test_scenes_get_a_folder_of_their_own_unless_one_is_named() -> None:
    body = {"idea": "a lost song", "character_description": "a keeper"}
    (own,) = commands(planned("create_scenes", body))
    (named,) = commands(planned("create_scenes", {**body, "output_dir": "films/first"}))

    assert isinstance(own, CreateScenes)
    assert isinstance(named, CreateScenes)
    assert own.output_dir == own.scene_set_id
    assert named.output_dir == "films/first"
    assert named.number_of_scenes == DEFAULTS.scene.number_of_scenes


def test_a_cut_plays_its_clips_in_the_order_given() -> None:
    clips = (a_clip(2), a_clip(1), a_clip(2))
    body = {"video_ids": [clip.asset_id for clip in clips], "title": "The crossing", "fps": 30}
    (cut,) = commands(planned("stitch_videos", body, Materials(clips=clips)))

    assert isinstance(cut, StitchVideos)
    assert cut.clips == clips
    assert (cut.title, cut.fps, cut.width, cut.fit) == ("The crossing", 30, None, "pad")


def test_a_cut_is_told_its_joints_its_sound_and_how_it_is_checked() -> None:
    clips = (a_clip(1), a_clip(2), a_clip(3))
    body = {
        "video_ids": [clip.asset_id for clip in clips],
        "transition": [{"type": "crossfade", "seconds": 1}, "fade_black"],
        "loudness_lufs": None,
        "verify": "full",
    }
    (cut,) = commands(planned("stitch_videos", body, Materials(clips=clips)))

    assert isinstance(cut, StitchVideos)
    assert [(joint.type, joint.seconds) for joint in cut.transitions] == [("crossfade", 1), ("fade_black", 0.5)]
    assert (cut.loudness_lufs, cut.audio, cut.verify) == (None, "clips", "full")
    assert planned("stitch_videos", {"video_ids": body["video_ids"]}, Materials(clips=clips)).job.plan[
        "parameters_used"
    ] == {
        "transition": [{"type": "cut", "seconds": None}] * 2,
        "audio": "clips",
        "loudness_lufs": -14,
        "verify": "quick",
        "fit": "pad",
    }


def test_where_a_video_is_missing_the_others_close_up() -> None:
    gone = a_clip(9).asset_id
    body = {
        "video_ids": [a_clip(1).asset_id, gone, a_clip(2).asset_id],
        "transition": ["crossfade", "fade_black"],
        "on_missing": "skip",
    }
    (cut,) = commands(planned("stitch_videos", body, Materials(clips=(a_clip(1), a_clip(2)), missing=(gone,))))

    assert isinstance(cut, StitchVideos)
    assert cut.input_video_ids == (a_clip(1).asset_id, a_clip(2).asset_id)
    assert cut.skipped == (gone,)
    assert [joint.type for joint in cut.transitions] == ["fade_black"]


def test_a_retried_cut_makes_its_stills_anew() -> None:
    new = planned("stitch_videos", {"video_ids": [a_clip(1).asset_id]}, Materials(clips=(a_clip(1),)))
    (first,), (second,) = commands(new), commands(plan_retry(new.job, new.orders, means=means()))

    assert isinstance(first, StitchVideos)
    assert isinstance(second, StitchVideos)
    assert not {*first.keys} & {*second.keys}
    assert first.poster_id != second.poster_id


def test_the_same_clip_in_the_same_shape_is_the_same_conformed_file() -> None:
    wanted = {"clips": [a_clip(1).model_dump(mode="json")], "width": 1280, "height": 720, "fps": 24, "fit": "pad"}

    def conform(**other: Any) -> ConformClip:
        (command,) = commands(plan_part("conform_clip", {**wanted, **other}, asker=PART, means=means()))
        assert isinstance(command, ConformClip)
        return command

    assert conform().key == conform().key
    assert conform().conformed_id != conform().conformed_id
    assert len({conform().key, conform(fps=30).key, conform(fit="crop").key, conform(width=720).key}) == 4
    assert conform().key not in conform().keys, "a canceled order must not take it from the other films"


def test_jobs_can_be_found_by_what_they_say() -> None:
    new = planned("create_scenes", {"idea": "a lost song", "character_description": "a keeper", "project": "debut"})

    assert {"lost", "song", "keeper", "debut"} <= set(new.job.search.split())


def test_a_part_of_a_film_takes_what_the_film_gives_it() -> None:
    cue = SceneCue(index=1, total=4, film_seed=9)
    wanted = {
        "prompt": "she climbs",
        "negative_prompt": "crowds",
        "seed": SEEDS + 3,
        "model": "local/animatic",
        "clip_fps": 30,
        "reference": a_clip(1).model_dump(mode="json"),
        "cue": cue.model_dump(mode="json"),
    }
    new = plan_part("generate_video", wanted, asker=PART, means=means())
    clip = clip_of(new)

    assert (clip.cue, clip.fps, clip.seed, clip.negative_prompt) == (cue, 30, 3, "crowds")
    assert (new.job.production_id, new.job.part) == ("film", "clip/1")
    assert set(new.job.request) == {"prompt", "negative_prompt", "seed", "model"}


def test_a_part_waits_for_its_model_even_when_nobody_reaches_it_now() -> None:
    away = {"generate_video": Reach({}, {"local": "starting"})}
    new = plan_part("generate_video", {**CLIP, "model": "local/animatic"}, asker=PART, means=means(reach=away))

    assert new.job.plan["model"] == "local/animatic"


def test_a_film_does_not_warn_of_what_its_client_never_asked() -> None:
    catalog = catalog_with(paid_model("vendor/blind", accepts=frozenset()))
    wanted = {**CLIP, "model": "vendor/blind", "seed": 1, "negative_prompt": "crowds"}
    new = plan_part("generate_video", wanted, asker=PART, means=means(catalog=catalog))

    assert new.job.warnings == []


def test_a_part_that_joins_clips_names_them() -> None:
    wanted = {"clips": [a_clip(1).model_dump(mode="json")], "width": 1280, "height": 720, "fps": 24, "fit": "pad"}
    new = plan_part("stitch_videos", wanted, asker=PART, means=means())
    (cut,) = commands(new)

    assert new.job.request["video_ids"] == [a_clip(1).asset_id]
    assert isinstance(cut, StitchVideos)
    assert cut.fps == 24


def test_a_retry_orders_only_what_is_missing_and_makes_it_under_new_ids() -> None:
    old = planned("generate_character_reference", {"character_description": "a keeper", "num_images": 3, "seed": 5})
    fault = Fault(code=ErrorCode.PROVIDER_ERROR, message="no")
    ends: list[Outcome] = [Succeeded(result=a_result(commands(old)[0])), Failed(fault=fault), Uncertain(fault=fault)]
    rows = [with_outcome(row, outcome) for row, outcome in zip(old.orders, ends, strict=True)]
    new = plan_retry(old.job, rows, means=means(), request_id="request-2")
    orders = [Order.model_validate(row.body) for row in new.orders]

    assert (new.job.retry_of, new.job.attempt, new.job.total, new.job.status) == (old.job.id, 2, 2, "queued")
    assert [order.retries for order in orders] == [None, rows[2].id]
    assert [order.command.seed for order in orders if isinstance(order.command, GenerateReference)] == [6, 7]
    assert ids_of(commands(new)).isdisjoint(ids_of(commands(old)))
    assert {order.job_id for order in orders} == {new.job.id}


def ids_of(images: list[Command]) -> set[str]:
    return {image.image_id for image in images if isinstance(image, GenerateReference)}


def with_outcome(row: OrderRow, outcome: Outcome) -> OrderRow:
    return replace(row, status="ended", outcome=outcome.model_dump(mode="json"))


def test_a_model_that_reads_prompts_is_told_how_to_show_the_character() -> None:
    body = {"character_description": "a keeper", "num_images": 2, "negative_prompt": "hats"}
    bought = planned("generate_character_reference", {**body, "model": "google/imagen-4"}, catalog=EVERYTHING)
    drawn = planned("generate_character_reference", {**body, "model": "local/portrait"}, catalog=EVERYTHING)

    first, second = [Order.model_validate(row.body) for row in bought.orders]
    assert first.inputs() == second.inputs()  # it takes no seed
    prompt = str(first.inputs()["prompt"])
    assert prompt.startswith("a keeper\n")
    assert "whole figure" in prompt
    assert prompt.endswith("Avoid: hats.")
    assert first.inputs().keys() == {"prompt", "aspect_ratio", "output_format", "safety_filter_level"}
    assert drawn.job.plan["prompt"] == "a keeper"


def test_an_order_carries_all_that_its_adapter_needs() -> None:
    body = {**CLIP, "model": "google/veo-3.1", "duration": 7, "generate_audio": False, "seed": 7, "project": "debut"}
    (row,) = planned("generate_video", body, Materials(reference=a_picture()), catalog=EVERYTHING).orders
    order = Order.model_validate(row.body)

    assert (order.vendor_model, order.project, order.longest_s) == ("google/veo-3.1", "debut", 900)
    assert order.price_usd == order.cancel_usd == Decimal("1.6")
    assert order.picture is not None
    assert (order.picture.name, order.picture.shape, order.picture.role) == ("reference_images", "list", "reference")
    assert order.inputs("https://host/a.png") == {
        "prompt": row.body["command"]["prompt"],
        "aspect_ratio": "16:9",
        "duration": 8,
        "resolution": "720p",
        "generate_audio": False,
        "seed": 7,
        "reference_images": ["https://host/a.png"],
    }


def test_a_model_that_needs_a_picture_is_not_asked_without_one() -> None:
    wan = paid_model("vendor/needs", needs_picture=True, pictures={"first_frame": {"name": "image"}})
    body = {**CLIP, "model": "vendor/needs"}

    with pytest.raises(InvalidRequest, match="from a picture only"):
        planned("generate_video", body, catalog=catalog_with(wan))
    assert planned("generate_video", body, Materials(reference=a_picture()), catalog=catalog_with(wan)).orders


@pytest.mark.parametrize(("number", "usd"), [(1, "0.008"), (8, "0.008"), (9, "0.016"), (40, "0.04")])
def test_many_scenes_cost_more_where_tokens_are_billed(number: int, usd: str) -> None:
    body = {"idea": "a lost song", "character_description": "a keeper", "number_of_scenes": number}
    (bought,) = planned("create_scenes", {**body, "model": "gemini-3.8-flash"}, catalog=EVERYTHING).orders
    (written,) = planned("create_scenes", {**body, "model": "local/storyteller"}, catalog=EVERYTHING).orders

    assert (bought.price_usd, written.price_usd) == (Decimal(usd), FREE)


def test_a_picture_to_begin_with_makes_another_order_than_a_picture_to_refer_to() -> None:
    roles: tuple[Role, ...] = ("reference", "first_frame")
    materials = [Materials(reference=a_picture(), role=role) for role in roles]
    body = {**CLIP, "model": "bytedance/seedance-2.0", "seed": 7}
    one, other = [planned("generate_video", body, told, catalog=EVERYTHING).job for told in materials]

    assert one.fingerprint != other.fingerprint
