"""`Prefer: wait`: the result in the same call, woken by its event."""

import asyncio
import base64

import pytest

from shared.contracts.base import ErrorCode
from tests.contract.theatre import CLIP, FILM, PATIENCE_S, PORTRAIT, Theatre
from tests.factories import failed


async def newest_job(house: Theatre) -> str:
    """The one job that a waiting request has ordered meanwhile."""
    async with asyncio.timeout(PATIENCE_S):
        await house.house.feed.reach(1)
    return str((await (await house.get("/jobs")).json())["items"][0]["job_id"])


async def test_a_waited_clip_is_exactly_the_result_body(house: Theatre) -> None:
    waiting = asyncio.create_task(house.post("/generate_video", CLIP, headers={"Prefer": "wait=60"}))
    job_id = await newest_job(house)
    await house.perform(job_id)
    answer = await waiting
    assert (answer.status, answer.headers["Preference-Applied"]) == (200, "wait")
    assert await answer.json() == (await (await house.get(f"/jobs/{job_id}")).json())["result"]
    assert len(house.house.waiting) == 0


@pytest.mark.parametrize(("asked", "carried"), [({}, True), ({"include_base64": False}, False)])
async def test_waited_pictures_carry_their_bytes_unless_told_not_to(
    house: Theatre, asked: dict[str, bool], *, carried: bool
) -> None:
    waiting = asyncio.create_task(house.post("/generate_character_reference?wait=60", {**PORTRAIT, **asked}))
    await house.perform(await newest_job(house), content=b"a picture")
    images = (await (await waiting).json())["images"]
    assert len(images) == 2
    assert all((image.get("base64") == base64.b64encode(b"a picture").decode()) is carried for image in images)
    stored = (await (await house.get("/jobs")).json())["items"][0]["result"]["images"]
    assert all("base64" not in image for image in stored)


async def test_a_waited_failure_answers_its_error_and_status(house: Theatre) -> None:
    waiting = asyncio.create_task(house.post("/generate_video?wait=60", CLIP))
    job_id = await newest_job(house)
    await house.perform(job_id, failed(ErrorCode.PROVIDER_TIMEOUT))
    answer = await waiting
    told = await answer.json()
    assert (answer.status, told["error_code"], told["job_id"]) == (504, "PROVIDER_TIMEOUT", job_id)
    assert answer.content_type == "application/problem+json"


async def test_a_job_that_takes_longer_is_answered_as_a_job(house: Theatre) -> None:
    answer = await house.post("/generate_video", CLIP, headers={"Prefer": "respond-async, wait=1"})
    assert (answer.status, (await answer.json())["status"]) == (202, "queued")
    assert "Preference-Applied" not in answer.headers


async def test_a_canceled_job_wakes_who_waits_for_it(house: Theatre) -> None:
    waiting = asyncio.create_task(house.post("/generate_video?wait", CLIP))
    await house.post(f"/jobs/{await newest_job(house)}/cancel")
    answer = await waiting
    assert (answer.status, (await answer.json())["error_code"]) == (409, "CONFLICT")


async def test_a_film_can_be_waited_for(house: Theatre) -> None:
    waiting = asyncio.create_task(house.post("/productions?wait=60", FILM))
    await newest_job(house)
    film = (await (await house.get("/productions")).json())["items"][0]
    await house.perform_film(film["production_id"])
    answer = await waiting
    assert (answer.status, (await answer.json())["status"]) == (200, "succeeded")


@pytest.mark.parametrize("wait", ["0", "601", "-1", "1.5", "soon", "٣"])
async def test_an_impossible_wait_is_refused_and_orders_nothing(house: Theatre, wait: str) -> None:
    answer = await house.client.post("/api/mv/generate_video", params={"wait": wait}, json=CLIP)
    assert (answer.status, [fault["path"] for fault in (await answer.json())["errors"]]) == (400, ["wait"])
    assert (await (await house.get("/jobs")).json())["items"] == []


async def test_a_client_that_leaves_does_not_cancel_its_job(house: Theatre) -> None:
    waiting = asyncio.create_task(house.post("/generate_video?wait=60", CLIP))
    job_id = await newest_job(house)
    waiting.cancel()
    await asyncio.wait((waiting,))
    await house.perform(job_id)
    assert (await (await house.get(f"/jobs/{job_id}")).json())["status"] == "succeeded"
