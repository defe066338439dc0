"""A gateway per test, on a copy of one migrated database."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.theatre import Theatre, theatre
from tests.postgres import PostgresServer


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it.

    On SQLite, but for what is parametrized with "postgresql", or everything with SCENEBEAT_TEST_DATABASE=postgresql.
    """
    if getattr(request, "param", os.environ.get("SCENEBEAT_TEST_DATABASE", "sqlite")) == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return server.new_database()
    return f"sqlite+aiosqlite:///{shutil.copy(request.getfixturevalue('blank_database'), tmp_path / 'history.db')}"


@pytest.fixture
async def house(tmp_path: Path, database: str) -> AsyncIterator[Theatre]:
    async with theatre(tmp_path, database) as opened:
        yield opened
