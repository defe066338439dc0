"""`Idempotency-Key`: the same call answers the same thing, however often and however closely it comes."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from gateway.history.tables import jobs, orders, productions
from shared.contracts.order import Failed
from tests.contract.theatre import CLIP, FILM, PORTRAIT, SCENES, Theatre
from tests.factories import a_fault

KEY = {"Idempotency-Key": "once"}
ORDERS: dict[str, dict[str, Any]] = {
    "/generate_video": CLIP,
    "/create_scenes": SCENES,
    "/generate_character_reference": PORTRAIT,
    "/productions": FILM,
}


async def count(house: Theatre, table: Any) -> int:
    async with house.house.history.read() as tx:
        return int((await tx.connection.execute(select(func.count()).select_from(table))).scalar_one())


async def ids(*answers: Any) -> set[str]:
    bodies = [await answer.json() for answer in answers]
    return {body.get("job_id") or body["production_id"] for body in bodies}


@pytest.mark.parametrize("path", ORDERS)
async def test_twenty_at_once_are_one_order(house: Theatre, path: str) -> None:
    answers = await asyncio.gather(*(house.post(path, ORDERS[path], headers=KEY) for _ in range(20)))
    assert {answer.status for answer in answers} == {202}
    assert len(await ids(*answers)) == 1
    assert await count(house, productions if path == "/productions" else jobs) == 1


async def test_twenty_retries_at_once_are_one_and_so_are_cuts(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    await house.perform(job_id, Failed(fault=a_fault()))
    film = await house.ordered("/productions", FILM)
    await house.perform_film(film)
    for path in (f"/jobs/{job_id}/retry", f"/productions/{film}/restitch"):
        before = await count(house, orders)
        headers = {"Idempotency-Key": path}
        answers = await asyncio.gather(*(house.post(path, {}, headers=headers) for _ in range(20)))
        assert {answer.status for answer in answers} == {202}
        assert (len(await ids(*answers)), await count(house, orders)) == (1, before + 1)


async def test_the_same_key_at_another_call_is_refused(house: Theatre) -> None:
    await house.post("/generate_video", CLIP, headers=KEY)
    job_id = await house.ordered("/generate_video", CLIP)
    await house.post(f"/jobs/{job_id}/cancel")
    film = await house.ordered("/productions", FILM)
    await house.perform_film(film)
    before = await count(house, orders)
    for path, body in (
        ("/create_scenes", SCENES),
        ("/productions", FILM),
        (f"/jobs/{job_id}/retry", {}),
        (f"/productions/{film}/restitch", {}),
    ):
        answer = await house.post(path, body, headers=KEY)
        assert (answer.status, (await answer.json())["error_code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert await count(house, orders) == before


async def test_fields_in_another_order_are_the_same_body_and_waiting_is_no_part_of_it(house: Theatre) -> None:
    told = {"prompt": "a boat", "seed": 1, "duration": 4}
    first = await house.post("/generate_video", told, headers=KEY)
    again = await house.post("/generate_video", dict(reversed(told.items())), headers=KEY)
    assert len(await ids(first, again)) == 1
    (job_id,) = await ids(first)
    await house.perform(job_id)
    waited = await house.post("/generate_video", told, headers={**KEY, "Prefer": "wait"})
    assert (waited.status, "video_url" in await waited.json()) == (200, True)


async def test_what_failed_is_answered_again_and_not_ordered_again(house: Theatre) -> None:
    first = await house.post("/generate_video", CLIP, headers=KEY)
    (job_id,) = await ids(first)
    await house.perform(job_id, Failed(fault=a_fault()))
    again = await house.post("/generate_video", CLIP, headers=KEY)
    assert (await ids(again), (await again.json())["status"]) == ({job_id}, "failed")


async def test_a_refused_call_uses_up_no_key(house: Theatre) -> None:
    assert (await house.post("/generate_video", {**CLIP, "duration": -1}, headers=KEY)).status == 400
    assert (await house.post("/generate_video", CLIP, headers=KEY)).status == 202


async def test_a_key_is_free_again_after_a_day_and_with_its_job(house: Theatre) -> None:
    first = await house.post("/generate_video", CLIP, headers=KEY)
    house.clock.pass_s(24 * 3600 + 1)
    second = await house.post("/generate_video", {**CLIP, "seed": 2}, headers=KEY)
    assert (second.status, len(await ids(first, second))) == (202, 2)
    (job_id,) = await ids(second)
    await house.post(f"/jobs/{job_id}/cancel")
    assert (await house.client.delete(f"/api/mv/jobs/{job_id}")).status == 204
    third = await house.post("/generate_video", {**CLIP, "seed": 3}, headers=KEY)
    assert (third.status, len(await ids(second, third))) == (202, 2)


async def test_a_cancel_may_carry_a_key_and_is_the_same_each_time(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    answers = [await house.post(f"/jobs/{job_id}/cancel", headers=KEY) for _ in range(3)]
    assert [(await answer.json())["status"] for answer in answers] == ["canceled"] * 3


async def test_a_secret_is_made_anew_once_for_one_key(house: Theatre) -> None:
    first, again = [
        await (await house.post("/webhooks/secret", {"rotate": True}, headers=KEY)).json() for _ in range(2)
    ]
    assert first == again
    other = await house.post("/webhooks/secret", {"rotate": True}, headers={"Idempotency-Key": "another"})
    assert (await other.json())["secret"] != first["secret"]
