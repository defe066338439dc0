"""Events may come in any order, twice, and in batches of any size: the history they leave is the same."""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from structlog.testing import capture_logs

from gateway.direction import direct
from gateway.handlers import Applier
from gateway.history import line
from gateway.history.database import Database
from gateway.history.records import NewJob, OrderRow, Production
from gateway.history.store import History
from shared.contracts.order import Announcement, Canceled, Event, Outcome
from tests.factories import NOON, a_new_job, a_production, ended, failed, started, succeeded
from tests.fakes import RecordedExecutions, RecordingBus, SteppingClock, order_part
from tests.unit.gateway.conftest import two_scenes

FATES = st.sampled_from(["succeeded", "failed", "canceled"])
REPLAYS = settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking a run over real files takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

FINAL_ROWS = (
    "SELECT id, status, result, error, done, actual_usd, completed_at FROM jobs ORDER BY id",
    "SELECT id, status, outcome, ended_at FROM orders ORDER BY id",
    "SELECT id, key, job_id FROM assets ORDER BY id",
    "SELECT order_id, entry, usd FROM ledger ORDER BY order_id, entry",
)


class Witness:
    """Looks into the database, over a connection of its own, at the moment something is announced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.heard: list[int] = []
        self.too_early: list[int] = []

    def announce(self, announcement: Announcement) -> None:
        with sqlite3.connect(self._path) as connection:
            newest = connection.execute("SELECT max(seq) FROM events").fetchone()[0] or 0
        connection.close()
        self.heard.append(announcement.seq)
        if newest < announcement.seq:
            self.too_early.append(announcement.seq)


def applier_of(history: History) -> Applier:
    return Applier(
        history, order_part=order_part, read_scenes=two_scenes, wishes=RecordingBus(), records=RecordedExecutions()
    )


async def replay(empty: Path, jobs: Sequence[NewJob], batches: Sequence[Sequence[Event]]) -> list[Any]:
    """The rows that are left after `batches` on a fresh database that holds `jobs`, all released."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        await asyncio.to_thread(path.write_bytes, empty.read_bytes())
        witness = Witness(path)
        async with Database.open(f"sqlite+aiosqlite:///{path}") as database:
            history = History(database, announce=witness.announce, now=SteppingClock())
            await _release(history, jobs)
            applier = applier_of(history)
            with capture_logs() as logs:
                for batch in batches:
                    await applier.apply(batch)
            assert "events_failed_by_a_bug" not in {entry["event"] for entry in logs}
            left = await _rows(database)
        assert witness.too_early == []
        assert witness.heard == list(range(1, len(witness.heard) + 1))
        return left


async def _release(history: History, jobs: Sequence[NewJob]) -> None:
    async with history.write() as tx:
        for new in jobs:
            await tx.insert_job(new)
            await tx.reserve(*new.orders)
            await line.release(tx, [order.id for order in new.orders])


async def _rows(database: Database) -> list[Any]:
    async with database.read() as connection:
        return [[tuple(row) for row in await connection.execute(text(query))] for query in FINAL_ROWS]


def fated(order: OrderRow, fate: str) -> Outcome:
    if fate == "canceled":
        return Canceled()
    return succeeded(order) if fate == "succeeded" else failed()


@REPLAYS
@given(data=st.data())
async def test_any_order_and_repetition_of_events_leaves_the_same_rows(
    blank_database: Path, data: st.DataObject
) -> None:
    jobs = [a_new_job("generate_character_reference", orders=3), a_new_job(), a_new_job("create_scenes")]
    orders = [order for new in jobs for order in new.orders]
    facts: list[Event] = []
    for number, order in enumerate(orders):
        facts.append(started(order, at=NOON + number))
        facts.append(ended(order, fated(order, data.draw(FATES)), at=NOON + 10 + number))
    repeated = facts + data.draw(st.lists(st.sampled_from(facts), max_size=10))
    shuffled = data.draw(st.permutations(repeated))
    size = data.draw(st.integers(1, 8))
    batches = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
    assert await replay(blank_database, jobs, batches) == await replay(blank_database, jobs, [facts])


async def _film_to_the_end(
    database: Database, film: Production, broken: frozenset[str], data: st.DataObject
) -> tuple[Any, ...]:
    history = History(database, now=SteppingClock())
    applier = applier_of(history)
    async with history.write() as tx:
        await tx.insert_production(film)
        await direct(tx, film.id, order_part=order_part)
    while True:
        async with history.read() as tx:
            jobs = {job.id: job for job in await tx.jobs_of(film.id)}
            orders = [order for job_id in jobs for order in await tx.orders_of(job_id)]
        out = [order for order in orders if order.status != "ended"]
        if not out:
            break
        chosen = data.draw(st.lists(st.sampled_from(out), min_size=1, max_size=6))  # repeats are redeliveries
        await applier.apply(
            [ended(order, failed() if jobs[order.job_id].part in broken else succeeded(order)) for order in chosen]
        )
    async with history.read() as tx:
        over = await tx.production(film.id)
    assert over is not None
    parts = sorted((job.part or "", job.status) for job in jobs.values())
    return over.status, over.stage, over.warnings, parts


@REPLAYS
@given(data=st.data(), broken=st.frozensets(st.sampled_from(["clip/1", "clip/2", "filler/2", "character"]), max_size=3))
async def test_a_film_ends_the_same_whatever_comes_first_or_twice(
    blank_database: Path, data: st.DataObject, broken: frozenset[str]
) -> None:
    ends = []
    for _ in range(2):
        with TemporaryDirectory() as folder:
            path = Path(folder) / "history.db"
            await asyncio.to_thread(path.write_bytes, blank_database.read_bytes())
            async with Database.open(f"sqlite+aiosqlite:///{path}") as database:
                ends.append(await _film_to_the_end(database, a_production(), broken, data))
    first, second = ends
    assert first[0] in {"succeeded", "partial", "failed"}
    assert first[:3] == second[:3]
    if first[0] != "failed":  # a film that fails cancels what is still on its way
        assert first == second
