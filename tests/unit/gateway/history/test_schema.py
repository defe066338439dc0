"""The migrations make the tables that the code works with."""

import asyncio
import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from gateway.history.database import Database
from gateway.history.schema import upgrade
from gateway.history.store import History
from gateway.history.tables import metadata
from tests.factories import a_new_job


async def test_the_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_an_upgrade_of_a_database_in_use_keeps_what_is_there(database: Database, history: History) -> None:
    new = a_new_job()
    async with history.write() as tx:
        await tx.insert_job(new)
    await asyncio.to_thread(upgrade, database.engine.url.render_as_string(hide_password=False))
    async with history.read() as tx:
        assert await tx.job(new.job.id) == new.job


async def test_gateways_that_start_together_upgrade_once(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new folder' / 'history.db'}"
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
