"""The feed hands out every event once, in order, whichever gateway committed it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.feed import Feed
from gateway.history.database import Database
from gateway.history.records import EventRow
from gateway.history.store import History
from shared.stopping import stop
from tests.factories import a_new_job


@asynccontextmanager
async def heard_by(history: History, *, ask_every_s: float) -> AsyncIterator[list[EventRow]]:
    feed, heard = Feed(history, ask_every_s=ask_every_s), list[EventRow]()
    feed.listen(heard.append)
    await feed.start()
    running = asyncio.create_task(feed.run())
    try:
        yield heard
    finally:
        await stop(running)


async def commit(history: History) -> int:
    async with history.write() as tx:
        new = a_new_job()
        await tx.insert_job(new)
        tx.tell("job.queued", new.job)
        tx.tell("job.started", new.job)
    return history.changed.newest


async def kept(history: History) -> list[EventRow]:
    async with history.read() as tx:
        return await tx.events_after(0, space=None)


async def until(heard: list[EventRow], count: int) -> None:
    async with asyncio.timeout(10):
        while len(heard) < count:
            await asyncio.sleep(0.01)


async def test_what_is_committed_here_is_told_as_the_history_tells_it(
    database: Database, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never_read(_: Feed) -> None:
        raise AssertionError("the history was asked for what was committed here")

    monkeypatch.setattr(Feed, "catch_up", never_read)
    async with heard_by(history, ask_every_s=60) as heard:
        for _ in range(3):
            await commit(history)
        await until(heard, 6)
    assert heard == await kept(history)


async def test_what_others_commit_in_between_comes_in_its_place(database: Database, history: History) -> None:
    other = History(database)
    async with heard_by(history, ask_every_s=60) as heard:
        for number in range(1, 6):
            await commit(history)
            newest = await commit(other)
            await commit(history)
            history.changed.notice(newest)  # its announcement arrives late, or not at all
            await until(heard, 6 * number)
    assert heard == await kept(history)
    assert [event.seq for event in heard] == list(range(1, 31))


async def test_what_nobody_announced_is_found_by_asking(database: Database, history: History) -> None:
    async with heard_by(history, ask_every_s=0.05) as heard:
        await commit(History(database))
        await until(heard, 2)
        await commit(history)
        await until(heard, 4)
    assert heard == await kept(history)
