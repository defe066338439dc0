"""Canceling: what has not left ends at once; what has left is withdrawn from its worker."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from gateway.history.records import Job, OrderRow
from gateway.history.store import Transaction
from gateway.settling import settle
from shared.contracts.base import OrderId
from shared.contracts.order import Canceled, Ended, Event, Outcome


class Wishes(Protocol):
    """Where a worker looks for cancel wishes: the bus."""

    async def wish_cancel(self, order_id: OrderId) -> None: ...


class Records(Protocol):
    """Where an order nobody has claimed is closed: the execution records."""

    async def close_unclaimed(self, order_id: OrderId, outcome: Outcome) -> bool: ...


async def cancel_jobs(tx: Transaction, jobs: Iterable[Job]) -> list[OrderRow]:
    """End what waits and mark the rest; the orders that must be withdrawn once this is committed.

    A job of a production moves it: let the director look at it afterwards.
    """
    released: list[OrderRow] = []
    waiting: list[OrderRow] = []
    for job in jobs:
        unfinished = [order for order in await tx.orders_of(job.id) if order.status != "ended"]
        waiting += [order for order in unfinished if order.status == "waiting"]
        released += [order for order in unfinished if order.status == "released"]
        if unfinished and job.status != "canceling":
            await tx.update_job(job.id, status="canceling")
    for order in released:
        await tx.update_order(order.id, cancel_wished=True)
    if waiting:
        await settle(tx, [canceled(order, at=tx.now()) for order in waiting])
    return released


async def withdraw(
    orders: Iterable[OrderRow], *, wishes: Wishes, records: Records, apply: Callable[[Sequence[Event]], Awaitable[None]]
) -> None:
    """Tell the workers; what none of them has claimed is over at once. Raises BusAway: the reconciler repeats it."""
    ended: list[Event] = []
    for order in orders:
        order_id = OrderId(order.id)
        await wishes.wish_cancel(order_id)
        if await records.close_unclaimed(order_id, Canceled()):
            ended.append(canceled(order, at=datetime.now(UTC).timestamp()))
    if ended:
        await apply(ended)


def canceled(order: OrderRow, *, at: float) -> Ended:
    return Ended(
        order_id=OrderId(order.id), release=order.release, outcome=Canceled(), at=datetime.fromtimestamp(at, UTC)
    )
