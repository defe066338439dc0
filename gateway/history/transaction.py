"""One transaction on everything asked, ordered and made."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, Table, bindparam, delete, func, or_, select, update

from gateway.history import ledger
from gateway.history.addressees import enqueue
from gateway.history.budgets import Budgets, refuse_film, refuse_what_passes
from gateway.history.connection import Connection
from gateway.history.finding import rows_of
from gateway.history.paging import cursor_of
from gateway.history.records import (
    TERMINAL,
    Asset,
    EventRow,
    EventType,
    Job,
    JobFilter,
    NewJob,
    OrderRow,
    Page,
    Production,
    Remembered,
    SceneVersion,
)
from gateway.history.rows import as_columns, as_record, written
from gateway.history.snapshots import snapshot
from gateway.history.tables import (
    assets,
    counters,
    events,
    idempotency_keys,
    jobs,
    orders,
    productions,
    scenes,
)
from shared.contracts.base import FREE
from shared.contracts.scene import Scene

NO_CAPS = Budgets()

# Statements of every order are built once: that takes as long as sending them.
_ORDER = select(orders).where(orders.c.id == bindparam("order_id"))
_ORDERS_OF = (
    select(orders)
    .where(orders.c.job_id == bindparam("job_id"))
    .order_by(orders.c.position, orders.c.released_at.nulls_last())
)
_NUMBER_EVENTS = (
    update(counters)
    .where(counters.c.name == "events")
    .values(value=counters.c.value + bindparam("told"))
    .returning(counters.c.value)
)

R = TypeVar("R")
Listed = TypeVar("Listed", Job, Production)


class Transaction:
    """Everything one transaction may read and write. What it tells gets its seq at the commit, last of all locks.

    A write locks the productions and jobs it reads by id; take them in that order, jobs by rising id.
    """

    def __init__(
        self, connection: Connection, *, now: Callable[[], float], writing: bool, budgets: Budgets = NO_CAPS
    ) -> None:
        self.connection = connection
        self.now = now
        self._writing = writing
        self._budgets = budgets
        self._told: list[tuple[EventRow, str | None]] = []
        """Events, each with the webhook that its order named."""
        self.fills_outbox = False
        """Somebody outside is to be told of something."""

    # jobs and orders

    async def insert_job(self, new: NewJob) -> None:
        await self.connection.execute(jobs.insert(), [as_columns(new.job)])
        if new.orders:
            await self.connection.execute(orders.insert(), [as_columns(order) for order in new.orders])

    async def job(self, job_id: str, *, space: str | None = None) -> Job | None:
        return await self._by_id(Job, jobs, job_id, space)

    async def jobs_of(self, production_id: str) -> list[Job]:
        """Oldest first; a retry after what it is a retry of."""
        query = (
            select(jobs)
            .where(jobs.c.production_id == production_id)
            .order_by(jobs.c.created_at, jobs.c.attempt, jobs.c.id)
        )
        return await self.all(Job, query)

    async def order(self, order_id: str) -> OrderRow | None:
        return await self._one(OrderRow, _ORDER, order_id=order_id)

    async def orders_of(self, job_id: str) -> list[OrderRow]:
        """By position; of those at one position, what was replaced comes before what replaces it."""
        return await self.all(OrderRow, _ORDERS_OF, job_id=job_id)

    async def orders_under_way(self) -> list[OrderRow]:
        """What a worker has begun and not ended."""
        return await self.all(OrderRow, select(orders).where(orders.c.status == "released", orders.c.started.is_(True)))

    async def update_job(self, job_id: str, **columns: Any) -> bool:
        """Change a job that is not terminal; False when it is (or does not exist): nothing changed then."""
        query = update(jobs).where(jobs.c.id == job_id, jobs.c.status.not_in(TERMINAL))
        return (await self.connection.execute(query.values(written(columns)))).rowcount == 1

    async def update_order(self, order_id: str, **columns: Any) -> bool:
        """Change an order that has not ended; False when it has."""
        query = update(orders).where(orders.c.id == order_id, orders.c.status != "ended")
        return (await self.connection.execute(query.values(written(columns)))).rowcount == 1

    async def list_jobs(self, wanted: JobFilter) -> Page[Job]:
        """Raises BadCursor."""
        return await self._page(Job, jobs, wanted)

    async def delete_job(self, job_id: str) -> None:
        """Remove a job with its orders and asset rows; the ledger and the events (small fields only) stay."""
        await self.connection.execute(delete(assets).where(assets.c.job_id == job_id))
        await self.connection.execute(delete(orders).where(orders.c.job_id == job_id))
        await self.connection.execute(delete(idempotency_keys).where(idempotency_keys.c.job_id == job_id))
        await self.connection.execute(delete(jobs).where(jobs.c.id == job_id))

    # productions and their scenes

    async def insert_production(self, production: Production) -> None:
        await self.connection.execute(productions.insert(), [as_columns(production)])

    async def production(self, production_id: str, *, space: str | None = None) -> Production | None:
        return await self._by_id(Production, productions, production_id, space)

    async def update_production(self, production_id: str, **columns: Any) -> bool:
        """Change a production that is not terminal; False when it is: nothing changed then."""
        query = update(productions).where(productions.c.id == production_id, productions.c.status.not_in(TERMINAL))
        return (await self.connection.execute(query.values(written(columns)))).rowcount == 1

    async def edit_production(self, production_id: str, **columns: Any) -> None:
        """Change a production also where it is terminal: somebody edits it, or it shows another cut."""
        query = update(productions).where(productions.c.id == production_id)
        await self.connection.execute(query.values(written(columns)))

    async def list_productions(self, wanted: JobFilter) -> Page[Production]:
        """Raises BadCursor."""
        return await self._page(Production, productions, wanted)

    async def put_scenes(self, production_id: str, new: Sequence[Scene]) -> None:
        """Write scenes 1..N, each as the version after its newest; clips are assigned anew."""
        newest = {scene.number: scene.version for scene in await self.scenes_of(production_id)}
        rows = [
            SceneVersion(
                production_id=production_id,
                number=number,
                version=newest.get(number, 0) + 1,
                scene=scene.model_dump(mode="json"),
                created_at=self.now(),
            )
            for number, scene in enumerate(new, start=1)
        ]
        await self.connection.execute(scenes.insert(), [as_columns(row) for row in rows])

    async def scenes_of(self, production_id: str) -> list[SceneVersion]:
        """The newest version of every scene, by number."""
        return list({version.number: version for version in await self.versions_of(production_id)}.values())

    async def versions_of(self, production_id: str) -> list[SceneVersion]:
        """Every version of every scene, by number, oldest first."""
        query = select(scenes).where(scenes.c.production_id == production_id)
        return await self.all(SceneVersion, query.order_by(scenes.c.number, scenes.c.version))

    async def add_version(self, new: SceneVersion) -> None:
        await self.connection.execute(scenes.insert(), [as_columns(new)])

    async def update_version(self, production_id: str, number: int, version: int, **columns: Any) -> None:
        mine = (scenes.c.production_id == production_id, scenes.c.number == number, scenes.c.version == version)
        await self.connection.execute(update(scenes).where(*mine).values(columns))

    # assets

    async def insert_asset(self, *new: Asset) -> None:
        if new:
            await self.connection.execute(assets.insert(), [as_columns(asset) for asset in new])

    async def asset(self, asset_id: str, *, space: str | None = None) -> Asset | None:
        query = select(assets).where(assets.c.id == asset_id)
        return await self._one(Asset, query if space is None else query.where(assets.c.space == space))

    async def assets_of(self, job_id: str) -> list[Asset]:
        query = select(assets).where(assets.c.job_id == job_id).order_by(assets.c.created_at, assets.c.id)
        return await self.all(Asset, query)

    async def asset_by_key(self, key: str) -> Asset | None:
        return await self._one(Asset, select(assets).where(assets.c.key == key))

    async def delete_asset(self, asset_id: str) -> None:
        await self.connection.execute(delete(assets).where(assets.c.id == asset_id))

    # the account

    async def afford_film(self, film: Production, estimated: Decimal) -> None:
        """Raises PermanentError BUDGET_EXCEEDED where the whole film could pass the cap of its project or key."""
        await refuse_film(self.connection, film, estimated, self._budgets, now=self.now())

    async def made_before(self, space: str, fingerprint: str) -> Job | None:
        """The newest job of the very same order that succeeded and whose files are still there."""
        query = select(jobs).where(
            jobs.c.space == space, jobs.c.fingerprint == fingerprint, jobs.c.status == "succeeded"
        )
        query = query.where(select(assets.c.id).where(assets.c.job_id == jobs.c.id).exists())
        return await self._one(Job, query.order_by(jobs.c.created_at.desc()).limit(1))

    async def reserve(self, *new: OrderRow) -> None:
        await ledger.enter(self.connection, [("reservation", order, order.price_usd) for order in new], at=self.now())

    async def book(self, order: OrderRow, actual: Decimal) -> None:
        """What the order really cost; the rest of its reservation is free again."""
        await ledger.enter(self.connection, ledger.settlement(order, actual), at=self.now())

    async def refund(self, order: OrderRow) -> None:
        """The order cost nothing: its reservation is free again."""
        await ledger.enter(self.connection, [("refund", order, order.price_usd)], at=self.now())

    async def spent(self, production_id: str) -> tuple[Decimal, Decimal]:
        """(still reserved, really spent) of a production."""
        return await ledger.spent(self.connection, "production_id", production_id)

    async def afford(self, *new: OrderRow, freed: Decimal = FREE) -> None:
        """Raises PermanentError BUDGET_EXCEEDED where orders of one job or film could pass a cap."""
        if new:
            await refuse_what_passes(self.connection, new, self._budgets, now=self.now(), freed=freed)

    def budget_of_project(self, project: str) -> Decimal | None:
        """The cap that config sets; None: there is none."""
        return self._budgets.of_project(project)

    # idempotency keys

    async def idempotent(self, space: str, key: str, *, since: float = 0.0) -> Remembered | None:
        """What `key` answered, unless that was before `since`. In a write, nobody else answers it until the commit."""
        query = select(idempotency_keys).where(
            idempotency_keys.c.space == space,
            idempotency_keys.c.key == key,
            idempotency_keys.c.created_at >= since,
        )
        return await self._one(Remembered, query)

    async def remember(
        self, space: str, key: str, fingerprint: str, *, job_id: str | None = None, production_id: str | None = None
    ) -> None:
        """Keep what `key` answers from now on, instead of anything it answered before."""
        mine = (idempotency_keys.c.space == space, idempotency_keys.c.key == key)
        await self.connection.execute(delete(idempotency_keys).where(*mine))
        kept = Remembered(fingerprint=fingerprint, created_at=self.now(), job_id=job_id, production_id=production_id)
        await self.connection.execute(idempotency_keys.insert().values(space=space, key=key, **as_columns(kept)))

    # events

    def tell(self, event: EventType, subject: Job | Production, data: dict[str, Any] | None = None) -> None:
        """Say that `subject` stands as it is given here; without `data`, its snapshot says so. Writes only."""
        of_job = isinstance(subject, Job)
        told = EventRow(
            seq=0,
            space=subject.space,
            type=event,
            job_id=subject.id if of_job else None,
            production_id=subject.production_id if isinstance(subject, Job) else subject.id,
            project=subject.project,
            data=snapshot(subject) if data is None else data,
            at=self.now(),
        )
        self._told.append((told, subject.request.get("webhook_url")))

    async def events_after(
        self,
        seq: int,
        *,
        space: str | None,
        job_ids: Sequence[str] = (),
        production_ids: Sequence[str] = (),
        projects: Sequence[str] = (),
        limit: int = 500,
    ) -> list[EventRow]:
        """Events later than `seq` of any of the named; of the whole space (None: of all) when nothing is named."""
        named = [
            column.in_(wanted)
            for column, wanted in (
                (events.c.job_id, job_ids),
                (events.c.production_id, production_ids),
                (events.c.project, projects),
            )
            if wanted
        ]
        query = select(events).where(events.c.seq > seq).order_by(events.c.seq).limit(limit)
        if space is not None:
            query = query.where(events.c.space == space)
        return await self.all(EventRow, query.where(or_(*named)) if named else query)

    async def newest_seq(self) -> int:
        return (await self.connection.execute(select(func.max(events.c.seq)))).scalar() or 0

    async def oldest_seq(self) -> int:
        """Of the events that are kept; 0 when there are none."""
        return (await self.connection.execute(select(func.min(events.c.seq)))).scalar() or 0

    async def number_events(self) -> list[EventRow]:
        """Give what was told its seq and write it, and whom it is sent to: the last step before the commit."""
        if not self._told:
            return []
        last = (await self.connection.execute(_NUMBER_EVENTS, {"told": len(self._told)})).scalar_one()
        first = last - len(self._told) + 1
        told = [(replace(event, seq=seq), url) for seq, (event, url) in enumerate(self._told, start=first)]
        await self.connection.execute(events.insert(), [as_columns(event) for event, _ in told])
        self.fills_outbox |= await enqueue(self.connection, told)
        return [event for event, _ in told]

    # how rows are read

    async def _by_id(self, record: type[R], table: Table, row_id: str, space: str | None) -> R | None:
        query = _row_of(table, in_space=space is not None, locked=self._writing)
        return await self._one(record, query, row_id=row_id, space=space)

    async def _one(self, record: type[R], query: Select[Any], **parameters: Any) -> R | None:
        row = (await self.connection.execute(query, parameters)).mappings().one_or_none()
        return None if row is None else as_record(record, row)

    async def all(self, record: type[R], query: Select[Any], **parameters: Any) -> list[R]:
        return [as_record(record, row) for row in (await self.connection.execute(query, parameters)).mappings()]

    async def _page(self, record: type[Listed], table: Table, wanted: JobFilter) -> Page[Listed]:
        found = [as_record(record, row) for row in await rows_of(self.connection, table, wanted)]
        items = tuple(found[: wanted.limit])
        more = len(found) > wanted.limit
        return Page(items, cursor_of(items[-1].created_at, items[-1].id) if more else None)


@cache
def _row_of(table: Table, *, in_space: bool, locked: bool) -> Select[Any]:
    query = select(table).where(table.c.id == bindparam("row_id"))
    if in_space:
        query = query.where(table.c.space == bindparam("space"))
    return query.with_for_update() if locked else query
