"""The door: what is answered is committed whole, what is refused left nothing behind."""

import asyncio
import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gateway.accept import Acceptance
from gateway.history.records import Asset, Job, NewJob, Production
from gateway.history.store import History
from gateway.parts import part_planner
from gateway.planning import Asker, Means, plan_part
from gateway.requests import InvalidRequest
from shared.contracts.base import ErrorCode
from shared.errors import PermanentError
from shared.media.local import LocalMedia
from tests.unit.gateway.means import ALICE, NOON, catalog_with, fresh_id, means, paid_model

CLIP = {"prompt": "she climbs"}
FILM = {"idea": "a lost song", "character_description": "a keeper"}
NOBODY = "00000000-0000-4000-8000-00000000dead"


def picture() -> str:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 120, 40)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.fixture
def media_folder(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def door(history: History, media_folder: Path) -> Acceptance:
    async def have() -> Means:
        return means()

    return Acceptance(history=history, media=LocalMedia(media_folder), means=have, order_part=part_planner(means()))


def files_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.rglob("*") if file.is_file())


async def jobs_in(history: History) -> int:
    from sqlalchemy import func, select

    from gateway.history.tables import jobs

    async with history.read() as tx:
        return int((await tx.connection.execute(select(func.count()).select_from(jobs))).scalar_one())


async def refusal(door: Acceptance, kind: Any, body: Mapping[str, Any], key: str | None = None) -> PermanentError:
    with pytest.raises(PermanentError) as caught:
        await door.job(kind, body, asker=ALICE, key=key)
    return caught.value


async def keep_asset(history: History, kind: str, *, key: str | None = None, space: str = "local") -> str:
    asset_id = str(fresh_id())
    asset = Asset(
        id=asset_id,
        space=space,
        kind=kind,
        key=key or f"{kind}/{asset_id}",
        media_type="image/png" if kind == "image" else "video/mp4",
        size_bytes=1,
        sha256="d" * 64,
        created_at=NOON,
    )
    async with history.write() as tx:
        await tx.insert_asset(asset)
    return asset_id


async def end(history: History, job: Job, status: str) -> None:
    async with history.write() as tx:
        assert await tx.update_job(job.id, status=status)


async def test_an_accepted_job_is_in_the_history_with_its_orders_and_its_event(
    door: Acceptance, history: History
) -> None:
    job = await door.job("generate_character_reference", {"character_description": "a keeper"}, asker=ALICE)

    async with history.read() as tx:
        assert await tx.job(job.id) == job
        assert [order.status for order in await tx.orders_of(job.id)] == ["waiting"] * 4
        assert [event.type for event in await tx.events_after(0, space="local")] == ["job.queued"]


async def test_a_body_that_cannot_be_leaves_nothing(door: Acceptance, history: History) -> None:
    assert isinstance(await refusal(door, "generate_video", {"promt": "x"}), InvalidRequest)
    assert await jobs_in(history) == 0


async def test_a_picture_that_is_brought_has_its_file_and_its_row(
    door: Acceptance, history: History, media_folder: Path
) -> None:
    job = await door.job("generate_video", {**CLIP, "reference_image_base64": picture()}, asker=ALICE)
    async with history.read() as tx:
        (asset,) = await tx.assets_of(job.id)
        (order,) = await tx.orders_of(job.id)

    assert (asset.kind, asset.media_type) == ("upload", "image/png")
    assert files_in(media_folder) == [Path(asset.key).name]
    assert order.body["command"]["reference"]["asset_id"] == asset.id


async def test_a_picture_of_an_order_that_is_refused_is_removed_again(
    door: Acceptance, history: History, media_folder: Path
) -> None:
    body = {**CLIP, "reference_image_base64": picture(), "model": "google/veo-3.1"}

    assert (await refusal(door, "generate_video", body)).fault.code is ErrorCode.MODEL_UNAVAILABLE
    assert files_in(media_folder) == []
    assert await jobs_in(history) == 0


async def test_a_picture_that_is_none_is_refused(door: Acceptance, media_folder: Path) -> None:
    body = {**CLIP, "reference_image_base64": base64.b64encode(b"no picture").decode()}

    assert (await refusal(door, "generate_video", body)).fault.code is ErrorCode.INVALID_REQUEST
    assert files_in(media_folder) == []


async def test_a_known_picture_is_the_reference(door: Acceptance, history: History) -> None:
    image_id = await keep_asset(history, "image")
    job = await door.job("generate_video", {**CLIP, "character_reference_image_id": image_id}, asker=ALICE)
    async with history.read() as tx:
        (order,) = await tx.orders_of(job.id)

    assert order.body["command"]["reference"]["key"] == f"image/{image_id}"


@pytest.mark.parametrize(("kind", "space"), [("clip", "local"), ("image", "another")])
async def test_what_is_no_picture_of_ours_is_not_found(
    door: Acceptance, history: History, kind: str, space: str
) -> None:
    asset_id = await keep_asset(history, kind, space=space)
    refused = await refusal(door, "generate_video", {**CLIP, "character_reference_image_id": asset_id})

    assert refused.fault.code is ErrorCode.NOT_FOUND
    assert asset_id in str(refused)


async def test_every_unknown_clip_of_a_cut_is_named(door: Acceptance, history: History) -> None:
    known = await keep_asset(history, "clip")
    unknown = [str(fresh_id()), str(fresh_id())]
    refused = await refusal(door, "stitch_videos", {"video_ids": [unknown[0], known, unknown[1], unknown[0]]})

    assert refused.fault.code is ErrorCode.NOT_FOUND
    assert all(str(refused).count(video_id) == 1 for video_id in unknown)
    assert known not in str(refused)


async def test_clips_are_cut_in_the_order_asked_repeats_included(door: Acceptance, history: History) -> None:
    first, second = await keep_asset(history, "clip"), await keep_asset(history, "cut")
    job = await door.job("stitch_videos", {"video_ids": [second, first, second]}, asker=ALICE)
    async with history.read() as tx:
        (order,) = await tx.orders_of(job.id)

    assert [clip["asset_id"] for clip in order.body["command"]["clips"]] == [second, first, second]


async def test_a_folder_with_scenes_is_taken(door: Acceptance, history: History) -> None:
    await keep_asset(history, "scenes", key="scenes/first/scenes.json")

    assert (await refusal(door, "create_scenes", {**FILM, "output_dir": "first"})).fault.code is ErrorCode.CONFLICT


async def test_a_folder_that_a_job_on_its_way_will_write_to_is_taken(door: Acceptance, history: History) -> None:
    body = {**FILM, "output_dir": "first"}
    job = await door.job("create_scenes", body, asker=ALICE)
    assert (await refusal(door, "create_scenes", body)).fault.code is ErrorCode.CONFLICT

    await end(history, job, "failed")
    assert (await door.job("create_scenes", body, asker=ALICE)).status == "queued"


async def test_a_folder_that_a_film_will_write_to_is_taken(door: Acceptance) -> None:
    body = {**FILM, "output_dir": "first"}
    await door.production(body, asker=ALICE)

    assert (await refusal(door, "create_scenes", body)).fault.code is ErrorCode.CONFLICT


async def test_the_same_key_and_body_answer_the_same_job(door: Acceptance, history: History) -> None:
    body = {**CLIP, "seed": 3, "duration": 8}
    first = await door.job("generate_video", body, asker=ALICE, key="once")
    again = await door.job("generate_video", dict(reversed(body.items())), asker=ALICE, key="once")

    assert again.id == first.id
    assert await jobs_in(history) == 1


async def test_the_same_key_twice_at_once_makes_one_job(door: Acceptance, history: History, media_folder: Path) -> None:
    body = {**CLIP, "reference_image_base64": picture()}
    jobs = await asyncio.gather(*(door.job("generate_video", body, asker=ALICE, key="once") for _ in range(5)))

    assert len({job.id for job in jobs}) == 1
    assert await jobs_in(history) == 1
    assert len(files_in(media_folder)) == 1


async def test_the_same_key_with_another_body_or_call_is_refused(door: Acceptance) -> None:
    await door.job("generate_video", CLIP, asker=ALICE, key="once")

    assert (
        await refusal(door, "generate_video", {"prompt": "she falls"}, key="once")
    ).fault.code is ErrorCode.IDEMPOTENCY_KEY_REUSED
    assert (await refusal(door, "create_scenes", FILM, key="once")).fault.code is ErrorCode.IDEMPOTENCY_KEY_REUSED


async def test_another_space_has_keys_of_its_own(door: Acceptance) -> None:
    first = await door.job("generate_video", CLIP, asker=ALICE, key="once")
    other = await door.job("generate_video", {"prompt": "x"}, asker=Asker(space="another"), key="once")

    assert other.id != first.id


@pytest.mark.parametrize("key", ["", "x" * 256, "new\nline"])
async def test_a_key_that_is_none_is_refused(door: Acceptance, key: str) -> None:
    assert (await refusal(door, "generate_video", CLIP, key=key)).fault.code is ErrorCode.INVALID_REQUEST


async def test_a_film_is_accepted_with_its_first_jobs(door: Acceptance, history: History) -> None:
    film = await door.production(FILM, asker=ALICE)

    assert film.status == "queued"
    async with history.read() as tx:
        assert {job.part for job in await tx.jobs_of(film.id)} == {"scenes", "character"}
        told = [event.type for event in await tx.events_after(0, space="local")]
    assert told[0] == "production.updated"
    assert told.count("job.queued") == 2


async def test_a_film_that_brings_its_character_draws_none(door: Acceptance, history: History) -> None:
    film = await door.production({**FILM, "reference_image_base64": picture()}, asker=ALICE)

    async with history.read() as tx:
        assert {job.part for job in await tx.jobs_of(film.id)} == {"scenes"}
        assert film.reference is not None
        assert await tx.asset(film.reference["asset_id"]) is not None


async def test_the_same_key_answers_the_same_film(door: Acceptance, history: History) -> None:
    first = await door.production(FILM, asker=ALICE, key="once")
    again = await door.production(FILM, asker=ALICE, key="once")

    assert again.id == first.id
    assert await jobs_in(history) == 2


async def test_a_film_whose_first_jobs_cannot_be_written_is_not_there(history: History, media_folder: Path) -> None:
    async def have() -> Means:
        return means()

    def broken(_production: Production, _want: object) -> NewJob:
        raise RuntimeError("a bug")

    door = Acceptance(history=history, media=LocalMedia(media_folder), means=have, order_part=broken)
    with pytest.raises(RuntimeError, match="a bug"):
        await door.production({**FILM, "reference_image_base64": picture()}, asker=ALICE)

    assert files_in(media_folder) == []
    async with history.read() as tx:
        assert await tx.newest_seq() == 0


@pytest.mark.parametrize("status", ["failed", "canceled", "partial"])
async def test_a_job_that_did_not_get_everything_can_be_ordered_again(
    door: Acceptance, history: History, status: str
) -> None:
    job = await door.job("generate_video", CLIP, asker=ALICE)
    await end(history, job, status)
    again = await door.retry(job.id, asker=ALICE)

    assert (again.retry_of, again.attempt, again.status) == (job.id, 2, "queued")
    async with history.read() as tx:
        assert [order.status for order in await tx.orders_of(again.id)] == ["waiting"]


@pytest.mark.parametrize("status", ["queued", "running", "succeeded"])
async def test_a_job_that_is_fine_cannot_be_retried(door: Acceptance, history: History, status: str) -> None:
    job = await door.job("generate_video", CLIP, asker=ALICE)
    await end(history, job, status)

    with pytest.raises(PermanentError) as caught:
        await door.retry(job.id, asker=ALICE)
    assert caught.value.fault.code is ErrorCode.CONFLICT


async def test_a_part_of_a_film_that_has_ended_cannot_be_retried(door: Acceptance, history: History) -> None:
    film = await door.production(FILM, asker=ALICE)
    async with history.write() as tx:
        (job, *_) = await tx.jobs_of(film.id)
        await tx.update_job(job.id, status="failed")
        await tx.update_production(film.id, status="failed")

    with pytest.raises(PermanentError, match="has ended") as caught:
        await door.retry(job.id, asker=ALICE)
    assert caught.value.fault.code is ErrorCode.CONFLICT


async def test_a_retry_that_could_pass_the_budget_of_its_film_is_refused(history: History, media_folder: Path) -> None:
    paid = means(catalog=catalog_with(paid_model("vendor/first")))

    async def have() -> Means:
        return paid

    door = Acceptance(history=history, media=LocalMedia(media_folder), means=have, order_part=part_planner(paid))
    wanted = {**FILM, "number_of_scenes": 1, "models": {"video": "vendor/first"}, "budget_usd": 5}
    film = await door.production(wanted, asker=ALICE)
    asker = Asker(space="local", production_id=film.id, part="clip/1")
    clip = plan_part("generate_video", {**CLIP, "model": "vendor/first"}, asker=asker, means=paid)
    async with history.write() as tx:
        await tx.insert_job(clip)
        await tx.book(clip.orders[0], clip.orders[0].price_usd)
        await tx.update_job(clip.job.id, status="failed")

    with pytest.raises(PermanentError, match=r"6\.4 USD, 1\.4 USD more") as caught:
        await door.retry(clip.job.id, asker=ALICE)
    assert caught.value.fault.code is ErrorCode.BUDGET_EXCEEDED


async def test_a_job_that_is_not_there_cannot_be_retried(door: Acceptance) -> None:
    with pytest.raises(PermanentError) as caught:
        await door.retry(NOBODY, asker=ALICE)
    assert caught.value.fault.code is ErrorCode.NOT_FOUND
