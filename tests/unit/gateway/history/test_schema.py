"""The migrations make the tables that the code works with."""

import asyncio
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from gateway.history import finding
from gateway.history.checking import examine
from gateway.history.database import Database, DatabaseAway
from gateway.history.records import JobFilter
from gateway.history.schema import HEAD, SchemaError, revision_of, to_newest, upgrade, when_there
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


@pytest.mark.parametrize(("kept", "told"), [(0, "file is not a database"), (4096, "database disk image is malformed")])
async def test_a_broken_file_says_so(kept: int, told: str, blank_database: Path, tmp_path: Path) -> None:
    whole, broken = blank_database.read_bytes(), tmp_path / "history.db"
    broken.write_bytes(whole[:kept] + b"x" * (len(whole) - kept))
    async with Database.open(f"sqlite+aiosqlite:///{broken}") as database:
        with pytest.raises(SchemaError, match=rf"history\.db cannot be reached: {told}"):
            await to_newest(database, within_s=0.0)


async def test_a_database_of_somebody_else_says_what_is_wrong_with_it(new_url: str) -> None:
    async with Database.open(new_url) as database:
        async with database.write() as connection:
            await connection.exec_driver_sql("CREATE TABLE alembic_version (of_another_program INTEGER)")
        with pytest.raises(SchemaError, match=r"the database at .* cannot be used: .*version_num"):
            await to_newest(database, within_s=0.0)


@pytest.mark.parametrize("unknown", ["9999", "ae1027a6acf", "0007 and 0008"])
async def test_a_revision_that_is_not_ours_says_so_and_is_left_alone(database: Database, unknown: str) -> None:
    async with database.write() as connection:
        await connection.exec_driver_sql("DELETE FROM alembic_version")
        for revision in unknown.split(" and "):
            await connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{revision}')")
    with pytest.raises(SchemaError, match=f"revision {unknown}, which this version does not know"):
        await to_newest(database, within_s=0.0)
    (problem,) = (await examine(database)).problems
    assert f"revision {unknown}, which this version does not know" in problem


async def test_tables_of_somebody_else_are_named_not_traced(new_url: str) -> None:
    async with Database.open(new_url) as database:
        async with database.write() as connection:
            await connection.exec_driver_sql("CREATE TABLE jobs (of_another_program INTEGER)")
        with pytest.raises(SchemaError, match=rf"could not be brought to revision {HEAD}: .*jobs.* already exists\s*$"):
            await to_newest(database, within_s=0.0)


async def test_a_revision_in_another_schema_is_nothing_to_us(postgres_server: PostgresServer) -> None:
    async with Database.open(await asyncio.to_thread(postgres_server.new_database, empty=True)) as database:
        async with database.write() as connection:
            await connection.exec_driver_sql("CREATE SCHEMA other")
            await connection.exec_driver_sql("CREATE TABLE other.alembic_version (version_num TEXT)")
        assert (await examine(database)).revision is None


async def test_a_role_without_rights_is_told_what_it_lacks(postgres_server: PostgresServer) -> None:
    url = await asyncio.to_thread(postgres_server.new_database)
    async with Database.open(url) as database, database.write() as connection:
        await connection.exec_driver_sql("CREATE ROLE of_nobody LOGIN")
    async with Database.open(url.replace(f"{postgres_server.user}@", "of_nobody@")) as database:
        with pytest.raises(DatabaseAway):
            await examine(database)
        with pytest.raises(SchemaError, match="cannot be reached: permission denied for table alembic_version"):
            await when_there(database, partial(examine, database), within_s=0.0)


async def test_an_upgrade_of_a_database_in_use_keeps_what_is_there(database: Database, history: History) -> None:
    new = a_new_job()
    async with history.write() as tx:
        await tx.insert_job(new)
    await asyncio.to_thread(upgrade, database.engine.url.render_as_string(hide_password=False))
    async with history.read() as tx:
        assert await tx.job(new.job.id) == new.job


async def test_the_newest_schema_costs_no_process(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "run", refuse)
    await to_newest(database, within_s=0.0)


async def test_a_server_that_dies_while_it_is_upgraded_is_waited_for(mortal: PostgresServer) -> None:
    async with Database.open(await asyncio.to_thread(mortal.new_database, empty=True)) as database:

        async def somebody_waits() -> bool:
            async with database.glance() as connection:
                waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                return bool((await connection.execute(waiting)).scalar_one())

        held = asyncio.Event()

        async def upgraded_once_held() -> None:
            await held.wait()
            await to_newest(database, within_s=20.0)

        async def dies_while_alembic_waits() -> None:
            async with database.write(), asyncio.timeout(10):
                held.set()
                while not await somebody_waits():
                    await asyncio.sleep(0.05)
                await asyncio.to_thread(mortal.kill)

        upgraded = asyncio.create_task(upgraded_once_held())
        with pytest.raises(DatabaseAway):
            await dies_while_alembic_waits()
        await asyncio.to_thread(mortal.start)
        await upgraded
        async with database.read() as connection:
            assert await revision_of(connection) == HEAD


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
