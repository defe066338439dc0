"""`q` finds by how words begin, whatever their case and accents, and the same on both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from gateway.history import finding, search
from gateway.history.database import Database
from gateway.history.records import JobFilter
from gateway.history.search import LONGEST_WORD, about, is_common, searchable, words_of
from gateway.history.store import History
from gateway.history.tables import jobs
from tests.factories import NOON, a_new_job, a_production

LIGHTHOUSE = "A lighthouse keeper befriends a storm (take 2)"
CAFE = "Ein Mädchen im CAFÉ an der Straße"
STAIRS = "雨の灯台 で 踊る 🦊 fox_trot"
TEXTS = (LIGHTHOUSE, CAFE, STAIRS)


async def keep(history: History, *texts: str) -> None:
    async with history.write() as tx:
        for moment, kept in enumerate(texts):
            await tx.insert_job(a_new_job(created_at=NOON + moment, search=searchable(kept), project=kept))


async def found(history: History, q: str) -> list[str]:
    """What a list shows, by reading and by looking up."""
    by_reading = await listed(history, q)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finding, "NEAR", 0)
        assert await listed(history, q) == by_reading
    return by_reading


async def listed(history: History, q: str) -> list[str]:
    async with history.read() as tx:
        page = await tx.list_jobs(JobFilter(space="local", q=q, sort="created_at"))
    return [str(job.project) for job in page.items]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("lighthouse", [LIGHTHOUSE]),
        ("LIGHT keep", [LIGHTHOUSE]),
        ("keeper lighthouse", [LIGHTHOUSE]),
        ("lighthouse whale", []),
        ("house", []),
        ("2", [LIGHTHOUSE]),
        ("madchen", [CAFE]),
        ("MÄDCHEN café", [CAFE]),
        ("strasse", [CAFE]),
        ("灯台", [STAIRS]),
        ("台", [STAIRS]),
        ("trot", [STAIRS]),
        ("🦊", []),
        ("a", [LIGHTHOUSE, CAFE]),
        ("'; DROP TABLE jobs; --", []),
        ('storm" OR "cafe', []),
        ("storm OR NEAR(cafe) *", []),
        ("storm & !cafe | ':*'", []),
        ("(", []),
        (" ", []),
        ("%", []),
        ("storm\\", [LIGHTHOUSE]),
        ("x" * 5_000, []),
    ],
)
async def test_what_is_asked_finds_what_is_meant(history: History, q: str, expected: list[str]) -> None:
    await keep(history, *TEXTS)
    assert await found(history, q) == expected


async def test_words_that_many_have_are_common(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "COMMON", 3)
    await keep(history, *(f"storm {number}" for number in range(3)), "a calm sea")
    async with history.read() as tx:
        assert await is_common(tx.connection, jobs, "sto")
        assert not await is_common(tx.connection, jobs, "storm 2")
        assert not await is_common(tx.connection, jobs, "?")
    assert await found(history, "STORM") == ["storm 0", "storm 1", "storm 2"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(kept=st.text(max_size=200), length=st.integers(1, 6))
async def test_every_text_is_found_by_how_its_words_begin(history: History, kept: str, length: int) -> None:
    async with history.write() as tx:
        new = a_new_job(search=searchable(kept))
        await tx.insert_job(new)
    for word in words_of(kept)[:5]:
        async with history.read() as tx:
            query = select(jobs.c.id).where(about(tx.connection, jobs.c.id, jobs.c.search, word[:length]))
            assert new.job.id in (await tx.connection.execute(query)).scalars().all()


async def test_what_is_deleted_is_not_found(history: History) -> None:
    await keep(history, *TEXTS)
    async with history.write() as tx:
        page = await tx.list_jobs(JobFilter(space="local", q="lighthouse"))
        await tx.delete_job(page.items[0].id)
    assert await found(history, "lighthouse") == []
    assert await found(history, "a") == [CAFE]


async def test_what_is_reworded_is_found_by_its_new_words_only(history: History) -> None:
    await keep(history, LIGHTHOUSE)
    async with history.write() as tx:
        await tx.connection.execute(jobs.update().values(search=searchable("a whale")))
    assert await found(history, "whale") == [LIGHTHOUSE]
    assert await found(history, "lighthouse") == []


async def test_what_moves_to_another_project_is_found_there(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "NEAR", 0)
    film = a_production(search="lighthouse", project="sea")
    async with history.write() as tx:
        await tx.insert_production(film)
        await tx.edit_production(film.id, project="land")
        for project, expected in (("land", 1), ("sea", 0)):
            page = await tx.list_productions(JobFilter(space="local", q="light", project=project))
            assert len(page.items) == expected


async def test_a_search_reads_the_index(database: Database, history: History) -> None:
    await keep(history, *(f"scene number {number}" for number in range(200)))
    async with database.glance() as connection:
        query = select(jobs.c.id).where(about(connection, jobs.c.id, jobs.c.search, "number"))
        if not database.is_sqlite:
            await connection.execute(text("SET enable_seqscan = off"))
        literal = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        explained = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        plan = str((await connection.exec_driver_sql(f"{explained} {literal}")).all())
    assert ("VIRTUAL TABLE INDEX" if database.is_sqlite else "ix_jobs_words") in plan


def test_a_word_without_an_end_is_cut() -> None:
    assert searchable("Ä" * 5_000) == "a" * LONGEST_WORD
