"""A gateway per test, on a copy of one migrated database."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.history.schema import upgrade
from tests.contract.theatre import Theatre, theatre


@pytest.fixture(scope="session")
def blank_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blank") / "history.db"
    upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def database(tmp_path: Path, blank_database: Path) -> Path:
    return Path(shutil.copy(blank_database, tmp_path / "history.db"))


@pytest.fixture
async def house(tmp_path: Path, database: Path) -> AsyncIterator[Theatre]:
    async with theatre(tmp_path, database) as opened:
        yield opened
