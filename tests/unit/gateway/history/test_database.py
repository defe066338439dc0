"""A database that is away, full or broken off says so, and is used again as soon as it can be."""

import asyncio
import threading
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from gateway.history.addresses import driver_url, shown_url
from gateway.history.connection import Connection
from gateway.history.database import Database, DatabaseAway
from gateway.history.schema import SchemaError, to_newest
from gateway.history.store import History
from shared.config import ConfigError
from tests.factories import a_new_job
from tests.natsserver import free_port
from tests.postgres import PostgresServer

SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {steps}) SELECT count(*) FROM n"


async def test_a_canceled_statement_is_canceled_and_nothing_else(database: Database) -> None:
    began = asyncio.Event()

    async def look() -> None:
        async with database.read() as connection:
            began.set()
            await connection.execute(text(SLOW.format(steps=3_000_000)))

    looking = asyncio.create_task(look())
    await began.wait()
    await asyncio.sleep(0.05)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1


@pytest.mark.parametrize("kind", ["write", "glance"])
async def test_a_long_query_does_not_hold_up_the_loop(database: Database, kind: Literal["write", "glance"]) -> None:
    turns, opened = 0, database.write() if kind == "write" else database.glance()

    async def go_on() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with opened as connection:
        if kind == "write":
            await connection.execute(text("UPDATE counters SET value = 7"))
        others = asyncio.create_task(go_on())
        found = await connection.execute(text(SLOW.format(steps=100_000)))
        others.cancel()
    assert found.scalar_one() == 100_000
    assert turns > 0
    async with database.read() as connection:
        kept = (await connection.execute(text("SELECT max(value) FROM counters"))).scalar_one()
    assert kept == (7 if kind == "write" else 0)


async def test_a_server_that_was_killed_is_away_and_comes_back(mortal: PostgresServer) -> None:
    async with Database.open(await asyncio.to_thread(mortal.new_database, empty=True)) as database:
        await to_newest(database, within_s=0.0)
        history, kept, lost = History(database), a_new_job(), a_new_job()
        async with history.write() as tx:
            await tx.insert_job(kept)

        async def write_while_it_dies() -> None:
            async with history.write() as tx:
                await tx.insert_job(lost)
                await asyncio.to_thread(mortal.kill)

        with pytest.raises(DatabaseAway):
            await write_while_it_dies()
        with pytest.raises(DatabaseAway):
            async with history.read() as tx:
                await tx.job(kept.job.id)
        with pytest.raises(SchemaError, match="cannot be reached"):
            await to_newest(database, within_s=0.0)

        await asyncio.to_thread(mortal.start)
        await to_newest(database, within_s=10.0)
        async with history.read() as tx:
            assert await tx.job(kept.job.id) == kept.job
            assert await tx.job(lost.job.id) is None

        async with database.glance(), database.glance():
            """Two connections wait in the pool while the server goes and comes back."""
        await asyncio.to_thread(mortal.kill)
        await asyncio.to_thread(mortal.start)
        async with database.glance(), database.glance():
            """Both are replaced before anybody notices."""


async def test_a_standby_is_away_although_it_can_be_read(postgres_server: PostgresServer) -> None:
    url = await asyncio.to_thread(postgres_server.new_database)
    async with Database.open(url) as database:
        await database.refuse_read_only()
        async with database.write() as connection:
            name = url.rpartition("/")[2]
            await connection.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    async with Database.open(url) as database:
        with pytest.raises(DatabaseAway, match="takes no writes"):
            await database.refuse_read_only()


async def test_a_full_disk_refuses_a_write_and_keeps_what_is_there(database: Database, history: History) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL looks after its own disk")
    kept = a_new_job()
    async with history.write() as tx:
        await tx.insert_job(kept)
    async with database.glance() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()

    async def fill_it() -> None:
        async with history.write() as tx:
            await tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            for _ in range(100):
                await tx.insert_job(a_new_job(search="word " * 1_000))

    with pytest.raises(OperationalError, match="full"):
        await fill_it()
    async with history.read() as tx:
        assert await tx.job(kept.job.id) == kept.job


async def test_nobody_else_is_in_a_block_of_the_same_number(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("a SQLite file has one gateway only")
    inside, most, both = 0, 0, asyncio.Barrier(2)

    async def together(lock: int) -> None:
        async with database.alone(lock):
            await both.wait()

    async def alone(lock: int) -> None:
        nonlocal inside, most
        async with database.alone(lock):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(alone(1) for _ in range(4)))
    assert most == 1
    async with asyncio.timeout(10):
        await asyncio.gather(together(1), together(2))


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ("postgres://ann:secret@db/films", "postgresql+asyncpg://ann:secret@db/films"),
        ("postgresql://ann@db:5433/films?sslmode=require", "postgresql+asyncpg://ann@db:5433/films?ssl=require"),
        ("postgresql+psycopg2://db/films", "postgresql+asyncpg://db/films"),
        ("sqlite:////data/films.db", "sqlite+aiosqlite:////data/films.db"),
    ],
)
def test_an_address_is_taken_however_it_is_spelled(told: str, taken: str) -> None:
    assert driver_url(told) == taken


@pytest.mark.parametrize("told", ["mysql://ann:secret@db/films", "postgres://ann:secret@db", "secret", ""])
def test_a_senseless_address_is_refused_without_its_password(told: str) -> None:
    with pytest.raises(ConfigError, match="postgresql://user:password@host") as refused:
        driver_url(told)
    assert "secret" not in str(refused.value)


def test_a_shown_address_has_no_password() -> None:
    assert shown_url("postgresql://ann:secret@db/films") == "postgresql://ann:***@db/films"


async def test_sqlite_looks_for_things_in_a_thread_and_writes_and_glances_in_the_loop(tmp_path: Path) -> None:
    async with Database.open(f"sqlite+aiosqlite:///{tmp_path / 'history.db'}") as database:

        async def thread(connection: Connection) -> int:
            return int((await connection.exec_driver_sql("SELECT thread()")).scalar_one())

        async with database.read() as connection:
            await connection.driver.create_function("thread", 0, threading.get_ident)
            assert await thread(connection) != threading.get_ident()
        async with database.glance() as connection:
            assert await thread(connection) == threading.get_ident()

        async def write_what_fails() -> None:
            async with database.write() as connection:
                assert await thread(connection) == threading.get_ident()
                await connection.exec_driver_sql("SELECT * FROM films")

        with pytest.raises(OperationalError, match="no such table"):
            await write_what_fails()
        async with database.read() as connection:
            assert await thread(connection) != threading.get_ident()


async def test_who_is_never_there_is_told_without_a_password(tmp_path: Path) -> None:
    async with Database.open(f"postgresql://ann:secret@127.0.0.1:{free_port()}/films") as database:
        with pytest.raises(SchemaError, match=r"ann:.*cannot be reached") as told:
            await to_newest(database, within_s=0.0)
    assert "secret" not in str(told.value)
