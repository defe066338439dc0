"""What is still to be told to receivers outside: written in the transaction of its event, leased to be sent, kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, select, update

from gateway.history.addressees import Delivery, DeliveryStatus, Hook
from gateway.history.paging import beyond, cursor_of
from gateway.history.records import EventRow, Page
from gateway.history.rows import as_columns, insert
from gateway.history.tables import deliveries, events, webhooks
from gateway.history.transaction import Transaction

ORDER_KEPT_FOR = 4
"""A later event of the same job or production waits until the one before was tried so often; then it may overtake."""
LONGEST_ERROR = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a list of deliveries shows; as `JobFilter`."""

    space: str
    status: DeliveryStatus | None = None
    job_id: str | None = None
    production_id: str | None = None
    created_after: float | None = None
    created_before: float | None = None
    cursor: str | None = None
    limit: int = 50
    sort: str = "-created_at"


# sending


async def due(tx: Transaction, *, busy_hosts: Collection[str], limit: int) -> list[Delivery]:
    """What may be attempted now, the longest due first."""
    query = select(deliveries).where(*_due(tx.now()), deliveries.c.host.not_in(busy_hosts))
    return await tx.all(Delivery, query.order_by(deliveries.c.not_before, deliveries.c.seq).limit(limit))


async def lease(tx: Transaction, found: Sequence[Delivery], *, for_s: float) -> list[Delivery]:
    """Take those of `found` that nobody else took meanwhile; each counts as one attempt from now on."""
    taken = []
    for one in found:
        mine = str(uuid4())
        attempt = update(deliveries).where(deliveries.c.id == one.id, *_due(tx.now()))
        values = {"lease": mine, "leased_until": tx.now() + for_s, "attempts": deliveries.c.attempts + 1}
        done = await tx.connection.execute(attempt.values(**values, attempted_at=tx.now()).returning(*deliveries.c))
        taken += [Delivery(**row) for row in done.mappings()]
    return taken


async def settle(tx: Transaction, delivery: Delivery, **columns: Any) -> None:
    """Write what came of an attempt, unless its lease has passed to somebody else."""
    mine = (deliveries.c.id == delivery.id, deliveries.c.lease == delivery.lease)
    if columns.get("error"):
        columns["error"] = columns["error"][:LONGEST_ERROR]
    await tx.connection.execute(update(deliveries).where(*mine).values(lease=None, leased_until=0.0, **columns))


async def event_of(tx: Transaction, delivery: Delivery) -> EventRow | None:
    """The event that a delivery tells; None when it is not kept any more."""
    found = await tx.all(EventRow, select(events).where(events.c.seq == delivery.seq))
    return found[0] if found else None


def _due(now: float) -> tuple[Any, ...]:
    earlier = deliveries.alias()
    before = select(earlier.c.id).where(
        earlier.c.subject == deliveries.c.subject,
        earlier.c.seq < deliveries.c.seq,
        earlier.c.url == deliveries.c.url,
        earlier.c.status == "pending",
        earlier.c.attempts < ORDER_KEPT_FOR,
    )
    return (
        deliveries.c.status == "pending",
        deliveries.c.not_before <= now,
        deliveries.c.leased_until <= now,
        ~before.exists(),
    )


# what a space has


async def hook_of(tx: Transaction, space: str) -> Hook | None:
    found = await tx.all(Hook, select(webhooks).where(webhooks.c.space == space))
    return found[0] if found else None


async def ensure_hook(tx: Transaction, hook: Hook) -> Hook:
    """What the space has; `hook` where it had nothing."""
    await insert(tx.connection, webhooks, [as_columns(hook)], unless_known_by="space")
    return await hook_of(tx, hook.space) or hook


async def update_hook(tx: Transaction, hook: Hook) -> None:
    await tx.connection.execute(update(webhooks).where(webhooks.c.space == hook.space).values(as_columns(hook)))


# looking back


async def list_deliveries(tx: Transaction, wanted: Sent) -> Page[Delivery]:
    """Raises BadCursor."""
    at, key = deliveries.c.created_at, deliveries.c.id
    newest_first = wanted.sort.startswith("-")
    query = select(deliveries).where(*_sent(wanted))
    if wanted.cursor is not None:
        query = query.where(beyond(at, key, wanted.cursor, newest_first=newest_first))
    order = (at.desc(), key.desc()) if newest_first else (at, key)
    found = await tx.all(Delivery, query.order_by(*order).limit(wanted.limit + 1))
    items = tuple(found[: wanted.limit])
    return Page(items, cursor_of(items[-1].created_at, items[-1].id) if len(found) > wanted.limit else None)


async def delivery(tx: Transaction, delivery_id: str, *, space: str) -> Delivery | None:
    query = select(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.space == space)
    found = await tx.all(Delivery, query)
    return found[0] if found else None


async def replay(tx: Transaction, wanted: Sent, *, delivery_id: str | None = None) -> int:
    """Send again, from the first attempt on, what the filter names and is not on its way; how many."""
    ended = and_(*_sent(wanted), deliveries.c.status != "pending")
    query = update(deliveries).where(ended if delivery_id is None else and_(ended, deliveries.c.id == delivery_id))
    fresh = {"status": "pending", "attempts": 0, "not_before": tx.now(), "ended_at": None}
    again = (await tx.connection.execute(query.values(**fresh))).rowcount
    tx.fills_outbox |= again > 0
    return again


def _sent(wanted: Sent) -> list[Any]:
    same = [
        deliveries.c[name] == value
        for name in ("space", "status", "job_id", "production_id")
        if (value := getattr(wanted, name)) is not None
    ]
    after = [] if wanted.created_after is None else [deliveries.c.created_at > wanted.created_after]
    before = [] if wanted.created_before is None else [deliveries.c.created_at < wanted.created_before]
    return [*same, *after, *before]
