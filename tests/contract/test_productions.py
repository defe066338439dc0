"""Productions over HTTP: ordered, followed to the film, listed, canceled."""

import pytest

from tests.contract.theatre import FILM, Theatre
from tests.factories import an_id


async def test_a_film_is_one_order_from_idea_to_final_cut(house: Theatre) -> None:
    answer = await house.post("/productions", FILM)
    film = await answer.json()
    assert (answer.status, film["status"]) == (202, "queued")
    assert answer.headers["Location"] == f"/api/mv/productions/{film['production_id']}"
    await house.perform_film(film["production_id"])
    over = await (await house.get(f"/productions/{film['production_id']}")).json()
    assert (over["status"], over["stage"], over["progress"]["fraction"]) == ("succeeded", "done", 1.0)
    assert [scene["clip"]["video_id"] is not None for scene in over["scenes"]] == [True, True]
    assert (await house.client.get(over["final_video"]["video_url"])).status == 200


async def test_the_fraction_of_a_film_never_goes_down(house: Theatre) -> None:
    film_id = await house.ordered("/productions", FILM)
    told = [0.0]
    while jobs := [job for job in await house.jobs_of(film_id) if not job.is_terminal]:
        for job in jobs:
            await house.perform(job.id)
            film = await (await house.get(f"/productions/{film_id}")).json()
            told.append(film["progress"]["fraction"])
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert all(fraction < 1.0 for fraction in told[:-1])


async def test_canceling_a_film_ends_everything_that_waits(house: Theatre) -> None:
    film_id = await house.ordered("/productions", FILM)
    answer = await house.post(f"/productions/{film_id}/cancel")
    assert (answer.status, (await answer.json())["status"]) == (200, "canceled")
    assert {job.status for job in await house.jobs_of(film_id)} == {"canceled"}
    again = await house.post(f"/productions/{film_id}/cancel")
    assert (again.status, (await again.json())["status"]) == (200, "canceled")


async def test_films_are_listed_by_project(house: Theatre) -> None:
    north = await house.ordered("/productions", {**FILM, "project": "north"})
    await house.ordered("/productions", FILM)
    page = await (await house.get("/productions?project=north")).json()
    assert [film["production_id"] for film in page["items"]] == [north]
    assert (await house.get("/productions?kind=generate_video")).status == 400
    assert (await house.get("/productions?cursor=none")).status == 400


@pytest.mark.parametrize("call", ["GET /productions/{id}", "POST /productions/{id}/cancel"])
async def test_an_id_is_checked_and_known(house: Theatre, call: str) -> None:
    method, path = call.split()
    for film_id, status in (("17", 400), (an_id(), 404)):
        assert (await house.client.request(method, f"/api/mv{path.format(id=film_id)}")).status == status
