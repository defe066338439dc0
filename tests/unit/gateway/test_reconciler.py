"""Nothing hangs for ever, and nothing dear is sent again by guessing."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from gateway.direction import stop_job
from gateway.handlers import Applier
from gateway.history import line as waiting_line
from gateway.history.records import Job, NewJob, OrderRow
from gateway.history.store import History
from gateway.reconciler import Reconciler
from shared.contracts.base import OrderId
from shared.contracts.order import Succeeded
from shared.executions import Execution
from tests.factories import NOON, a_new_job, started, succeeded
from tests.fakes import RecordedExecutions, RecordingBus, SteppingClock, order_part

GRACE_S = 25.0


@pytest.fixture
def reconciler(history: History, line: RecordingBus, executions: RecordedExecutions, applier: Applier) -> Reconciler:
    return Reconciler(history=history, messages=line, executions=executions, apply=applier.apply, grace_s=GRACE_S)


async def out(history: History, line: RecordingBus, new: NewJob, *, message: bool = False) -> OrderRow:
    """Release the only order of a job; its message is in the stream or has vanished."""
    async with history.write() as tx:
        await tx.insert_job(new)
        await tx.reserve(*new.orders)
        (order,) = await waiting_line.release(tx, [new.orders[0].id])
    if message:
        line.waiting.add(order.id)
    return order


def record(order: OrderRow, **columns: Any) -> Execution:
    return Execution(order_id=OrderId(order.id), **columns)


async def job_of(history: History, new: NewJob) -> Job:
    async with history.read() as tx:
        job = await tx.job(new.job.id)
    assert job is not None
    return job


async def test_an_end_nobody_told_is_applied(
    reconciler: Reconciler, history: History, line: RecordingBus, executions: RecordedExecutions, clock: SteppingClock
) -> None:
    new = a_new_job()
    order = await out(history, line, new)
    executions.records[order.id] = record(order, outcome=succeeded(order))
    clock.pass_s(GRACE_S + 1)
    await reconciler.reconcile()
    assert (await job_of(history, new)).status == "succeeded"
    assert line.published == []


async def test_a_young_order_is_left_alone(reconciler: Reconciler, history: History, line: RecordingBus) -> None:
    await out(history, line, a_new_job())
    await reconciler.reconcile()
    assert line.published == []


async def test_an_order_that_vanished_goes_out_again_under_a_new_number(
    reconciler: Reconciler, history: History, line: RecordingBus, clock: SteppingClock
) -> None:
    order = await out(history, line, a_new_job())
    clock.pass_s(GRACE_S + 1)
    await reconciler.reconcile()
    assert [(published.order_id, published.release) for published in line.published] == [(order.id, 2)]
    line.waiting.clear()
    await reconciler.reconcile()
    assert len(line.published) == 1, "its new release is young"


async def test_an_order_whose_message_waits_stays_where_it_is(
    reconciler: Reconciler, history: History, line: RecordingBus, clock: SteppingClock
) -> None:
    await out(history, line, a_new_job(), message=True)
    clock.pass_s(10_000)
    await reconciler.reconcile()
    assert line.published == []


@pytest.mark.parametrize(("lease_left_s", "again"), [(60, 0), (-1, 1)])
async def test_a_record_whose_worker_is_gone_is_given_to_the_next(
    *,
    reconciler: Reconciler,
    history: History,
    line: RecordingBus,
    executions: RecordedExecutions,
    clock: SteppingClock,
    lease_left_s: float,
    again: int,
) -> None:
    order = await out(history, line, a_new_job(price_usd=Decimal(3)))
    clock.pass_s(GRACE_S + 1)
    until = datetime.fromtimestamp(clock.at + lease_left_s, UTC)
    executions.records[order.id] = record(order, owner="worker", lease_until=until)
    await reconciler.reconcile()
    assert len(line.published) == again


@pytest.mark.parametrize(("price", "status"), [("3.20", "failed"), ("0.002", "running")])
async def test_a_begun_order_without_a_trace_is_sent_again_only_if_it_is_cheap(
    *,
    reconciler: Reconciler,
    history: History,
    line: RecordingBus,
    applier: Applier,
    clock: SteppingClock,
    price: str,
    status: str,
) -> None:
    new = a_new_job(provider="replicate", price_usd=Decimal(price))
    order = await out(history, line, new)
    await applier.apply([started(order, at=NOON)])
    clock.pass_s(GRACE_S + 1)
    await reconciler.reconcile()
    job = await job_of(history, new)
    assert job.status == status
    assert len(line.published) == (status == "running")
    assert job.error is None or job.error["code"] == "SUBMISSION_UNCERTAIN"


async def test_a_cancel_that_reached_nobody_is_repeated_and_closes_what_no_worker_has(
    reconciler: Reconciler, history: History, line: RecordingBus, executions: RecordedExecutions
) -> None:
    new = a_new_job()
    order = await out(history, line, new, message=True)
    async with history.write() as tx:
        await stop_job(tx, new.job, order_part=order_part)
    await reconciler.reconcile()
    assert line.wishes == [order.id]
    assert (await job_of(history, new)).status == "canceled"
    closed = executions.records[order.id].outcome
    assert closed is not None
    assert closed.status == "canceled"


async def test_a_cancel_loses_against_an_outcome(
    reconciler: Reconciler, history: History, line: RecordingBus, executions: RecordedExecutions
) -> None:
    new = a_new_job()
    order = await out(history, line, new)
    async with history.write() as tx:
        await stop_job(tx, new.job, order_part=order_part)
    executions.records[order.id] = record(order, outcome=succeeded(order))
    await reconciler.reconcile()
    assert (await job_of(history, new)).status == "succeeded"


async def test_an_order_a_worker_is_at_keeps_its_wish(
    reconciler: Reconciler, history: History, line: RecordingBus, executions: RecordedExecutions, clock: SteppingClock
) -> None:
    new = a_new_job()
    order = await out(history, line, new, message=True)
    until = datetime.fromtimestamp(clock.at + 60, UTC)
    executions.records[order.id] = record(order, owner="worker", lease_until=until)
    async with history.write() as tx:
        await stop_job(tx, new.job, order_part=order_part)
    await reconciler.reconcile()
    await reconciler.reconcile()
    assert line.wishes == [order.id, order.id]
    assert (await job_of(history, new)).status == "canceling"


@pytest.mark.parametrize(("lease_left_s", "again"), [(60, 0), (-1, 1)])
async def test_a_canceled_order_whose_message_vanished_goes_out_to_be_canceled(
    *,
    reconciler: Reconciler,
    history: History,
    line: RecordingBus,
    executions: RecordedExecutions,
    clock: SteppingClock,
    lease_left_s: float,
    again: int,
) -> None:
    """Its worker died; only the next one can cancel what was bought at the provider, and say what that costs."""
    new = a_new_job(price_usd=Decimal(3))
    order = await out(history, line, new)
    clock.pass_s(GRACE_S + 1)
    until = datetime.fromtimestamp(clock.at + lease_left_s, UTC)
    executions.records[order.id] = record(order, owner="worker", lease_until=until)
    async with history.write() as tx:
        await stop_job(tx, new.job, order_part=order_part)
    await reconciler.reconcile()
    assert line.wishes == [order.id]
    assert len(line.published) == again


async def test_a_waiting_order_nobody_wants_any_more_ends(
    reconciler: Reconciler, history: History, line: RecordingBus
) -> None:
    new = a_new_job()
    async with history.write() as tx:
        await tx.insert_job(new)
        await tx.update_order(new.orders[0].id, cancel_wished=True)
    await reconciler.reconcile()
    assert (await job_of(history, new)).status == "canceled"


async def test_what_the_worker_bought_is_booked_although_nobody_told(
    reconciler: Reconciler, history: History, line: RecordingBus, executions: RecordedExecutions, clock: SteppingClock
) -> None:
    new = a_new_job(provider="replicate", price_usd=Decimal(2))
    order = await out(history, line, new)
    outcome = Succeeded(result=succeeded(order).result, cost_usd=Decimal("1.90"))
    executions.records[order.id] = record(order, outcome=outcome)
    clock.pass_s(GRACE_S + 1)
    await reconciler.reconcile()
    assert (await job_of(history, new)).actual_usd == Decimal("1.90")
