"""What is over goes, what is needed stays; bytes first, then the record; files and records agree."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from gateway.history.chores import Chore, Lost
from gateway.history.database import Database
from gateway.history.store import History
from gateway.history.tables import assets, deliveries, events, idempotency_keys, jobs, productions
from gateway.lifecycle.__main__ import main
from gateway.lifecycle.audit import NotPlausible, audit
from gateway.lifecycle.prune import Report, prune
from gateway.lifecycle.removal import Gone, remove_production
from gateway.lifecycle.retention import KINDS, Kept, Retention
from gateway.lifecycle.sweeper import Sweeper
from shared.media.base import StorageAway
from shared.media.bucket import open_s3
from tests.contract.test_copies import a_picture, portrait
from tests.contract.theatre import CLIP, FILM, PATIENCE_S, PORTRAIT, SCENES, Theatre, theatre
from tests.factories import an_id
from tests.s3gate import gate_before
from tests.s3server import S3Server

DAY_S = 24 * 3600.0
IN_FOLDER_AND_BUCKET = pytest.mark.parametrize("house", ["folder", "bucket"], indirect=True)


@pytest.fixture
async def house(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> AsyncIterator[Theatre]:
    async with AsyncExitStack() as stack:
        media = None
        if getattr(request, "param", "folder") == "bucket":
            server: S3Server = request.getfixturevalue("s3_server")
            bucket = server.bucket(await asyncio.to_thread(server.new_bucket))
            media = await stack.enter_async_context(open_s3(bucket, patience_s=5.0, expires_s=600))
        yield await stack.enter_async_context(theatre(tmp_path, database, media=media))


async def pruned(house: Theatre, *kinds: Kept, days: float = 30, dry_run: bool = False) -> Report:
    retention = Retention().with_days(kinds or KINDS, days)
    return await prune(house.house.history, house.media, retention, dry_run=dry_run)


async def files(house: Theatre) -> set[str]:
    return {key async for key in house.media.all_keys()}


async def keys(house: Theatre) -> set[str]:
    async with house.house.history.read() as tx:
        return set((await tx.connection.execute(select(assets.c.key))).scalars())


async def count(house: Theatre, table: Any) -> int:
    async with house.house.history.read() as tx:
        return int((await tx.connection.execute(select(func.count()).select_from(table))).scalar_one())


async def made(house: Theatre, path: str, body: dict[str, Any], content: bytes = b"made of bytes") -> dict[str, Any]:
    job_id = await house.ordered(path, body)
    await house.perform(job_id, content=content)
    told: dict[str, Any] = await (await house.get(f"/jobs/{job_id}")).json()
    return told


def days_later(house: Theatre, days: float) -> None:
    house.clock.pass_s(days * DAY_S)


async def test_by_default_nothing_that_somebody_made_goes(house: Theatre) -> None:
    await made(house, "/generate_video", CLIP)
    await made(house, "/create_scenes", SCENES)
    film = await house.ordered("/productions", FILM)
    await house.perform_film(film)
    before = await files(house)
    days_later(house, 10_000)

    report = await prune(house.house.history, house.media, Retention())

    assert (report.removed, await files(house), await keys(house)) == (0, before, before)


@IN_FOLDER_AND_BUCKET
async def test_what_is_over_goes_with_bytes_and_record_and_what_is_young_stays(house: Theatre) -> None:
    old = await made(house, "/generate_video", CLIP)
    await made(house, "/create_scenes", SCENES)
    days_later(house, 31)
    async with house.house.history.write() as tx:
        await tx.connection.execute(update(assets).values(created_at=tx.now() - 31 * DAY_S))
    young = await made(house, "/generate_video", CLIP)
    async with house.house.history.write() as tx:
        await tx.connection.execute(
            update(assets).where(assets.c.job_id == young["job_id"]).values(created_at=tx.now())
        )

    foretold = await pruned(house, "clips", "scenes", dry_run=True)
    assert len(await files(house)) == 4, "a dry run removes nothing"
    report = await pruned(house, "clips", "scenes")

    assert {kind: tally.removed for kind, tally in report.kinds.items()} == {"clips": 1, "scenes": 1}
    assert replace_dry(foretold.body()) == replace_dry(report.body())
    assert await files(house) == await keys(house) == {young["result"]["video_path"]}
    gone = await house.client.get(old["result"]["video_url"])
    assert gone.status == 404


def replace_dry(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"dry_run": None}


async def test_a_job_goes_with_what_it_made_and_its_place_in_the_lists(house: Theatre) -> None:
    old = await made(house, "/generate_character_reference", PORTRAIT)
    await house.ordered("/generate_video", CLIP)
    days_later(house, 400)
    report = await pruned(house, "jobs", days=365)
    assert report.kinds["jobs"].removed == 1
    assert (await house.get(f"/jobs/{old['job_id']}")).status == 404
    assert (await files(house), await count(house, jobs)) == (set(), 1), "the waiting job stays, however old"


@IN_FOLDER_AND_BUCKET
async def test_a_film_keeps_all_that_it_shows_and_could_show_until_it_goes_itself(house: Theatre) -> None:
    film = await house.ordered("/productions", FILM)
    await house.perform_film(film)
    before = await files(house)
    days_later(house, 400)
    everything_but: tuple[Kept, ...] = tuple(kind for kind in KINDS if kind != "productions")

    assert (await pruned(house, *everything_but)).removed == await count_rows_only(house)
    assert await files(house) == before
    report = await pruned(house, "productions")

    assert (report.kinds["productions"].removed, report.kinds["productions"].needed) == (1, 0)
    assert (await files(house), await keys(house)) == (set(), set())
    for table in (jobs, productions):
        assert await count(house, table) == 0
    assert (await house.get(f"/productions/{film}")).status == 404


async def test_a_film_that_somebody_was_given_a_link_to_stays(house: Theatre) -> None:
    film = await house.ordered("/productions", FILM)
    await house.perform_film(film)
    assert (await house.post(f"/productions/{film}/share", {"expires_days": 90})).status == 201
    days_later(house, 40)

    assert (await pruned(house, "productions")).kinds["productions"].needed == 1
    assert (await house.get(f"/productions/{film}")).status == 200
    assert (await house.client.delete(f"/api/mv/productions/{film}/share")).status == 204
    assert (await pruned(house, "productions")).kinds["productions"].removed == 1


async def count_rows_only(house: Theatre) -> int:
    """All events but the newest have gone; nothing else was old enough and free."""
    async with house.house.history.read() as tx:
        return await tx.newest_seq() - 1


async def test_a_picture_that_another_film_or_an_order_under_way_names_stays(house: Theatre) -> None:
    picture = (await made(house, "/generate_character_reference", {**PORTRAIT, "num_images": 1}))["result"]["images"][0]
    other = (await made(house, "/generate_character_reference", {**PORTRAIT, "num_images": 1}))["result"]["images"][0]
    film = await house.ordered("/productions", {**FILM, "character_reference_image_id": picture["id"]})
    clip = await house.ordered("/generate_video", {**CLIP, "character_reference_image_id": other["id"]})
    days_later(house, 400)

    for kind in ("images", "jobs"):
        report = await pruned(house, kind)
        assert (report.kinds[kind].removed, report.kinds[kind].needed) == (0, 2)
    for one in (picture, other):
        answer = await house.client.delete(one["url"])
        assert (answer.status, (await answer.json())["error_code"]) == (409, "CONFLICT")
    assert {picture["path"], other["path"]} <= await files(house)

    await house.perform(clip)
    await house.perform_film(film)
    await pruned(house, "images")
    assert (picture["path"] in await files(house), other["path"] in await files(house)) == (True, False)
    days_later(house, 400)
    await pruned(house)
    assert await files(house) == set()


@IN_FOLDER_AND_BUCKET
async def test_a_film_that_goes_leaves_behind_what_another_film_took_from_it(house: Theatre) -> None:
    first = await house.ordered("/productions", FILM)
    await house.perform_film(first)
    character = (await (await house.get(f"/productions/{first}")).json())["character"]["chosen"]["id"]
    days_later(house, 400)
    second = await house.ordered("/productions", {**FILM, "character_reference_image_id": character})

    await pruned(house, "productions")

    assert (await house.get(f"/productions/{first}")).status == 404
    assert (await house.get(f"/get_character_reference/{character}")).status == 200
    assert (await house.get(f"/productions/{second}")).status == 200
    assert await files(house) == await keys(house)


async def test_a_film_that_was_cut_again_lately_or_is_just_now_stays(house: Theatre) -> None:
    film = await house.ordered("/productions", FILM)
    await house.perform_film(film)
    days_later(house, 400)
    cut = (await (await house.post(f"/productions/{film}/restitch", {"title": "Again"})).json())["job_id"]
    assert (await pruned(house, "productions")).removed == 0
    async with house.house.history.write() as tx:
        row = await tx.production(film)
        assert row is not None
        assert await remove_production(tx, row, media=house.media) == Gone(), "a job of it is under way"
    await house.perform(cut)
    async with house.house.history.write() as tx:
        await tx.connection.execute(update(jobs).where(jobs.c.id == cut).values(completed_at=tx.now()))
    assert (await pruned(house, "productions")).removed == 0
    days_later(house, 31)
    assert (await pruned(house, "productions")).removed == 1
    assert await files(house) == set()


async def test_copies_go_and_are_made_again_when_they_are_asked_for(house: Theatre) -> None:
    url = await portrait(house, a_picture())
    first = await (await house.client.get(f"{url}?width=64")).read()
    days_later(house, 31)
    report = await prune(house.house.history, house.media, Retention())
    assert report.kinds["copies"].removed == 1
    assert len(await files(house)) == 1
    assert await (await house.client.get(f"{url}?width=64")).read() == first


async def test_a_bucket_that_goes_away_during_a_sweep_is_not_waited_for_and_the_next_one_finishes_it(
    s3_server: S3Server, s3_bucket: str, tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        gate_before(s3_server) as gate,
        open_s3(gate.bucket(s3_server, s3_bucket), patience_s=600, expires_s=600) as media,
        theatre(tmp_path, database, media=media) as house,
    ):
        for _ in range(3):
            await made(house, "/generate_video", CLIP)
        async with house.house.history.write() as tx:
            await tx.connection.execute(update(assets).values(created_at=0))
        gate.lose_answer_to, gate.then_shut = b"DELETE ", True
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(StorageAway):
                await pruned(house, "clips")  # under the lock that all who write wait for
        assert (len(s3_server.keys(s3_bucket)), len(await keys(house))) == (2, 3), "no file without its record"
        for name, value in {**s3_server.environment(s3_bucket), "DATABASE_URL": database}.items():
            monkeypatch.setenv(name, value)
        assert await asyncio.to_thread(main, ["--kind", "clips", "--older-than", "30"]) == 0
        assert (s3_server.keys(s3_bucket), await keys(house)) == (set(), set())


async def test_old_keys_and_deliveries_go_and_what_is_still_to_be_sent_stays(house: Theatre) -> None:
    await house.post(
        "/generate_video", {**CLIP, "webhook_url": "https://example.com/"}, headers={"Idempotency-Key": "a"}
    )
    await house.post("/generate_video", {**CLIP, "webhook_url": "https://example.com/"})
    async with house.house.history.write() as tx:
        newest = select(func.max(deliveries.c.seq)).scalar_subquery()
        given_up = update(deliveries).where(deliveries.c.seq == newest)
        await tx.connection.execute(given_up.values(status="failed", ended_at=tx.now()))
    days_later(house, 31)
    await house.post("/generate_video", CLIP, headers={"Idempotency-Key": "b"})

    report = await prune(house.house.history, house.media, Retention())

    assert (report.kinds["deliveries"].removed, report.kinds["idempotency_keys"].removed) == (1, 1)
    assert (await count(house, deliveries), await count(house, idempotency_keys)) == (1, 1)


async def test_events_go_from_the_oldest_on_and_a_socket_that_asks_for_them_starts_afresh(house: Theatre) -> None:
    old = await made(house, "/generate_video", CLIP)
    days_later(house, 31)
    young = await made(house, "/generate_video", CLIP)
    async with house.house.history.read() as tx:
        newest = await tx.newest_seq()

    assert (await pruned(house, "events")).kinds["events"].removed == 3

    assert await (await house.get(f"/jobs/{old['job_id']}/events")).json() == []
    assert len(await (await house.get(f"/jobs/{young['job_id']}/events")).json()) == 3
    async with house.socket(f"job_id={young['job_id']}&after=1") as listener:
        hello, reset, snapshot = await listener.take(3)
        assert (hello["type"], reset["type"], snapshot["type"]) == ("hello", "reset", "snapshot")
        assert (reset["data"]["oldest_seq"], snapshot["seq"]) == (4, newest)
    async with house.socket(f"job_id={young['job_id']}&after=3") as listener:
        frames = await listener.take(4)
        assert [frame["type"] for frame in frames] == ["hello", "job.queued", "job.started", "job.succeeded"]
    days_later(house, 31)
    await pruned(house, "events", days=1)
    async with house.house.history.read() as tx:
        assert (await tx.oldest_seq(), await tx.newest_seq()) == (newest, newest), "the newest stays: seq goes on"


async def test_an_event_that_is_still_to_be_sent_stays_and_so_do_all_after_it(house: Theatre) -> None:
    await made(house, "/generate_video", CLIP)
    await made(house, "/generate_video", {**CLIP, "webhook_url": "https://example.com/"})
    days_later(house, 31)
    assert (await pruned(house, "events")).kinds["events"].removed == 3
    assert await count(house, events) == 3


# one of two gateways


async def test_two_gateways_sweep_once_a_day_together(house: Theatre) -> None:
    sweepers = [Sweeper(house.house.history, house.media, Retention()) for _ in range(2)]
    for _ in range(3):
        reports = await asyncio.gather(*(sweeper.sweep_if_due() for sweeper in sweepers))
        assert sum(report is not None for report in reports) == 1
        assert [await sweeper.sweep_if_due() for sweeper in sweepers] == [None, None]
        days_later(house, 1)


async def test_a_sweep_that_only_looks_says_so(house: Theatre) -> None:
    await made(house, "/generate_video", CLIP)
    days_later(house, 31)
    looking = Retention(clips_days=30, dry_run=True)
    report = await Sweeper(house.house.history, house.media, looking).sweep_if_due()
    assert report is not None
    assert (report.dry_run, report.kinds["clips"].removed, len(await files(house))) == (True, 1, 1)


async def test_a_chore_whose_gateway_died_is_taken_up_and_its_ghost_is_told(house: Theatre) -> None:
    dead, heir = (Chore(house.house.history, "sweep", every_s=DAY_S, lease_s=60) for _ in range(2))
    assert await dead.take()
    await dead.keep()
    assert not await heir.take()
    house.clock.pass_s(61)
    assert await heir.take()
    with pytest.raises(Lost):
        await dead.keep()
    await dead.done()
    assert not await dead.take(), "the heir is at it"
    await heir.done()
    assert not await heir.take(), "done for today"


# files and records


async def put(house: Theatre, key: str, *, days_old: float) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"astray"

    await house.media.put(key, chunks(), media_type="video/mp4")
    path = await house.media.path(key)
    assert path is not None
    at = house.clock() - days_old * DAY_S
    os.utime(path, (at, at))


async def test_files_and_records_that_lost_each_other_are_found_and_repaired(house: Theatre) -> None:
    fine, lost, damaged = [(await made(house, "/generate_video", CLIP))["result"] for _ in range(3)]
    await put(house, "videos/old.mp4", days_old=2)
    await put(house, "videos/young.mp4", days_old=0.5)
    await house.media.delete(lost["video_path"])
    path = await house.media.path(damaged["video_path"])
    assert path is not None
    os.truncate(path, 3)

    found = await audit(house.house.history, house.media)

    assert (found.strays, found.stray_bytes) == (["videos/old.mp4"], 6)
    assert (found.lost, found.damaged, found.is_fine) == ([lost["video_id"]], [damaged["video_id"]], False)
    assert "videos/old.mp4" in await files(house)
    assert (await audit(house.house.history, house.media, repair=True)).repaired
    assert await files(house) == {fine["video_path"], damaged["video_path"], "videos/young.mp4"}
    assert (await house.get(f"/get_video/{lost['video_id']}")).status == 404
    again = await audit(house.house.history, house.media)
    assert (again.strays, again.lost, again.damaged) == ([], [], [damaged["video_id"]])


async def test_a_wrong_store_repairs_nothing_away(house: Theatre) -> None:
    for _ in range(25):
        await made(house, "/generate_video", CLIP)
    for key in await files(house):
        await house.media.delete(key)
    with pytest.raises(NotPlausible, match="right media store"):
        await audit(house.house.history, house.media, repair=True)
    assert len(await keys(house)) == 25


async def test_a_wrong_database_repairs_nothing_away(house: Theatre) -> None:
    for number in range(21):
        await put(house, f"videos/{number}.mp4", days_old=2)
    with pytest.raises(NotPlausible, match="right database"):
        await audit(house.house.history, house.media, repair=True)
    assert len(await files(house)) == 21


# the command


def command(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "STORAGE_BUCKET"}}
    return subprocess.run(
        [sys.executable, "-m", "scenebeat", "prune", "--data", str(data), *words],
        capture_output=True, text=True, check=False, env=environment, cwd=data.parent, timeout=60,
    )  # fmt: skip


async def test_the_command_tells_removes_compares_and_has_exit_codes(tmp_path: Path, blank_database: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "history.sqlite").write_bytes(blank_database.read_bytes())
    url = f"sqlite+aiosqlite:///{data / 'history.sqlite'}"
    async with Database.open(url) as database, History(database).write() as tx:
        await tx.remember("local", "old", "f" * 64, job_id=an_id())
        await tx.connection.execute(update(idempotency_keys).values(created_at=time.time() - 3 * DAY_S))
    (data / "media" / "videos").mkdir(parents=True)
    (data / "media" / "videos" / "stray.mp4").write_bytes(b"astray")
    os.utime(data / "media" / "videos" / "stray.mp4", (0, 0))

    told = command(data, "--kind", "idempotency_keys", "--json")
    assert (told.returncode, json.loads(told.stdout)["kinds"]["idempotency_keys"]["removed"]) == (0, 1), told.stderr
    found = command(data, "--check")
    assert (found.returncode, "1 files without a record" in found.stdout) == (1, True), found.stderr
    assert "stray.mp4" in found.stdout
    assert command(data, "--repair").returncode == 0
    assert await asyncio.to_thread(lambda: list((data / "media" / "videos").glob("*"))) == []


def test_the_command_without_a_history_says_where_it_looked(tmp_path: Path) -> None:
    none = command(tmp_path / "nowhere")
    assert (none.returncode, "no history" in none.stderr, "nowhere" in none.stderr) == (1, True, True)


@pytest.mark.parametrize("wrong", [("--kind", "songs"), ("--older-than", "soon"), ("--older-than", "-1")])
def test_the_command_refuses_what_it_does_not_know(wrong: tuple[str, str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(wrong)
