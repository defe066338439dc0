"""Jobs over HTTP: ordered, looked at, listed, followed by events, canceled, retried, deleted."""

import pytest

from shared.contracts.base import OrderId
from shared.contracts.order import Canceled
from shared.executions import Execution
from tests.contract.theatre import CARDS, CLIP, FILM, PORTRAIT, SCENES, Theatre
from tests.factories import an_id, ended, failed, started

pytestmark = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


async def test_an_order_is_answered_with_202_and_where_to_look(house: Theatre) -> None:
    answer = await house.post("/generate_video", CLIP)
    job = await answer.json()
    assert answer.status == 202
    assert answer.headers["Location"] == f"/api/mv/jobs/{job['job_id']}"
    assert int(answer.headers["Retry-After"]) > 0
    assert (job["status"], job["kind"], job["result"]) == ("queued", "generate_video", None)
    assert await (await house.get(f"/jobs/{job['job_id']}")).json() == job


async def test_a_job_tells_how_it_goes_from_queued_to_its_result(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    (order,) = await house.start(job_id)
    running = await (await house.get(f"/jobs/{job_id}")).json()
    assert (running["status"], running["progress"]["fraction"]) == ("running", 0.0)
    await house.applier.apply([ended(order)])
    over = await (await house.get(f"/jobs/{job_id}")).json()
    assert (over["status"], over["progress"]["fraction"]) == ("succeeded", 1.0)
    assert over["result"]["video_url"] == f"/api/mv/get_video/{over['result']['video_id']}"


async def test_a_job_that_nobody_can_do_says_what_it_waits_for(house: Theatre) -> None:
    film = await (await house.post("/productions", FILM)).json()
    job_id = await house.ordered("/generate_video", CLIP)
    house.bus.cards = ()
    waiting = await (await house.get(f"/jobs/{job_id}")).json()
    assert waiting["progress"]["message"].startswith("waiting for a service that makes `generate_video` with `")
    shown = await (await house.get(f"/productions/{film['production_id']}")).json()
    assert shown["progress"]["message"].startswith("waiting for a service that makes `")
    house.bus.cards = CARDS
    assert (await (await house.get(f"/jobs/{job_id}")).json())["progress"]["message"] == ""


async def test_a_retry_under_the_same_key_is_the_same_retry(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    (order,) = await house.start(job_id)
    await house.applier.apply([ended(order, failed())])
    key = {"Idempotency-Key": "once"}
    first, second = [await house.post(f"/jobs/{job_id}/retry", {}, headers=key) for _ in range(2)]
    assert (first.status, second.status) == (202, 202)
    assert (await first.json())["job_id"] == (await second.json())["job_id"]
    refused = await house.post(f"/jobs/{job_id}/retry", {"x": 1})
    assert (refused.status, (await refused.json())["error_code"]) == (400, "INVALID_REQUEST")


async def test_a_queued_job_knows_its_place_in_the_line(house: Theatre) -> None:
    first, second = [await house.ordered("/generate_video", CLIP) for _ in range(2)]
    await house.ordered("/create_scenes", SCENES)
    places = {job["job_id"]: job["queue_position"] for job in (await (await house.get("/jobs")).json())["items"]}
    assert sorted((places[first], places[second])) == [1, 2]
    await house.start(min((first, second), key=places.__getitem__))
    waits = max((first, second), key=places.__getitem__)
    assert (await (await house.get(f"/jobs/{waits}")).json())["queue_position"] == 1


async def test_a_failed_job_carries_the_error_body(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    await house.perform(job_id, failed())
    job = await (await house.get(f"/jobs/{job_id}")).json()
    assert job["status"] == "failed"
    assert job["error"]["error_code"] == "PROVIDER_ERROR"
    assert (job["error"]["status"], job["error"]["job_id"]) == (500, job_id)


async def test_the_list_is_newest_first_and_pages_without_gap(house: Theatre) -> None:
    ordered = [await house.ordered("/generate_video", CLIP) for _ in range(5)]
    first = await (await house.get("/jobs?limit=3")).json()
    rest = await (await house.get(f"/jobs?limit=3&cursor={first['next_cursor']}")).json()
    listed = [job["job_id"] for job in first["items"] + rest["items"]]
    assert sorted(listed) == sorted(ordered)
    assert rest["next_cursor"] is None


async def test_the_list_filters_by_kind_status_project_and_text(house: Theatre) -> None:
    clip = await house.ordered("/generate_video", {**CLIP, "project": "north"})
    scenes = await house.ordered("/create_scenes", SCENES)
    for query, wanted in (
        ("kind=generate_video", [clip]),
        ("project=north", [clip]),
        ("q=LIGHTHOUSE", [scenes]),
        ("status=failed", []),
        ("created_after=2020-01-01T00:00:00Z&kind=create_scenes", [scenes]),
        ("created_before=2020-01-01T00:00:00Z", []),
    ):
        page = await (await house.get(f"/jobs?{query}")).json()
        assert [job["job_id"] for job in page["items"]] == wanted, query


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("staus=failed", "staus"),
        ("status=done", "status"),
        ("status=failed&status=canceled", "status"),
        ("kind=video", "kind"),
        ("limit=0", "limit"),
        ("limit=1e3", "limit"),
        ("sort=cost", "sort"),
        ("cursor=%F0%9F%98%80", "cursor"),
        ("production_id=7", "production_id"),
        ("created_after=yesterday", "created_after"),
    ],
)
async def test_a_list_refuses_what_it_does_not_know(house: Theatre, query: str, path: str) -> None:
    answer = await house.get(f"/jobs?{query}")
    told = await answer.json()
    assert (answer.status, told["error_code"]) == (400, "INVALID_REQUEST")
    assert [fault["path"] for fault in told["errors"]] == [path]


async def test_events_of_a_job_come_in_order_and_after_what_was_seen(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    await house.perform(job_id)
    events = await (await house.get(f"/jobs/{job_id}/events")).json()
    assert [event["type"] for event in events] == ["job.queued", "job.started", "job.succeeded"]
    assert [event["seq"] for event in events] == sorted(event["seq"] for event in events)
    later = await (await house.get(f"/jobs/{job_id}/events?after={events[0]['seq']}")).json()
    assert later == events[1:]


async def test_a_job_that_never_left_is_canceled_at_once_and_never_starts(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    answer = await house.post(f"/jobs/{job_id}/cancel")
    assert (answer.status, (await answer.json())["status"]) == (200, "canceled")
    assert [order.status for order in await house.orders(job_id)] == ["ended"]
    again = await house.post(f"/jobs/{job_id}/cancel")
    assert (again.status, (await again.json())["status"]) == (200, "canceled")


async def test_a_running_job_is_canceling_until_its_worker_has_stopped(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    (order,) = await house.start(job_id)
    house.executions.records[order.id] = Execution(order_id=OrderId(order.id), owner="a worker")
    answer = await house.post(f"/jobs/{job_id}/cancel")
    assert (answer.status, (await answer.json())["status"]) == (202, "canceling")
    assert house.bus.wishes == [order.id]
    await house.applier.apply([ended(order, Canceled())])
    assert (await (await house.get(f"/jobs/{job_id}")).json())["status"] == "canceled"


async def test_a_cancel_is_taken_while_the_bus_is_away(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    (order,) = await house.start(job_id)
    house.bus.away = True
    answer = await house.post(f"/jobs/{job_id}/cancel")
    assert (answer.status, (await answer.json())["status"]) == (202, "canceling")
    assert (await house.orders(job_id))[0].cancel_wished
    assert order.id not in house.executions.records


async def test_only_what_is_missing_is_ordered_again(house: Theatre) -> None:
    job_id = await house.ordered("/generate_character_reference", PORTRAIT)
    good, bad = await house.release(job_id)
    await house.applier.apply([started(good), started(bad), ended(good), ended(bad, failed())])
    assert (await (await house.get(f"/jobs/{job_id}")).json())["status"] == "partial"
    answer = await house.post(f"/jobs/{job_id}/retry")
    again = await answer.json()
    assert (answer.status, again["retry_of"], again["attempt"], again["status"]) == (202, job_id, 2, "queued")
    assert len(await house.orders(again["job_id"])) == 1


async def test_a_job_that_did_well_or_still_runs_is_not_retried(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    assert (await house.post(f"/jobs/{job_id}/retry")).status == 409
    await house.perform(job_id)
    answer = await house.post(f"/jobs/{job_id}/retry")
    assert (answer.status, (await answer.json())["error_code"]) == (409, "CONFLICT")


async def test_deleting_a_job_removes_record_and_bytes(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    assert (await house.client.delete(f"/api/mv/jobs/{job_id}")).status == 409
    await house.perform(job_id)
    key = (await (await house.get(f"/jobs/{job_id}")).json())["result"]["video_path"]
    assert (await house.client.delete(f"/api/mv/jobs/{job_id}")).status == 204
    assert (await house.get(f"/jobs/{job_id}")).status == 404
    assert await house.media.stat(key) is None


@pytest.mark.parametrize("call", ["GET /jobs/{id}", "GET /jobs/{id}/events", "POST /jobs/{id}/cancel",
                                  "POST /jobs/{id}/retry", "DELETE /jobs/{id}"])  # fmt: skip
async def test_an_id_is_checked_and_known(house: Theatre, call: str) -> None:
    method, path = call.split()
    for job_id, status, code in (("17", 400, "INVALID_REQUEST"), (an_id(), 404, "NOT_FOUND")):
        answer = await house.client.request(method, f"/api/mv{path.format(id=job_id)}")
        assert (answer.status, (await answer.json())["error_code"]) == (status, code)
