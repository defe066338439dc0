"""How Alembic reaches the database: as the gateway does, in one write excluding every other, in its own loop."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from gateway.history.database import Database
from gateway.history.tables import metadata


def migrate(connection: Connection) -> None:
    # Batch mode rebuilds a table where SQLite cannot alter it.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def migrate_online() -> None:
    async with Database.open(context.config.attributes["url"]) as database, database.write() as connection:
        await connection.run(migrate)


asyncio.run(migrate_online())
