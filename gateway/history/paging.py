"""Lists in pages: an opaque cursor over (created_at, id), stable while new rows arrive."""

import base64
import binascii
import json
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, literal, or_, select

from gateway.history.records import JobFilter


class BadCursor(ValueError):
    """The cursor was not made by this list."""


def page_of(
    table: FromClause,
    wanted: JobFilter,
    *,
    about_it: ColumnElement[bool] | None = None,
    few: bool = False,
    as_far_as: float | None = None,
) -> Select[Any]:
    """One row more than the page holds, so that the caller sees whether another page follows.

    `about_it`: what `q` asks for, where it asks; `few`: of which there are so few that they are looked up first.
    `as_far_as`: no row is looked at that comes after this moment in the order of the list.
    """
    query = select(table).where(*_conditions(table, wanted, few=few))
    if about_it is not None:
        query = query.where(about_it)
    newest_first = wanted.sort.startswith("-")
    if as_far_as is not None:
        query = query.where(table.c.created_at >= as_far_as if newest_first else table.c.created_at <= as_far_as)
    order = (table.c.created_at, table.c.id)
    return query.order_by(*(column.desc() if newest_first else column for column in order)).limit(wanted.limit + 1)


def moment_after(table: FromClause, wanted: JobFilter, rows: int) -> Select[Any]:
    """When the row was made that so many `rows` of the list come before, whatever `q` asks for; none: no such row."""
    at = table.c.created_at
    query = select(at).where(*_conditions(table, wanted)).offset(rows).limit(1)
    return query.order_by(at.desc() if wanted.sort.startswith("-") else at)


def cursor_of(created_at: float, row_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([created_at, row_id]).encode()).decode().rstrip("=")


def _conditions(table: FromClause, wanted: JobFilter, *, few: bool = False) -> list[ColumnElement[bool]]:
    same = [
        table.c[name] == value
        for name in ("space", "status", "kind", "production_id", "project")
        if name in table.c and (value := getattr(wanted, name)) is not None
    ]
    if few or wanted.production_id is not None:  # SQLite would be tempted to go through an index that has all rows
        same[0] = table.c.space + literal("") == wanted.space
    if wanted.created_after is not None:
        same.append(table.c.created_at > wanted.created_after)
    if wanted.created_before is not None:
        same.append(table.c.created_at < wanted.created_before)
    if wanted.cursor is not None:
        newest_first = wanted.sort.startswith("-")
        same.append(beyond(table.c.created_at, table.c.id, wanted.cursor, newest_first=newest_first))
    return same


def beyond(
    time: ColumnElement[float], key: ColumnElement[str], cursor: str, *, newest_first: bool
) -> ColumnElement[bool]:
    """What comes after `cursor` in a list by `time`, then `key`. Raises BadCursor."""
    at, row_id = _read_cursor(cursor)
    if newest_first:
        return and_(time <= at, or_(time < at, key < row_id))  # the first half is what an index can begin at
    return and_(time >= at, or_(time > at, key > row_id))


def _read_cursor(cursor: str) -> tuple[float, str]:
    try:
        at, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return float(at), str(row_id)
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadCursor("`cursor` is not one that this list gave out; start again without it") from error
