"""`DATABASE_URL`, however it is spelled, as the driver takes it."""

from importlib.util import find_spec

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from shared.config import ConfigError

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
EXAMPLE = "postgresql://user:password@host:5432/scenebeat"


def driver_url(text: str) -> str:
    """Raises ConfigError, which never shows the password."""
    url = _parsed(text)
    drivername = DRIVERS.get(url.drivername.partition("+")[0])
    if drivername is None:
        raise ConfigError(f"DATABASE_URL names {url.drivername}, which is neither SQLite nor PostgreSQL; say {EXAMPLE}")
    if drivername == DRIVERS["postgresql"]:
        _check_postgres(url)
        url = _with_asyncpg_words(url)
    return url.set(drivername=drivername).render_as_string(hide_password=False)


def shown_url(text: str) -> str:
    """The address as it may be read by anybody: without its password."""
    return _parsed(text).render_as_string(hide_password=True)


def _parsed(text: str) -> URL:
    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        raise ConfigError(f"DATABASE_URL is not the address of a database; say {EXAMPLE}") from None


def _check_postgres(url: URL) -> None:
    if not url.database:
        raise ConfigError(f"DATABASE_URL names no database on {url.host or 'its host'}; say {EXAMPLE}")
    if find_spec("asyncpg") is None:
        raise ConfigError(
            "DATABASE_URL asks for PostgreSQL, whose driver is not installed: pip install 'scenebeat[postgres]'"
        )


def _with_asyncpg_words(url: URL) -> URL:
    """`sslmode`, as every other PostgreSQL client calls it."""
    if "sslmode" not in url.query:
        return url
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": url.query["sslmode"]})
