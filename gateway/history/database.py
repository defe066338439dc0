"""The database under the history: one writer at a time, durable commits, many readers."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from gateway.history import onehop

BUSY_TIMEOUT_MS = 5_000


class Database:
    """Transactions on the history. `write()` sees everything committed before it and excludes other writers.

    On SQLite a write begins with `BEGIN IMMEDIATE`; an in-process lock keeps writers of one gateway from
    spinning on the busy handler.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._writer = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["Database"]:
        """Open `url` (`sqlite+aiosqlite:///path` by default). Raises what the driver raises if it can't."""
        engine = _sqlite_engine(url) if make_url(url).get_backend_name() == "sqlite" else _engine(url)
        try:
            yield cls(engine)
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        async with self._writer, self.engine.connect() as connection:
            await connection.exec_driver_sql("BEGIN IMMEDIATE" if self.is_sqlite else "SELECT 1")
            try:
                yield connection
            except BaseException:
                await _to_the_end(connection.rollback())
                raise
            await _to_the_end(connection.commit())

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view of what is committed."""
        async with self.glance() as connection:
            await connection.exec_driver_sql("BEGIN" if self.is_sqlite else "SELECT 1")
            yield connection

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[AsyncConnection]:
        """Each statement sees what is committed at its own moment: cheaper, for those who look again anyway."""
        async with self.engine.connect() as connection:
            yield connection

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"


async def _to_the_end(last_word: Coroutine[Any, Any, None]) -> None:
    """Await a commit or rollback even while being cancelled: nobody may use the connection before it is over."""
    task = asyncio.ensure_future(last_word)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,))
        raise


def _engine(url: str, **options: Any) -> AsyncEngine:
    return create_async_engine(url, pool_size=6, max_overflow=4, **options)


def _sqlite_engine(url: str) -> AsyncEngine:
    path = make_url(url).database or ":memory:"
    engine = _engine(url, async_creator=lambda: onehop.connect(path, check_same_thread=False))
    _tune_sqlite(engine)
    return engine


def _tune_sqlite(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN itself, so that a write can say IMMEDIATE
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",  # first: switching to WAL waits for others too
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
