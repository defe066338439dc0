"""The account: what was reserved, spent and given back, one entry of each per order; what is free is not booked."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import and_, func, or_, select

from gateway.history.connection import Connection
from gateway.history.records import OrderRow
from gateway.history.tables import ledger
from shared.contracts.base import FREE

Entry = Literal["reservation", "actual", "refund"]
Owner = Literal["production_id", "project", "space", "key_id"]
"""Whose money it is."""

_LATER = ledger.alias()
_SETTLED = (
    select(_LATER.c.id).where(_LATER.c.order_id == ledger.c.order_id, _LATER.c.entry.in_(("actual", "refund"))).exists()
)


async def enter(connection: Connection, entries: Iterable[tuple[Entry, OrderRow, Decimal]], *, at: float) -> None:
    rows = [_row(entry, order, usd, at=at) for entry, order, usd in entries if usd > 0]
    if rows:
        await connection.execute(ledger.insert(), rows)


def settlement(order: OrderRow, actual: Decimal) -> tuple[tuple[Entry, OrderRow, Decimal], ...]:
    """How an ended order leaves the account: what it cost, and what is left of its reservation given back."""
    return ("actual", order, actual), ("refund", order, order.price_usd - actual)


async def spent(
    connection: Connection,
    owner: Owner,
    name: str,
    *,
    space: str | None = None,
    ordered_since: float | None = None,
) -> tuple[Decimal, Decimal]:
    """What is still reserved for a production, project, space or key, and what it has really cost.

    Sums are text, exact to the last digit: the database counts how often each occurs, and few differ.
    `space`: only what was asked there. `ordered_since`: only orders that were placed then or later.
    """
    mine = [ledger.c[owner] == name]
    if space is not None:
        mine.append(ledger.c.space == space)
    if ordered_since is not None:
        mine.append(ledger.c.at >= ordered_since)
        placed = select(ledger.c.order_id).where(*mine, ledger.c.entry == "reservation")
        mine.append(ledger.c.order_id.in_(placed))
    counted = or_(ledger.c.entry == "actual", and_(ledger.c.entry == "reservation", ~_SETTLED))
    sums = select(ledger.c.entry, ledger.c.usd, func.count()).where(*mine, counted)
    reserved, actual = FREE, FREE
    for entry, usd, times in await connection.execute(sums.group_by(ledger.c.entry, ledger.c.usd)):
        if entry == "actual":
            actual += Decimal(usd) * times
        else:
            reserved += Decimal(usd) * times
    return reserved, actual


def _row(entry: Entry, order: OrderRow, usd: Decimal, *, at: float) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "order_id": order.id,
        "job_id": order.job_id,
        "production_id": order.production_id,
        "space": order.space,
        "key_id": order.key_id,
        "project": order.body.get("project"),
        "entry": entry,
        "usd": format(usd, "f"),
        "at": at,
    }
