"""The rows that some orders' events affect: read and locked once, changed in memory, written together."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, Self, TypeVar

from sqlalchemy import BindParameter, Table, Update, bindparam, select, update

from gateway.history import ledger
from gateway.history.records import Asset, Job, OrderRow
from gateway.history.rows import as_columns, insert
from gateway.history.tables import assets, jobs, orders, productions
from gateway.history.transaction import Transaction

R = TypeVar("R", Job, OrderRow)

ORDER_CHANGES = (
    "status", "not_before", "started", "outcome", "cancel_wished", "started_at", "ended_at"
)  # fmt: skip
JOB_CHANGES = (
    "status", "result", "error", "actual_usd", "done", "started_at", "completed_at"
)  # fmt: skip

_ORDER_IDS: BindParameter[str] = bindparam("order_ids", expanding=True)
_JOB_IDS: BindParameter[str] = bindparam("job_ids", expanding=True)
_JOBS_OF = select(orders.c.job_id, orders.c.production_id).where(orders.c.id.in_(_ORDER_IDS))
_JOBS = select(jobs).where(jobs.c.id.in_(_JOB_IDS)).order_by(jobs.c.id)
_THEIR_ORDERS = select(orders).where(orders.c.job_id.in_(_JOB_IDS)).order_by(orders.c.job_id, orders.c.position)

SHARED = frozenset({"conformed", "still"})
"""Files whose key says what is in them: whoever makes one again makes the same, and it has one row."""


class Affected:
    """Orders with their jobs and all their siblings. But for the account, nothing is written before `write`."""

    def __init__(self, tx: Transaction, affected_orders: Iterable[OrderRow], affected_jobs: Iterable[Job]) -> None:
        self.tx = tx
        self.orders = {order.id: order for order in affected_orders}
        self.jobs = {job.id: job for job in affected_jobs}
        self._dirty: set[str] = set()
        self._assets: list[Asset] = []
        self._new: list[OrderRow] = []
        self._entries: list[tuple[ledger.Entry, OrderRow, Decimal]] = []

    @classmethod
    async def by(cls, tx: Transaction, order_ids: Collection[str]) -> Self:
        """Lock and read what the orders affect, in the order production, jobs, orders."""
        found = (await tx.connection.execute(_JOBS_OF, {"order_ids": list(order_ids)})).all()
        if films := sorted({row.production_id for row in found if row.production_id}):
            locked = select(productions.c.id).where(productions.c.id.in_(films)).order_by(productions.c.id)
            await tx.connection.execute(locked.with_for_update())
        job_ids = list({row.job_id for row in found})
        return cls(
            tx,
            affected_jobs=await tx.all(Job, _JOBS, job_ids=job_ids),
            affected_orders=await tx.all(OrderRow, _THEIR_ORDERS, job_ids=job_ids),
        )

    def siblings(self, order: OrderRow) -> list[OrderRow]:
        """The orders of the same job that count, by position: of one that was replaced, its successor."""
        mine = [other for other in self.orders.values() if other.job_id == order.job_id]
        replaced = {other.body.get("replaces") for other in mine}
        return sorted((other for other in mine if other.id not in replaced), key=lambda other: other.position)

    def replaced(self, order: OrderRow) -> list[OrderRow]:
        """The orders of the same job that others have taken the place of."""
        counting = {other.id for other in self.siblings(order)}
        return [other for other in self.orders.values() if other.job_id == order.job_id and other.id not in counting]

    def add_order(self, new: OrderRow) -> None:
        self.orders[new.id] = new
        self._new.append(new)
        self._entries.append(("reservation", new, new.price_usd))

    def change_order(self, order: OrderRow, **columns: Any) -> OrderRow:
        self.orders[order.id] = changed = replace(order, **columns)
        self._dirty.add(order.id)
        return changed

    def change_job(self, job: Job, **columns: Any) -> Job:
        self.jobs[job.id] = changed = replace(job, **columns)
        self._dirty.add(job.id)
        return changed

    def add_assets(self, *new: Asset) -> None:
        self._assets += new

    def settle_account(self, order: OrderRow, actual: Decimal) -> None:
        self._entries += ledger.settlement(order, actual)

    async def write_account(self) -> None:
        """Enter what was reserved, spent and given back so far: a cap that is looked at next has to count it."""
        await ledger.enter(self.tx.connection, self._entries, at=self.tx.now())
        self._entries.clear()

    async def write(self) -> None:
        if self._new:
            await self.tx.connection.execute(orders.insert(), [as_columns(order) for order in self._new])
        await self._update(orders, self.orders, ORDER_CHANGES)
        await self._update(jobs, self.jobs, JOB_CHANGES)
        for kept_once in (False, True):
            rows = [as_columns(asset) for asset in self._assets if (asset.kind in SHARED) is kept_once]
            if rows:
                await insert(self.tx.connection, assets, rows, unless_known_by="key" if kept_once else None)
        await self.write_account()

    async def _update(self, table: Table, records: dict[str, R], columns: tuple[str, ...]) -> None:
        changed = [as_columns(record) for record in records.values() if record.id in self._dirty]
        if not changed:
            return
        values = [{"row_id": row["id"], **{name: row[name] for name in columns}} for row in changed]
        await self.tx.connection.execute(_update_of(table), values)


@cache
def _update_of(table: Table) -> Update:
    return update(table).where(table.c.id == bindparam("row_id"))
