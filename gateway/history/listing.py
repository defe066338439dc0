"""Lists beside jobs and productions: what was made, and the projects it was made for; in pages, newest first."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Float, Select, and_, case, cast, func, literal, or_, select, union_all

from gateway.history.paging import beyond, cursor_of
from gateway.history.records import Asset, Job, Page, Production
from gateway.history.search import about
from gateway.history.store import History
from gateway.history.tables import assets, jobs, ledger, productions
from gateway.history.transaction import Transaction
from shared.contracts.base import FREE

PAGE = 500
NANO = 10**9
"""Sums are made of whole billionths of a dollar: exact on every database, however it keeps numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Which assets, scene sets or projects a list shows; `kinds` are the history's. As `JobFilter` otherwise."""

    space: str
    kinds: tuple[str, ...] = ()
    project: str | None = None
    production_id: str | None = None
    job_id: str | None = None
    q: str | None = None
    created_after: float | None = None
    created_before: float | None = None
    cursor: str | None = None
    limit: int = 50
    sort: str = "-created_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A name that orders were given, with what it came to. `created_at`: its first order."""

    name: str
    created_at: float
    last_order_at: float
    jobs: int
    productions: int
    assets: int = 0
    bytes: int = 0
    spent_usd: Decimal = FREE
    spent_today_usd: Decimal = FREE
    reserved_usd: Decimal = FREE
    budget_usd: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An asset with the job that made it and the film it is for, where there are any, and whether it has a poster."""

    asset: Asset
    job: Job | None
    film: Production | None
    has_poster: bool


async def list_assets(tx: Transaction, wanted: Shelf) -> Page[Listed]:
    """Raises BadCursor."""
    query = select(assets).where(*_of_shelf(tx, wanted))
    found = await tx.all(Asset, _paged(query, wanted, assets.c.created_at, assets.c.id))
    items = found[: wanted.limit]
    made_by, films, posters = await _jobs_of(tx, items), await _films_of(tx, items), await _posters_of(tx, items)
    listed = tuple(
        Listed(one, made_by.get(one.job_id or ""), films.get(one.production_id or ""), one.id in posters)
        for one in items
    )
    return Page(listed, _next(found, wanted, lambda last: (last.created_at, last.id)))


async def list_projects(tx: Transaction, wanted: Shelf, *, day_began: float) -> Page[Project]:
    """`day_began`: since when what was spent counts as today's. Raises BadCursor."""
    named = _named(wanted.space).subquery()
    query = select(named).where(*_within(wanted, named.c.created_at))
    if wanted.q:
        query = query.where(named.c.name.icontains(wanted.q, autoescape=True))
    found = await tx.connection.execute(_paged(query, wanted, named.c.created_at, named.c.name))
    rows = [Project(**row) for row in found.mappings()]
    items = rows[: wanted.limit]
    names = [row.name for row in items]
    made, spent = await _made(tx, wanted.space, names), await _spent(tx, wanted.space, names, day_began)
    projects = tuple(
        replace(row, budget_usd=tx.budget_of_project(row.name), **made.get(row.name, {}), **spent.get(row.name, {}))
        for row in items
    )
    return Page(projects, _next(rows, wanted, lambda last: (last.created_at, last.name)))


async def all_assets(history: History) -> AsyncIterator[Asset]:
    """Every asset of every space, by id, a page at a time: nothing is held while one is looked at."""
    last = ""
    while True:
        async with history.read() as tx:
            query = select(assets).where(assets.c.id > last).order_by(assets.c.id).limit(PAGE)
            page = await tx.all(Asset, query)
        for asset in page:
            yield asset
        if len(page) < PAGE:
            return
        last = page[-1].id


def _of_shelf(tx: Transaction, wanted: Shelf) -> list[ColumnElement[bool]]:
    return [
        assets.c.space == wanted.space,
        assets.c.kind.in_(wanted.kinds),
        assets.c.media_type != "text/markdown",  # a scene set's second file
        *(
            assets.c[name] == value
            for name in ("project", "production_id", "job_id")
            if (value := getattr(wanted, name)) is not None
        ),
        *([_about(tx, wanted.q)] if wanted.q else []),
        *_within(wanted, assets.c.created_at),
    ]


def _about(tx: Transaction, q: str) -> ColumnElement[bool]:
    """Made by a job whose texts hold `q`; a cut, or what was brought along, by its film's."""
    by_job = select(jobs.c.id).where(about(tx.connection, jobs.c.id, jobs.c.search, q))
    by_film = select(productions.c.id).where(about(tx.connection, productions.c.id, productions.c.search, q))
    of_film = or_(assets.c.job_id.is_(None), assets.c.kind == "cut")
    return or_(assets.c.job_id.in_(by_job), and_(of_film, assets.c.production_id.in_(by_film)))


def _within(wanted: Shelf, at: ColumnElement[float]) -> list[ColumnElement[bool]]:
    after = [] if wanted.created_after is None else [at > wanted.created_after]
    before = [] if wanted.created_before is None else [at < wanted.created_before]
    return [*after, *before]


def _paged(query: Select[Any], wanted: Shelf, at: ColumnElement[float], key: ColumnElement[str]) -> Select[Any]:
    newest_first = wanted.sort.startswith("-")
    if wanted.cursor is not None:
        query = query.where(beyond(at, key, wanted.cursor, newest_first=newest_first))
    order = (at.desc(), key.desc()) if newest_first else (at, key)
    return query.order_by(*order).limit(wanted.limit + 1)


def _next(found: Sequence[Any], wanted: Shelf, key_of: Any) -> str | None:
    return cursor_of(*key_of(found[wanted.limit - 1])) if len(found) > wanted.limit else None


async def _jobs_of(tx: Transaction, items: Sequence[Asset]) -> dict[str, Job]:
    ids = {asset.job_id for asset in items if asset.job_id is not None}
    rows = await tx.all(Job, select(jobs).where(jobs.c.id.in_(ids))) if ids else []
    return {job.id: job for job in rows}


async def _films_of(tx: Transaction, items: Sequence[Asset]) -> dict[str, Production]:
    ids = {asset.production_id for asset in items if asset.production_id is not None}
    rows = await tx.all(Production, select(productions).where(productions.c.id.in_(ids))) if ids else []
    return {film.id: film for film in rows}


async def _posters_of(tx: Transaction, items: Sequence[Asset]) -> set[str]:
    """The ids of the videos among `items` that have a poster."""
    keys = {f"posters/{asset.id}.jpg": asset.id for asset in items if asset.media_type.startswith("video/")}
    if not keys:
        return set()
    query = select(assets.c.key).where(assets.c.key.in_(keys))
    return {keys[key] for key in (await tx.connection.execute(query)).scalars()}


def _named(space: str) -> Select[Any]:
    """Every project of a space, by its jobs and its productions."""
    owned = [
        select(
            table.c.project.label("name"),
            table.c.created_at,
            literal(int(table is jobs)).label("is_job"),
            literal(int(table is productions)).label("is_production"),
        ).where(table.c.space == space, table.c.project.is_not(None))
        for table in (jobs, productions)
    ]
    named = union_all(*owned).subquery()
    return select(
        named.c.name,
        func.min(named.c.created_at).label("created_at"),
        func.max(named.c.created_at).label("last_order_at"),
        func.sum(named.c.is_job).label("jobs"),
        func.sum(named.c.is_production).label("productions"),
    ).group_by(named.c.name)


async def _made(tx: Transaction, space: str, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    query = (
        select(assets.c.project, func.count().label("assets"), func.sum(assets.c.size_bytes).label("bytes"))
        .where(assets.c.space == space, assets.c.project.in_(names))
        .group_by(assets.c.project)
    )
    rows = (await tx.connection.execute(query)).all()
    return {row.project: {"assets": row.assets, "bytes": int(row.bytes)} for row in rows}


async def _spent(tx: Transaction, space: str, names: Sequence[str], day_began: float) -> dict[str, dict[str, Any]]:
    other = ledger.alias()
    settled = select(other.c.id).where(other.c.order_id == ledger.c.order_id, other.c.entry != "reservation").exists()
    nano = cast(func.round(cast(ledger.c.usd, Float) * NANO), BigInteger)
    actual = ledger.c.entry == "actual"
    query = (
        select(
            ledger.c.project,
            func.sum(case((actual, nano), else_=0)).label("spent_usd"),
            func.sum(case((and_(actual, ledger.c.at >= day_began), nano), else_=0)).label("spent_today_usd"),
            func.sum(case((and_(ledger.c.entry == "reservation", ~settled), nano), else_=0)).label("reserved_usd"),
        )
        .where(ledger.c.space == space, ledger.c.project.in_(names))
        .group_by(ledger.c.project)
    )
    rows = (await tx.connection.execute(query)).mappings()
    return {row["project"]: {name: _usd(row[name]) for name in row if name != "project"} for row in rows}


def _usd(nano: Any) -> Decimal:
    """Back from billionths, written as money is: no exponent, no zeros behind."""
    whole = (Decimal(int(nano)) / NANO).normalize()
    return whole.quantize(Decimal(1)) if whole == whole.to_integral_value() else whole
