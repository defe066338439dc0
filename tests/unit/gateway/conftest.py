"""A real history, on SQLite and on PostgreSQL, in a database of the test's own."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.handlers import Applier
from gateway.history.database import Database
from gateway.history.store import History
from shared.contracts.base import StoredAsset
from shared.contracts.scene import Scene
from tests.factories import a_scene
from tests.fakes import RecordedExecutions, RecordingBus, SteppingClock, order_part


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, blank_database: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """The history's database, of both kinds: what holds on one has to hold on the other."""
    if request.param == "postgresql":
        url = await asyncio.to_thread(request.getfixturevalue("postgres_server").new_database)
    else:
        path = tmp_path / "history.db"
        await asyncio.to_thread(shutil.copy, blank_database, path)
        url = f"sqlite+aiosqlite:///{path}"
    async with Database.open(url) as opened:
        yield opened


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def line() -> RecordingBus:
    return RecordingBus()


@pytest.fixture
def executions() -> RecordedExecutions:
    return RecordedExecutions()


@pytest.fixture
def history(database: Database, line: RecordingBus, clock: SteppingClock) -> History:
    return History(database, announce=line.announce, now=clock)


@pytest.fixture
def applier(history: History, line: RecordingBus, executions: RecordedExecutions) -> Applier:
    return Applier(history, order_part=order_part, read_scenes=two_scenes, wishes=line, records=executions)


async def two_scenes(_file: StoredAsset) -> tuple[Scene, ...]:
    return (a_scene(1), a_scene(2))
