"""A page shows the same rows whichever way they are found, and no way reads what it need not."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite

from gateway.history import finding, search
from gateway.history.database import Database
from gateway.history.paging import page_of
from gateway.history.position import AHEAD
from gateway.history.records import Job, JobFilter
from gateway.history.search import searchable
from gateway.history.store import History
from gateway.history.tables import jobs
from tests.factories import NOON, a_new_job, a_production

STATUSES = ("succeeded", "failed", "canceled", "succeeded")
WAYS = {"read": (1_000, 5_000), "looked up": (0, 5_000), "read on": (0, 1), "read a little, then looked up": (3, 5_000)}


async def keep(history: History) -> list[Job]:
    """Twelve jobs, three at every moment: all are about a storm, every third about a fox, the two oldest of a whale."""
    new = [
        a_new_job(
            created_at=NOON + number // 3,
            status=STATUSES[number % 4],
            project="sea" if number % 2 else "land",
            search=searchable(f"storm {'fox' if number % 3 == 0 else ''} {'whale' if number < 2 else ''}"),
        )
        for number in range(12)
    ]
    async with history.write() as tx:
        for one in (*new, a_new_job(space="elsewhere", search="storm fox whale")):
            await tx.insert_job(one)
        await tx.insert_production(a_production(search="storm fox whale"))
    return sorted((one.job for one in new), key=lambda job: (job.created_at, job.id))


async def pages(history: History, wanted: JobFilter) -> list[str]:
    """The ids of a whole list, page by page."""
    found: list[str] = []
    cursor = None
    while True:
        async with history.read() as tx:
            page = await tx.list_jobs(replace(wanted, limit=2, cursor=cursor))
        found += [job.id for job in page.items]
        if (cursor := page.next_cursor) is None:
            return found


@pytest.mark.parametrize(("near", "common"), WAYS.values(), ids=WAYS)
async def test_every_way_finds_the_same_rows(
    history: History, monkeypatch: pytest.MonkeyPatch, near: int, common: int
) -> None:
    monkeypatch.setattr(finding, "NEAR", near)
    monkeypatch.setattr(search, "COMMON", common)
    kept = await keep(history)
    for q in ("storm", "s", "fox", "storm fox", "whale", "submarine", "?"):
        about = [job for job in kept if all(f" {word}" in f" {job.search}" for word in q.split())]
        at_sea = [job.id for job in about if job.project == "sea"]
        failed = [job.id for job in about if job.project == "sea" and job.status == "failed"]
        wanted = JobFilter(space="local", q=q, sort="created_at")
        assert await pages(history, wanted) == [job.id for job in about], q
        assert await pages(history, replace(wanted, sort="-created_at")) == [job.id for job in reversed(about)], q
        assert await pages(history, replace(wanted, project="sea")) == at_sea, q
        assert await pages(history, replace(wanted, project="sea", status="failed")) == failed, q
        assert await pages(history, replace(wanted, kind="stitch_videos")) == [], q


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (JobFilter(space="local"), "ix_jobs_space_created_at (space=?)"),
        (JobFilter(space="local", status="failed"), "ix_jobs_space_status_created_at (space=? AND status=?)"),
        (JobFilter(space="local", status="failed", kind="x"), "ix_jobs_space_kind_created_at (space=? AND kind=?)"),
        (JobFilter(space="local", kind="x", project="y"), "ix_jobs_space_project_created_at (space=? AND project=?)"),
        (JobFilter(space="local", project="y", production_id="z"), "ix_jobs_production_id (production_id=?)"),
    ],
)
async def test_sqlite_reads_the_rows_of_the_narrowest_filter(
    blank_database: Path, wanted: JobFilter, index: str
) -> None:
    plan = await plan_of(page_of(jobs, wanted), blank_database)
    assert f"SEARCH jobs USING INDEX {index}" in plan


async def test_who_waits_is_counted_among_those_who_wait(blank_database: Path) -> None:
    job = a_new_job().job
    mine = AHEAD.params(space=job.space, kind=job.kind, at=job.created_at, id=job.id)
    plan = await plan_of(mine, blank_database)
    assert "SEARCH jobs USING INDEX ix_jobs_queued (space=? AND kind=? AND created_at<?)" in plan


async def plan_of(query: Select[Any], path: Path) -> str:
    text = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    async with Database.open(f"sqlite+aiosqlite:///{path}") as database, database.glance() as connection:
        return str((await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")).all())
