"""Compares what is out with what became of it: an end nobody told is applied, what vanished goes out again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Protocol

from gateway.cancel import Records, Wishes, canceled, withdraw
from gateway.dispatch import as_order
from gateway.handlers import DATABASE_AWAY
from gateway.history import line
from gateway.history.records import OrderRow
from gateway.history.store import History
from shared.contracts.base import ErrorCode, Fault, OrderId
from shared.contracts.order import Ended, Event, Order, Outcome, Uncertain
from shared.errors import BusAway
from shared.executions import Execution
from shared.logs import logger

MOST_AT_ONCE = 200


class Messages(Wishes, Protocol):
    """What the reconciler needs of the bus. All raise BusAway."""

    async def order_waits(self, order: Order) -> bool: ...

    async def publish_order(self, order: Order) -> None: ...


class Executed(Records, Protocol):
    """What it needs of the execution records."""

    async def read(self, order_id: OrderId) -> Execution | None: ...


@dataclass(frozen=True, kw_only=True)
class Reconciler:
    """Nothing can hang for ever: every order that is out for longer than `grace_s` is looked after.

    An order above `dear_usd` that a worker had begun is never sent again by itself.
    """

    history: History
    messages: Messages
    executions: Executed
    apply: Callable[[Sequence[Event]], Awaitable[None]]
    every_s: float = 5.0
    grace_s: float = 25.0
    dear_usd: Decimal = Decimal("0.01")

    async def run(self) -> None:
        """Reconcile every so often, until canceled."""
        while True:
            await asyncio.sleep(self.every_s)
            try:
                await self.reconcile()
            except (BusAway, *DATABASE_AWAY) as error:
                logger(__name__).warning("reconciler_waits", reason=str(error))

    async def reconcile(self) -> None:
        """One look at everything that is out. Raises BusAway or DATABASE_AWAY."""
        async with self.history.read() as tx:
            unwanted = await line.unwanted(tx, most=MOST_AT_ONCE)
            out = await line.out_since_before(tx, tx.now() - self.grace_s, most=MOST_AT_ONCE)
        if unwanted:
            await self.apply([canceled(order, at=self.history.now()) for order in unwanted])
        for order in out:
            await self._look_after(order)

    async def _look_after(self, order: OrderRow) -> None:
        # The message first: a worker acks only after it has written its record.
        waits = await self.messages.order_waits(as_order(order))
        record = await self.executions.read(OrderId(order.id))
        if record is not None and record.outcome is not None:
            logger(__name__).info("end_nobody_told", order=order.id, outcome=record.outcome.status)
            await self._end(order, record.outcome)
        elif order.cancel_wished:
            await withdraw([order], wishes=self.messages, records=self.executions, apply=self.apply)
            if record is not None and not waits and self._is_lost(order, record):
                await self._find_again(order, record)  # the wish is carried out by whoever takes it up
        elif not waits and self._is_lost(order, record):
            await self._find_again(order, record)

    def _is_lost(self, order: OrderRow, record: Execution | None) -> bool:
        """Out for long enough, and in nobody's hands."""
        now = self.history.now()
        return (order.released_at or 0.0) < now - self.grace_s and not _is_held(record, now=now)

    async def _find_again(self, order: OrderRow, record: Execution | None) -> None:
        """No message and nobody at work. Where a record is left, its next worker goes on from that."""
        if record is None and order.started and order.price_usd > self.dear_usd:
            await self._end(order, Uncertain(fault=_lost(order)))
            return
        async with self.history.write() as tx:
            again = await line.release_again(tx, order)
        for released in again:
            logger(__name__).warning("vanished_order_released_again", order=order.id, release=released.release)
            await self.messages.publish_order(as_order(released))

    async def _end(self, order: OrderRow, outcome: Outcome) -> None:
        at = datetime.fromtimestamp(self.history.now(), UTC)
        await self.apply([Ended(order_id=OrderId(order.id), release=order.release, outcome=outcome, at=at)])


def _is_held(record: Execution | None, *, now: float) -> bool:
    return record is not None and record.lease_until is not None and record.lease_until.timestamp() > now


def _lost(order: OrderRow) -> Fault:
    return Fault(
        code=ErrorCode.SUBMISSION_UNCERTAIN,
        message=(
            f"Order {order.id} had begun at {order.provider} and every trace of it was lost, so it may have been paid "
            "for. Look there before you retry the job: it is not sent again by itself."
        ),
        backend=order.provider,
        model=order.model,
    )
