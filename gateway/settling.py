"""What an event does to its order and job, once per order, whatever comes twice or late."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.history import line
from gateway.history.affected import Affected
from gateway.history.records import Asset, EventType, Job, OrderRow
from gateway.history.store import Transaction
from gateway.results import OUTCOME, ending_of
from gateway.succession import SUCCEEDED, Successor
from shared.contracts.base import FREE, ErrorCode, Fault, StoredAsset
from shared.contracts.order import Ended, Event, Outcome, Started, Succeeded, Throttled
from shared.errors import PermanentError
from shared.logs import logger

HOLDS_ACCOUNT = frozenset({ErrorCode.RATE_LIMITED, ErrorCode.QUOTA_EXCEEDED})

ASSET_KIND: Mapping[str, str] = {
    "create_scenes": "scenes",
    "generate_character_reference": "image",
    "generate_video": "clip",
    "conform_clip": "conformed",
    "stitch_videos": "cut",
}
STILLS = frozenset({"conform_clip", "stitch_videos"})
"""Orders whose pictures are stills of their video."""

TOLD_AT_THE_END: Mapping[str, EventType] = {
    "succeeded": "job.succeeded",
    "partial": "job.partial",
    "failed": "job.failed",
    "canceled": "job.canceled",
}


Follow = Callable[[Job, OrderRow, Fault], Awaitable[Successor | None]]
"""What is ordered in place of an order that ended with a fault, if anything."""


async def settle(tx: Transaction, events: Sequence[Event], *, follow: Follow | None = None) -> set[str]:
    """Apply `events` in their order; the ids of the productions that now stand differently."""
    rows = await Affected.by(tx, {event.order_id for event in events})
    moved: set[str] = set()
    for event in events:
        order = rows.orders.get(event.order_id)
        if order is None:
            logger(__name__).info("event_of_no_order", order=event.order_id, name=event.name)
            continue
        told = await _replace(rows, order, event, follow) if isinstance(event, Ended) and follow else event
        if HANDLERS[event.name](rows, order, told) and order.production_id:
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
    at, outcome = event.at.timestamp(), booked(order, event.outcome)
    order = rows.change_order(order, status="ended", outcome=outcome.model_dump(mode="json"), ended_at=at)
    rows.settle_account(order, outcome.cost_usd)
    rows.add_assets(*_made(rows, order, outcome, at=at))
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
    before = [OUTCOME.validate_python(replaced.outcome).cost_usd for replaced in rows.replaced(order)]
    job = rows.change_job(
        job,
        status=ending.status,
        result=ending.result,
        error=ending.error,
        actual_usd=sum(before, ending.actual_usd),
        done=len(ended),
        completed_at=max(sibling.ended_at or job.created_at for sibling in siblings),
    )
    rows.tx.tell(TOLD_AT_THE_END[job.status], job)
    return True


def booked(order: OrderRow, outcome: Outcome) -> Outcome:
    """The outcome with what it costs: what may have been bought counts as spent until a person knows better."""
    dear = outcome.status == "uncertain" or (outcome.status == "failed" and outcome.fault.charged)
    if not dear or outcome.cost_usd > FREE:
        return outcome
    return outcome.model_copy(update={"cost_usd": order.price_usd})


async def _replace(rows: Affected, order: OrderRow, event: Ended, follow: Follow) -> Ended:
    """Order something in place of what failed, within the caps; the event, with what is to be said of that."""
    job, outcome = rows.jobs[order.job_id], event.outcome
    if outcome.status != "failed" or outcome.fault.code not in SUCCEEDED:
        return event
    if order.status == "ended" or order.cancel_wished or job.is_terminal or job.status == "canceling":
        return event
    new = await follow(job, order, outcome.fault)
    if new is None:
        return event
    try:
        await rows.write_account()
        await rows.tx.afford(new.order, freed=order.price_usd if booked(order, outcome).cost_usd == FREE else FREE)
    except PermanentError as refused:
        said = f"{outcome.fault.message} {new.order.model} was not ordered instead: {refused}"
        fault = outcome.fault.model_copy(update={"message": said})
        return event.model_copy(update={"outcome": outcome.model_copy(update={"fault": fault})})
    rows.add_order(new.order)
    logger(__name__).info(
        "order_replaced", order=order.id, by=new.order.id, model=new.order.model, why=outcome.fault.code
    )
    reserved = job.reserved_usd - order.price_usd + new.order.price_usd
    changes = {
        "plan": new.plan,
        "warnings": [*job.warnings, *_unsaid(job.warnings, new)],
        "reserved_usd": reserved,
        "fingerprint": None,  # what comes out now is not of the model, or not of the seed, that it stands for
    }
    rows.change_job(job, **changes)
    await rows.tx.update_job(job.id, **changes)
    await _warn_film(rows.tx, job, new)
    return event


def _unsaid(said: Sequence[str], new: Successor) -> list[str]:
    return [warning for warning in new.warnings if warning not in said]


async def _warn_film(tx: Transaction, job: Job, new: Successor) -> None:
    film = await tx.production(job.production_id) if job.production_id else None
    if film is None or film.is_terminal:
        return
    told = [*film.warnings, *(f"{job.part}: {warning}" for warning in new.warnings)]
    await tx.update_production(film.id, warnings=told)
    tx.tell("production.updated", replace(film, warnings=told))


def _made(rows: Affected, order: OrderRow, outcome: Outcome, *, at: float) -> list[Asset]:
    """A row for every file that the order stored."""
    if not isinstance(outcome, Succeeded):
        return []
    return [
        Asset(
            id=stored.asset_id,
            space=order.space,
            kind=_asset_kind(order.kind, stored),
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


def _asset_kind(kind: str, stored: StoredAsset) -> str:
    if stored.key.startswith("frames/"):
        return "frame"
    is_still = kind in STILLS and stored.media_type.startswith("image/")
    return "still" if is_still else ASSET_KIND[kind]


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
            await line.hold_account(tx, name, until, pace_s=event.retry_after_s)
