"""The migrations make the tables that the code works with."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from gateway.history import finding
from gateway.history.database import Database
from gateway.history.records import JobFilter
from gateway.history.schema import HEAD, SchemaError, upgrade
from gateway.history.store import History
from gateway.history.tables import metadata
from gateway.history.upgrading import config_of
from tests.factories import a_new_job, a_production
from tests.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where there is no schema yet."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'new folder' / 'history.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_database(empty=True)


async def test_the_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        of_the_code = MigrationContext.configure(
            connection, opts={"include_name": lambda name, *_: not _is_beyond_tables(name)}
        )
        return list(compare_metadata(of_the_code, metadata))

    async with database.read() as connection:
        assert await connection.run(differences) == []


def _is_beyond_tables(name: str | None) -> bool:
    """Of full-text search, for which SQLAlchemy has no tables, or of some rows: for that it loads both dialects."""
    return name is not None and (name.startswith("search_") or name.endswith("_words") or name == "ix_jobs_queued")


def test_the_newest_revision_is_the_one_the_code_expects() -> None:
    assert ScriptDirectory.from_config(config_of("sqlite://")).get_current_head() == HEAD


def test_a_database_that_cannot_be_upgraded_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "history.db"
    broken.write_bytes(b"this is no database, whatever it is called" * 100)
    with pytest.raises((SchemaError, sqlite3.DatabaseError), match="not a database"):
        upgrade(f"sqlite+aiosqlite:///{broken}")


async def test_an_upgrade_of_a_database_in_use_keeps_what_is_there(database: Database, history: History) -> None:
    new = a_new_job()
    async with history.write() as tx:
        await tx.insert_job(new)
    await asyncio.to_thread(upgrade, database.engine.url.render_as_string(hide_password=False))
    async with history.read() as tx:
        assert await tx.job(new.job.id) == new.job


async def test_what_was_there_before_lists_knew_their_rows_is_listed(
    new_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "NEAR", 0)
    if new_url.startswith("sqlite"):
        Path(new_url.removeprefix("sqlite+aiosqlite:///")).parent.mkdir()
    await asyncio.to_thread(command.upgrade, config_of(new_url), "0007")
    async with Database.open(new_url) as database:
        history = History(database)
        async with history.write() as tx:
            await tx.insert_production(a_production(search="storm", project="sea"))
            await tx.insert_job(a_new_job(search="storm", project="sea"))
        await asyncio.to_thread(upgrade, new_url)
        async with history.read() as tx:
            of_the_sea = JobFilter(space="local", q="storm", project="sea", sort="created_at")
            assert len((await tx.list_jobs(of_the_sea)).items) == 1
            assert len((await tx.list_productions(of_the_sea)).items) == 1
    await asyncio.to_thread(command.downgrade, config_of(new_url), "0007")


async def test_gateways_that_start_together_upgrade_once(new_url: str) -> None:
    url = new_url
    program = f"from gateway.history.schema import upgrade; upgrade({url!r})"
    started = [
        await asyncio.to_thread(subprocess.Popen, [sys.executable, "-c", program], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in started:
        _, errors = await asyncio.to_thread(process.communicate)
        assert process.returncode == 0, errors.decode()
    async with Database.open(url) as database:
        history = History(database)
        async with history.write() as tx:
            new = a_new_job()
            await tx.insert_job(new)
            tx.tell("job.queued", new.job)
    assert history.changed.newest == 1
