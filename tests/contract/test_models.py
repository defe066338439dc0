"""Which models can be asked for, and what an answer says of portraits that are still being drawn."""

from dataclasses import replace
from typing import Any

from gateway.choice import reach_of
from gateway.offers import offers
from tests.contract.theatre import PORTRAIT, Theatre
from tests.factories import ended
from tests.fakes import card


async def test_models_are_listed_with_price_and_reach(house: Theatre) -> None:
    items = (await (await house.get("/models?kind=generate_video")).json())["items"]
    assert {item["kind"] for item in items} == {"generate_video"}
    (animatic,) = [item for item in items if item["id"] == "local/animatic"]
    assert animatic["price"]["usd"] == "0"
    assert animatic["durations"] == {"min": 1.0, "max": 60.0, "step": None}
    assert [item["id"] for item in items if item["is_default"]] == ["google/veo-3.1"]


async def test_what_no_living_service_reaches_is_told(house: Theatre) -> None:
    alive = reach_of([card("generate_video", provider="local")])
    told = {
        offer["id"]: offer["is_reachable"]
        for offer in offers(replace(await house.house.acceptance.means(), reach=alive))
    }
    assert (told["local/animatic"], told["google/veo-3.1"], told["local/portrait"]) == (True, False, None)


async def test_before_any_service_was_asked_nobody_knows_what_can_be_reached(house: Theatre) -> None:
    items = (await (await house.get("/models")).json())["items"]
    assert {item["is_reachable"] for item in items} == {None}


async def test_an_unknown_kind_of_model_is_refused(house: Theatre) -> None:
    answer = await house.get("/models?kind=perfume")
    assert answer.status == 400
    assert "generate_video" in (await answer.json())["message"]


async def test_portraits_are_told_as_they_arrive(house: Theatre) -> None:
    job_id = await house.ordered("/generate_character_reference", PORTRAIT)
    first, second = await house.start(job_id)
    assert (await _told(house, job_id))["made_so_far"] == []
    await house.applier.apply([ended(first)])
    told = await _told(house, job_id)
    assert (told["status"], [picture["id"] for picture in told["made_so_far"]]) == (
        "running",
        [first.body["command"]["image_id"]],
    )
    await house.applier.apply([ended(second)])
    told = await _told(house, job_id)
    assert (told["made_so_far"], len(told["result"]["images"])) == ([], 2)


async def test_a_film_tells_its_portraits_as_they_arrive(house: Theatre) -> None:
    film = await house.ordered("/productions", {"idea": "a tide", "character_description": "a crab", "num_images": 2})
    (job,) = [job for job in await house.jobs_of(film) if job.part == "character"]
    first, _second = await house.start(job.id)
    await house.applier.apply([ended(first)])
    told = await (await house.get(f"/productions/{film}")).json()
    assert [picture["id"] for picture in told["character"]["candidates"]] == [first.body["command"]["image_id"]]
    assert told["character"]["chosen"] is None


async def test_a_film_tells_how_far_each_of_its_jobs_is_and_what_it_does(house: Theatre) -> None:
    film = await house.ordered("/productions", {"idea": "a tide", "character_description": "a crab", "num_images": 1})
    (job,) = [job for job in await house.jobs_of(film) if job.part == "scenes"]
    (order,) = await house.start(job.id)
    await house.caught_up()
    async with house.socket(f"job_id={job.id}") as listener:
        await listener.until("snapshot")
        house.progress(order, 0.5)
        await listener.until("job.progress")
    told = await (await house.get(f"/productions/{film}")).json()
    (brief,) = [one for one in told["jobs"] if one["part"] == "scenes"]
    assert brief["fraction"] == 0.5
    assert brief["message"] == ""
    assert "eta_seconds" in brief


async def _told(house: Theatre, job_id: str) -> dict[str, Any]:
    told: dict[str, Any] = await (await house.get(f"/jobs/{job_id}")).json()
    return told
