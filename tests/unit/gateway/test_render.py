"""What clients read: the bodies of API.md, field by field, and nothing that must stay inside."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gateway.cutlist import cut_of
from gateway.films import plan_production
from gateway.history.records import Asset, Job, NewJob, Production, SceneVersion
from gateway.live import JobProgress
from gateway.materials import Materials
from gateway.planning import Asker, plan_job, plan_part
from gateway.render import Urls, asset_body, film_fraction, job_body, production_body, result_body
from gateway.requests import read_production, read_request
from gateway.results import ending_of
from gateway.viewing import film_of
from shared.contracts.base import ErrorCode, Fault, Kind
from shared.contracts.order import Failed, Order, Outcome, Succeeded
from shared.contracts.scene import Scene, ScenesCreated
from shared.contracts.video import ReferenceReceipt, VideoGenerated
from tests.factories import a_result, a_scene, a_stored_asset, an_id
from tests.unit.gateway.means import ALICE, NOON, SHIPPED, a_clip, a_picture, means

URLS = Urls()
DONE_AT = "2027-01-15T08:01:00.000Z"
BODIES: dict[Kind, dict[str, Any]] = {
    "create_scenes": {"idea": "a lost song", "character_description": "a keeper", "number_of_scenes": 2},
    "generate_character_reference": {"character_description": "a keeper", "num_images": 2},
    "generate_video": {"prompt": "she climbs", "duration": 100},
    "stitch_videos": {"video_ids": [a_clip(1).asset_id, a_clip(2).asset_id]},
}
CLIPS = Materials(clips=(a_clip(1), a_clip(2)))


def planned(kind: Kind, **of: Any) -> NewJob:
    return plan_job(read_request(kind, BODIES[kind]), CLIPS, asker=ALICE, means=means(**of))


def succeeded(new: NewJob) -> list[Outcome]:
    return [Succeeded(result=a_result(Order.model_validate(row.body).command)) for row in new.orders]


def ended(new: NewJob, outcomes: list[Outcome]) -> Job:
    end = ending_of(outcomes)
    return replace(
        new.job,
        status=end.status,
        result=end.result,
        error=end.error,
        actual_usd=end.actual_usd,
        started_at=NOON + 1,
        completed_at=NOON + 60,
        done=len(outcomes),
    )


def done(kind: Kind) -> Job:
    new = planned(kind)
    return ended(new, succeeded(new))


def result(job: Job) -> dict[str, Any]:
    body = result_body(job, urls=URLS)
    assert body is not None
    return body


# The fields of the samples in API.md 1.1 to 1.4.
METADATA: dict[Kind, set[str]] = {
    "create_scenes": {
        "idea",
        "number_of_scenes",
        "model_used",
        "parameters_used",
        "generation_timestamp",
        "processing_time_seconds",
        "usage",
        "cost_usd",
    },
    "generate_character_reference": {
        "character_description",
        "model_used",
        "num_images_requested",
        "num_images_generated",
        "parameters_used",
        "ignored_parameters",
        "prompt",
        "generation_timestamp",
        "cost_usd",
    },
    "generate_video": {
        "prompt",
        "backend_used",
        "model_used",
        "parameters_used",
        "adjusted_parameters",
        "ignored_parameters",
        "reference",
        "provider_job_id",
        "generation_timestamp",
        "processing_time_seconds",
        "cost_usd",
        "duration_seconds",
        "width",
        "height",
        "fps",
        "has_audio",
    },
    "stitch_videos": {
        "input_video_ids",
        "num_videos_stitched",
        "skipped",
        "merge_time_seconds",
        "total_processing_time_seconds",
        "generation_timestamp",
        "storage_backend",
        "duration_seconds",
        "width",
        "height",
        "fps",
        "loudness_lufs",
        "audio_video_drift_ms",
        "copied_streams",
        "quality_report",
    },
}
TOP: dict[Kind, set[str]] = {
    "create_scenes": {"scene_set_id", "scenes", "output_files", "metadata"},
    "generate_character_reference": {"images", "failed_images", "metadata"},
    "generate_video": {"video_id", "video_path", "video_url", "metadata"},
    "stitch_videos": {"video_id", "video_path", "video_url", "poster_url", "contact_sheet_url", "metadata"},
}


@pytest.mark.parametrize("kind", TOP)
def test_a_result_has_the_fields_of_the_contract(kind: Kind) -> None:
    body = result(done(kind))

    assert set(body) == TOP[kind]
    assert set(body["metadata"]) >= METADATA[kind]
    assert body["metadata"]["generation_timestamp"] == DONE_AT
    assert json.loads(json.dumps(body)) == body


def test_scenes_come_with_the_addresses_of_their_files() -> None:
    body = result(done("create_scenes"))

    assert [scene["title"] for scene in body["scenes"]] == ["Step 1", "Step 2"]
    assert body["output_files"] == {
        "json": f"/api/mv/scenes/{body['scene_set_id']}/scenes.json",
        "markdown": f"/api/mv/scenes/{body['scene_set_id']}/scenes.md",
    }
    assert body["metadata"]["usage"] == {"prompt_tokens": 0, "output_tokens": 0}


def test_scenes_too_many_to_travel_are_taken_from_their_file() -> None:
    new = planned("create_scenes")
    made = a_result(Order.model_validate(new.orders[0].body).command)
    assert isinstance(made, ScenesCreated)
    job = ended(new, [Succeeded(result=made.model_copy(update={"scenes": ()}))])
    body = result_body(job, urls=URLS, scenes=(a_scene(1), a_scene(2), a_scene(3)))

    assert body is not None
    assert len(body["scenes"]) == 3


def test_images_carry_bytes_only_where_they_are_given() -> None:
    job = done("generate_character_reference")
    first, second = (image["id"] for image in result(job)["images"])
    body = result_body(job, urls=URLS, base64={first: "QUJD"})

    assert body is not None
    assert [image.get("base64") for image in body["images"]] == ["QUJD", None]
    assert all("base64" not in image for image in result(job)["images"])
    assert body["images"][1]["url"] == f"/api/mv/get_character_reference/{second}"
    assert body["images"][1]["path"] == f"character_reference/{second}.png"


def test_an_image_that_failed_is_named_beside_those_that_did_not() -> None:
    new = planned("generate_character_reference")
    fault = Fault(code=ErrorCode.RATE_LIMITED, message="too many at once")
    body = result(ended(new, [succeeded(new)[0], Failed(fault=fault)]))

    assert body["failed_images"] == [{"index": 1, "error_code": "RATE_LIMITED", "message": "too many at once"}]
    assert (body["metadata"]["num_images_requested"], body["metadata"]["num_images_generated"]) == (2, 1)


def test_a_clip_says_what_was_adjusted_and_which_reference_was_sent() -> None:
    new = planned("generate_video")
    made = a_result(Order.model_validate(new.orders[0].body).command)
    assert isinstance(made, VideoGenerated)
    receipt = ReferenceReceipt(image_id=a_picture().asset_id, sha256="a" * 64, sent=True)
    outcome = Succeeded(result=made.model_copy(update={"reference": receipt}), cost_usd=Decimal("1.60"))
    told = result(ended(new, [outcome]))["metadata"]

    assert told["adjusted_parameters"] == {"duration": {"asked": 100, "used": 60}}
    assert told["reference"] == {"image_id": a_picture().asset_id, "sha256": "a" * 64, "sent": True}
    assert told["cost_usd"] == "1.60"
    assert told["prompt"].startswith("she climbs\n")


# The fields of the sample in API.md 2.
JOB_FIELDS = {
    "job_id",
    "kind",
    "status",
    "progress",
    "queue_position",
    "eta_seconds",
    "cost_if_canceled_usd",
    "created_at",
    "started_at",
    "completed_at",
    "request",
    "result",
    "error",
    "cost",
    "production_id",
    "project",
    "retry_of",
    "attempt",
    "warnings",
    "urls",
}


def test_a_queued_job_shows_what_was_asked_and_its_place() -> None:
    job = planned("generate_video").job
    body = job_body(job, urls=URLS, queue_position=3)

    assert set(body) >= JOB_FIELDS
    assert (body["status"], body["queue_position"], body["progress"]["fraction"]) == ("queued", 3, 0.0)
    assert body["request"] == BODIES["generate_video"]
    assert body["cost"] == {"estimated_usd": "0", "reserved_usd": "0", "actual_usd": None}
    assert body["urls"] == {
        "self": f"/api/mv/jobs/{job.id}",
        "events": f"/api/mv/jobs/{job.id}/events",
        "cancel": f"/api/mv/jobs/{job.id}/cancel",
        "retry": f"/api/mv/jobs/{job.id}/retry",
        "websocket": f"/api/mv/ws?job_id={job.id}",
    }


def test_live_progress_shows_in_a_running_job_and_not_in_one_that_has_ended() -> None:
    live = JobProgress(0.42, "rendering", "frame 80 of 192")
    job = planned("generate_video").job

    assert job_body(replace(job, status="running"), urls=URLS, live=live)["progress"] == {
        "fraction": 0.42,
        "stage": "rendering",
        "message": "frame 80 of 192",
        "done": 0,
        "total": 1,
    }
    assert job_body(done("generate_video"), urls=URLS, live=live)["progress"]["fraction"] == 1.0


def test_a_failed_job_carries_the_one_error_body() -> None:
    new = planned("generate_video")
    fault = Fault(code=ErrorCode.CONTENT_POLICY_VIOLATION, message="not this", provider_code="E005", stage="prompt")
    error = job_body(ended(new, [Failed(fault=fault)]), urls=URLS)["error"]

    assert (error["error_code"], error["status"], error["detail"]) == ("CONTENT_POLICY_VIOLATION", 422, "not this")
    assert (error["backend_used"], error["model_used"], error["provider_code"]) == ("local", "local/animatic", "E005")
    assert (error["job_id"], error["request_id"], error["timestamp"]) == (new.job.id, "request-1", DONE_AT)


def test_a_job_never_shows_the_bytes_it_was_given() -> None:
    body = {"prompt": "she climbs", "reference_image_base64": "QUJDREVG"}
    materials = Materials(reference=a_picture())
    job = plan_job(read_request("generate_video", body), materials, asker=ALICE, means=means()).job

    assert "QUJDREVG" not in json.dumps(job_body(job, urls=URLS))


FILM = plan_production(
    read_production({"idea": "a lost song", "character_description": "a keeper", "number_of_scenes": 2}),
    None,
    asker=ALICE,
    means=means(),
)
SCENES = tuple(
    SceneVersion(
        production_id=FILM.id,
        number=number,
        version=1,
        scene=Scene(description="d", negative_description="n", title=f"Step {number}").model_dump(mode="json"),
        created_at=NOON,
    )
    for number in (1, 2)
)


def part(kind: Kind, name: str, outcomes: list[Outcome] | None = None) -> Job:
    own: dict[str, Any] = {
        "generate_video": {"prompt": "she climbs"},
        "stitch_videos": {"clips": [a_clip(1).model_dump(mode="json")]},
    }
    wanted = FILM.settings["inputs"][kind] | own.get(kind, {})
    asker = Asker(space="local", production_id=FILM.id, part=name)
    new = plan_part(kind, wanted, asker=asker, means=means(catalog=SHIPPED))
    return ended(new, succeeded(new) if outcomes is None else outcomes)


FAILED: list[Outcome] = [Failed(fault=Fault(code=ErrorCode.PROVIDER_ERROR, message="no"))]
WRITTEN, DRAWN = part("create_scenes", "scenes"), part("generate_character_reference", "character")


def whole(film: Production = FILM, **of: Any) -> dict[str, Any]:
    return production_body(film, urls=URLS, **of)


def test_a_film_that_has_just_begun_can_be_shown() -> None:
    body = whole()

    assert (body["status"], body["stage"], body["scenes"], body["final_video"]) == ("queued", "writing", [], None)
    assert body["progress"]["fraction"] == 0
    assert body["character"] == {"candidates": [], "chosen": None, "job": None}


def test_a_film_shows_its_candidates_and_the_chosen_one() -> None:
    body = whole(jobs=[WRITTEN, DRAWN])
    ids = [image["id"] for image in body["character"]["candidates"]]
    picture = a_stored_asset(ids[2], f"character_reference/{ids[2]}.png", media_type="image/png")
    reference = picture.ref.model_dump(mode="json")
    chosen = whole(replace(FILM, reference=reference), jobs=[WRITTEN, DRAWN])["character"]["chosen"]

    assert len(ids) == 4
    assert chosen == {"id": ids[2], "url": f"/api/mv/get_character_reference/{ids[2]}"}


def test_each_scene_shows_its_clip_or_the_stand_in_for_it() -> None:
    own, lost = part("generate_video", "clip/1"), part("generate_video", "clip/2", FAILED)
    instead = part("generate_video", "filler/2")
    first, second = whole(scenes=SCENES, jobs=[WRITTEN, DRAWN, own, lost, instead])["scenes"]

    assert (first["title"], first["is_stand_in"], first["job"]["job_id"]) == ("Step 1", False, own.id)
    assert first["clip"]["duration_seconds"] == 8.0
    assert (second["is_stand_in"], second["job"]["job_id"]) == (True, instead.id)
    assert second["clip"]["video_url"].startswith("/api/mv/get_video/")


def test_a_scene_whose_clip_failed_has_no_clip() -> None:
    (_, second) = whole(scenes=SCENES, jobs=[WRITTEN, part("generate_video", "clip/2", FAILED)])["scenes"]

    assert second["clip"] is None
    assert second["job"]["error"]["error_code"] == "PROVIDER_ERROR"


def test_a_finished_film_shows_its_cut_and_what_it_cost() -> None:
    cut = part("stitch_videos", "cut")
    shown = cut_of(cut)
    assert shown is not None
    film = replace(FILM, status="succeeded", stage="done", completed_at=NOON + 60, final_video_id=shown.video.asset_id)
    body = whole(film, jobs=[WRITTEN, DRAWN, cut], spent=(Decimal("0.5"), Decimal("1.25")))

    assert body["progress"]["fraction"] == 1.0
    assert body["final_video"]["video_url"] == f"/api/mv/get_video/{body['final_video']['video_id']}"
    assert (body["cost"]["reserved_usd"], body["cost"]["actual_usd"]) == ("0.5", "1.25")


def test_a_film_comes_nearer_with_every_part_and_is_whole_only_at_its_end() -> None:
    jobs = [
        WRITTEN,
        DRAWN,
        part("generate_video", "clip/1"),
        part("generate_video", "clip/2"),
        part("stitch_videos", "cut"),
    ]
    steps = [film_fraction(film_of(FILM, (), jobs[:number]), jobs[:number]) for number in range(len(jobs) + 1)]

    assert steps == sorted(steps)
    assert steps[0] == 0
    assert len(set(steps)) == len(steps)
    assert steps[-1] < 1
    assert film_fraction(film_of(replace(FILM, status="failed"), (), []), []) == 1


def test_half_a_clip_counts_by_half() -> None:
    running = replace(part("generate_video", "clip/1"), status="running")

    half = film_fraction(film_of(FILM, (), [running]), [running], fraction_of=lambda _job: 0.5)
    assert half == pytest.approx(0.75 / 2 / 2)


def test_a_film_with_a_reference_of_its_own_needs_no_drawing() -> None:
    brought = a_stored_asset(an_id(), "uploads/x.png", media_type="image/png").ref.model_dump(mode="json")
    assert film_fraction(film_of(replace(FILM, reference=brought), (), []), []) == pytest.approx(0.10)


@pytest.mark.parametrize(
    ("kind", "media_type", "shown", "url"),
    [
        ("clip", "video/mp4", "clip", "/api/mv/get_video/an-id"),
        ("upload", "image/png", "image", "/api/mv/get_character_reference/an-id"),
        ("scenes", "application/json", "scenes", None),
    ],
)
def test_an_asset_is_listed_with_its_address(kind: str, media_type: str, shown: str, url: str | None) -> None:
    asset = Asset(
        id="an-id",
        space="local",
        kind=kind,
        key="some/key",
        media_type=media_type,
        size_bytes=5,
        sha256="c" * 64,
        created_at=NOON,
        facts={"width": 64, "height": 48},
    )
    body = asset_body(asset, urls=URLS)

    assert (body["kind"], body["url"], body["file_size_bytes"], body["width"]) == (shown, url, 5, 64)
