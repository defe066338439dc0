"""What the history promises: one commit per fact, told afterwards, terminal for ever."""

import asyncio
from decimal import Decimal

import pytest

from gateway.history.paging import BadCursor
from gateway.history.records import Asset, JobFilter, NewJob
from gateway.history.store import History
from tests.factories import NOON, a_new_job, a_production, a_scene, a_stored_asset, an_id
from tests.fakes import RecordingBus, SteppingClock


async def accept(history: History, new: NewJob) -> NewJob:
    async with history.write() as tx:
        await tx.insert_job(new)
        await tx.reserve(*new.orders)
        tx.tell("job.queued", new.job)
    return new


async def test_a_job_comes_back_as_it_was_put_in(history: History) -> None:
    new = await accept(history, a_new_job(orders=2, price_usd=Decimal("1.60"), warnings=["no seed there"]))
    async with history.read() as tx:
        assert await tx.job(new.job.id) == new.job
        assert await tx.orders_of(new.job.id) == list(new.orders)


async def test_nothing_is_announced_before_its_commit(history: History, line: RecordingBus) -> None:
    async with history.write() as tx:
        new = a_new_job()
        await tx.insert_job(new)
        tx.tell("job.queued", new.job)
        async with history.read() as elsewhere:
            assert await elsewhere.newest_seq() == 0
        assert line.announced == []
    assert [(told.seq, told.job_id) for told in line.announced] == [(1, new.job.id)]


async def test_a_transaction_that_fails_leaves_no_trace(history: History, line: RecordingBus) -> None:
    new = a_new_job()

    async def fail() -> None:
        async with history.write() as tx:
            await tx.insert_job(new)
            tx.tell("job.queued", new.job)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with history.read() as tx:
        assert await tx.job(new.job.id) is None
        assert await tx.newest_seq() == 0
    assert line.announced == []


async def test_seq_has_no_gaps_and_follows_the_commits_of_many_writers(history: History, line: RecordingBus) -> None:
    await asyncio.gather(*(accept(history, a_new_job()) for _ in range(20)))
    async with history.read() as tx:
        told = await tx.events_after(0, space="local")
    assert [event.seq for event in told] == list(range(1, 21))
    assert sorted(announced.seq for announced in line.announced) == list(range(1, 21))


async def test_a_reader_sees_one_moment_however_long_it_reads(history: History) -> None:
    async with history.read() as tx:
        before = await tx.newest_seq()
        await accept(history, a_new_job())
        assert await tx.newest_seq() == before


@pytest.mark.parametrize("status", ["succeeded", "partial", "failed", "canceled"])
async def test_a_terminal_job_never_changes_again(history: History, status: str) -> None:
    new = await accept(history, a_new_job())
    async with history.write() as tx:
        assert await tx.update_job(new.job.id, status=status)
        assert not await tx.update_job(new.job.id, status="running")
        assert not await tx.update_job(an_id(), status="running")
    async with history.read() as tx:
        job = await tx.job(new.job.id)
    assert job is not None
    assert job.status == status


async def test_a_terminal_production_never_changes_again(history: History) -> None:
    film = a_production()
    async with history.write() as tx:
        await tx.insert_production(film)
        assert await tx.update_production(film.id, status="canceled")
        assert not await tx.update_production(film.id, status="running")


async def test_a_job_is_found_in_its_own_space_only(history: History) -> None:
    new = await accept(history, a_new_job(space="mine"))
    async with history.read() as tx:
        assert await tx.job(new.job.id, space="mine") is not None
        assert await tx.job(new.job.id, space="yours") is None


async def test_pages_show_every_job_once_while_new_ones_arrive(history: History) -> None:
    jobs = [await accept(history, a_new_job(created_at=NOON + number // 2)) for number in range(7)]
    seen: list[str] = []
    cursor = None
    while True:
        async with history.read() as tx:
            page = await tx.list_jobs(JobFilter(space="local", limit=3, cursor=cursor))
        seen += [job.id for job in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
        await accept(history, a_new_job(created_at=NOON + 1_000))
    assert len(seen) == len(set(seen))
    assert set(seen) == {new.job.id for new in jobs}


async def test_lists_filter_by_what_is_asked(history: History) -> None:
    clip = await accept(history, a_new_job(project="sea", search="a lighthouse that sings", created_at=NOON))
    cut = await accept(history, a_new_job("stitch_videos", search="100 fog", created_at=NOON + 5))
    asked = {
        "kind": ("generate_video", clip),
        "project": ("sea", clip),
        "q": ("LightHouse", clip),
        "created_after": (NOON + 1, cut),
        "created_before": (NOON + 1, clip),
    }
    async with history.read() as tx:
        for field, (value, expected) in asked.items():
            page = await tx.list_jobs(JobFilter(space="local", **{field: value}))  # type: ignore[arg-type]
            assert [job.id for job in page.items] == [expected.job.id], field
        assert not (await tx.list_jobs(JobFilter(space="local", status="failed"))).items
        assert [job.id for job in (await tx.list_jobs(JobFilter(space="local", q="100%"))).items] == [cut.job.id]
        oldest_first = await tx.list_jobs(JobFilter(space="local", sort="created_at"))
        assert [job.id for job in oldest_first.items] == [clip.job.id, cut.job.id]


@pytest.mark.parametrize("cursor", ["", "x", "bm90IGpzb24", "WzFd", "é"])
async def test_a_cursor_that_was_never_given_out_is_refused(history: History, cursor: str) -> None:
    async with history.read() as tx:
        with pytest.raises(BadCursor):
            await tx.list_jobs(JobFilter(space="local", cursor=cursor))


async def test_events_are_read_by_what_they_are_about(history: History) -> None:
    one = await accept(history, a_new_job(project="sea"))
    other = await accept(history, a_new_job())
    async with history.read() as tx:
        assert [event.job_id for event in await tx.events_after(0, space="local", job_ids=[one.job.id])] == [one.job.id]
        assert [event.job_id for event in await tx.events_after(0, space="local", projects=["sea"])] == [one.job.id]
        assert [event.job_id for event in await tx.events_after(1, space="local")] == [other.job.id]
        assert await tx.events_after(0, space="elsewhere") == []
        assert (await tx.oldest_seq(), await tx.newest_seq()) == (1, 2)


async def test_an_event_tells_the_small_fields_in_wire_names(history: History) -> None:
    new = await accept(history, a_new_job(price_usd=Decimal("0.10")))
    async with history.read() as tx:
        (event,) = await tx.events_after(0, space="local")
    assert event.data["job_id"] == new.job.id
    assert event.data["cost"] == {"estimated_usd": "0.10", "reserved_usd": "0.10", "actual_usd": None}
    assert event.data["created_at"] == "2027-01-15T08:00:00.000Z"
    assert "request" not in event.data


async def test_money_adds_up_to_the_cent(history: History) -> None:
    film = a_production()
    new = a_new_job(orders=3, price_usd=Decimal("0.10"), production_id=film.id)
    async with history.write() as tx:
        await tx.insert_production(film)
        await tx.insert_job(new)
        await tx.reserve(*new.orders)
        assert await tx.spent(film.id) == (Decimal("0.30"), Decimal(0))
        await tx.book(new.orders[0], Decimal("0.12"))
        await tx.refund(new.orders[1])
        assert await tx.spent(film.id) == (Decimal("0.10"), Decimal("0.12"))


async def test_what_is_free_is_not_booked(history: History) -> None:
    film = a_production()
    new = a_new_job(production_id=film.id)
    async with history.write() as tx:
        await tx.insert_production(film)
        await tx.insert_job(new)
        await tx.reserve(*new.orders)
        await tx.refund(new.orders[0])
        assert await tx.spent(film.id) == (Decimal(0), Decimal(0))


async def test_a_scene_keeps_its_versions_and_shows_the_newest(history: History) -> None:
    film = a_production()
    async with history.write() as tx:
        await tx.insert_production(film)
        await tx.put_scenes(film.id, [a_scene(1), a_scene(2)])
        await tx.update_version(film.id, 2, 1, clip_job_id="first")
        await tx.put_scenes(film.id, [a_scene(9), a_scene(8)])
        await tx.update_version(film.id, 2, 2, clip_job_id="second")
        scenes, versions = await tx.scenes_of(film.id), await tx.versions_of(film.id)
    assert [(scene.number, scene.version, scene.clip_job_id) for scene in scenes] == [(1, 2, None), (2, 2, "second")]
    assert scenes[0].scene == a_scene(9).model_dump(mode="json")
    assert [(row.number, row.version, row.clip_job_id) for row in versions] == [
        (1, 1, None), (1, 2, None), (2, 1, "first"), (2, 2, "second")
    ]  # fmt: skip


async def test_a_key_is_remembered_until_it_is_too_old(history: History, clock: SteppingClock) -> None:
    async with history.write() as tx:
        await tx.remember("local", "key", "print", job_id="a")
    async with history.read() as tx:
        known = await tx.idempotent("local", "key")
        assert known is not None
        assert (known.fingerprint, known.job_id) == ("print", "a")
        assert await tx.idempotent("elsewhere", "key") is None
        assert await tx.idempotent("local", "key", since=clock.at + 1) is None
    clock.pass_s(100)
    async with history.write() as tx:
        await tx.remember("local", "key", "other print", job_id="b")
        assert (await tx.idempotent("local", "key", since=clock.at)) is not None


async def test_deleting_a_job_keeps_the_account_and_what_sockets_resume_from(history: History) -> None:
    film = a_production()
    new = a_new_job(price_usd=Decimal(1), production_id=film.id)
    async with history.write() as tx:
        await tx.insert_production(film)
    await accept(history, new)
    async with history.write() as tx:
        await tx.remember("local", "key", "print", job_id=new.job.id)
        await tx.delete_job(new.job.id)
    async with history.read() as tx:
        assert await tx.job(new.job.id) is None
        assert await tx.orders_of(new.job.id) == []
        assert await tx.idempotent("local", "key") is None
        assert await tx.spent(film.id) == (Decimal(1), Decimal(0))
        assert len(await tx.events_after(0, space="local", job_ids=[new.job.id])) == 1


async def test_who_waits_is_woken_by_the_commit(history: History) -> None:
    waiting = asyncio.create_task(history.wait_for_change(0, 30))
    async with asyncio.timeout(10):
        await accept(history, a_new_job())
        assert await waiting == 1


async def test_who_waits_for_nothing_is_let_go(history: History) -> None:
    assert await history.wait_for_change(0, 0.01) == 0


async def test_everybody_is_told_of_a_commit_once_it_is_there(history: History) -> None:
    seen: list[int] = []
    history.after_commit.append(lambda committed: seen.append(committed.events[-1].seq))
    await accept(history, a_new_job())
    assert seen == [1]


async def test_a_writer_that_is_canceled_hands_the_pen_on(history: History) -> None:
    holding = asyncio.Event()

    async def hold() -> None:
        async with history.write() as tx:
            await tx.insert_job(a_new_job())
            holding.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    async with asyncio.timeout(10):
        await holding.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await accept(history, a_new_job())
    async with history.read() as tx:
        assert len((await tx.list_jobs(JobFilter(space="local"))).items) == 1


async def test_an_asset_is_found_by_id_and_key(history: History) -> None:
    stored = a_stored_asset(an_id(), "videos/a.mp4")
    asset = Asset(
        id=stored.asset_id,
        space="local",
        kind="clip",
        key=stored.key,
        media_type=stored.media_type,
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
        created_at=NOON,
        facts=stored.facts.model_dump(mode="json"),
    )
    async with history.write() as tx:
        await tx.insert_asset(asset)
        assert await tx.asset(asset.id) == await tx.asset_by_key("videos/a.mp4") == asset
        await tx.delete_asset(asset.id)
        assert await tx.asset(asset.id) is None
