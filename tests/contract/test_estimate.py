"""What an order would cost, asked beforehand; and what a job under way says of its costs and its time."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from gateway.history.records import OrderRow
from gateway.history.tables import assets, jobs, ledger, productions
from shared.contracts.base import OrderId
from shared.executions import Execution
from tests.contract.theatre import CLIP, FILM, PATIENCE_S, Theatre
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


async def test_without_a_past_nobody_pretends_to_know(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    (order,) = await house.start(job_id)
    await house.caught_up()

    assert (await after_progress(house, job_id, order, 0.5))["eta_seconds"] is None
