"""`python -m gateway.history.upgrading`: reads a database URL from stdin and applies what that database lacks."""

import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DBAPIError

from gateway.history.database import DatabaseAway

MIGRATIONS = Path(__file__).parent / "migrations"


def config_of(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix().replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def main() -> int:
    try:
        command.upgrade(config_of(sys.stdin.read()), "head")
    except DatabaseAway as away:
        print(away.orig, file=sys.stderr)  # noqa: T201 -- for whoever started it
        return os.EX_TEMPFAIL
    except DBAPIError as error:  # nobody is helped by the statement or by our calls
        print(error.orig, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
