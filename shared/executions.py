"""The execution record of an order: fence, lease, intent, handle, outcome; only by compare-and-set."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pydantic import Field

from shared.contracts.base import Contract, ErrorCode, Fault, OrderId, Timestamp, utc_now
from shared.contracts.order import Failed, Outcome, Throttled, Uncertain
from shared.errors import BusAway


class Intent(Contract):
    """ "I am about to call": written under the fence right before the call.

    A call in flight has ended by `ends_by`, answered or not.
    """

    at: Timestamp
    fence: int
    ends_by: Timestamp
    fingerprint: str = ""


class Handle(Contract):
    """What the provider gave us to ask again. `detail` is the provider's own business."""

    id: str
    detail: dict[str, Any] = Field(default_factory=dict)
    at: Timestamp = Field(default_factory=utc_now)


class Execution(Contract):
    order_id: OrderId
    fence: int = 0
    owner: str | None = None
    lease_until: Timestamp | None = None
    claims: int = 0
    submissions: int = 0
    intent: Intent | None = None
    handle: Handle | None = None
    outcome: Outcome | None = None
    postponed: Throttled | None = None
    """The newest release that was given back, and what was told of it."""


class LostLease(Exception):
    """Somebody else holds this order now: walk away."""


class HeldElsewhere(Exception):
    """Another worker's lease is alive for `wait_s` more seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"held for {wait_s:.1f} s more")
        self.wait_s = wait_s


class AlreadyEnded(Exception):
    """The order has its outcome: publish it again."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.status)
        self.outcome = outcome


class AlreadyPostponed(Exception):
    """This release was given back to wait: tell that again, and touch nothing."""

    def __init__(self, event: Throttled) -> None:
        super().__init__(f"release {event.release}")
        self.event = event


class Held:
    """An execution in this worker's hands. Every change is checked against the fence."""

    def __init__(self, executions: "Executions", record: Execution, revision: int) -> None:
        self._executions = executions
        self._lock = asyncio.Lock()
        self.record = record
        self.revision = revision
        self.fence = record.fence

    async def amend(self, **changes: Any) -> None:
        """Write `changes` under the fence. Raises LostLease or BusAway."""
        async with self._lock:
            await self._amend(lambda record: record.model_copy(update=changes))

    async def extend(self, lease_s: float) -> None:
        await self.amend(lease_until=utc_now() + timedelta(seconds=lease_s))

    async def record_handle(self, handle: Handle, **changes: Any) -> None:
        """Keep `handle` on the intent it came from, even when the fence has moved on; then LostLease."""
        async with self._lock:
            try:
                await self._amend(lambda record: record.model_copy(update={"handle": handle, **changes}))
            except LostLease:
                await self._executions.attach(self.record.order_id, handle, intent=self.record.intent)
                raise

    async def _amend(self, change: Callable[[Execution], Execution]) -> None:
        while True:
            wanted = change(self.record)
            revision = await self._executions.replace(wanted, last=self.revision)
            if revision is not None:
                self.record, self.revision = wanted, revision
                return
            await self._reread()

    async def look_again(self) -> None:
        """Read what others wrote into the record meanwhile. Raises LostLease or BusAway."""
        async with self._lock:
            await self._reread()

    async def _reread(self) -> None:
        found = await self._executions.find(self.record.order_id)
        if found is None or found[0].fence != self.fence:
            raise LostLease(self.record.order_id)
        self.record, self.revision = found


class Executions:
    """The bucket EXECUTIONS. `bus` gives the bucket; nothing else is kept here."""

    def __init__(self, bus: Any) -> None:
        self._bus = bus

    async def read(self, order_id: OrderId) -> Execution | None:
        found = await self.find(order_id)
        return found[0] if found else None

    async def find(self, order_id: OrderId) -> tuple[Execution, int] | None:
        entry = await self._bus.executions.get(order_id)
        return (Execution.model_validate_json(entry[0]), entry[1]) if entry else None

    async def replace(self, record: Execution, *, last: int) -> int | None:
        value = record.model_dump_json(exclude_none=True).encode()
        revision: int | None = await self._bus.executions.update(record.order_id, value, last=last)
        return revision

    async def claim(
        self, order_id: OrderId, *, owner: str, lease_s: float, release: int = 1, fresh: bool = False
    ) -> Held:
        """Take the order. Raises HeldElsewhere, AlreadyEnded, AlreadyPostponed or BusAway.

        `fresh` says that the order was never delivered before: the record is created without looking first.
        """
        while True:
            found = None if fresh else await self.find(order_id)
            fresh = False
            record = self._claimable(found[0] if found else Execution(order_id=order_id), owner, release)
            taken = record.model_copy(
                update={
                    "fence": record.fence + 1,
                    "claims": record.claims + 1,
                    "owner": owner,
                    "lease_until": utc_now() + timedelta(seconds=lease_s),
                }
            )
            revision = await self._write(taken, found[1] if found else None)
            if revision is not None:
                return Held(self, taken, revision)

    def _claimable(self, record: Execution, owner: str, release: int) -> Execution:
        if record.outcome is not None:
            raise AlreadyEnded(record.outcome)
        if record.postponed is not None and release <= record.postponed.release:
            raise AlreadyPostponed(record.postponed)
        if record.owner not in (None, owner) and record.lease_until is not None:
            wait_s = (record.lease_until - utc_now()).total_seconds()
            if wait_s > 0:
                raise HeldElsewhere(wait_s)
        return record

    async def _write(self, record: Execution, last: int | None) -> int | None:
        if last is not None:
            return await self.replace(record, last=last)
        value = record.model_dump_json(exclude_none=True).encode()
        revision: int | None = await self._bus.executions.create(record.order_id, value)
        return revision

    async def close_unclaimed(self, order_id: OrderId, outcome: Outcome) -> bool:
        """Create the record with `outcome`, so that no worker starts it. False if a record is there already."""
        return await self._write(Execution(order_id=order_id, outcome=outcome), None) is not None

    async def close_unreadable(self, order_id: OrderId) -> Outcome:
        """End an order that cannot be read any more; how it has ended. Raises HeldElsewhere or BusAway.

        One that an earlier release had begun may have been bought.
        """
        while True:
            found = await self.find(order_id)
            try:
                record = self._claimable(found[0] if found else Execution(order_id=order_id), owner="", release=NEWEST)
            except AlreadyEnded as ended:
                return ended.outcome
            fault = UNREADABLE if record.intent is None else UNREADABLE_SINCE
            outcome = Failed(fault=fault) if record.intent is None else Uncertain(fault=fault)
            closed = record.model_copy(update={"outcome": outcome, "owner": None, "lease_until": None})
            if await self._write(closed, found[1] if found else None) is not None:
                return outcome

    async def attach(self, order_id: OrderId, handle: Handle, *, intent: Intent | None) -> None:
        """Put a late `handle` onto its own intent in a record that somebody else holds by now."""
        while True:
            found = await self.find(order_id)
            if found is None or found[0].handle is not None or found[0].intent != intent:
                return
            if await self.replace(found[0].model_copy(update={"handle": handle}), last=found[1]) is not None:
                return

    async def own_handle(self, provider: str, handle: Handle, order_id: OrderId) -> OrderId | None:
        """Enter `handle` in HANDLES as `order_id`'s; whose it is from now on, as somebody may have been first."""
        if await self._bus.handles.create(_entry(provider, handle), order_id.encode()) is not None:
            return order_id
        return await self.owner_of(provider, handle)

    async def owner_of(self, provider: str, handle: Handle) -> OrderId | None:
        """The order that `handle` is entered for in HANDLES."""
        entry = await self._bus.handles.get(_entry(provider, handle))
        return OrderId(entry[0].decode()) if entry is not None else None


NEWEST = 1 << 31

UNREADABLE = Fault(
    code=ErrorCode.INTERNAL,
    message="This order could not be read by the service. Retry it; if it happens again, report the job's id.",
)
UNREADABLE_SINCE = Fault(
    code=ErrorCode.SUBMISSION_UNCERTAIN,
    message=(
        "This order had begun and can't be read by the service any more, so it may have been paid for. Look at your "
        "account at the provider before you retry the job."
    ),
    retryable=True,
)


def _entry(provider: str, handle: Handle) -> str:
    return f"{provider}.{_key(handle.id)}"


def _key(handle_id: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else f"={ord(letter):x}" for letter in handle_id)


__all__ = [
    "AlreadyEnded",
    "AlreadyPostponed",
    "BusAway",
    "Execution",
    "Executions",
    "Handle",
    "Held",
    "HeldElsewhere",
    "Intent",
    "LostLease",
]
