"""Lists in pages: an opaque cursor over (created_at, id), stable while new rows arrive."""

import base64
import binascii
import json
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select

from gateway.history.records import JobFilter
from gateway.history.search import about


class BadCursor(ValueError):
    """The cursor was not made by this list."""


def page_of(table: Table, wanted: JobFilter) -> Select[Any]:
    """One row more than the page holds, so that the caller sees whether another page follows."""
    newest_first = wanted.sort.startswith("-")
    order = (table.c.created_at, table.c.id)
    query = select(table).where(*_conditions(table, wanted))
    if wanted.cursor is not None:
        query = query.where(beyond(*order, wanted.cursor, newest_first=newest_first))
    return query.order_by(*(column.desc() if newest_first else column for column in order)).limit(wanted.limit + 1)


def cursor_of(created_at: float, row_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([created_at, row_id]).encode()).decode().rstrip("=")


def _conditions(table: Table, wanted: JobFilter) -> list[ColumnElement[bool]]:
    same = [
        table.c[name] == value
        for name in ("space", "status", "kind", "production_id", "project")
        if name in table.c and (value := getattr(wanted, name)) is not None
    ]
    if wanted.q:
        same.append(about(table.c.id, table.c.search, wanted.q))
    if wanted.created_after is not None:
        same.append(table.c.created_at > wanted.created_after)
    if wanted.created_before is not None:
        same.append(table.c.created_at < wanted.created_before)
    return same


def beyond(
    time: ColumnElement[float], key: ColumnElement[str], cursor: str, *, newest_first: bool
) -> ColumnElement[bool]:
    """What comes after `cursor` in a list by `time`, then `key`. Raises BadCursor."""
    at, row_id = _read_cursor(cursor)
    if newest_first:
        return or_(time < at, and_(time == at, key < row_id))
    return or_(time > at, and_(time == at, key > row_id))


def _read_cursor(cursor: str) -> tuple[float, str]:
    try:
        at, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return float(at), str(row_id)
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadCursor("`cursor` is not one that this list gave out; start again without it") from error
