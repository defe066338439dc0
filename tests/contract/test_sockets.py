"""`GET /ws`: what is told, in which order, what survives a cut, and who is too slow."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from gateway.history.records import EventRow, Job
from gateway.live import Live
from gateway.sockets import SocketBounds
from shared.contracts.base import OrderId
from shared.executions import Execution
from tests.contract.theatre import CLIP, FILM, PATIENCE_S, Listener, Theatre, theatre
from tests.factories import an_id, ended, failed

TERMINAL = {"job.succeeded", "job.partial", "job.failed", "job.canceled"}


@pytest.fixture
async def narrow_house(tmp_path: Path, database: str) -> AsyncIterator[Theatre]:
    """A house whose sockets queue next to nothing and wait for nobody."""
    async with theatre(tmp_path, database, sockets=SocketBounds(queued_events=50, blocked_s=0.2)) as opened:
        yield opened


async def test_hello_comes_first_and_then_the_full_state(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    async with house.socket(f"job_id={job_id}") as client:
        hello, snapshot = await client.take(2)
        assert (hello["type"], hello["data"]["protocol"], hello["data"]["current_seq"]) == ("hello", 1, hello["seq"])
        assert snapshot["type"] == "snapshot"
        assert snapshot["data"]["jobs"] == [await (await house.get(f"/jobs/{job_id}")).json()]
        assert snapshot["seq"] >= hello["seq"]


async def test_what_the_snapshot_tells_is_not_told_again(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    for _ in range(20):  # the feed is now before, now after the snapshot
        async with house.house.history.write() as tx:
            job = await tx.job(job_id)
            assert job is not None
            tx.tell("job.queued", job)
        async with house.socket(f"job_id={job_id}") as client:
            _, snapshot = await client.take(2)
            await client.say("ping")
            assert (snapshot["type"], (await client.next())["type"]) == ("snapshot", "pong")


async def test_every_frame_is_true_for_get_the_moment_it_arrives(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    async with house.socket(f"job_id={job_id}") as client:
        await client.until("snapshot")
        performing = asyncio.create_task(house.perform(job_id))
        for wanted in ("job.started", "job.succeeded"):
            frame = await client.next()
            job = await (await house.get(f"/jobs/{job_id}")).json()
            assert frame["type"] == wanted
            assert job["status"] == frame["data"]["status"] or job["status"] == "succeeded"
        assert {name: job[name] for name in ("status", "cost", "completed_at")} == {
            name: frame["data"][name] for name in ("status", "cost", "completed_at")
        }
        await performing


async def test_a_film_is_followed_with_all_its_jobs_in_the_order_of_seq(house: Theatre) -> None:
    film_id = await house.ordered("/productions", FILM)
    async with house.socket(f"production_id={film_id}") as client:
        await client.until("snapshot")
        performing = asyncio.create_task(house.perform_film(film_id))
        frames = [await client.next()]
        while (
            frames[-1]["data"].get("production_id") != film_id
            or frames[-1]["data"]["status"] != "succeeded"
            or (frames[-1]["type"] != "production.updated")
        ):
            frames.append(await client.next())
        seqs = [frame["seq"] for frame in frames]
        assert seqs == sorted(set(seqs))
        assert sum(frame["type"] == "job.succeeded" for frame in frames) == 7
        await performing


async def test_a_client_that_was_cut_off_gets_every_event_since_once_and_in_order(house: Theatre) -> None:
    film_id = await house.ordered("/productions", FILM)
    async with house.socket(f"production_id={film_id}") as client:
        seen = (await client.until("snapshot"))["seq"]
        await house.perform((await house.jobs_of(film_id))[0].id)
        seen = (await client.until("job.succeeded"))["seq"]
    await house.perform_film(film_id)
    async with house.socket(f"production_id={film_id}&after={seen}") as client:
        frames = [await client.next()]
        assert (frames[0]["type"], frames[0]["seq"]) == ("hello", seen)
        while not (frames[-1]["type"] == "production.updated" and frames[-1]["data"]["status"] == "succeeded"):
            frames.append(await client.next())
    async with house.house.history.read() as tx:
        kept = await tx.events_after(seen, space="local", production_ids=(film_id,))
    assert [(frame["seq"], frame["type"]) for frame in frames[1:]] == [(event.seq, event.type) for event in kept]


async def test_a_replay_goes_over_into_what_is_live_without_gap_or_repetition(house: Theatre) -> None:
    jobs = [await house.ordered("/generate_video", {**CLIP, "project": "north"}) for _ in range(4)]
    performing = asyncio.create_task(house.perform(jobs[0]))
    async with house.socket("project=north&after=0") as client:
        for job_id in jobs[1:]:
            await house.perform(job_id)
        await performing
        frames = [await client.next()]
        while sum(frame["type"] in TERMINAL for frame in frames) < len(jobs):
            frames.append(await client.next())
    assert [frame["seq"] for frame in frames[1:]] == list(range(1, 13))


async def test_a_long_absence_is_replayed_over_several_pages(house: Theatre) -> None:
    job = await _ordered_job(house)
    for _ in range(3):
        async with house.house.history.write() as tx:
            for _ in range(400):
                tx.tell("job.started", job)
    async with house.socket(f"job_id={job.id}&after=1") as client:
        frames = await client.take(1201)
    assert [frame["seq"] for frame in frames[1:]] == list(range(2, 1202))


async def _ordered_job(house: Theatre) -> Job:
    job_id = await house.ordered("/generate_video", CLIP)
    async with house.house.history.read() as tx:
        job = await tx.job(job_id)
    assert job is not None
    return job


@pytest.mark.parametrize("after", [0, 10_000])
async def test_an_after_that_is_not_kept_is_reset_and_told_anew(house: Theatre, after: int) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    await house.perform(job_id)
    async with house.house.history.write() as tx:
        await tx.connection.exec_driver_sql("DELETE FROM events WHERE seq < 3")
    async with house.socket(f"job_id={job_id}&after={after}") as client:
        hello, reset, snapshot = await client.take(3)
    assert [frame["type"] for frame in (hello, reset, snapshot)] == ["hello", "reset", "snapshot"]
    assert snapshot["data"]["jobs"][0]["status"] == "succeeded"


async def test_progress_repeats_the_last_seq_and_never_goes_down(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    async with house.socket(f"job_id={job_id}") as client:
        (order,) = await house.start(job_id)
        begun = await client.until("job.started")
        told = []
        for fraction in (0.2, 0.1, 0.5, None, 1.0):
            house.progress(order, fraction)
            frame = await client.next()
            assert (frame["type"], frame["seq"]) == ("job.progress", begun["seq"])
            assert frame["data"]["status"] == "running"
            job = await (await house.get(f"/jobs/{job_id}")).json()
            assert job["progress"] == frame["data"]["progress"]
            told.append(frame["data"]["progress"]["fraction"])
    assert told == sorted(told)
    assert told[0] == 0.2
    assert told[-1] < 1.0


async def test_progress_that_nobody_took_in_time_is_replaced_by_the_newest(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    async with house.socket(f"job_id={job_id}") as client:
        (order,) = await house.start(job_id)
        await client.until("job.started")
        house.progress(order, 0.01)
        await client.until("job.progress")
        for step in range(2, 60):
            house.progress(order, step / 100)
        assert (await client.next())["data"]["progress"]["fraction"] == 0.59
        house.progress(order, 0.6)
        await house.applier.apply([ended(order)])
        assert (await client.until(*TERMINAL))["type"] == "job.succeeded"
        house.progress(order, 0.7)
        await client.say("ping")
        assert (await client.next())["type"] == "pong"


async def test_a_start_that_is_heard_after_the_wish_to_cancel_does_not_hide_it(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    async with house.socket(f"job_id={job_id}") as client:
        (order,) = await house.start(job_id)
        house.executions.records[order.id] = Execution(order_id=OrderId(order.id), owner="a worker")
        begun = (await client.until("job.started"))["data"]
        house.progress(order, 0.2)
        await client.until("job.progress")
        await house.post(f"/jobs/{job_id}/cancel")
        house.house.live.hear(EventRow(seq=0, space="local", type="job.started", data=begun, at=0.0, job_id=job_id))
        house.progress(order, 0.3)
        assert (await client.until("job.progress"))["data"]["status"] == "canceling"


async def test_a_new_gateway_goes_on_where_the_time_so_far_suggests(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    await house.start(job_id)
    (order,) = await house.orders(job_id)
    assert order.started_at is not None
    at, heard = order.started_at + order.body["typical_s"] / 2, asyncio.Event()
    anew = Live(house.house.history, now=lambda: at)
    anew.watch(lambda _: heard.set())
    await anew.resume()
    running = asyncio.create_task(anew.run())
    async with asyncio.timeout(PATIENCE_S):
        await heard.wait()
    running.cancel()
    told = anew.of_job(job_id)
    assert told is not None
    assert 0.5 < told.fraction < 0.95


async def test_progress_of_a_job_that_is_being_canceled_says_so(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    async with house.socket(f"job_id={job_id}") as client:
        (order,) = await house.start(job_id)
        house.executions.records[order.id] = Execution(order_id=OrderId(order.id), owner="a worker")
        house.progress(order, 0.2)
        assert (await client.until("job.progress"))["data"]["status"] == "running"
        await house.post(f"/jobs/{job_id}/cancel")
        house.progress(order, 0.3)
        assert (await client.until("job.progress"))["data"]["status"] == "canceling"


async def test_a_failure_is_told_in_the_one_error_body(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    async with house.socket(f"job_id={job_id}") as client:
        await house.perform(job_id, failed())
        error = (await client.until("job.failed"))["data"]["error"]
        assert (error["error_code"], error["status"], error["job_id"]) == ("PROVIDER_ERROR", 500, job_id)


async def test_following_and_leaving_by_frame(house: Theatre) -> None:
    first, second = [await house.ordered("/generate_video", CLIP) for _ in range(2)]
    async with house.socket() as client:
        assert (await client.next())["type"] == "hello"
        await client.say("subscribe", job_id=first)
        assert (await client.next())["data"]["jobs"][0]["job_id"] == first
        await client.socket.send_str(json.dumps({"type": "subscribe", "job_id": second}))
        assert (await client.next())["data"]["jobs"][0]["job_id"] == second
        await client.say("unsubscribe", job_id=first)
        await client.say("ping")
        assert (await client.next())["type"] == "pong"
        await house.perform(first)
        await house.perform(second)
        assert {(await client.next())["data"]["job_id"] for _ in range(2)} == {second}


async def test_subscriptions_under_way_keep_the_order_of_seq(house: Theatre) -> None:
    jobs = [await house.ordered("/generate_video", CLIP) for _ in range(8)]
    async with house.socket() as client:
        performing = asyncio.create_task(_one_after_the_other(house, jobs))
        for job_id in jobs:
            await client.say("subscribe", job_id=job_id)
        frames = [await client.next()]
        while sum(_is_over(frame, jobs[-1]) for frame in frames) == 0:
            frames.append(await client.next())
        await performing
    seqs = [frame["seq"] for frame in frames]
    assert seqs == sorted(seqs)
    for job_id in jobs:
        assert any(_is_over(frame, job_id) for frame in frames), "neither told nor in a snapshot"


async def _one_after_the_other(house: Theatre, jobs: list[str]) -> None:
    for job_id in jobs:
        await house.perform(job_id)


def _is_over(frame: dict[str, Any], job_id: str) -> bool:
    told = frame["data"].get("jobs", []) if frame["type"] == "snapshot" else [frame["data"]]
    return any(job.get("job_id") == job_id and job.get("status") == "succeeded" for job in told)


async def test_a_job_is_canceled_by_frame(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    async with house.socket(f"job_id={job_id}") as client:
        await client.until("snapshot")
        await client.say("cancel", job_id=job_id)
        assert (await client.next())["type"] == "job.canceled"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "INVALID_REQUEST"),
        ("[]", "INVALID_REQUEST"),
        ('{"type": 7}', "INVALID_REQUEST"),
        ('{"type": "sing"}', "INVALID_REQUEST"),
        ('{"type": "subscribe"}', "INVALID_REQUEST"),
        ('{"type": "subscribe", "data": {"job_id": "seven"}}', "INVALID_REQUEST"),
        ('{"type": "subscribe", "data": {"project": 7}}', "INVALID_REQUEST"),
        ('{"type": "cancel", "data": {}}', "INVALID_REQUEST"),
        ('{"type": "cancel", "data": {"job_id": "00000000-0000-4000-8000-00000000dead"}}', "NOT_FOUND"),
        ("[" * 60_000, "INVALID_REQUEST"),
        (b"\x00\x01", "INVALID_REQUEST"),
    ],
)
async def test_nonsense_is_answered_and_the_connection_stays(house: Theatre, frame: str | bytes, code: str) -> None:
    async with house.socket() as client:
        await client.next()
        await (client.socket.send_bytes(frame) if isinstance(frame, bytes) else client.socket.send_str(frame))
        told = await client.next()
        assert (told["type"], told["data"]["error_code"]) == ("error", code)
        await client.say("ping")
        assert (await client.next())["type"] == "pong"


async def test_what_is_not_there_is_told_and_the_rest_is_followed(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    async with house.socket(f"job_id={job_id}&job_id={an_id()}&production_id={an_id()}") as client:
        frames = await client.take(4)
        assert [frame["type"] for frame in frames] == ["hello", "snapshot", "error", "error"]
        await house.perform(job_id)
        assert (await client.next())["type"] == "job.started"


async def test_a_frame_over_64_kib_closes_with_1009(house: Theatre) -> None:
    async with house.socket() as client:
        await client.next()
        await client.socket.send_str("x" * ((64 << 10) + 1))
        assert (await client.socket.receive(timeout=PATIENCE_S)).type is WSMsgType.CLOSE
        assert client.socket.close_code == 1009


@pytest.mark.parametrize("query", ["job_id=seven", "after=-1", "after=x", "after=1e9", "jobid=1"])
async def test_a_query_that_makes_no_sense_is_refused_before_the_socket_opens(house: Theatre, query: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        async with house.socket(query):
            pass
    assert refusal.value.status == 400


async def test_a_plain_get_is_told_to_open_a_socket(house: Theatre) -> None:
    answer = await house.get("/ws")
    assert (answer.status, "ws://" in (await answer.json())["message"]) == (400, True)


async def test_who_does_not_read_is_closed_with_1013_and_resumes_without_loss(narrow_house: Theatre) -> None:
    job = await _ordered_job(narrow_house)
    job_id = job.id
    async with narrow_house.socket(f"job_id={job_id}") as client:
        seen = (await client.until("snapshot"))["seq"]
        (served,) = narrow_house.house.hub.clients
        client.socket._response.connection.transport.pause_reading()  # type: ignore[union-attr]
        async with asyncio.timeout(PATIENCE_S):
            while not served.too_slow:
                await _tell_at_length(narrow_house, job)
        client.socket._response.connection.transport.resume_reading()  # type: ignore[union-attr]
        seqs = [seen, *[frame["seq"] async for frame in _until_closed(client)]]
        assert client.socket.close_code == 1013
    assert seqs == list(range(seen, seqs[-1] + 1))
    async with narrow_house.socket(f"job_id={job_id}&after={seqs[-1]}") as client:
        assert (await client.take(2))[1]["seq"] == seqs[-1] + 1


async def _until_closed(client: Listener) -> AsyncIterator[dict[str, Any]]:
    async for message in client.socket:
        yield json.loads(message.data)


async def test_one_slow_client_holds_up_nobody(narrow_house: Theatre) -> None:
    job = await _ordered_job(narrow_house)
    async with narrow_house.socket(f"job_id={job.id}") as slow:
        await slow.until("snapshot")
        (served,) = narrow_house.house.hub.clients
        slow.socket._response.connection.transport.pause_reading()  # type: ignore[union-attr]
        async with narrow_house.socket(f"job_id={job.id}") as quick:
            seen = (await quick.until("snapshot"))["seq"]
            while not served.too_slow:
                await _tell_at_length(narrow_house, job)
                assert [frame["seq"] for frame in await quick.take(20)] == list(range(seen + 1, seen + 21))
                seen += 20
        slow.socket._response.connection.transport.resume_reading()  # type: ignore[union-attr]


async def _tell_at_length(house: Theatre, job: Job) -> None:
    """Twenty events of 200 KB."""
    async with house.house.history.write() as tx:
        for _ in range(20):
            tx.tell("job.started", job, {"job_id": job.id, "status": "running", "ballast": "x" * 200_000})
    await house.caught_up()


async def test_a_peer_that_answers_no_ping_is_closed(tmp_path: Path, database: str) -> None:
    async with (
        theatre(tmp_path, database, sockets=SocketBounds(heartbeat_s=0.1)) as house,
        house.socket() as alive,
        house.socket(autoping=False) as dead,
    ):
        await asyncio.gather(alive.next(), dead.next())
        answering = asyncio.create_task(alive.next())
        assert [message.type async for message in dead.socket] == [WSMsgType.PING]
        await alive.say("ping")
        assert (await answering)["type"] == "pong"


async def test_nothing_is_kept_of_a_client_that_left(house: Theatre) -> None:
    job_id = (await _ordered_job(house)).id
    async with house.socket(f"job_id={job_id}") as client:
        await client.until("snapshot")
        assert len(house.house.hub.clients) == 1
    async with asyncio.timeout(PATIENCE_S):
        while house.house.hub.clients:
            await asyncio.sleep(0)
    assert not house.house.hub._followers


async def test_a_gateway_that_goes_says_so(house: Theatre) -> None:
    async with house.socket() as client:
        await client.next()
        closing = asyncio.create_task(house.house.hub.close())
        assert (await client.socket.receive(timeout=PATIENCE_S)).type is WSMsgType.CLOSE
        assert client.socket.close_code == 1001
        await closing
