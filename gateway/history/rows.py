"""Rows as records and back: the one place where money turns into text."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Insert, RowMapping, Table

from gateway.history.connection import Connection

R = TypeVar("R")

_NAMES: dict[type[Any], tuple[str, ...]] = {}

MONEY = frozenset({"estimated_usd", "reserved_usd", "actual_usd", "price_usd", "budget_usd", "usd"})


def as_record(record: type[R], row: Mapping[str, Any] | RowMapping) -> R:
    """The row of a table as its record."""
    return record(**{name: _read(name, row[name]) for name in _names(record)})


def as_columns(record: Any) -> dict[str, Any]:
    """The record as values for its table; JSON columns stay as they are."""
    return {name: _written(name, getattr(record, name)) for name in _names(type(record))}


def written(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _written(name, value) for name, value in columns.items()}


async def insert(
    connection: Connection, table: Table, rows: list[dict[str, Any]], *, unless_known_by: str | None = None
) -> None:
    """Insert the rows; with `unless_known_by`, a row whose value in that column is there already is passed over."""
    if unless_known_by is None:
        await connection.execute(table.insert(), rows)
        return
    await connection.execute(_insert_unless(connection, table, known_by=unless_known_by), rows)


def _insert_unless(connection: Connection, table: Table, *, known_by: str) -> Insert:
    """The same words in two dialects, each of which takes 1 to 2 MB: only the one in use is loaded."""
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite  # noqa: PLC0415 -- see above

        return sqlite.insert(table).on_conflict_do_nothing(index_elements=[known_by])
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 -- see above

    return postgresql.insert(table).on_conflict_do_nothing(index_elements=[known_by])


def _names(record: type[Any]) -> tuple[str, ...]:
    names = _NAMES.get(record)
    if names is None:
        names = _NAMES[record] = tuple(field.name for field in fields(record))
    return names


def _read(name: str, value: Any) -> Any:
    return Decimal(value) if name in MONEY and value is not None else value


def _written(name: str, value: Any) -> Any:
    return format(value, "f") if name in MONEY and value is not None else value
