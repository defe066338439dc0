"""A client that is cut off again and again, on real processes: every terminal event once, in order, already true."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.chaos.editors import TERMINAL
from tests.chaos.matrix import FILM
from tests.chaos.street import Street, street

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
async def houses(tmp_path: Path) -> AsyncIterator[Street]:
    async with street(tmp_path, seconds=0.6) as standing:
        yield standing


class Watcher:
    """Follows one production; keeps what it saw and whether `GET` agreed the moment each frame came."""

    def __init__(self, session: aiohttp.ClientSession, url: str, production_id: str) -> None:
        self.session = session
        self.url = url
        self.production_id = production_id
        self.last_seq: int | None = None
        self.seen: list[tuple[int, str, str, str]] = []
        self.connections = 0

    async def watch(self, *, frames: int) -> bool:
        """Take at most `frames` numbered frames, then break off. True when the production has ended."""
        query = {"production_id": self.production_id} | ({} if self.last_seq is None else {"after": str(self.last_seq)})
        self.connections += 1
        async with self.session.ws_connect(f"{self.url}/ws", params=query) as socket:
            async for message in socket:
                frame = message.json()
                if frame["type"] in {"hello", "job.progress"}:
                    continue
                self.last_seq = frame["seq"]
                if frame["type"] == "snapshot":
                    continue
                ended = await self._note(frame)
                frames -= 1
                if ended or frames <= 0:
                    return ended
        return False

    async def _note(self, frame: dict[str, Any]) -> bool:
        data, told = frame["data"], str(frame["data"]["status"])
        of_job = frame["type"].startswith("job.")
        path = f"jobs/{data['job_id']}" if of_job else f"productions/{self.production_id}"
        async with self.session.get(f"{self.url}/{path}") as answer:
            now = str((await answer.json())["status"])
        self.seen.append((frame["seq"], frame["type"], data.get("job_id") or self.production_id, told))
        assert now == told or told not in TERMINAL, f"{path} was told {told} while GET says {now}"
        return not of_job and told in TERMINAL


async def test_a_client_that_is_cut_off_hears_every_end_once_and_in_order(houses: Street) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{houses.url}/productions", json=FILM) as answer:
            assert answer.status == 202
            production_id = (await answer.json())["production_id"]
        watcher = Watcher(session, houses.url, production_id)
        async with asyncio.timeout(60):
            while not await watcher.watch(frames=2):
                pass
        async with session.get(f"{houses.url}/jobs", params={"production_id": production_id}) as answer:
            jobs = (await answer.json())["items"]
    seqs = [seq for seq, *_ in watcher.seen]
    assert watcher.connections >= 3
    assert seqs == sorted(set(seqs))
    ends = [(subject, told) for _, kind, subject, told in watcher.seen if kind.startswith("job.") and told in TERMINAL]
    assert len(ends) == len(set(ends))
    assert set(ends) == {(job["job_id"], job["status"]) for job in jobs}
    assert watcher.seen[-1][3] == "succeeded"
