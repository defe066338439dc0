"""Brings a database to the newest schema before the history is used.

Alembic works in a process of its own: the gateway would keep its 15 MB for good.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import exc, text

from gateway.history.addresses import shown_url
from gateway.history.connection import Connection
from gateway.history.database import Database, DatabaseAway
from shared.config import ConfigError
from shared.logs import logger

HEAD = "0008"
"""The newest revision; one that is there already costs no process."""

FIRST = "0001"

UNKNOWN = (
    f"a schema of revision {{}}, which this version does not know (its newest is {HEAD}): it is of a newer Scenebeat "
    "or of another program"
)

IN_SEARCH_PATH = "count(to_regclass('alembic_version'))"
"""Where PostgreSQL would find it: one that another schema has is nothing to us."""

LOOK_AGAIN_S = 1.0

T = TypeVar("T")


class SchemaError(ConfigError):
    """The database could not be upgraded; says what Alembic said last."""


async def to_newest(database: Database, *, within_s: float) -> None:
    """Apply every revision that `database` lacks; a new one is created whole. Raises SchemaError.

    A server that is still starting, or that goes meanwhile, is waited for; a SQLite file is there or is not.
    """

    async def look() -> None:
        async with database.read() as connection:
            found = await revision_of(connection)
        if found is not None and not is_known(found):
            raise SchemaError(f"the database at {_shown(database)} has {UNKNOWN.format(found)}")
        if found != HEAD:
            await asyncio.to_thread(upgrade, database.engine.url.render_as_string(hide_password=False))

    await when_there(database, look, within_s=0.0 if database.is_sqlite else within_s)


async def when_there(database: Database, ask: Callable[[], Awaitable[T]], *, within_s: float) -> T:
    """`ask`, again as long as the server is away. Raises SchemaError when it does not answer in time, or refuses."""
    began = time.monotonic()
    while True:
        try:
            return await ask()
        except DatabaseAway as away:
            if time.monotonic() - began >= within_s:
                raise SchemaError(f"the database at {_shown(database)} cannot be reached: {_cause(away)}") from away
            logger(__name__).warning("database_awaited", reason=_cause(away))
        except exc.DBAPIError as error:
            raise SchemaError(f"the database at {_shown(database)} cannot be used: {_cause(error)}") from error
        await asyncio.sleep(LOOK_AGAIN_S)


async def revision_of(connection: Connection) -> str | None:
    """None: there is no schema yet. Of a database of somebody else it may be anything."""
    is_sqlite = connection.dialect.name == "sqlite"
    known = "count(*) FROM sqlite_master WHERE name = 'alembic_version'" if is_sqlite else IN_SEARCH_PATH
    if not (await connection.execute(text(f"SELECT {known}"))).scalar_one():
        return None
    found = await connection.execute(text("SELECT version_num FROM alembic_version"))
    return " and ".join(sorted(str(revision) for revision in found.scalars())) or None


def is_known(revision: str) -> bool:
    """May this version upgrade it, or use it as it is?"""
    return len(revision) == len(HEAD) and FIRST <= revision <= HEAD


def upgrade(url: str) -> None:
    """Let Alembic do it, whatever is there; blocks. Raises SchemaError, and DatabaseAway if the server went."""
    done = subprocess.run(
        [sys.executable, "-m", "gateway.history.upgrading"], input=url, text=True, capture_output=True, check=False
    )
    if done.returncode == os.EX_TEMPFAIL:
        raise DatabaseAway("upgrade", None, ConnectionError(done.stderr.strip()))
    if done.returncode != 0:
        raise SchemaError(f"the history could not be brought to revision {HEAD}: {done.stderr[-2_000:]}")


def _cause(error: exc.DBAPIError) -> str:
    """A timeout has no words of its own."""
    return str(error.orig) or type(error.orig).__name__


def _shown(database: Database) -> str:
    return shown_url(database.engine.url.render_as_string())
