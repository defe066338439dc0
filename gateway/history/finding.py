"""Which rows a page of jobs or productions shows: read in the order of the list, or looked up by the words of `q`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, Select, Table

from gateway.history.connection import Connection
from gateway.history.paging import moment_after, page_of
from gateway.history.records import JobFilter
from gateway.history.search import about, all_about, is_common, reads_like

NEAR = 1_000
"""So many rows are read before anything is looked up: words that one in twenty of them has fill a page of fifty."""


async def rows_of(connection: Connection, table: Table, wanted: JobFilter) -> Sequence[RowMapping]:
    """One row more than the page holds, where there is one. Raises BadCursor."""
    if not wanted.q:
        return await _all(connection, page_of(table, wanted))
    reads = reads_like(connection, table.c.search, wanted.q)
    end = (await connection.execute(moment_after(table, wanted, NEAR))).scalar()
    near = await _all(connection, page_of(table, wanted, about_it=reads, as_far_as=end))
    if end is None or len(near) > wanted.limit:
        return near
    if connection.dialect.name == "sqlite" and wanted.status is None and wanted.production_id is None:
        return await _all(connection, _by_index(table, wanted, wanted.q))
    if await is_common(connection, table, wanted.q):
        return await _all(connection, page_of(table, wanted, about_it=reads))
    looked_up = about(connection, table.c.id, table.c.search, wanted.q)
    return await _all(connection, page_of(table, wanted, about_it=looked_up, few=True))


def _by_index(table: Table, wanted: JobFilter, q: str) -> Select[Any]:
    """SQLite's index of words knows enough to choose the rows of a page without looking at any other."""
    found = all_about(table, q)
    ids = page_of(found, wanted).with_only_columns(found.c.id)
    return page_of(table, wanted, about_it=table.c.id.in_(ids), few=True)


async def _all(connection: Connection, query: Select[Any]) -> Sequence[RowMapping]:
    found: Sequence[RowMapping] = (await connection.execute(query)).mappings().all()
    return found
