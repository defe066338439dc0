"""Removes what is kept longer than it should be, kind by kind, a little at a time; what is still needed stays."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, Table, and_, delete, func, or_, select

from gateway.history.records import TERMINAL, Asset, Job, Production
from gateway.history.shares import shares_of
from gateway.history.store import History, Transaction
from gateway.history.tables import assets, deliveries, events, idempotency_keys, jobs, productions
from gateway.lifecycle.removal import Gone, remove_asset, remove_job, remove_production
from gateway.lifecycle.retention import ASSETS, DAY_S, KINDS, Kept, Retention
from shared.media.base import MediaStore

PAGE = 100
ROWS_AT_ONCE = 500


@dataclass(slots=True)
class Tally:
    """Of one kind: how many went (or would), their bytes, and how many are old enough but still needed."""

    removed: int = 0
    size_bytes: int = 0
    needed: int = 0


@dataclass(slots=True)
class Report:
    """What a sweep did, or with `dry_run` would have done."""

    dry_run: bool
    kinds: dict[Kept, Tally] = field(default_factory=dict)

    @property
    def removed(self) -> int:
        return sum(tally.removed for tally in self.kinds.values())

    @property
    def size_bytes(self) -> int:
        return sum(tally.size_bytes for tally in self.kinds.values())

    def body(self) -> dict[str, Any]:
        told = {
            kind: {"removed": tally.removed, "bytes": tally.size_bytes, "still_needed": tally.needed}
            for kind, tally in self.kinds.items()
        }
        return {"dry_run": self.dry_run, "removed": self.removed, "bytes": self.size_bytes, "kinds": told}


Breath = Callable[[], Awaitable[None]]
"""Called between two pages: a sweep of a big store renews its claim there."""


async def _nothing() -> None: ...


async def prune(
    history: History, media: MediaStore, retention: Retention, *, dry_run: bool = False, breath: Breath = _nothing
) -> Report:
    """Remove everything that is over. What dies half-way goes on the next time. Raises StorageAway."""
    report = Report(dry_run)
    for kind in KINDS:
        days = retention.days(kind)
        if days is not None:
            before = history.now() - days * DAY_S
            report.kinds[kind] = await _KINDS[kind](history, None if dry_run else media, kind, before, breath)
    return report


async def _things(history: History, media: MediaStore | None, kind: Kept, before: float, breath: Breath) -> Tally:
    """Productions, jobs, files: each looked at and removed in a transaction of its own."""
    tally = Tally()
    async for thing in _older(history, kind, before, breath):
        gone = await _looked_at(history, thing) if media is None else await _removed(history, thing, media)
        tally.removed += gone.records
        tally.size_bytes += gone.size_bytes
        tally.needed += not gone.records
    return tally


async def _looked_at(history: History, thing: Job | Production | Asset) -> Gone:
    async with history.read() as tx:
        return await _remove(tx, thing, None)


async def _removed(history: History, thing: Job | Production | Asset, media: MediaStore) -> Gone:
    """Under the write lock, so that nothing can begin to need it meanwhile."""
    async with history.write() as tx:
        return await _remove(tx, thing, media)


async def _remove(tx: Transaction, thing: Job | Production | Asset, media: MediaStore | None) -> Gone:
    if isinstance(thing, Production):
        film = await tx.production(thing.id)
        if film is None or await shares_of(tx, film.id):  # somebody was given a link to it
            return Gone()
        return await remove_production(tx, film, media=media)
    if isinstance(thing, Job):
        job = await tx.job(thing.id)
        return await remove_job(tx, job, media=media) if job else Gone()
    asset = await tx.asset(thing.id)
    return await remove_asset(tx, asset, media=media) if asset else Gone()


async def _older(
    history: History, kind: Kept, before: float, breath: Breath
) -> AsyncIterator[Job | Production | Asset]:
    """The oldest first, page by page; what stays is passed over."""
    record, table, at, query = _query(kind, before)
    last: tuple[float, str] | None = None
    while True:
        beyond = or_(at > last[0], and_(at == last[0], table.c.id > last[1])) if last else None
        page = query if beyond is None else query.where(beyond)
        async with history.read() as tx:
            found = await tx.all(record, page.order_by(at, table.c.id).limit(PAGE))
        for thing in found:
            yield thing
        if len(found) < PAGE:
            return
        await breath()
        last = (getattr(found[-1], at.name), found[-1].id)


def _query(kind: Kept, before: float) -> tuple[type[Any], Table, Any, Select[Any]]:
    if kind == "productions":
        lately = select(jobs.c.id).where(
            jobs.c.production_id == productions.c.id,
            or_(jobs.c.completed_at.is_(None), jobs.c.completed_at >= before),
        )
        films = select(productions).where(
            productions.c.status.in_(TERMINAL), productions.c.completed_at < before, ~lately.exists()
        )
        return Production, productions, productions.c.completed_at, films
    if kind == "jobs":
        over = (jobs.c.status.in_(TERMINAL), jobs.c.completed_at < before)
        return Job, jobs, jobs.c.completed_at, select(jobs).where(*over, jobs.c.production_id.is_(None))
    old = (assets.c.kind.in_(ASSETS[kind]), assets.c.created_at < before, assets.c.media_type != "text/markdown")
    films = select(productions.c.id).where(productions.c.id == assets.c.production_id)
    free = [] if kind == "copies" else [~films.exists()]
    return Asset, assets, assets.c.created_at, select(assets).where(*old, *free)


async def _rows(history: History, media: MediaStore | None, kind: Kept, before: float, breath: Breath) -> Tally:
    """Records without files: deliveries that have ended, idempotency keys, events."""
    tally = Tally()
    async with history.read() as tx:
        table, key, over = await _over(tx, kind, before)
        if media is None:
            counted = select(func.count()).select_from(table).where(over)
            tally.removed = (await tx.connection.execute(counted)).scalar_one()
            return tally
    while True:
        async with history.write() as tx:
            some = select(key).where(over).limit(ROWS_AT_ONCE)
            done = await tx.connection.execute(delete(table).where(key.in_(some), over))
        tally.removed += done.rowcount
        if done.rowcount < ROWS_AT_ONCE:
            return tally
        await breath()


async def _over(tx: Transaction, kind: Kept, before: float) -> tuple[Table, Any, Any]:
    if kind == "deliveries":
        return deliveries, deliveries.c.id, and_(deliveries.c.status != "pending", deliveries.c.ended_at < before)
    if kind == "idempotency_keys":
        return idempotency_keys, idempotency_keys.c.key, idempotency_keys.c.created_at < before
    return events, events.c.seq, events.c.seq <= await _last_of_old(tx, before)


async def _last_of_old(tx: Transaction, before: float) -> int:
    """Up to which seq events go: without holes, never the newest, and none that is still to be sent."""
    query = select(func.max(events.c.seq)).where(events.c.at < before)
    waiting = select(func.min(deliveries.c.seq)).where(deliveries.c.status == "pending")
    old, newest = (await tx.connection.execute(query)).scalar() or 0, await tx.newest_seq()
    to_send = (await tx.connection.execute(waiting)).scalar()
    return min(old, newest - 1, newest if to_send is None else to_send - 1)


_KINDS: dict[Kept, Callable[[History, MediaStore | None, Kept, float, Breath], Awaitable[Tally]]] = {
    **dict.fromkeys(KINDS, _things),
    "deliveries": _rows,
    "idempotency_keys": _rows,
    "events": _rows,
}
