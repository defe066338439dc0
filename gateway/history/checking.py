"""Whether a database is as it should be: its schema, its own opinion of itself, what points nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table, func, select, text

from gateway.history.addresses import shown_url
from gateway.history.connection import Connection
from gateway.history.database import Database
from gateway.history.schema import HEAD, UNKNOWN, is_known, revision_of
from gateway.history.tables import assets, counters, events, jobs, orders, productions

COUNTED = (jobs, orders, productions, assets, events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`problems` is empty where all is well. `revision` None: there is no schema yet."""

    address: str
    server: str
    revision: str | None
    newest_revision: str = HEAD
    rows: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


async def examine(database: Database) -> Report:
    """Reads only. Raises DBAPIError."""
    address = shown_url(database.engine.url.render_as_string())
    async with database.read() as connection:
        server = await _server(connection, database.is_sqlite)
        revision = await revision_of(connection)
        if revision != HEAD:
            return Report(address=address, server=server, revision=revision, problems=(_of_revision(revision),))
        problems = [*await _own_opinion(connection, database.is_sqlite), *await _numbering(connection)]
        rows = {table.name: await _count(connection, table) for table in COUNTED}
    return Report(address=address, server=server, revision=revision, rows=rows, problems=tuple(problems))


def _of_revision(revision: str | None) -> str:
    if revision is not None and not is_known(revision):
        return f"it has {UNKNOWN.format(revision)}"
    wrong = "there is no schema" if revision is None else f"the schema is revision {revision}"
    return f"{wrong}, not {HEAD}: run `scenebeat db upgrade`"


async def _server(connection: Connection, is_sqlite: bool) -> str:
    query = (
        "SELECT 'SQLite ' || sqlite_version()"
        if is_sqlite
        else "SELECT 'PostgreSQL ' || current_setting('server_version')"
    )
    return str((await connection.execute(text(query))).scalar_one())


async def _own_opinion(connection: Connection, is_sqlite: bool) -> list[str]:
    """PostgreSQL looks after its own files; SQLite's is looked through."""
    if not is_sqlite:
        return []
    faults = [str(row[0]) for row in await connection.execute(text("PRAGMA quick_check(20)")) if row[0] != "ok"]
    orphans = {str(row[0]) for row in await connection.execute(text("PRAGMA foreign_key_check"))}
    return faults + [f"{table} has rows that point to nothing" for table in sorted(orphans)]


async def _numbering(connection: Connection) -> list[str]:
    newest = (await connection.execute(select(func.max(events.c.seq)))).scalar() or 0
    counted = (await connection.execute(select(counters.c.value).where(counters.c.name == "events"))).scalar() or 0
    return [f"the newest event is {newest}, but only {counted} were numbered"] if newest > counted else []


async def _count(connection: Connection, table: Table) -> int:
    return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
