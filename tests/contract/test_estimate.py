"""What an order would cost, asked beforehand; and what a job under way says of its costs and its time."""

import asyncio
import random
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from gateway.history.records import OrderRow
from gateway.history.tables import assets, jobs, ledger, productions
from shared.catalog import read_catalog
from shared.config import CONFIG_DIR
from shared.contracts.base import OrderId
from shared.executions import Execution
from tests.contract.theatre import CLIP, FILM, PATIENCE_S, SCENES, Theatre
from tests.factories import NOON, ended, started, succeeded


async def rows_in(house: Theatre) -> int:
    async with house.house.history.read() as tx:
        counts = [
            (await tx.connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (jobs, productions, ledger, assets)
        ]
    return sum(counts)


async def after_progress(house: Theatre, job_id: str, order: OrderRow, fraction: float | None) -> dict[str, Any]:
    """The job once its progress was heard."""
    heard = asyncio.Event()
    house.house.live.watch(lambda _running: heard.set())
    house.progress(order, fraction)
    async with asyncio.timeout(PATIENCE_S):
        await heard.wait()
    told: dict[str, Any] = await (await house.get(f"/jobs/{job_id}")).json()
    return told


async def test_an_estimate_orders_nothing_and_is_what_the_order_then_reserves(house: Theatre) -> None:
    body = {"prompt": "she climbs", "model": "google/veo-3.1", "duration": 7}
    told = await (await house.post("/estimate", body)).json()
    assert await rows_in(house) == 0
    assert (told["call"], told["estimated_usd"], told["parts"][0]["model"]) == (
        "generate_video",
        "3.2",
        "google/veo-3.1",
    )
    assert told["parts"][0]["adjusted_parameters"] == {"duration": {"asked": 7, "used": 8}}
    job_id = await house.ordered("/generate_video", body)
    job = await (await house.get(f"/jobs/{job_id}")).json()
    assert job["cost"]["reserved_usd"] == told["estimated_usd"]


async def test_a_film_is_told_part_by_part_and_adds_up_to_what_its_order_says(house: Theatre) -> None:
    body = {
        **FILM,
        "models": {"image": "google/imagen-4", "video": "google/veo-3.1"},
        "number_of_scenes": 3,
        "num_images": 4,
    }
    told = await (await house.post("/estimate", body)).json()
    assert {part["part"]: (part["count"], part["usd"]) for part in told["parts"]} == {
        "scenes": (1, told["parts"][0]["usd"]),
        "character": (4, "0.16"),
        "clips": (3, "9.6"),
        "cut": (1, "0"),
    }
    film = await (await house.post("/productions", body)).json()
    assert film["cost"]["estimated_usd"] == told["estimated_usd"]


async def test_clips_that_follow_each_other_are_priced_and_timed_one_after_the_other(house: Theatre) -> None:
    """Veo makes 8 seconds of a reference, and what was asked of a picture to begin with."""
    veo = {**FILM, "models": {"video": "google/veo-3.1"}, "number_of_scenes": 3, "duration": 4}
    told = await (await house.post("/estimate", {**veo, "continuity": "previous_last_frame"})).json()
    parts = {part["part"]: part for part in told["parts"]}

    assert (parts["first clip"]["count"], parts["first clip"]["usd"]) == (1, "3.2")
    assert (parts["clips"]["count"], parts["clips"]["usd"], parts["clips"]["usd_each"]) == (2, "3.2", "1.6")
    assert parts["clips"]["seconds"] == 2 * parts["first clip"]["seconds"]


async def test_an_estimate_of_what_was_made_before_is_nothing(house: Theatre) -> None:
    body = {"prompt": "she climbs", "model": "google/veo-3.1", "seed": 7}
    await house.perform(await house.ordered("/generate_video", body))
    told = await (await house.post("/estimate", {**body, "reuse": True})).json()
    job = await (await house.get(f"/jobs/{await house.ordered('/generate_video', {**body, 'reuse': True})}")).json()

    assert (told["estimated_usd"], told["seconds"], told["parts"]) == (job["cost"]["reserved_usd"], 0.0, [])
    assert told["estimated_usd"] == "0"
    assert any("`reuse`" in warning for warning in told["warnings"])


async def test_a_body_can_say_what_it_is_for(house: Theatre) -> None:
    scenes = {"idea": "a lost song", "character_description": "a keeper", "call": "create_scenes"}
    assert (await (await house.post("/estimate", scenes)).json())["call"] == "create_scenes"
    assert (await (await house.post("/estimate", {**scenes, "call": None})).json())["call"] == "productions"
    portrait = {"character_description": "a keeper", "num_images": 3, "model": "google/imagen-4"}
    told = await (await house.post("/estimate", portrait)).json()
    assert (told["call"], told["estimated_usd"], told["parts"][0]["count"]) == (
        "generate_character_reference",
        "0.12",
        3,
    )


@pytest.mark.parametrize("body", [{}, {"call": "a film"}, {"call": 7, "prompt": "x"}, {"prompt": "x", "durations": 8}])
async def test_an_estimate_of_nothing_known_is_refused_like_the_order(house: Theatre, body: dict[str, object]) -> None:
    assert (await house.post("/estimate", body)).status == 400


async def test_a_cap_is_no_reason_to_keep_a_price_secret(house: Theatre) -> None:
    told = await house.post("/estimate", {**FILM, "models": {"video": "google/veo-3.1"}, "budget_usd": "0.01"})
    assert told.status == 200


async def test_what_canceling_still_costs_is_told_before(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", {**CLIP, "model": "google/veo-3.1", "backend": "replicate"})
    waiting = await (await house.get(f"/jobs/{job_id}")).json()
    (order,) = await house.start(job_id)
    house.executions.records[order.id] = Execution(order_id=OrderId(order.id))  # a worker has it in hand
    under_way = await (await house.get(f"/jobs/{job_id}")).json()
    canceled = await (await house.post(f"/jobs/{job_id}/cancel")).json()

    assert Decimal(waiting["cost_if_canceled_usd"]) == 0
    assert under_way["cost_if_canceled_usd"] == under_way["cost"]["reserved_usd"] == "3.2"
    assert canceled["cost_if_canceled_usd"] == "3.2"


async def test_the_time_left_comes_from_what_the_model_took_before(house: Theatre) -> None:
    clock = house.house.history.now
    for seconds in (40.0, 60.0, 100.0):
        earlier = await house.ordered("/generate_video", CLIP)
        (order,) = await house.release(earlier)
        await house.applier.apply([started(order, at=NOON), ended(order, succeeded(order), at=NOON + seconds)])
    job_id = await house.ordered("/generate_video", CLIP)
    assert (await (await house.get(f"/jobs/{job_id}")).json())["eta_seconds"] is None
    (order,) = await house.release(job_id)
    await house.applier.apply([started(order, at=clock() - 15)])
    await house.caught_up()
    told = await after_progress(house, job_id, order, None)

    assert told["eta_seconds"] == 45.0  # the middle one of the three, less what has passed
    assert 0 < told["progress"]["fraction"] < 0.95


async def test_the_time_of_a_film_counts_the_clips_that_wait_for_the_one_before(house: Theatre) -> None:
    clock = house.house.history.now
    for _ in range(3):
        earlier = await house.ordered("/generate_video", {**CLIP, "model": "local/animatic"})
        (order,) = await house.release(earlier)
        await house.applier.apply([started(order, at=NOON), ended(order, succeeded(order), at=NOON + 60)])
    body = {**FILM, "number_of_scenes": 4, "models": {"video": "local/animatic"}, "continuity": "previous_last_frame"}
    film = await house.ordered("/productions", body)
    for job in await house.jobs_of(film):
        await house.perform(job.id)
    clip = next(job for job in await house.jobs_of(film) if job.part == "clip/1")
    (order,) = await house.release(clip.id)
    await house.applier.apply([started(order, at=clock() - 15)])
    await house.caught_up()
    await after_progress(house, clip.id, order, None)

    told = await (await house.get(f"/productions/{film}")).json()
    assert (told["stage"], told["eta_seconds"]) == ("clips", 45.0 + 3 * 60.0)


async def test_without_a_past_nobody_pretends_to_know(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    (order,) = await house.start(job_id)
    await house.caught_up()

    assert (await after_progress(house, job_id, order, 0.5))["eta_seconds"] is None


WORDS = ("the keeper climbs", "a storm, painted", "x")
VIDEO_MODELS = [model.id for model in read_catalog(CONFIG_DIR).of_kind("generate_video") if model.provider != "vertex"]
IMAGE_MODELS = [model.id for model in read_catalog(CONFIG_DIR).of_kind("generate_character_reference")]
SCENE_MODELS = [model.id for model in read_catalog(CONFIG_DIR).of_kind("create_scenes")]
CLIP_WISHES: dict[str, tuple[Any, ...]] = {
    "duration": (1, 4, 5, 7, 9.5, 12, 60),
    "resolution": ("480p", "720p", "1080p", "4k"),
    "aspect_ratio": ("16:9", "9:16", "1:1"),
    "generate_audio": (True, False),
    "seed": (7,),
    "negative_prompt": ("crowds",),
}


def some_of(draw: random.Random, wishes: dict[str, tuple[Any, ...]]) -> dict[str, Any]:
    return {name: draw.choice(values) for name, values in wishes.items() if draw.random() < 0.5}


def an_order(draw: random.Random) -> tuple[str, dict[str, Any]]:
    """Any valid or nearly valid body, and where it is sent."""
    match draw.choice(("clip", "clip", "portrait", "scenes")):
        case "clip":
            models = {"model": VIDEO_MODELS, "backend": ("replicate", "gemini", "local")}
            chosen = some_of(draw, {name: tuple(models[name]) for name in [draw.choice(("model", "backend"))]})
            return "/generate_video", {"prompt": draw.choice(WORDS), **chosen, **some_of(draw, CLIP_WISHES)}
        case "portrait":
            own = {"num_images": (1, 2, 4), "model": tuple(IMAGE_MODELS), "aspect_ratio": ("1:1", "2:3"), "seed": (7,)}
            return "/generate_character_reference", {"character_description": "a keeper", **some_of(draw, own)}
        case _:
            own = {"number_of_scenes": (1, 4, 9, 40), "model": tuple(SCENE_MODELS)}
            return "/create_scenes", {**SCENES, **some_of(draw, own)}


def a_film(draw: random.Random) -> dict[str, Any]:
    models = some_of(draw, {"image": tuple(IMAGE_MODELS), "video": tuple(VIDEO_MODELS), "scene": tuple(SCENE_MODELS)})
    own = {"continuity": ("shared_reference", "previous_last_frame", "independent"), "num_images": (1, 2)}
    shared = some_of(draw, {**CLIP_WISHES, **own})
    return {**SCENES, "number_of_scenes": draw.choice((1, 2, 3)), "models": models, **shared}


async def reserved(house: Theatre, *, job_id: str | None = None, production_id: str | None = None) -> Decimal:
    """All that was ever reserved for a job or a film, by the ledger."""
    owner = ledger.c.job_id == job_id if job_id else ledger.c.production_id == production_id
    async with house.house.history.read() as tx:
        rows = (await tx.connection.execute(select(ledger.c.usd).where(owner, ledger.c.entry == "reservation"))).all()
    return sum((Decimal(usd) for (usd,) in rows), Decimal(0))


@pytest.mark.parametrize("number", range(8))
async def test_whatever_is_ordered_reserves_what_its_estimate_said(house: Theatre, number: int) -> None:
    draw, placed = random.Random(number), 0
    for _ in range(25):
        path, body = an_order(draw)
        estimated = await house.post("/estimate", {**body, "call": path[1:]})
        answered = await house.post(path, body)
        assert (estimated.status == 200) == (answered.status == 202), (path, body)
        if answered.status != 202:
            continue
        told, job_id = await estimated.json(), (await answered.json())["job_id"]
        job = await (await house.get(f"/jobs/{job_id}")).json()
        assert Decimal(told["estimated_usd"]) == await reserved(house, job_id=job_id), (path, body)
        assert job["cost"]["reserved_usd"] == told["estimated_usd"]
        assert sum(Decimal(part["usd"]) for part in told["parts"]) == Decimal(told["estimated_usd"])
        assert job["warnings"] == told["warnings"]
        placed += 1
    assert placed >= 10


@pytest.mark.parametrize("number", range(16))
async def test_a_film_in_which_nothing_goes_wrong_reserves_what_its_estimate_said(house: Theatre, number: int) -> None:
    body = a_film(random.Random(number))
    estimated = await house.post("/estimate", body)
    answered = await house.post("/productions", body)
    assert (estimated.status == 200) == (answered.status == 202), body
    if answered.status != 202:
        return
    told, film = await estimated.json(), await answered.json()
    await house.perform_film(film["production_id"])

    assert film["cost"]["estimated_usd"] == told["estimated_usd"]
    assert await reserved(house, production_id=film["production_id"]) == Decimal(told["estimated_usd"]), body


async def test_a_cut_of_videos_that_exist_is_estimated_and_skips_what_the_order_would(house: Theatre) -> None:
    clips = [(await house.made())["video_id"] for _ in range(2)]
    unknown = "0190aaaa-0000-7000-8000-000000000001"
    answer = await house.post("/estimate", {"video_ids": clips, "transition": "crossfade"})
    assert (answer.status, (await answer.json())["estimated_usd"]) == (200, "0")
    answer = await house.post("/estimate", {"video_ids": [*clips, unknown], "on_missing": "skip"})
    assert answer.status == 200
    answer = await house.post("/estimate", {"video_ids": [*clips, unknown]})
    assert answer.status == 404
