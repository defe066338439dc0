"""What an event does to its order and job, once per order, whatever comes twice or late."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway.history import line
from gateway.history.affected import Affected
from gateway.history.records import Asset, EventType, OrderRow
from gateway.history.store import Transaction
from gateway.results import OUTCOME, ending_of
from shared.contracts.base import ErrorCode
from shared.contracts.order import Ended, Event, Outcome, Started, Succeeded, Throttled
from shared.logs import logger

HOLDS_ACCOUNT = frozenset({ErrorCode.RATE_LIMITED, ErrorCode.QUOTA_EXCEEDED})

ASSET_KIND: Mapping[str, str] = {
    "create_scenes": "scenes",
    "generate_character_reference": "image",
    "generate_video": "clip",
    "stitch_videos": "cut",
}

TOLD_AT_THE_END: Mapping[str, EventType] = {
    "succeeded": "job.succeeded",
    "partial": "job.partial",
    "failed": "job.failed",
    "canceled": "job.canceled",
}


async def settle(tx: Transaction, events: Sequence[Event]) -> set[str]:
    """Apply `events` in their order; the ids of the productions that now stand differently."""
    rows = await Affected.by(tx, {event.order_id for event in events})
    moved: set[str] = set()
    for event in events:
        order = rows.orders.get(event.order_id)
        if order is None:
            logger(__name__).info("event_of_no_order", order=event.order_id, name=event.name)
        elif HANDLERS[event.name](rows, order, event) and order.production_id:
            moved.add(order.production_id)
    await rows.write()
    await _write_scenes(tx, rows, events)
    await _hold_accounts(tx, rows, events)
    return moved


def start(rows: Affected, order: OrderRow, event: Started) -> bool:
    """A worker has the order. True when its job starts by that."""
    if order.status != "released" or event.release != order.release or order.started:
        return False
    at = event.at.timestamp()
    rows.change_order(order, started=True, started_at=at)
    job = rows.jobs[order.job_id]
    if job.status != "queued":
        return False
    rows.tx.tell("job.started", rows.change_job(job, status="running", started_at=at))
    return True


def postpone(rows: Affected, order: OrderRow, event: Throttled) -> bool:
    """Nothing was bought: the order waits again, and is released anew when the time has come."""
    if order.status == "released" and event.release == order.release:
        rows.change_order(order, status="waiting", started=False, not_before=event.at.timestamp() + event.retry_after_s)
    return False


def end(rows: Affected, order: OrderRow, event: Ended) -> bool:
    """The order is over, once, whatever its release. True when its job is over by that."""
    if order.status == "ended":
        return False
    at = event.at.timestamp()
    order = rows.change_order(order, status="ended", outcome=event.outcome.model_dump(mode="json"), ended_at=at)
    rows.settle_account(order, event.outcome.cost_usd)
    rows.add_assets(*_made(rows, order, event.outcome, at=at))
    return _advance_job(rows, order)


HANDLERS: Mapping[str, Callable[[Affected, OrderRow, Any], bool]] = {
    "started": start,
    "throttled": postpone,
    "ended": end,
}


def _advance_job(rows: Affected, order: OrderRow) -> bool:
    job, siblings = rows.jobs[order.job_id], rows.siblings(order)
    if job.is_terminal:
        return False
    ended = [sibling for sibling in siblings if sibling.status == "ended"]
    if len(ended) < len(siblings):
        rows.change_job(job, done=len(ended))
        return False
    ending = ending_of([OUTCOME.validate_python(sibling.outcome) for sibling in siblings])
    job = rows.change_job(
        job,
        status=ending.status,
        result=ending.result,
        error=ending.error,
        actual_usd=ending.actual_usd,
        done=len(ended),
        completed_at=max(sibling.ended_at or job.created_at for sibling in siblings),
    )
    rows.tx.tell(TOLD_AT_THE_END[job.status], job)
    return True


def _made(rows: Affected, order: OrderRow, outcome: Outcome, *, at: float) -> list[Asset]:
    """A row for every file that the order stored."""
    if not isinstance(outcome, Succeeded):
        return []
    return [
        Asset(
            id=stored.asset_id,
            space=order.space,
            kind=ASSET_KIND[order.kind],
            key=stored.key,
            media_type=stored.media_type,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
            created_at=at,
            facts=stored.facts.model_dump(mode="json"),
            job_id=order.job_id,
            production_id=order.production_id,
            project=rows.jobs[order.job_id].project,
        )
        for stored in outcome.result.stored
    ]


async def _write_scenes(tx: Transaction, rows: Affected, events: Sequence[Event]) -> None:
    """The scenes of a production, the first time that they are there."""
    for event in events:
        if not isinstance(event, Ended) or not isinstance(event.outcome, Succeeded):
            continue
        order, result = rows.orders.get(event.order_id), event.outcome.result
        if order is None or order.production_id is None or result.kind != "create_scenes":
            continue
        if not await tx.scenes_of(order.production_id):
            await tx.put_scenes(order.production_id, result.scenes)


async def _hold_accounts(tx: Transaction, rows: Affected, events: Sequence[Event]) -> None:
    """A provider that said "not now" is asked for nothing by the whole account until then."""
    for event in events:
        if isinstance(event, Throttled) and event.fault.code in HOLDS_ACCOUNT and event.order_id in rows.orders:
            name, until = rows.orders[event.order_id].account, event.at.timestamp() + event.retry_after_s
            await line.hold_account(tx, name, until)
