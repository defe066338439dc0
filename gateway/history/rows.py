"""Rows as records and back: the one place where money turns into text."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import RowMapping, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

R = TypeVar("R")

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
    connection: AsyncConnection, table: Table, rows: list[dict[str, Any]], *, unless_known_by: str | None = None
) -> None:
    """Insert the rows; with `unless_known_by`, a row whose value in that column is there already is passed over."""
    if unless_known_by is None:
        await connection.execute(table.insert(), rows)
        return
    query = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    await connection.execute(query.on_conflict_do_nothing(index_elements=[unless_known_by]), rows)


def _names(record: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record))


def _read(name: str, value: Any) -> Any:
    return Decimal(value) if name in MONEY and value is not None else value


def _written(name: str, value: Any) -> Any:
    return format(value, "f") if name in MONEY and value is not None else value
