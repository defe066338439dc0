"""Lists in pages: an opaque cursor over (created_at, id), stable while new rows arrive."""

import base64
import binascii
import json
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, literal, or_, select

from gateway.history.records import JobFilter


class BadCursor(ValueError):
    """The cursor was not made by this list."""


def page_of(
    table: Table, wanted: JobFilter, *, about_it: ColumnElement[bool] | None = None, few: bool = False
) -> Select[Any]:
    """One row more than the page holds, so that the caller sees whether another page follows.

    `about_it`: what `q` asks for, where it asks; `few`: of which there are so few that they are looked up first.
    """
    newest_first = wanted.sort.startswith("-")
    order = (table.c.created_at, table.c.id)
    query = select(table).where(*_conditions(table, wanted, few=few))
    if about_it is not None:
        query = query.where(about_it)
    if wanted.cursor is not None:
        query = query.where(beyond(*order, wanted.cursor, newest_first=newest_first))
    return query.order_by(*(column.desc() if newest_first else column for column in order)).limit(wanted.limit + 1)


def cursor_of(created_at: float, row_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([created_at, row_id]).encode()).decode().rstrip("=")


def _conditions(table: Table, wanted: JobFilter, *, few: bool) -> list[ColumnElement[bool]]:
    same = [
        table.c[name] == value
        for name in ("space", "status", "kind", "production_id", "project")
        if name in table.c and (value := getattr(wanted, name)) is not None
    ]
    if few:  # an index by space and time would tempt SQLite to go through all rows
        same[0] = table.c.space + literal("") == wanted.space
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
