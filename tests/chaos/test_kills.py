"""kill -9 of every process, at moments of chance and at the worst ones: the two promises hold."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.chaos.editors import TERMINAL
from tests.chaos.matrix import CLIP, storm
from tests.chaos.street import VICTIMS, Street, street, victims

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(240)]

LOCAL_FILM = {
    "idea": "A diver looks for a bell under the harbour",
    "character_description": "a diver in a copper helmet",
    "number_of_scenes": 2,
    "duration": 2,
    "num_images": 2,
}


@pytest.fixture
async def houses(tmp_path: Path) -> AsyncIterator[Street]:
    async with street(tmp_path) as standing:
        yield standing


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as opened:
        yield opened


async def placed(houses: Street, session: aiohttp.ClientSession, call: str, body: dict[str, Any]) -> str:
    async with session.post(f"{houses.url}/{call}", json=body) as answer:
        assert answer.status == 202, await answer.text()
        return f"{houses.url}{answer.headers['Location'].removeprefix('/api/mv')}"


async def ended(session: aiohttp.ClientSession, url: str, *, within_s: float = 60) -> dict[str, Any]:
    """The job or production once it is terminal, whatever dies meanwhile."""
    async with asyncio.timeout(within_s):
        while True:
            try:
                async with session.get(url) as answer:
                    found: dict[str, Any] = await answer.json()
            except aiohttp.ClientError:
                found = {}
            if found.get("status") in TERMINAL:
                return found
            await asyncio.sleep(0.1)


async def test_killing_everything_loses_nothing_and_buys_nothing_twice(tmp_path: Path) -> None:
    async with street(tmp_path, hesitates_s=0.2) as houses:
        verdict = await storm(houses, victims(2 * len(VICTIMS), seed=7), seed=7)
        handles = await houses.handles()
    assert verdict.accepted > 0
    assert verdict.bought > 0
    assert not any(verdict.broken), verdict
    assert set(handles.values()) == {1}


@pytest.mark.parametrize("moment", ["polled", "sending"])
@pytest.mark.parametrize("victim", ["video", "gateway", "nats"])
async def test_a_kill_after_the_handle_is_survived_without_a_second_call(
    houses: Street, session: aiohttp.ClientSession, moment: str, victim: str
) -> None:
    fallen = asyncio.Event()

    async def strike() -> None:
        await houses.replace(victim, after_s=0.2)
        fallen.set()

    houses.metered.moments[moment] = strike
    job = await ended(session, await placed(houses, session, "generate_video", CLIP))
    assert fallen.is_set()
    assert job["status"] == "succeeded", job
    assert sum(houses.metered.submissions.values()) == 1
    assert houses.files_without_rows() == set()


async def test_a_kill_between_accept_and_answer_ends_uncertain_and_is_not_sent_again(
    houses: Street, session: aiohttp.ClientSession
) -> None:
    async def strike() -> None:
        await houses.replace("video", after_s=0.1)

    houses.metered.moments["accepted"] = strike
    url = await placed(houses, session, "generate_video", CLIP)
    job = await ended(session, url)
    assert job["status"] == "failed"
    assert job["error"]["error_code"] == "SUBMISSION_UNCERTAIN"
    assert sum(houses.metered.submissions.values()) == 1
    async with session.post(f"{url}/retry") as answer:
        again = await answer.json()
    assert answer.status == 202, again
    retried = await ended(session, f"{houses.url}/jobs/{again['job_id']}")
    assert retried["retry_of"] == job["job_id"]
    assert retried["status"] == "succeeded", "a person has decided"
    assert set(houses.metered.submissions.values()) == {1}


async def test_a_film_survives_the_death_of_everybody_in_turn(houses: Street, session: aiohttp.ClientSession) -> None:
    url = await placed(houses, session, "productions", LOCAL_FILM)
    for victim in VICTIMS:
        await asyncio.sleep(0.7)
        await houses.replace(victim, after_s=0.2)
    film = await ended(session, url, within_s=120)
    assert film["status"] == "succeeded", film["error"]
    assert set((await houses.handles()).values()) == {1}
    assert await houses.orders_left() == 0
    assert houses.files_without_rows() == set()
    assert houses.rows_without_files() == set()
