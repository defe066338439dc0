"""What was made, as lists: assets, scene sets, projects."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from gateway.history.tables import assets
from tests.contract.theatre import CLIP, FILM, PORTRAIT, SCENES, Theatre
from tests.factories import NOON, a_new_job, an_id

pytestmark = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


async def listed(house: Theatre, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = await house.get(path, params={name: str(value) for name, value in query.items()})
    told = await answer.json()
    assert answer.status == 200, told
    items: list[dict[str, Any]] = told["items"]
    return items


async def made(house: Theatre, path: str, body: dict[str, Any]) -> str:
    job_id = await house.ordered(path, body)
    await house.perform(job_id)
    return job_id


async def test_assets_are_listed_with_addresses_that_serve_them(house: Theatre) -> None:
    clip_job = await made(house, "/generate_video", {**CLIP, "project": "north"})
    await made(house, "/generate_character_reference", {**PORTRAIT, "project": "south"})
    await made(house, "/create_scenes", SCENES)

    every = await listed(house, "/assets")

    assert sorted(asset["kind"] for asset in every) == ["clip", "image", "image"]
    for asset in every:
        served = await house.client.get(asset["url"])
        assert (served.status, len(await served.read())) == (200, asset["file_size_bytes"])
    (clip,) = await listed(house, "/assets", kind="clip")
    assert (clip["job_id"], clip["about"], clip["project"]) == (clip_job, CLIP["prompt"], "north")
    assert clip["model_used"]
    assert [asset["project"] for asset in await listed(house, "/assets", project="south")] == ["south", "south"]
    assert await listed(house, "/assets", kind="song") == []
    assert await listed(house, "/assets", kind="cut") == []


async def test_assets_are_found_by_what_they_were_asked_for(house: Theatre) -> None:
    climbing = await made(house, "/generate_video", CLIP)
    rowing = await made(house, "/generate_video", {"prompt": "a boat is rowed home"})

    assert [asset["job_id"] for asset in await listed(house, "/assets", q="STAIRS")] == [climbing]
    assert [asset["job_id"] for asset in await listed(house, "/assets", q="boat")] == [rowing]
    assert [asset["job_id"] for asset in await listed(house, "/assets", job_id=rowing)] == [rowing]
    assert await listed(house, "/assets", q="nothing like it") == []


async def test_what_a_film_made_is_found_by_its_production(house: Theatre) -> None:
    film = await house.ordered("/productions", FILM)
    await made(house, "/generate_video", CLIP)
    await house.perform_film(film)

    kinds = [asset["kind"] for asset in await listed(house, "/assets", production_id=film)]

    assert sorted(kinds) == ["clip", "clip", "cut", "image"]
    (cut,) = await listed(house, "/assets", q="lighthouse", kind="cut")
    assert (cut["production_id"], cut["about"]) == (film, FILM["idea"])
    with_poster = [asset for asset in await listed(house, "/assets", production_id=film) if asset["poster_url"]]
    assert with_poster
    assert (await house.client.get(with_poster[0]["poster_url"])).status == 200


async def test_a_list_is_read_page_by_page_while_new_things_arrive(house: Theatre) -> None:
    for _ in range(5):
        await made(house, "/generate_video", CLIP)
    before = [asset["id"] for asset in await listed(house, "/assets")]
    first = await (await house.get("/assets", params={"limit": 2})).json()
    new = await house.made()
    async with house.house.history.write() as tx:
        later = update(assets).where(assets.c.id == new["video_id"]).values(created_at=NOON + 3600)
        await tx.connection.execute(later)
    second = await (await house.get("/assets", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    last = await (await house.get("/assets", params={"limit": 2, "cursor": second["next_cursor"]})).json()

    assert [asset["id"] for page in (first, second, last) for asset in page["items"]] == before
    assert last["next_cursor"] is None
    oldest_first = await listed(house, "/assets", sort="created_at", created_before="2027-01-15T08:30:00Z")
    assert [asset["id"] for asset in oldest_first] == before[::-1]


@pytest.mark.parametrize("path", ["/assets", "/scenes", "/projects"])
@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"kind": "film"}, "kind"),
        ({"limit": "0"}, "limit"),
        ({"sort": "size"}, "sort"),
        ({"cursor": "!"}, "cursor"),
        ({"created_after": "yesterday"}, "created_after"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_wrong_filter_is_named(house: Theatre, path: str, query: dict[str, str], named: str) -> None:
    answer = await house.get(path, params=query)
    told = await answer.json()
    assert (answer.status, [fault["path"] for fault in told["errors"]]) == (400, [named])


async def test_scene_sets_are_listed_each_once_with_its_scenes(house: Theatre) -> None:
    await made(house, "/create_scenes", {**SCENES, "number_of_scenes": 2, "project": "north"})
    await made(house, "/create_scenes", {**SCENES, "idea": "a fox that flies"})

    fox, lighthouse = sorted(await listed(house, "/scenes"), key=lambda one: one["idea"])

    assert (fox["idea"], lighthouse["idea"], lighthouse["number_of_scenes"]) == ("a fox that flies", SCENES["idea"], 2)
    assert (await (await house.client.get(fox["url"])).json())["scene_set_id"] == fox["scene_set_id"]
    assert (await house.client.get(fox["output_files"]["markdown"])).status == 200
    assert [one["idea"] for one in await listed(house, "/scenes", q="lighthouse")] == [SCENES["idea"]]
    assert [one["project"] for one in await listed(house, "/scenes", project="north")] == ["north"]


async def test_projects_tell_what_was_ordered_made_and_spent(house: Theatre) -> None:
    film = await house.ordered("/productions", {**FILM, "project": "north"})
    house.clock.pass_s(60)
    await house.perform_film(film)
    house.clock.pass_s(60)
    await made(house, "/generate_video", {**CLIP, "project": "south"})
    await made(house, "/generate_video", CLIP)

    south, north = await listed(house, "/projects")

    assert (south["project"], south["jobs"], south["productions"], south["assets"]) == ("south", 1, 0, 1)
    assert (north["project"], north["productions"]) == ("north", 1)
    assert north["jobs"] == len(await house.jobs_of(film))
    assert (north["spent_usd"], north["reserved_usd"], north["budget_usd"]) == ("0", "0", None)
    assert north["created_at"] < north["last_order_at"] < south["created_at"]
    assert [project["project"] for project in await listed(house, "/projects", q="ORT")] == ["north"]
    first = await (await house.get("/projects", params={"limit": 1})).json()
    second = await (await house.get("/projects", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert ([one["project"] for one in second["items"]], second["next_cursor"]) == (["north"], None)


async def test_money_of_a_project_is_exact_and_todays_is_apart(house: Theatre) -> None:
    day_s = 24 * 3600
    prices = (Decimal("0.1"), Decimal("0.2"), Decimal("0.0000035"), Decimal(3))
    async with house.house.history.write() as tx:
        now = tx.now()
    for days_ago, price, settled in zip((2, 0, 0, 0), prices, (True, True, True, False), strict=True):
        new = a_new_job(project="north", price_usd=price, created_at=now - days_ago * day_s)
        async with house.house.history.write() as tx:
            tx.now = lambda days_ago=days_ago: now - days_ago * day_s  # type: ignore[misc]
            await tx.insert_job(new)
            await tx.reserve(*new.orders)
            if settled:
                await tx.book(new.orders[0], price)

    (north,) = await listed(house, "/projects")

    assert (north["spent_usd"], north["spent_today_usd"]) == ("0.3000035", "0.2000035")
    assert north["reserved_usd"] == "3"


async def test_what_belongs_to_others_is_in_no_list(house: Theatre) -> None:
    async with house.house.history.write() as tx:
        await tx.insert_job(a_new_job(project="secret", space="other"))
    assert await listed(house, "/projects") == []
    assert await listed(house, "/assets", job_id=an_id()) == []
