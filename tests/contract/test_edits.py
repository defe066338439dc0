"""A production is edited, not redone: gates, scenes, versions, character, upgrade, retry; nothing is paid unasked."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import delete

from gateway.history.tables import assets
from shared.contracts.base import OrderId
from shared.contracts.order import Canceled
from shared.executions import Execution
from tests.contract.theatre import FILM, PORTRAIT, Theatre
from tests.factories import an_id, ended, failed

FREE_FILM = {**FILM, "backend": "local", "models": {"scene": "local/storyteller"}, "seed": 7}


async def film_of(house: Theatre, film_id: str) -> dict[str, Any]:
    body: dict[str, Any] = await (await house.get(f"/productions/{film_id}")).json()
    return body


async def filmed(house: Theatre, **fields: Any) -> str:
    film_id = await house.ordered("/productions", {**FREE_FILM, **fields})
    await house.perform_film(film_id)
    return film_id


async def edited(house: Theatre, film_id: str, call: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The production after a POST that was accepted."""
    answer = await house.post(f"/productions/{film_id}/{call}", body)
    told: dict[str, Any] = await answer.json()
    assert answer.status == 202, told
    return told


async def refused(house: Theatre, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, str, str]:
    answer = await house.client.request(method, f"/api/mv/productions/{path}", json=body)
    told = await answer.json()
    return answer.status, str(told.get("error_code")), str(told.get("message"))


async def ordered_parts(house: Theatre, film_id: str) -> Counter[str | None]:
    return Counter(job.part for job in await house.jobs_of(film_id))


def clips(film: dict[str, Any]) -> list[str]:
    return [scene["clip"]["video_id"] for scene in film["scenes"]]


async def test_a_film_waits_at_each_of_its_gates_in_turn(house: Theatre) -> None:
    film_id = await house.ordered("/productions", {**FREE_FILM, "review": ["clips", "storyboard", "character"]})
    stages = []
    for _ in range(3):
        await house.perform_film(film_id)
        film = await film_of(house, film_id)
        assert film["status"] == "waiting"
        stages.append(film["stage"])
        await edited(house, film_id, "continue")
    assert stages == ["review: storyboard", "review: character", "review: clips"]
    await house.perform_film(film_id)
    film = await film_of(house, film_id)
    assert (film["status"], film["settings"]["opened"]) == ("succeeded", ["storyboard", "character", "clips"])
    assert set((await ordered_parts(house, film_id)).values()) == {1}


async def test_a_gate_that_is_named_opens_once(house: Theatre) -> None:
    film_id = await house.ordered("/productions", {**FREE_FILM, "review": ["storyboard", "character"]})
    assert (await refused(house, "POST", f"{film_id}/continue"))[:2] == (409, "CONFLICT")
    await house.perform_film(film_id)
    listed = await (await house.get("/productions?status=waiting")).json()
    assert [film["production_id"] for film in listed["items"]] == [film_id]
    assert "storyboard" in (await refused(house, "POST", f"{film_id}/continue", {"gate": "character"}))[2]
    for _ in range(2):
        film = await edited(house, film_id, "continue", {"gate": "storyboard"})
        assert film["stage"] == "review: character"
    status, _, said = await refused(house, "POST", f"{film_id}/continue", {"gat": "clips"})
    assert (status, "did you mean `gate`?" in said) == (400, True)


async def test_before_its_clip_is_made_a_scene_just_changes(house: Theatre) -> None:
    film_id = await house.ordered("/productions", {**FREE_FILM, "review": "storyboard"})
    await house.perform_film(film_id)
    change = {"description": "the keeper sleeps", "duration": 3, "position": 2, "title": "Night"}
    answer = await house.client.patch(f"/api/mv/productions/{film_id}/scenes/1", json=change)
    scene = await answer.json()
    assert (answer.status, scene["version"], scene["position"], scene["stale"]) == (200, 2, 2, False)
    assert [version["chosen"] for version in scene["versions"]] == [False, True]
    await edited(house, film_id, "continue")
    (job,) = [job for job in await house.jobs_of(film_id) if job.part == "clip/1/2"]
    assert (job.request["prompt"], job.request["duration"]) == ("the keeper sleeps", 3)
    await house.perform_film(film_id)
    film = await film_of(house, film_id)
    assert [scene["number"] for scene in film["scenes"]] == [2, 1]
    assert film["status"] == "succeeded"


async def test_other_words_cost_nothing_until_the_scene_is_regenerated(house: Theatre) -> None:
    film_id = await filmed(house)
    before = await film_of(house, film_id)
    jobs = await ordered_parts(house, film_id)
    scene = await (
        await house.client.patch(f"/api/mv/productions/{film_id}/scenes/2", json={"description": "the keeper dances"})
    ).json()
    assert (scene["stale"], scene["stale_because"], scene["version"], scene["shown_version"]) == (True, ["words"], 2, 1)
    assert await ordered_parts(house, film_id) == jobs
    assert (await film_of(house, film_id))["status"] == "succeeded"
    film = await edited(house, film_id, "scenes/2/regenerate")
    assert (film["status"], film["final_video_id"]) == ("running", before["final_video_id"])
    assert clips(film) == clips(before), "the old clip is seen until the new one is there"
    await house.perform_film(film_id)
    after = await film_of(house, film_id)
    assert (after["status"], after["scenes"][1]["stale"], after["scenes"][1]["version"]) == ("succeeded", False, 3)
    assert clips(after)[0] == clips(before)[0]
    assert clips(after)[1] != clips(before)[1]
    assert after["final_video_id"] != before["final_video_id"]
    (job,) = [job for job in await house.jobs_of(film_id) if job.part == "clip/2/3"]
    assert job.request["prompt"] == "the keeper dances"
    assert {name: count for name, count in (await ordered_parts(house, film_id)).items() if count > 1} == {}


async def test_an_old_version_is_chosen_again_and_its_cut_is_found_again(house: Theatre) -> None:
    film_id = await filmed(house)
    first = await film_of(house, film_id)
    await edited(house, film_id, "scenes/1/regenerate", {"seed": 99})
    await house.perform_film(film_id)
    second, jobs = await film_of(house, film_id), await ordered_parts(house, film_id)
    film = await edited(house, film_id, "scenes/1/choose", {"version": 1})
    assert (film["status"], film["final_video_id"], clips(film)) == (
        "succeeded",
        first["final_video_id"],
        clips(first),
    )
    assert film["final_video"]["video_id"] == first["final_video_id"]
    film = await edited(house, film_id, "scenes/1/choose", {"version": 2})
    assert (film["final_video_id"], clips(film)) == (second["final_video_id"], clips(second))
    assert await ordered_parts(house, film_id) == jobs
    scene = await (await house.get(f"/productions/{film_id}/scenes/1")).json()
    assert [(version["version"], version["chosen"], version["seed"]) for version in scene["versions"]] == [
        (1, False, None),
        (2, True, 99),
    ]
    assert (await refused(house, "POST", f"{film_id}/scenes/1/choose", {"version": 3}))[:2] == (404, "NOT_FOUND")


async def test_a_cut_that_was_deleted_is_made_again_and_a_deleted_clip_is_not_chosen(house: Theatre) -> None:
    film_id = await filmed(house)
    first = await film_of(house, film_id)
    await edited(house, film_id, "scenes/1/regenerate", {"seed": 99})
    await house.perform_film(film_id)
    assert (await house.client.delete(f"/api/mv/get_video/{first['final_video_id']}")).status == 204
    film = await edited(house, film_id, "scenes/1/choose", {"version": 1})
    assert (film["status"], film["final_video_id"] != first["final_video_id"]) == ("running", True)
    await house.perform_film(film_id)
    again = await film_of(house, film_id)
    assert (await house.client.head(again["final_video"]["video_url"])).status == 200
    assert (await house.client.delete(f"/api/mv/get_video/{again['final_video_id']}")).status == 204
    assert (await refused(house, "POST", f"{film_id}/share"))[:2] == (409, "CONFLICT")
    await edited(house, film_id, "scenes/1/choose", {"version": 2})
    async with house.house.history.write() as tx:
        await tx.connection.execute(delete(assets).where(assets.c.kind == "conformed"))
    before = await film_of(house, film_id)
    for call, body in (("scenes/1/choose", {"version": 1}), ("restitch", {})):
        assert (await refused(house, "POST", f"{film_id}/{call}", body))[:2] == (404, "NOT_FOUND")
    assert await film_of(house, film_id) == before


async def test_words_that_were_never_filmed_are_chosen_without_paying(house: Theatre) -> None:
    film_id = await house.ordered("/productions", {**FREE_FILM, "review": "storyboard"})
    await house.perform_film(film_id)
    await house.client.patch(f"/api/mv/productions/{film_id}/scenes/1", json={"description": "the keeper sleeps"})
    await edited(house, film_id, "continue")
    await house.perform_film(film_id)
    jobs = await ordered_parts(house, film_id)
    film = await edited(house, film_id, "scenes/1/choose", {"version": 1})
    assert (film["status"], film["scenes"][0]["stale"], film["scenes"][0]["shown_version"]) == ("succeeded", True, 2)
    assert await ordered_parts(house, film_id) == jobs


async def test_two_scenes_are_regenerated_at_once_and_one_scene_only_once(house: Theatre) -> None:
    film_id = await filmed(house)
    await edited(house, film_id, "scenes/1/regenerate")
    await edited(house, film_id, "scenes/2/regenerate")
    status, code, said = await refused(house, "POST", f"{film_id}/scenes/2/regenerate")
    assert (status, code, "being made" in said) == (409, "CONFLICT", True)
    await house.perform_film(film_id)
    film = await film_of(house, film_id)
    assert [scene["shown_version"] for scene in film["scenes"]] == [2, 2]
    parts = await ordered_parts(house, film_id)
    assert sum(count for part, count in parts.items() if (part or "").startswith("cut")) == 2


async def test_the_same_key_regenerates_once(house: Theatre) -> None:
    film_id = await filmed(house)
    key = {"Idempotency-Key": "again"}
    for _ in range(2):
        answer = await house.post(f"/productions/{film_id}/scenes/1/regenerate", {"seed": 3}, headers=key)
        assert answer.status == 202
        await house.perform_film(film_id)
    assert (await ordered_parts(house, film_id))["clip/1/2"] == 1
    assert "clip/1/3" not in await ordered_parts(house, film_id)
    reused = await house.post(f"/productions/{film_id}/scenes/1/regenerate", {"seed": 4}, headers=key)
    assert (await reused.json())["error_code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_a_clip_that_fails_again_leaves_the_one_before_in_its_place(house: Theatre) -> None:
    film_id = await filmed(house, on_failed_scene="fail")
    before = await film_of(house, film_id)
    await edited(house, film_id, "scenes/1/regenerate")
    (job,) = [job for job in await house.jobs_of(film_id) if not job.is_terminal]
    await house.perform(job.id, failed())
    film = await film_of(house, film_id)
    assert (film["status"], film["final_video_id"]) == ("partial", before["final_video_id"])
    assert film["warnings"][-1].startswith("Scene 1 still shows version 1: ")
    await edited(house, film_id, "retry")
    await house.perform_film(film_id)
    film = await film_of(house, film_id)
    assert (film["status"], film["scenes"][0]["shown_version"]) == ("succeeded", 2)
    assert not any("Scene 1" in warning for warning in film["warnings"])


async def test_a_canceled_regeneration_leaves_the_film_as_it_was(house: Theatre) -> None:
    film_id = await filmed(house)
    before = await film_of(house, film_id)
    await edited(house, film_id, "scenes/1/regenerate")
    (job,) = [job for job in await house.jobs_of(film_id) if not job.is_terminal]
    (order,) = await house.start(job.id)
    house.executions.records[order.id] = Execution(order_id=OrderId(order.id))
    assert (await house.post(f"/productions/{film_id}/cancel")).status == 202
    assert (await refused(house, "POST", f"{film_id}/scenes/2/regenerate"))[:2] == (409, "CONFLICT")
    await house.applier.apply([ended(order, Canceled())])
    film = await film_of(house, film_id)
    assert (film["status"], film["final_video_id"], clips(film)) == (
        "partial",
        before["final_video_id"],
        clips(before),
    )


async def test_what_may_not_be_paid_is_refused_and_leaves_no_trace(house: Theatre) -> None:
    film_id = await filmed(house, budget_usd="1")
    jobs = await house.jobs_of(film_id)
    paid = {"models": {"video": "google/veo-3.1"}, "scenes": [2]}
    asked = {"call": f"productions/{film_id}/upgrade", **paid}
    told = await (await house.post("/estimate", asked)).json()
    assert [(part["part"], part["model"], part["usd"]) for part in told["parts"]] == [
        ("scene 2", "google/veo-3.1", "3.2")
    ]
    status, code, said = await refused(house, "POST", f"{film_id}/upgrade", paid)
    assert (status, code, "2.2 USD too much" in said) == (402, "BUDGET_EXCEEDED", True)
    assert await house.jobs_of(film_id) == jobs
    film = await film_of(house, film_id)
    assert (film["status"], film["scenes"][1]["version"]) == ("succeeded", 1)
    answer = await house.client.patch(
        f"/api/mv/productions/{film_id}", json={"budget_usd": "10", "title": "Sea", "project": "north"}
    )
    film = await answer.json()
    assert (film["cost"]["budget_usd"], film["title"], film["project"]) == ("10", "Sea", "north")
    found = await (await house.get("/productions?q=sea&project=north")).json()
    assert [one["production_id"] for one in found["items"]] == [film_id]
    film = await edited(house, film_id, "upgrade", paid)
    assert film["cost"]["reserved_usd"] == "3.2"
    await house.perform_film(film_id)
    (job,) = [job for job in await house.jobs_of(film_id) if job.part == "clip/2/2"]
    assert (job.plan["model"], job.request["prompt"]) == ("google/veo-3.1", film["scenes"][1]["description"])
    assert (await refused(house, "POST", f"{film_id}/upgrade", paid))[:2] == (409, "CONFLICT")


async def test_another_character_is_for_new_clips_or_for_all(house: Theatre) -> None:
    film_id = await filmed(house)
    house.clock.pass_s(1)
    job_id = await house.ordered(f"/productions/{film_id}/character/regenerate", {"num_images": 2, "seed": 50})
    assert (await refused(house, "POST", f"{film_id}/character/regenerate"))[:2] == (409, "CONFLICT")
    assert (await film_of(house, film_id))["status"] == "succeeded"
    await house.perform(job_id)
    film = await film_of(house, film_id)
    candidates = [picture["id"] for picture in film["character"]["candidates"]]
    assert (len(candidates), film["character"]["chosen"]["id"]) == (3, candidates[0])
    film = await edited(house, film_id, "character", {"image_id": candidates[2]})
    assert (film["status"], film["character"]["chosen"]["id"]) == ("succeeded", candidates[2])
    assert [scene["stale_because"] for scene in film["scenes"]] == [["character"], ["character"]]
    await edited(house, film_id, "character", {"image_id": candidates[2], "regenerate": True})
    await house.perform_film(film_id)
    film = await film_of(house, film_id)
    assert [(scene["stale"], scene["shown_version"]) for scene in film["scenes"]] == [(False, 2), (False, 2)]
    assert (await refused(house, "POST", f"{film_id}/character", {"image_id": an_id()}))[:2] == (404, "NOT_FOUND")


async def test_a_picture_from_elsewhere_becomes_the_character_at_its_gate(house: Theatre) -> None:
    portrait = await house.ordered("/generate_character_reference", PORTRAIT)
    await house.perform(portrait)
    picture = (await (await house.get(f"/jobs/{portrait}")).json())["result"]["images"][0]["id"]
    film_id = await house.ordered("/productions", {**FREE_FILM, "review": "character"})
    await house.perform_film(film_id)
    film = await edited(house, film_id, "character", {"image_id": picture})
    assert (film["status"], film["stage"]) == ("waiting", "review: character")
    await edited(house, film_id, "continue")
    (first, *_) = [job for job in await house.jobs_of(film_id) if job.kind == "generate_video"]
    assert first.plan["reference"]["asset_id"] == picture


async def test_scenes_change_places_and_the_next_cut_follows(house: Theatre) -> None:
    film_id = await filmed(house)
    before = await film_of(house, film_id)
    await house.client.patch(f"/api/mv/productions/{film_id}/scenes/2", json={"position": 1})
    moved = await film_of(house, film_id)
    assert (clips(moved), moved["final_video_id"]) == (clips(before)[::-1], before["final_video_id"])
    cut_id = await house.ordered(f"/productions/{film_id}/restitch", {})
    await house.perform(cut_id)
    film = await film_of(house, film_id)
    cut = await (await house.get(f"/jobs/{cut_id}")).json()
    assert cut["request"]["video_ids"] == clips(moved)
    assert film["final_video_id"] == cut["result"]["video_id"]
    status, _, said = await refused(house, "PATCH", f"{film_id}/scenes/2", {"position": 3})
    assert (status, "at most 2" in said) == (400, True)


async def test_cuts_after_a_restitch_are_joined_as_it_said(house: Theatre) -> None:
    film_id = await filmed(house)
    await house.perform(await house.ordered(f"/productions/{film_id}/restitch", {"transition": "crossfade"}))
    await edited(house, film_id, "scenes/1/regenerate")
    await house.perform_film(film_id)
    film = await film_of(house, film_id)
    (newest,) = [job for job in await house.jobs_of(film_id) if (job.part or "").startswith("cut/")]
    assert [joint["type"] for joint in newest.request["transition"]] == ["crossfade"]
    assert film["settings"]["transition"][0]["type"] == "crossfade"


async def test_a_film_that_failed_goes_on_with_what_it_lacks(house: Theatre) -> None:
    film_id = await house.ordered("/productions", {**FREE_FILM, "on_failed_scene": "fail"})
    for part in ("scenes", "character", "clip/1"):
        (job,) = [job for job in await house.jobs_of(film_id) if job.part == part]
        await house.perform(job.id, failed() if part == "clip/1" else None)
    assert (await film_of(house, film_id))["status"] == "failed"
    film = await edited(house, film_id, "retry")
    assert (film["status"], film["error"]) == ("running", None)
    await house.perform_film(film_id)
    assert (await film_of(house, film_id))["status"] == "succeeded"
    parts = await ordered_parts(house, film_id)
    assert (parts["scenes"], parts["character"], parts["clip/1"], parts["clip/2"]) == (1, 1, 2, 2)
    assert (await refused(house, "POST", f"{film_id}/retry"))[:2] == (409, "CONFLICT")


async def test_a_canceled_film_is_regenerated_with_all_that_it_lacks(house: Theatre) -> None:
    film_id = await house.ordered("/productions", FREE_FILM)
    for part in ("scenes", "character", "clip/1"):
        (job,) = [job for job in await house.jobs_of(film_id) if job.part == part]
        await house.perform(job.id)
    await house.post(f"/productions/{film_id}/cancel")
    assert (await film_of(house, film_id))["status"] == "canceled"
    await edited(house, film_id, "scenes/1/regenerate", {"description": "the keeper dives"})
    await house.perform_film(film_id)
    film = await film_of(house, film_id)
    assert (film["status"], [scene["shown_version"] for scene in film["scenes"]]) == ("succeeded", [2, 1])


async def test_a_film_that_is_the_same_again_costs_nothing(house: Theatre) -> None:
    first = await film_of(house, await filmed(house))
    answer = await house.post("/productions", {**FREE_FILM, "reuse": True})
    again = await answer.json()
    assert (answer.status, again["status"]) == (202, "succeeded"), again["jobs"]
    assert clips(again) == clips(first)
    assert again["final_video_id"] == first["final_video_id"]
    assert {job.plan.get("reused_from") is not None for job in await house.jobs_of(again["production_id"])} == {True}
    assert (await house.client.delete(f"/api/mv/get_video/{clips(first)[0]}")).status == 409
    assert (await house.client.delete(f"/api/mv/productions/{first['production_id']}")).status == 204
    for video_id in (*clips(again), again["final_video_id"]):
        assert (await house.get(f"/get_video/{video_id}")).status == 200, "it is shown by the other film still"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "scenes/1", None),
        ("PATCH", "", {"title": "x"}),
        ("PATCH", "scenes/1", {"title": "x"}),
        ("POST", "scenes/1/regenerate", {}),
        ("POST", "scenes/1/choose", {"version": 1}),
        ("POST", "continue", {}),
        ("POST", "character", {"image_id": an_id(5)}),
        ("POST", "character/regenerate", {}),
        ("POST", "upgrade", {"models": {"video": "local/animatic"}}),
        ("POST", "retry", {}),
        ("POST", "share", {}),
        ("DELETE", "share", None),
        ("DELETE", "", None),
    ],
)
async def test_an_edit_of_nothing_is_told_so(house: Theatre, method: str, path: str, body: Any) -> None:
    for film_id, status in (("17", 400), (an_id(), 404)):
        assert (await refused(house, method, f"{film_id}/{path}".rstrip("/"), body))[0] == status


async def test_bodies_that_say_nonsense_are_refused_by_name(house: Theatre) -> None:
    film_id = await filmed(house)
    wrong: list[tuple[str, str, dict[str, Any], str]] = [
        ("PATCH", "scenes/1", {"descripton": "x"}, "`description`"),
        ("PATCH", "scenes/1", {"description": None}, "null"),
        ("PATCH", "scenes/1", {"duration": 0}, "more than 0"),
        ("PATCH", "scenes/0", {"title": "x"}, "whole number"),
        ("PATCH", "scenes/x", {"title": "x"}, "whole number"),
        ("POST", "scenes/1/regenerate", {"sed": 3}, "`seed`"),
        ("POST", "scenes/1/choose", {}, "required"),
        ("POST", "upgrade", {"models": {"scene": "x"}}, "video"),
        ("POST", "character", {"image_id": "x"}, "UUID"),
        ("POST", "share", {"expires_days": 0}, "more than 0"),
        ("PATCH", "", {"budget_usd": -1}, "at least 0"),
    ]
    for method, path, body, says in wrong:
        status, code, said = await refused(house, method, f"{film_id}/{path}".rstrip("/"), body)
        assert (status, code, says in said) == (400, "INVALID_REQUEST", True), (path, body, said)
    assert (await refused(house, "PATCH", f"{film_id}/scenes/9", {"title": "x"}))[0] == 404
    assert (await refused(house, "POST", f"{film_id}/scenes/1/regenerate", {"model": "no/such"}))[0] == 503
    asked = {"call": f"productions/{film_id}/scenes/1/shine"}
    assert (await house.post("/estimate", asked)).status == 400


async def test_every_edit_is_told_on_the_socket(house: Theatre) -> None:
    film_id = await filmed(house)
    async with house.socket(f"production_id={film_id}") as socket:
        await socket.until("snapshot")
        await house.client.patch(f"/api/mv/productions/{film_id}/scenes/1", json={"title": "Elsewhere"})
        told = await socket.until("production.updated")
        assert told["data"]["status"] == "succeeded"
        await edited(house, film_id, "scenes/1/regenerate")
        frames = await socket.take(2)
        assert sorted(frame["type"] for frame in frames) == ["job.queued", "production.updated"]
        await house.perform_film(film_id)
        while told["data"]["status"] != "succeeded" or told["data"]["final_video_id"] is None or told["seq"] < 0:
            told = await socket.until("production.updated")


async def test_a_shared_film_is_seen_without_a_key_until_it_is_revoked(house: Theatre) -> None:
    film_id = await filmed(house, title="Sea & <Song>")
    shared = await (await house.post(f"/productions/{film_id}/share", {"expires_days": 1})).json()
    page = await house.client.get(shared["path"])
    text = await page.text()
    assert (page.status, "Sea &amp; &lt;Song&gt;" in text, f'src="{shared["path"]}/film.mp4"' in text) == (
        200,
        True,
        True,
    )
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert (await house.client.head(shared["path"])).status == 200
    film = await house.client.get(f"{shared['path']}/film.mp4", headers={"Range": "bytes=0-3"})
    assert (film.status, await film.read()) == (206, b"made")
    assert (await house.client.get(f"{shared['path']}/poster.jpg")).status == 200
    body = await film_of(house, film_id)
    assert [set(share) for share in body["shares"]] == [{"id", "created_at", "expires_at"}]
    assert shared["path"].removeprefix("/s/") not in str(body)
    async with house.house.history.read() as tx:
        kept = str((await tx.connection.exec_driver_sql("SELECT * FROM shares")).all())
    assert shared["path"].removeprefix("/s/") not in kept
    other = await (await house.post(f"/productions/{film_id}/share")).json()
    assert (await house.client.delete(f"/api/mv/productions/{film_id}/share/{shared['id']}")).status == 204
    assert (await house.client.get(shared["path"])).status == 404
    assert (await house.client.get(other["path"])).status == 200
    house.clock.pass_s(31 * 86_400)
    assert (await house.client.get(other["path"])).status == 404
    assert (await house.client.delete(f"/api/mv/productions/{film_id}/share")).status == 204
    assert (await house.client.get("/s/nobody-knows")).status == 404


async def test_a_film_is_shared_once_there_is_one_and_deleted_once_nothing_runs(house: Theatre) -> None:
    film_id = await house.ordered("/productions", FREE_FILM)
    assert (await refused(house, "POST", f"{film_id}/share"))[:2] == (409, "CONFLICT")
    assert (await refused(house, "DELETE", film_id))[:2] == (409, "CONFLICT")
    await house.perform_film(film_id)
    film = await film_of(house, film_id)
    shared = await (await house.post(f"/productions/{film_id}/share")).json()
    await edited(house, film_id, "scenes/1/regenerate")
    await house.perform_film(film_id)
    assert (await house.client.delete(f"/api/mv/productions/{film_id}")).status == 204
    assert (await house.get(f"/productions/{film_id}")).status == 404
    assert (await house.client.get(shared["path"])).status == 404
    for video_id in (*clips(film), film["final_video_id"]):
        assert (await house.get(f"/get_video/{video_id}")).status == 404
    assert (await (await house.get("/assets")).json())["items"] == []


async def test_an_export_follows_the_chosen_version(house: Theatre) -> None:
    film_id = await filmed(house)
    first = await film_of(house, film_id)
    await edited(house, film_id, "scenes/1/regenerate")
    await house.perform_film(film_id)
    for version, wanted in ((1, clips(first)[0]), (2, clips(await film_of(house, film_id))[0])):
        await edited(house, film_id, "scenes/1/choose", {"version": version})
        told = await (await house.get(f"/productions/{film_id}/export?format=otio")).text()
        assert wanted in told
