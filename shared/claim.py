"""An order in a worker's hands: checkpoints, progress, cancel wishes; what a handler may do with the bus."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from shared.contracts.base import FREE, OrderId, utc_now
from shared.contracts.order import Order, Progress
from shared.errors import BusAway
from shared.executions import Execution, Executions, Handle, Held, Intent
from shared.stopping import stop

T = TypeVar("T")

BUS_RETRY_S = 0.3


class OrderCanceled(Exception):
    """The user's wish was carried out. `cost_usd` is what it cost all the same."""

    def __init__(self, cost_usd: Decimal = FREE) -> None:
        super().__init__("canceled")
        self.cost_usd = cost_usd


class ForeignHandle(Exception):
    """The provider's job belongs to another order: it must not be adopted."""


class Claim:
    """One attempt at one order, under its fence. Lives as long as the lease does."""

    def __init__(self, order: Order, held: Held, executions: Executions, *, lease_s: float) -> None:
        self.order = order
        self.held = held
        self.lease_s = lease_s
        self.cancel_wished = asyncio.Event()
        self.progress: Progress | None = None
        self._executions = executions

    @property
    def record(self) -> Execution:
        return self.held.record

    @property
    def order_id(self) -> OrderId:
        return self.order.order_id

    def tell(self, fraction: float | None, *, stage: str = "rendering", message: str = "") -> None:
        """How far it is, 0..1 or None; sent with the next beat, the newest wins."""
        self.progress = Progress(order_id=self.order_id, fraction=fraction, stage=stage, message=message)

    def tell_store_is_away(self) -> None:
        """Why it gets no further."""
        self.tell(None, stage="storing", message="waiting for the media store")

    async def intend(self, *, call_s: float, fingerprint: str = "") -> Intent:
        """Write "I am about to call", under the fence and with a fresh lease. A call takes at most `call_s`."""
        submissions = self.record.submissions + 1
        while True:  # the bus being away may hide that it was written: leaving now would look like a call
            now = utc_now()
            ends_by, leased_s = now + timedelta(seconds=call_s), max(self.lease_s, call_s)
            intent = Intent(at=now, fence=self.held.fence, ends_by=ends_by, fingerprint=fingerprint)
            try:
                await self.held.amend(
                    intent=intent, submissions=submissions, lease_until=now + timedelta(seconds=leased_s)
                )
            except BusAway:
                await asyncio.sleep(BUS_RETRY_S)
            else:
                return intent

    async def withdraw_intent(self) -> None:
        """The provider proved that it bought nothing: the next attempt starts clean."""
        submissions = max(0, self.record.submissions - 1)
        while True:
            try:
                return await self.held.amend(intent=None, submissions=submissions)
            except BusAway:
                await asyncio.sleep(BUS_RETRY_S)

    def booked_usd(self, cost_usd: Decimal) -> Decimal:
        """What this order costs when its last call came to `cost_usd`.

        Earlier calls of unknown fate count with their price; a job that was found again is booked already, with the
        uncertain order that this one settles.
        """
        unknown = max(0, self.record.submissions - (self.record.intent is not None))
        own = FREE if self.is_found_again else cost_usd
        return own + unknown * self.order.price_usd

    @property
    def is_found_again(self) -> bool:
        """Nothing was ever submitted for this order: its handle is that of the order it retries."""
        return self.order.retries is not None and self.record.submissions == 0 and self.record.handle is not None

    async def keep_handle(self, handle: Handle) -> None:
        """Enter the provider's job as this order's own, then keep it. Raises ForeignHandle, LostLease, BusAway."""
        owner = await self._executions.own_handle(self.order.provider, handle, self.order_id)
        if owner not in (self.order_id, self.order.retries):
            raise ForeignHandle(handle.id)
        await self.held.record_handle(handle)

    async def own_among(self, handles: Sequence[Handle]) -> Handle | None:
        """The one that is this order's: entered as its own, or else the only one that is no other order's.

        The order that this one retries counts as this one.
        """
        mine, nobodys = [], []
        for handle in handles:
            owner = await self._executions.owner_of(self.order.provider, handle)
            if owner is None:
                nobodys.append(handle)
            elif owner in (self.order_id, self.order.retries):
                mine.append(handle)
        likely = mine or nobodys
        return likely[0] if len(likely) == 1 else None

    async def earlier_intent(self) -> Intent | None:
        """The intent of the uncertain order that this one retries, if any."""
        if self.order.retries is None:
            return None
        record = await self._executions.read(self.order.retries)
        return record.intent if record else None

    async def hears_cancel_within(self, seconds: float) -> bool:
        """Wait so long, but not past a cancel wish: True when one is there."""
        try:
            async with asyncio.timeout(seconds):
                await self.cancel_wished.wait()
        except TimeoutError:
            return False
        return True

    async def unless_canceled(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`; a cancel wish stops it. Raises OrderCanceled."""
        task, wish = asyncio.create_task(work), asyncio.create_task(self.cancel_wished.wait())
        try:
            await asyncio.wait({task, wish}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise OrderCanceled
            return await task
        finally:
            await stop(task, wish)
