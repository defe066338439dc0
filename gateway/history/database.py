"""The database under the history: one writer at a time, durable commits, many readers."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, exc
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.util import greenlet_spawn

from gateway.history import onehop
from gateway.history.addresses import driver_url
from gateway.history.connection import Connection

BUSY_TIMEOUT_MS = 5_000
CONNECT_WITHIN_S = 5.0
ANSWER_WITHIN_S = 30.0
WRITERS = 0x5CE4EBEA
"""The advisory lock that writers of one PostgreSQL hold, one after the other."""


AWAY = ("08", "25006", "40", "42501", "53", "57")
"""How SQLSTATEs begin that say "not now": connection, read only, rolled back, no rights, no room, operator.

Rights that somebody took from our role by mistake come back: until then nothing is given up that was paid for.
"""


class DatabaseAway(exc.OperationalError):
    """The database cannot do it now, and may later; the driver's own error is `orig`."""


class Database:
    """Transactions on the history. `write()` sees everything committed before it and excludes other writers.

    On SQLite a write begins with `BEGIN IMMEDIATE`, on PostgreSQL with an advisory lock that every gateway takes; an
    in-process lock keeps writers of one gateway from spinning on the busy handler, or from holding connections.

    What is written and glanced at is short: SQLite does it without leaving the loop. Waiting for the disk or for other
    processes, whatever a `read()` looks for, and a query that turns out to be long is left to a thread.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = asyncio.Lock()
        self._trouble: tuple[type[Exception], ...] = (exc.SQLAlchemyError, OSError, *_errors_of(engine))

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["Database"]:
        """Open `url`: `sqlite+aiosqlite:///path`, or `postgresql://...`. Raises ConfigError for any other kind.

        A SQLite file and its folders are made where there are none.
        """
        address, threads = driver_url(url), onehop.Threads()
        is_sqlite = make_url(address).get_backend_name() == "sqlite"
        engine = _sqlite_engine(address, threads) if is_sqlite else _postgres(address)
        try:
            yield cls(engine)
        finally:
            await greenlet_spawn(engine.dispose)
            await threads.ended()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        async with self._writer, self._connected() as connection:
            await self._begin(connection, WRITERS)
            try:
                with self._in_place(connection):
                    yield connection
            except BaseException:
                await _to_the_end(connection.rollback())
                raise
            await _to_the_end(connection.commit())

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """One consistent view of what is committed; may take its time."""
        async with self._connected() as connection:
            if self.is_sqlite:
                await connection.exec_driver_sql("BEGIN")
            else:
                await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[Connection]:
        """Each statement sees what is committed at its own moment: cheaper, for those who look again anyway."""
        async with self._connected() as connection:
            with self._in_place(connection):
                yield connection

    async def refuse_read_only(self) -> None:
        """Raises DatabaseAway where nothing can be written, as on a standby of PostgreSQL."""
        if self.is_sqlite:
            return
        async with self.glance() as connection:
            if (await connection.exec_driver_sql("SHOW transaction_read_only")).scalar_one() == "on":
                raise DatabaseAway("look", None, PermissionError("it takes no writes"))

    @asynccontextmanager
    async def alone(self, lock: int) -> AsyncIterator[None]:
        """No other gateway is in such a block of the same number. A SQLite file has one gateway only."""
        if self.is_sqlite:
            yield
            return
        async with self._connected() as connection:
            await self._begin(connection, lock)
            yield

    @contextmanager
    def _in_place(self, connection: Connection) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        driver = connection.driver
        driver.in_place = True
        try:
            yield
        finally:
            driver.in_place = False

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        try:
            connection = await Connection.of(self.engine)
        except self._trouble as error:
            raise DatabaseAway("connect", None, getattr(error, "orig", error)) from error
        async with _closed_at_the_end(connection):
            yield connection

    async def _begin(self, connection: Connection, lock: int) -> None:
        if self.is_sqlite:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock})")

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"


@asynccontextmanager
async def _closed_at_the_end(connection: Connection) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await _to_the_end(connection.close())


async def _to_the_end(last_word: Coroutine[Any, Any, None]) -> None:
    """Await a commit or rollback even while being cancelled: nobody may use the connection before it is over."""
    task = asyncio.ensure_future(last_word)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,))
        raise


def _engine(url: str, **options: Any) -> Engine:
    return create_engine(url, pool_size=6, max_overflow=4, **options)


def _postgres(url: str) -> Engine:
    """A connection that broke while nobody used it is noticed before it is used.

    Our queries read few rows and are not worth compiling: of the line's lanes, 360 of 374 ms went into that.
    """
    settings = {"timeout": CONNECT_WITHIN_S, "command_timeout": ANSWER_WITHIN_S, "server_settings": {"jit": "off"}}
    engine = _engine(url, pool_pre_ping=True, connect_args=settings)
    event.listen(engine, "handle_error", _told_apart)
    return engine


def _told_apart(context: ExceptionContext) -> BaseException | None:
    """What only says that the database cannot do it now, as DatabaseAway; anything else as it is."""
    error = context.original_exception
    if not isinstance(error, Exception):  # a canceled statement counts as a broken connection too
        return None
    if context.is_pre_ping:  # the pool replaces what is broken, and asks again
        return None
    state = str(getattr(error, "sqlstate", None) or "")
    if context.is_disconnect or isinstance(error, OSError | TimeoutError) or state.startswith(AWAY):
        return DatabaseAway(context.statement, None, error)
    return None


def _errors_of(engine: Engine) -> tuple[type[Exception], ...]:
    """What the driver itself raises where no connection can be had; SQLAlchemy passes that on as it is."""
    if engine.dialect.name == "sqlite":
        return (sqlite3.OperationalError,)
    import asyncpg  # noqa: PLC0415 -- installed where PostgreSQL is used only

    return asyncpg.PostgresError, asyncpg.InterfaceError


def _sqlite_engine(url: str, threads: onehop.Threads) -> Engine:
    if path := make_url(url).database:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = _engine(url, connect_args={"async_creator_fn": threads.connect, "check_same_thread": False})
    _tune_sqlite(engine)
    return engine


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
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
