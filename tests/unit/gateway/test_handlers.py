"""Events enter the history once per order, whatever comes twice, late, or breaks our own code."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import exc, text
from structlog.testing import capture_logs

from gateway.direction import direct, stop_job, stop_production
from gateway.handlers import Applier
from gateway.history import line as waiting_line
from gateway.history.database import Database
from gateway.history.records import Job, NewJob, OrderRow, Production
from gateway.history.store import History
from gateway.results import JobResult
from gateway.storyboard import Want
from shared.contracts.base import ErrorCode
from shared.contracts.order import Canceled, Event, Uncertain
from shared.errors import PermanentError
from shared.executions import Execution
from shared.inbox import Delivery
from tests.factories import (
    NOON,
    a_fault,
    a_new_job,
    a_production,
    an_id,
    ended,
    failed,
    started,
    succeeded,
    throttled,
)
from tests.fakes import RecordedDelivery, RecordedExecutions, RecordingBus, SteppingClock, order_part
from tests.unit.gateway.conftest import two_scenes


async def released(history: History, new: NewJob) -> NewJob:
    """Accept a job and release its orders."""
    async with history.write() as tx:
        await tx.insert_job(new)
        await tx.reserve(*new.orders)
        tx.tell("job.queued", new.job)
        await waiting_line.release(tx, [order.id for order in new.orders])
    return new


async def begun(history: History, film: Production) -> Production:
    """Accept a production: its first jobs are in the same commit."""
    async with history.write() as tx:
        await tx.insert_production(film)
        await direct(tx, film.id, order_part=order_part)
    return film


async def job_of(history: History, job_id: str) -> Job:
    async with history.read() as tx:
        job = await tx.job(job_id)
    assert job is not None
    return job


async def film_of(history: History, film: Production) -> Production:
    async with history.read() as tx:
        found = await tx.production(film.id)
    assert found is not None
    return found


async def told(history: History, after: int = 0) -> list[str]:
    async with history.read() as tx:
        return [event.type for event in await tx.events_after(after, space="local")]


async def unfinished(history: History, film: Production) -> list[OrderRow]:
    async with history.read() as tx:
        jobs = await tx.jobs_of(film.id)
        orders = [order for job in jobs for order in await tx.orders_of(job.id)]
    return [order for order in orders if order.status != "ended"]


async def test_a_job_starts_and_ends_with_its_order(history: History, applier: Applier) -> None:
    new = await released(history, a_new_job())
    (order,) = new.orders
    await applier.apply([started(order, at=NOON + 1)])
    running = await job_of(history, new.job.id)
    assert (running.status, running.started_at) == ("running", NOON + 1)
    await applier.apply([ended(order, at=NOON + 9)])
    job = await job_of(history, new.job.id)
    assert (job.status, job.done, job.completed_at) == ("succeeded", 1, NOON + 9)
    assert JobResult.model_validate(job.result).made == (succeeded(order).result,)
    assert await told(history) == ["job.queued", "job.started", "job.succeeded"]


async def test_every_stored_file_has_its_row(history: History, applier: Applier) -> None:
    new = await released(history, a_new_job("create_scenes", project="sea"))
    await applier.apply([ended(new.orders[0])])
    async with history.read() as tx:
        assets = await tx.assets_of(new.job.id)
    folder = new.orders[0].body["command"]["output_dir"]
    assert {asset.key for asset in assets} == {f"scenes/{folder}/scenes.json", f"scenes/{folder}/scenes.md"}
    assert {(asset.kind, asset.project) for asset in assets} == {("scenes", "sea")}


async def test_an_order_ends_once_whatever_its_release(history: History, applier: Applier) -> None:
    new = await released(history, a_new_job(price_usd=Decimal("1.60")))
    (order,) = new.orders
    bought = succeeded(order, cost_usd=Decimal("1.60"))
    with capture_logs() as logs:
        await applier.apply([ended(order, bought, release=1), ended(order, bought, release=2)])
        await applier.apply([ended(order, failed(), release=3)])
    assert logs == []
    job = await job_of(history, new.job.id)
    assert (job.status, job.actual_usd) == ("succeeded", Decimal("1.60"))
    assert (await told(history)).count("job.succeeded") == 1


async def test_a_job_waits_for_all_of_its_orders(history: History, applier: Applier) -> None:
    new = await released(history, a_new_job("generate_character_reference", orders=4))
    await applier.apply([ended(order) for order in new.orders[:3]])
    assert (await job_of(history, new.job.id)).done == 3
    await applier.apply([ended(new.orders[3], failed(ErrorCode.RATE_LIMITED))])
    job = await job_of(history, new.job.id)
    result = JobResult.model_validate(job.result)
    assert (job.status, job.error) == ("partial", None)
    assert [made.stored[0].key for made in result.made] == [
        f"character_reference/{order.body['command']['image_id']}.png" for order in new.orders[:3]
    ]
    assert [(missed.index, missed.fault.code) for missed in result.missed] == [(3, ErrorCode.RATE_LIMITED)]


async def test_a_job_without_any_result_fails_with_the_first_fault(history: History, applier: Applier) -> None:
    new = await released(history, a_new_job("generate_character_reference", orders=2))
    codes = (ErrorCode.CONTENT_POLICY_VIOLATION, ErrorCode.RATE_LIMITED)
    await applier.apply([ended(order, failed(code)) for order, code in zip(new.orders, codes, strict=True)])
    job = await job_of(history, new.job.id)
    assert job.status == "failed"
    assert job.error is not None
    assert job.error["code"] == "CONTENT_POLICY_VIOLATION"


async def test_an_uncertain_order_fails_its_job_and_keeps_its_reservation_from_being_spent(
    history: History, applier: Applier
) -> None:
    new = await released(history, a_new_job(price_usd=Decimal(1)))
    await applier.apply([ended(new.orders[0], Uncertain(fault=a_fault(ErrorCode.SUBMISSION_UNCERTAIN)))])
    job = await job_of(history, new.job.id)
    assert job.error is not None
    assert (job.status, job.error["code"]) == ("failed", "SUBMISSION_UNCERTAIN")


async def test_a_throttled_order_waits_again_and_holds_its_account(
    history: History, applier: Applier, clock: SteppingClock
) -> None:
    new = await released(history, a_new_job(account="replicate"))
    (order,) = new.orders
    await applier.apply([started(order), throttled(order, retry_after_s=30, at=NOON + 1)])
    async with history.read() as tx:
        row = await tx.order(order.id)
        assert row is not None
        assert (row.status, row.not_before, row.started) == ("waiting", NOON + 31, False)
        assert await waiting_line.held_accounts(tx) == {"replicate": NOON + 31}
    clock.pass_s(31)
    async with history.read() as tx:
        assert await waiting_line.held_accounts(tx) == {}


async def test_a_small_trouble_of_one_order_holds_nobody_else(history: History, applier: Applier) -> None:
    new = await released(history, a_new_job(account="replicate"))
    await applier.apply([throttled(new.orders[0], code=ErrorCode.PROVIDER_ERROR)])
    async with history.read() as tx:
        assert await waiting_line.held_accounts(tx) == {}


async def test_a_longer_hold_is_not_shortened(history: History, applier: Applier) -> None:
    new = await released(history, a_new_job(orders=2, account="replicate"))
    await applier.apply([throttled(new.orders[0], retry_after_s=60)])
    await applier.apply([throttled(new.orders[1], retry_after_s=5)])
    async with history.read() as tx:
        assert await waiting_line.held_accounts(tx) == {"replicate": NOON + 61}


async def test_late_news_of_an_earlier_release_changes_nothing(history: History, applier: Applier) -> None:
    new = await released(history, a_new_job())
    (order,) = new.orders
    await applier.apply([throttled(order, release=1)])
    async with history.write() as tx:
        await waiting_line.release(tx, [order.id])
    await applier.apply([throttled(order, release=1), started(order, release=1)])
    async with history.read() as tx:
        row = await tx.order(order.id)
    assert row is not None
    assert (row.status, row.release, row.started) == ("released", 2, False)


async def test_news_of_a_deleted_job_is_passed_over(history: History, applier: Applier) -> None:
    new = a_new_job()
    await applier.apply([started(new.orders[0]), ended(new.orders[0])])
    assert await told(history) == []


async def test_a_canceled_order_keeps_what_its_siblings_made(history: History, applier: Applier) -> None:
    new = await released(history, a_new_job("generate_character_reference", orders=2))
    await applier.apply([ended(new.orders[0]), ended(new.orders[1], Canceled())])
    job = await job_of(history, new.job.id)
    assert job.status == "canceled"
    assert len(JobResult.model_validate(job.result).made) == 1


async def test_scenes_that_were_too_many_to_travel_are_read_from_their_file(history: History, applier: Applier) -> None:
    film = await begun(history, a_production())
    scenes = next(order for order in await unfinished(history, film) if order.kind == "create_scenes")
    whole = succeeded(scenes)
    await applier.apply(
        [ended(scenes, whole.model_copy(update={"result": whole.result.model_copy(update={"scenes": ()})}))]
    )
    async with history.read() as tx:
        assert len(await tx.scenes_of(film.id)) == 2


async def test_a_scenes_file_that_is_gone_fails_the_job_with_a_reason(
    history: History, line: RecordingBus, executions: RecordedExecutions
) -> None:
    async def gone(_file: object) -> Any:
        raise FileNotFoundError

    applier = Applier(history, order_part=order_part, read_scenes=gone, wishes=line, records=executions)
    new = await released(history, a_new_job("create_scenes"))
    whole = succeeded(new.orders[0])
    empty = whole.model_copy(update={"result": whole.result.model_copy(update={"scenes": ()})})
    await applier.apply([ended(new.orders[0], empty)])
    job = await job_of(history, new.job.id)
    assert job.error is not None
    assert job.error["code"] == "PROVIDER_BAD_OUTPUT"


async def test_a_production_goes_from_idea_to_cut(history: History, applier: Applier) -> None:
    film = await begun(history, a_production(scenes=3))
    while orders := await unfinished(history, film):
        await applier.apply([ended(orders[0], at=NOON + 5)])
    done = await film_of(history, film)
    assert (done.status, done.stage) == ("succeeded", "done")
    async with history.read() as tx:
        jobs = {job.part: job for job in await tx.jobs_of(film.id)}
        scenes = await tx.scenes_of(film.id)
    shots = [f"{part}/{number}" for part in ("clip", "conform") for number in (1, 2, 3)]
    assert set(jobs) == {"scenes", "character", *shots, "cut"}
    assert [scene.clip_job_id for scene in scenes] == [jobs[f"clip/{number}"].id for number in (1, 2, 3)]
    cut = JobResult.model_validate(jobs["cut"].result).made[0]
    assert done.final_video_id == cut.stored[0].asset_id


async def test_a_part_that_cannot_be_ordered_fails_the_film_and_stops_the_rest(
    history: History, line: RecordingBus, executions: RecordedExecutions
) -> None:
    def refusing(production: Production, want: Want) -> NewJob:
        if want.part == "clip/2":
            raise PermanentError.of(ErrorCode.BUDGET_EXCEEDED, "0.40 USD too much")
        return order_part(production, want)

    applier = Applier(history, order_part=refusing, read_scenes=two_scenes, wishes=line, records=executions)
    film = await begun(history, a_production())
    await applier.apply([ended(order) for order in await unfinished(history, film)])
    over = await film_of(history, film)
    assert over.error is not None
    assert (over.status, over.error["code"]) == ("failed", "BUDGET_EXCEEDED")
    assert await unfinished(history, film) == []


async def test_a_canceled_production_ends_at_once_where_nothing_has_left(history: History) -> None:
    film = await begun(history, a_production())
    async with history.write() as tx:
        assert await stop_production(tx, film, order_part=order_part) == []
    assert (await film_of(history, film)).status == "canceled"
    assert await unfinished(history, film) == []


async def test_a_canceled_production_waits_for_what_is_with_a_worker(
    history: History, applier: Applier, line: RecordingBus, executions: RecordedExecutions
) -> None:
    film = await begun(history, a_production())
    orders = await unfinished(history, film)
    async with history.write() as tx:
        await waiting_line.release(tx, [order.id for order in orders])
    await applier.apply([started(orders[0])])
    executions.records[orders[0].id] = _at_work(orders[0])
    async with history.write() as tx:
        withdrawn = await stop_production(tx, film, order_part=order_part)
    assert (await film_of(history, film)).status == "canceling"
    await applier.withdraw(withdrawn)
    assert sorted(line.wishes) == sorted(order.id for order in orders)
    assert [order.id for order in await unfinished(history, film)] == [orders[0].id]
    await applier.apply([ended(orders[0], Canceled())])
    assert (await film_of(history, film)).status == "canceled"


async def test_a_wish_that_does_not_reach_the_bus_is_left_to_the_reconciler(
    history: History, applier: Applier, line: RecordingBus
) -> None:
    new = await released(history, a_new_job())
    line.away = True
    async with history.write() as tx:
        withdrawn = await stop_job(tx, new.job, order_part=order_part)
    await applier.withdraw(withdrawn)
    async with history.read() as tx:
        row = await tx.order(new.orders[0].id)
    assert row is not None
    assert (row.status, row.cancel_wished) == ("released", True)
    assert (await job_of(history, new.job.id)).status == "canceling"


class _Refuses:
    """A database that raises the same thing at every write."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def __aenter__(self) -> None:
        raise self.error

    async def __aexit__(self, *_: object) -> None: ...


async def test_trouble_with_the_database_is_waited_out(
    history: History, applier: Applier, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = await released(history, a_new_job())
    delivery: RecordedDelivery[Event] = RecordedDelivery(ended(new.orders[0]))
    away = exc.OperationalError("UPDATE", {}, Exception("database is locked"))
    with monkeypatch.context() as patched:
        patched.setattr(history, "write", lambda: _Refuses(away))
        await applier.attend(_deliveries(delivery))
    assert delivery.answers == ["nak 1"]
    await applier.attend(_deliveries(delivery))
    assert delivery.answers == ["nak 1", "ack"]
    assert (await job_of(history, new.job.id)).status == "succeeded"


async def test_an_event_our_code_cannot_stand_fails_its_job_alone_and_is_acked(
    history: History, applier: Applier, database: Database
) -> None:
    good, sick = await released(history, a_new_job()), await released(history, a_new_job())
    async with database.write() as connection:  # the sick order's file claims a key that another asset has
        command = sick.orders[0].body["command"]
        await connection.execute(
            text(
                "INSERT INTO assets (id, space, kind, key, media_type, size_bytes, sha256, facts, created_at) "
                "VALUES (:id, 'local', 'clip', :key, 'video/mp4', 1, 'x', '{}', 0)"
            ),
            {"id": an_id(), "key": f"videos/{command['video_id']}.mp4"},
        )
    deliveries = [RecordedDelivery[Event](ended(new.orders[0])) for new in (sick, good)]
    with capture_logs() as logs:
        await applier.attend(_deliveries(*deliveries))
    assert "events_failed_by_a_bug" in {entry["event"] for entry in logs}
    assert [delivery.answers for delivery in deliveries] == [["ack"], ["ack"]]
    assert (await job_of(history, good.job.id)).status == "succeeded"
    job = await job_of(history, sick.job.id)
    assert job.error is not None
    assert (job.status, job.error["code"]) == ("failed", "INTERNAL")


async def ledger_of(database: Database, order: OrderRow) -> dict[str, Decimal]:
    """Entry -> US dollars."""
    async with database.read() as connection:
        rows = await connection.execute(text("SELECT entry, usd FROM ledger WHERE order_id = :id"), {"id": order.id})
        return {entry: Decimal(usd) for entry, usd in rows}


@pytest.mark.parametrize(
    ("cost", "entries"),
    [
        ("1.60", {"reservation": "1.60", "actual": "1.60"}),
        ("1.20", {"reservation": "1.60", "actual": "1.20", "refund": "0.40"}),
        ("0", {"reservation": "1.60", "refund": "1.60"}),
        ("3.20", {"reservation": "1.60", "actual": "3.20"}),
    ],
)
async def test_what_is_left_of_a_reservation_is_given_back(
    history: History, applier: Applier, database: Database, cost: str, entries: dict[str, str]
) -> None:
    new = await released(history, a_new_job(provider="replicate", price_usd=Decimal("1.60")))
    await applier.apply([ended(new.orders[0], Canceled(cost_usd=Decimal(cost)))])
    assert await ledger_of(database, new.orders[0]) == {entry: Decimal(usd) for entry, usd in entries.items()}


async def test_an_order_that_our_code_cannot_stand_is_booked_all_the_same(
    history: History, line: RecordingBus, executions: RecordedExecutions, database: Database
) -> None:
    def broken(production: Production, want: Want) -> NewJob:
        raise ZeroDivisionError(want.part)

    applier = Applier(history, order_part=broken, read_scenes=two_scenes, wishes=line, records=executions)
    film = a_production()
    new = a_new_job(price_usd=Decimal("1.60"), production_id=film.id, part="character")
    async with history.write() as tx:
        await tx.insert_production(film)
    await released(history, new)
    with capture_logs():
        await applier.apply([ended(new.orders[0], succeeded(new.orders[0], cost_usd=Decimal("1.60")))])
    assert (await film_of(history, film)).status == "failed"
    booked = await ledger_of(database, new.orders[0])
    assert booked == {"reservation": Decimal("1.60"), "actual": Decimal("1.60")}


async def test_a_director_that_raises_fails_its_film_and_cancels_what_is_out(
    history: History, line: RecordingBus, executions: RecordedExecutions
) -> None:
    def broken(production: Production, want: Want) -> NewJob:
        raise ZeroDivisionError(want.part)

    applier = Applier(history, order_part=broken, read_scenes=two_scenes, wishes=line, records=executions)
    film = await begun(history, a_production())
    orders = await unfinished(history, film)
    with capture_logs():
        await applier.apply([ended(order) for order in orders])
    over = await film_of(history, film)
    assert over.error is not None
    assert (over.status, over.error["code"]) == ("failed", "INTERNAL")
    assert any(order.id in over.error["message"] for order in orders)
    assert "ZeroDivisionError" not in over.error["message"]


def _at_work(order: OrderRow) -> Any:
    return Execution(order_id=order.id, owner="worker", lease_until=datetime.fromtimestamp(NOON + 60, UTC))


def _deliveries(*recorded: RecordedDelivery[Event]) -> Sequence[Delivery[Event]]:
    return recorded  # type: ignore[return-value]  # recording stand-ins for Delivery
