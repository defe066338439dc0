"""Brings a database to the newest schema before the history is used; `upgrade` blocks, so run it off the loop.

Alembic works in a process of its own: the gateway would keep its 15 MB for good.
"""

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from gateway.history.addresses import shown_url
from gateway.history.database import Database, DatabaseAway
from shared.config import ConfigError
from shared.logs import logger

HEAD = "0008"
"""The newest revision; one that is there already costs no process."""


LOOK_AGAIN_S = 1.0


class SchemaError(ConfigError):
    """The database could not be upgraded; says what Alembic said last."""


async def until_there(database: Database, *, within_s: float) -> None:
    """Wait for a server that is still starting. Raises SchemaError when it does not answer in time.

    A SQLite file is there once it is opened.
    """

    async def look() -> None:
        async with database.glance():
            return

    if not database.is_sqlite:
        await when_there(database, look, within_s=within_s)


async def when_there(database: Database, ask: Callable[[], Awaitable[None]], *, within_s: float) -> None:
    """`ask`, again as long as the server is away. Raises SchemaError when it does not answer in time."""
    began = time.monotonic()
    while True:
        try:
            return await ask()
        except DatabaseAway as away:
            if time.monotonic() - began >= within_s:
                address = shown_url(database.engine.url.render_as_string())
                raise SchemaError(f"the database at {address} cannot be reached: {away.orig}") from away
            logger(__name__).warning("database_awaited", reason=str(away.orig))
        await asyncio.sleep(LOOK_AGAIN_S)


def upgrade(url: str) -> None:
    """Apply every revision `url` lacks; a new database is created whole. Raises SchemaError."""
    database = make_url(url)
    if database.get_backend_name() == "sqlite" and database.database:
        path = Path(database.database)
        if _revision(path) == HEAD:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "gateway.history.upgrading"], input=url, text=True, capture_output=True, check=False
    )
    if done.returncode != 0:
        raise SchemaError(f"the history could not be brought to revision {HEAD}: {done.stderr[-2_000:]}")


def _revision(path: Path) -> str | None:
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:  # no such table yet, or somebody else is making it just now
        return None
    return str(row[0]) if row else None
