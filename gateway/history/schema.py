"""Brings a database to the newest schema, before the history is opened; blocking, so run it off the loop.

Alembic works in a process of its own: the gateway would keep its 15 MB for good.
"""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from shared.config import ConfigError

HEAD = "0004"
"""The newest revision; one that is there already costs no process."""


class SchemaError(ConfigError):
    """The database could not be upgraded; says what Alembic said last."""


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
