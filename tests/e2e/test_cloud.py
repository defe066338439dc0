"""Media in S3 by the environment alone: the same film, on processes that share nothing but the bus and the bucket."""

import asyncio
import io
import os
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from shared.media.bucket import open_s3
from tests.e2e.forked import running_up
from tests.forks import open_house
from tests.natsserver import NatsServer, free_port, nats_server_binary
from tests.s3server import ACCESS_KEY, SECRET_KEY, S3Server, require_weed

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(nats_server_binary() is None and "CI" not in os.environ, reason="nats-server is missing"),
]

API = "/api/mv"
ENDED = {"succeeded", "partial", "failed", "canceled"}
FILM = {
    "idea": "a lighthouse that sings",
    "character_description": "a keeper in a yellow coat",
    "number_of_scenes": 1,
    "num_images": 1,
    "duration": 1,
}
IMPATIENT = {"SCENEBEAT_STORAGE_PATIENCE_S": "0.5"}
"""So that what waits says so soon."""
MODULES = {"gateway": "gateway"} | {name: f"{name}_svc" for name in ("scene", "image", "video", "stitch")}


@pytest.fixture
def own_s3_server(tmp_path: Path) -> Any:
    """One that a test may stop."""
    require_weed()
    folder = tmp_path / "s3"
    folder.mkdir()
    server = S3Server(folder)
    server.start()
    yield server
    server.kill()


class Caller:
    """A client with nothing but HTTP."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def get(self, path: str) -> dict[str, Any]:
        async with self.session.get(path) as answer:
            body: dict[str, Any] = await answer.json()
            return body

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self.session.post(f"{API}{path}", json=body) as answer:
            told: dict[str, Any] = await answer.json()
            assert answer.status in {200, 202}, told
            return told

    async def bytes_of(self, url: str, **headers: str) -> tuple[int, bytes]:
        async with self.session.get(url, headers=headers) as answer:
            return answer.status, await answer.read()

    async def ended(self, path: str, *, within_s: float = 90) -> dict[str, Any]:
        async with asyncio.timeout(within_s):
            while (body := await self.get(f"{API}{path}"))["status"] not in ENDED:
                await asyncio.sleep(0.1)  # another process: nothing to await
        return body


async def test_the_same_film_in_s3_mode_by_environment_alone(
    tmp_path: Path, own_s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, data = own_s3_server.new_bucket(), tmp_path / "data"
    for name, value in {**own_s3_server.environment(bucket), **IMPATIENT, "SERVE_FROM_CLOUD": "true"}.items():
        monkeypatch.setenv(name, value)
    async with running_up(data) as up:
        url = (await up.ready_line()).removeprefix("ready ")
        async with aiohttp.ClientSession(url) as session:
            caller = Caller(session)
            film_id = (await caller.post("/productions", FILM))["production_id"]
            film = await caller.ended(f"/productions/{film_id}")
            assert film["status"] == "succeeded", film
            await plays_from(own_s3_server, caller, film)
            await outlives_an_outage(own_s3_server, caller, film)
    assert not (data / "media").exists() or list((data / "media").rglob("*.*")) == []
    async with open_s3(own_s3_server.bucket(bucket), patience_s=1.0, expires_s=60) as media:
        kept = {key.partition("/")[0] for key in [key async for key in media.all_keys()]}
    assert kept >= {"scenes", "character_reference", "videos", "posters", "contact_sheets"}
    logs = b"".join(log.read_bytes() for log in (data / "logs").glob("*.log"))
    assert b"storage_away" in logs
    kept_here = b"".join(file.read_bytes() for file in data.rglob("*") if file.is_file())
    assert b"production_planned" in kept_here or b"request_answered" in kept_here
    for secret in (b"X-Amz-Signature", SECRET_KEY.encode(), ACCESS_KEY.encode()):
        assert secret not in kept_here, "no signed address and no key is logged or kept: logs, bus and history"


async def plays_from(server: S3Server, caller: Caller, film: dict[str, Any]) -> None:
    cut = film["final_video"]
    for name in ("video_url", "poster_url", "contact_sheet_url"):
        assert cut[name].startswith(f"{server.url}/")
    status, whole = await caller.bytes_of(cut["video_url"])
    assert (status, len(whole), whole[4:8]) == (200, cut["size_bytes"], b"ftyp")
    assert await caller.bytes_of(cut["video_url"], Range="bytes=100-199") == (206, whole[100:200])
    through = f"{API}/get_video/{cut['video_id']}"
    assert await caller.bytes_of(through) == (200, whole)
    assert await caller.bytes_of(through, Range="bytes=-10") == (206, whole[-10:])
    status, packed = await caller.bytes_of(f"{API}/productions/{film['production_id']}/export?format=zip")
    archive = zipfile.ZipFile(io.BytesIO(packed))
    assert (status, archive.testzip(), len(archive.namelist())) == (200, None, 3)
    portrait = {"character_description": "a keeper", "num_images": 1}
    made = await caller.post("/generate_character_reference?wait=60", portrait)
    assert made["images"][0]["base64"].startswith("iVBOR")


async def outlives_an_outage(server: S3Server, caller: Caller, film: dict[str, Any]) -> None:
    """The server is killed with orders under way; they wait, and go on when it is back."""
    orders = [await caller.post("/generate_video", {"prompt": "a wave breaks", "duration": 1})]
    server.kill()
    orders.append(await caller.post(f"/productions/{film['production_id']}/restitch", {}))
    async with caller.session.get(f"{API}/get_video/{film['final_video']['video_id']}") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    readiness = await caller.get("/readyz")
    assert (readiness["ready"], readiness["storage"]) == (False, False)
    waiting = f"{API}/jobs/{orders[0]['job_id']}"
    async with asyncio.timeout(60):
        while (job := await caller.get(waiting))["progress"]["message"] != "waiting for the media store":
            assert job["status"] not in ENDED, job
            await asyncio.sleep(0.1)
    await asyncio.to_thread(server.start)
    for order in orders:
        path = f"/jobs/{order['job_id']}" if "job_id" in order else f"/productions/{order['production_id']}"
        assert (await caller.ended(path))["status"] == "succeeded"
    assert (await caller.get("/readyz"))["ready"] is True


@asynccontextmanager
async def machines(tmp_path: Path, nats: NatsServer, environment: dict[str, str]) -> AsyncIterator[str]:
    """Every process with a folder of its own, as on as many machines; the gateway's address."""
    port = free_port()
    shared = {**os.environ, **environment, "NATS_URL": nats.url, "SCENEBEAT_ONE_MACHINE": "true"}
    processes = []
    try:
        for name, module in MODULES.items():
            own = {"SCENEBEAT_DATA": str(tmp_path / name), "SCENEBEAT_PORT": str(port)}
            log = tmp_path / f"{name}.log"
            processes.append(await open_house([module], environment=shared | own, log=log))
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in processes:
            process.terminate()
        await asyncio.gather(*(process.wait() for process in processes))


async def test_processes_that_share_no_folder_make_a_film(
    tmp_path: Path, nats_server: NatsServer, s3_server: S3Server, s3_bucket: str
) -> None:
    async with (
        machines(tmp_path, nats_server, s3_server.environment(s3_bucket)) as url,
        aiohttp.ClientSession(url) as session,
    ):
        caller = Caller(session)
        await ready(caller)
        film_id = (await caller.post("/productions", FILM))["production_id"]
        film = await caller.ended(f"/productions/{film_id}")
        assert film["status"] == "succeeded", film
        cut = film["final_video"]
        assert cut["video_url"] == f"{API}/get_video/{cut['video_id']}"
        status, whole = await caller.bytes_of(cut["video_url"])
        assert (status, len(whole)) == (200, cut["size_bytes"])
    left = [file for name in MODULES for file in (tmp_path / name).rglob("*") if file.is_file()]
    assert {file.relative_to(tmp_path).parts[:2] for file in left} <= {
        ("gateway", "history.sqlite"), ("gateway", "history.sqlite-wal"), ("gateway", "history.sqlite-shm"),
        ("stitch", "scratch"),
    }, "a cut's own shelf is all that a service keeps"  # fmt: skip


async def ready(caller: Caller) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                if (await caller.get("/readyz"))["ready"]:
                    return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.05)  # other processes: nothing to await
