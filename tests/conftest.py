"""What every test can ask for."""

import asyncio
import gc
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from itertools import chain, islice
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from shared.bus import Bus
from tests.blank import blank_history
from tests.natsserver import NatsServer
from tests.postgres import PostgresServer, require_postgres
from tests.s3server import S3Server, require_weed

TEST_ACK_WAIT_S = 2.0

LONG = ("tests/chaos", "tests/e2e", "tests/browser")
"""Whose files take longest, and wait for other processes most of their time."""
SHORT_FOR_A_LONG_ONE = 3
COLLECT_AFTER = (10_000, 20, 20)

settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")  # a busy machine is no counterexample

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a job that a shell put into the background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what the tests start and interrupt must not inherit it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files early, that no core is idle at the end, and short ones between them, that few wait at a time."""
    files: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        files[item.nodeid.partition("::")[0]].append(item)
    long = [files.pop(name) for folder in LONG for name in list(files) if name.startswith(folder)]
    short = iter(files.values())
    mixed = chain.from_iterable((one, *islice(short, SHORT_FOR_A_LONG_ONE)) for one in long)
    items[:] = chain.from_iterable(chain(mixed, short))


def pytest_collection_finish() -> None:
    """Python's collector took a seventh of the time: all that is loaded by now stays, so it need not look there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


@pytest.fixture(autouse=True)
def _logs_of_its_own() -> Iterator[None]:
    """What one test sets up to log to (a command run in-process does) is not the next one's."""
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[NatsServer]:
    folder = tmp_path / "nats"
    folder.mkdir()
    server = NatsServer(folder)
    await server.start()
    yield server
    await asyncio.to_thread(server.kill)


@pytest.fixture
async def bus(nats_server: NatsServer) -> AsyncIterator[Bus]:
    async with Bus.connect(nats_server.url, name="test", ack_wait_s=TEST_ACK_WAIT_S) as connected:
        yield connected


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server, for all tests of this process; who stops one starts a server of its own."""
    require_weed()
    server = S3Server(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def s3_bucket(s3_server: S3Server) -> str:
    """The name of an empty bucket of `s3_server`."""
    return s3_server.new_bucket()


@pytest.fixture(scope="session")
def blank_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite history with the newest schema and nothing in it, to be copied."""
    return blank_history(tmp_path_factory.mktemp("blank") / "history.db")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL, for all tests of this process; who kills one starts a server of its own."""
    require_postgres()
    server = PostgresServer()
    try:
        server.create()
        server.make_template()
        yield server
    finally:
        server.remove()


@pytest.fixture
def mortal() -> Iterator[PostgresServer]:
    """A PostgreSQL to be killed, with no database of ours yet."""
    require_postgres()
    server = PostgresServer()
    try:
        server.create()
        yield server
    finally:
        server.remove()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """The address of an empty database of `postgres_server`, with the newest schema."""
    return postgres_server.new_database()
