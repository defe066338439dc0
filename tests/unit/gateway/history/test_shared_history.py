"""Two gateways on one PostgreSQL: a key is answered once, a chore done once, an attempt made once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gateway.history import outbox
from gateway.history.addressees import Delivery
from gateway.history.chores import Chore
from gateway.history.database import Database
from gateway.history.store import History
from gateway.webhooks.postman import known_hook
from tests.factories import a_new_job

ROUNDS = 10


@pytest.fixture
async def gateways(postgres_url: str) -> AsyncIterator[tuple[History, History]]:
    async with Database.open(postgres_url) as one, Database.open(postgres_url) as other:
        yield History(one), History(other)


async def test_a_key_that_comes_to_both_at_once_is_answered_by_one(gateways: tuple[History, History]) -> None:
    made: list[str] = []

    async def answered(history: History, key: str) -> str | None:
        async with history.write() as tx:
            if known := await tx.idempotent("local", key):
                return known.job_id
            await asyncio.sleep(0.005)  # an order is being written
            made.append(key)
            await tx.remember("local", key, "f" * 64, job_id=f"job {len(made)}")
            return f"job {len(made)}"

    for number in range(ROUNDS):
        first, second = await asyncio.gather(*(answered(history, f"key {number}") for history in gateways))
        assert first == second
    assert len(made) == ROUNDS


async def test_a_chore_is_taken_by_one(gateways: tuple[History, History]) -> None:
    for number in range(ROUNDS):
        chores = [Chore(history, f"chore {number}", every_s=60, lease_s=60) for history in gateways]
        assert sorted(await asyncio.gather(*(chore.take() for chore in chores))) == [False, True]


async def test_a_space_has_one_secret_whoever_needs_it_first(gateways: tuple[History, History]) -> None:
    async def secret(history: History, space: str) -> str:
        async with history.write() as tx:
            return (await known_hook(tx, space)).secret

    for number in range(ROUNDS):
        assert len(set(await asyncio.gather(*(secret(history, f"space {number}") for history in gateways)))) == 1


async def test_each_attempt_is_leased_to_one(gateways: tuple[History, History]) -> None:
    for _ in range(50):
        new = a_new_job()
        async with gateways[0].write() as tx:
            await tx.insert_job(new)
            tx.tell("job.queued", replace(new.job, request={"webhook_url": "https://example.com/"}))

    async def leased(history: History) -> list[Delivery]:
        taken: list[Delivery] = []
        while True:
            async with history.read() as tx:
                found = await outbox.due(tx, busy_hosts=(), limit=10)
            if not found:
                return taken
            async with history.write() as tx:
                taken += await outbox.lease(tx, found, for_s=60)

    everyones = [one for taken in await asyncio.gather(*map(leased, gateways * 2)) for one in taken]
    assert len({one.id for one in everyones}) == len(everyones) == 50
    assert {one.attempts for one in everyones} == {1}
