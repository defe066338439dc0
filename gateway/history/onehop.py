"""aiosqlite with one trip to its thread per statement or none: cursor, execute, fetch and close would take four."""

import asyncio
import sqlite3
from collections.abc import Iterable
from functools import partial
from threading import Thread
from typing import Any, Self
from weakref import WeakSet

import aiosqlite

ENDS_WITHIN_S = 5.0

QUERIES = ("SELECT", "WITH RECURSIVE")
"""How statements begin that may be broken off without ending their transaction."""

STEPS_IN_PLACE = 10_000
"""Of SQLite's machine, a millisecond or so: a query that takes more of them leaves the loop."""


class Threads(WeakSet[Thread]):
    """Those of connections. One whose statement was canceled is dropped by the pool while it still works on it."""

    def connect(self, path: str, **options: Any) -> aiosqlite.Connection:
        """An unopened connection to the file at `path`; await it. `options` go to `sqlite3.connect`."""
        connection = OneHopConnection(partial(sqlite3.connect, path, **options), iter_chunk_size=64)
        connection._thread.daemon = True  # as SQLAlchemy does with those it opens itself
        self.add(connection._thread)
        return connection

    async def ended(self) -> None:
        """Return when nobody works on the file any more, all connections being closed or dropped."""
        for thread in [one for one in self if one.is_alive()]:
            await asyncio.to_thread(thread.join, ENDS_WITHIN_S)


class OneHopConnection(aiosqlite.Connection):
    """Gives cursors that bring all rows home with them. SQLAlchemy fetches everything at once anyway."""

    in_place = False
    """Statements run in the loop itself: a short one takes 20 us, the way to the thread and back a busy loop's 500.

    A query that turns out to be long is broken off there, and begun again in the thread.
    """

    async def commit(self) -> None:
        if self._conn.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Nothing to roll back is no trip: SQLAlchemy asks at the end of every read."""
        if self._conn.in_transaction:
            await super().rollback()

    def cursor(self) -> "OneHopCursor":  # type: ignore[override]  # what SQLAlchemy uses of a cursor, and no more
        return OneHopCursor(self)


class OneHopCursor:
    """Runs statements; what they brought is here when `execute` returns."""

    arraysize = 1

    def __init__(self, connection: OneHopConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Iterable[Any] = ()) -> Self:
        await self._trip(sqlite3.Connection.execute, statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Iterable[Iterable[Any]]) -> Self:
        await self._trip(sqlite3.Connection.executemany, statement, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    async def _trip(self, call: Any, statement: str, parameters: Any) -> None:
        if not (self._connection.in_place and self._done_in_place(call, statement, parameters)):
            await self._connection._execute(self._run, call, statement, parameters)  # type: ignore[no-untyped-call]

    def _done_in_place(self, call: Any, statement: str, parameters: Any) -> bool:
        """False: it takes longer than the loop can wait, and nothing of it was done."""
        if not statement.startswith(QUERIES):
            self._run(call, statement, parameters)
            return True
        driver = self._connection._conn
        driver.set_progress_handler(_enough, STEPS_IN_PLACE)
        try:
            self._run(call, statement, parameters)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            return False
        finally:
            driver.set_progress_handler(None, 0)
        return True

    def _run(self, call: Any, statement: str, parameters: Any) -> None:
        cursor = call(self._connection._conn, statement, parameters)
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        self._rows = cursor.fetchall() if cursor.description else []
        cursor.close()


def _enough() -> bool:
    """What SQLite asks after so many steps: yes ends the query."""
    return True
