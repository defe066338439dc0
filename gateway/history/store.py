"""The history: opens transactions, and tells the world what they told only after their commit."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from prometheus_client import Histogram

from gateway.history.budgets import Budgets
from gateway.history.changes import Changes
from gateway.history.database import Database
from gateway.history.records import EventRow
from gateway.history.transaction import NO_CAPS, Transaction
from shared.contracts.base import JobId, ProductionId
from shared.contracts.order import Announcement
from shared.metrics import QUICK_S, REGISTRY, timed

__all__ = ["Committed", "History", "Transaction"]

DATABASE_SECONDS = Histogram(
    "scenebeat_database_seconds",
    "Transactions from the wish to begin to their end: the wait for other writers is in it.",
    ("transaction",),
    buckets=QUICK_S,
    registry=REGISTRY,
)


@dataclass(frozen=True, slots=True)
class Committed:
    """What a committed write brought: the events that it told, and whether any is to be told outside."""

    events: Sequence[EventRow]
    fills_outbox: bool


class History:
    """Opens transactions and, once one is committed, announces what it told."""

    def __init__(
        self,
        database: Database,
        *,
        announce: Callable[[Announcement], None] = lambda _announcement: None,
        now: Callable[[], float] = time.time,
        budgets: Budgets = NO_CAPS,
    ) -> None:
        """`announce` must neither block nor raise: the fact is committed, the announcement only a hint."""
        self.database = database
        self.changed = Changes()
        self.now = now
        self._budgets = budgets
        self.after_commit: list[Callable[[Committed], None]] = []
        """Called after every committed write, whether or not it told anything; must neither block nor raise."""
        self._announce = announce

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        with timed(DATABASE_SECONDS.labels("write")):
            async with self.database.write() as connection:
                transaction = Transaction(connection, now=self.now, writing=True, budgets=self._budgets)
                yield transaction
                committed = Committed(await transaction.number_events(), transaction.fills_outbox)
        self._announce_all(committed)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """One consistent view; what is written in it is lost."""
        with timed(DATABASE_SECONDS.labels("read")):
            async with self.database.read() as connection:
                yield Transaction(connection, now=self.now, writing=False, budgets=self._budgets)

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[Transaction]:
        """Statements that need not see the same moment: cheaper, for those who look again anyway."""
        with timed(DATABASE_SECONDS.labels("glance")):
            async with self.database.glance() as connection:
                yield Transaction(connection, now=self.now, writing=False)

    def alone(self, lock: int) -> AbstractAsyncContextManager[None]:
        """No other gateway on this history is in such a block of the same number."""
        return self.database.alone(lock)

    async def wait_for_change(self, after_seq: int, timeout_s: float) -> int:
        return await self.changed.wait_for_change(after_seq, timeout_s)

    def _announce_all(self, committed: Committed) -> None:
        for event in committed.events:
            job_id = None if event.job_id is None else JobId(event.job_id)
            production_id = None if event.production_id is None else ProductionId(event.production_id)
            self._announce(Announcement(seq=event.seq, job_id=job_id, production_id=production_id))
        for listener in self.after_commit:
            listener(committed)
        if committed.events:
            self.changed.notice(committed.events[-1].seq)
