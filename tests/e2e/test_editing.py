"""A film of two seconds a scene from its first gate to its deletion, by real services and a provider that bills."""

import asyncio
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.e2e import stacks
from tests.e2e.forked import running_up
from tests.e2e.stacks import GUARD_S
from tests.wire.replicate import TOKEN, ReplicateServer

pytestmark = stacks.NEEDS_NATS

FILM = {
    "idea": "A fox learns to fly",
    "character_description": "a small red fox",
    "backend": "local",
    "models": {"scene": "local/storyteller", "image": "local/portrait"},
    "number_of_scenes": 2,
    "num_images": 2,
    "duration": 2,
    "seed": 7,
    "review": ["storyboard", "character"],
}
OVER = {"waiting", "succeeded", "partial", "failed", "canceled"}
PAID = "google/veo-3.1"


class Studio:
    """One production, as a page edits it."""

    def __init__(self, http: ClientSession, url: str) -> None:
        self._http = http
        self._url = url
        self.path = ""

    async def call(self, method: str, path: str, body: Any = None, *, status: int = 202) -> Any:
        async with self._http.request(method, f"{self._url}{path}", json=body) as answer:
            raw = await answer.read()
            assert answer.status == status, raw
            return await answer.json() if "json" in answer.content_type else raw

    async def post(self, path: str, body: Any = None, *, status: int = 202) -> Any:
        return await self.call("POST", self.path + path, body, status=status)

    async def settled(self) -> dict[str, Any]:
        """The production once nothing more happens by itself."""
        async with asyncio.timeout(GUARD_S):
            while True:
                film: dict[str, Any] = await self.call("GET", self.path, status=200)
                if film["status"] in OVER and all(job["status"] in OVER for job in film["jobs"]):
                    return film
                await asyncio.sleep(0.1)  # a foreign process


async def test_a_film_is_edited_from_its_first_gate_to_its_deletion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ReplicateServer().running() as replicate:
        monkeypatch.setenv("REPLICATE_API_TOKEN", TOKEN)
        monkeypatch.setenv("REPLICATE_BASE_URL", replicate.url)
        async with running_up(tmp_path / "data") as up, ClientSession() as http:
            url = (await up.ready_line()).removeprefix("ready ").rstrip("/")
            await edit_a_film(Studio(http, url), replicate)


async def edit_a_film(studio: Studio, replicate: ReplicateServer) -> None:
    film = await studio.call("POST", "/api/mv/productions", FILM)
    studio.path = film["urls"]["self"]
    assert (await studio.settled())["stage"] == "review: storyboard"
    await studio.call("PATCH", f"{studio.path}/scenes/2", {"description": "The fox jumps off a roof"}, status=200)
    await studio.post("/continue", {"gate": "storyboard"})
    film = await studio.settled()
    chosen = film["character"]["candidates"][1]["id"]
    assert film["stage"] == "review: character"
    await studio.post("/character", {"image_id": chosen})
    await studio.post("/continue", {"gate": "character"})
    first = await studio.settled()
    assert (first["status"], first["character"]["chosen"]["id"]) == ("succeeded", chosen)
    assert not replicate.bought

    await studio.post("/scenes/2/regenerate")
    second = await studio.settled()
    assert [scene["stale"] for scene in second["scenes"]] == [False, False]
    assert second["scenes"][1]["clip"]["video_id"] != first["scenes"][1]["clip"]["video_id"]
    assert second["scenes"][0]["clip"] == first["scenes"][0]["clip"]
    back = await studio.post("/scenes/2/choose", {"version": first["scenes"][1]["version"]})
    assert (back["status"], back["final_video_id"]) == ("succeeded", first["final_video_id"])

    asked = {"models": {"video": PAID}, "scenes": [1]}
    call = f"{studio.path.removeprefix('/api/mv/')}/upgrade"
    price = (await studio.call("POST", "/api/mv/estimate", {"call": call, **asked}, status=200))["estimated_usd"]
    assert not replicate.bought
    await studio.post("/upgrade", asked)
    paid = await studio.settled()
    assert (paid["status"], len(replicate.bought), paid["cost"]["actual_usd"]) == ("succeeded", 1, price)
    assert paid["final_video_id"] not in {first["final_video_id"], second["final_video_id"]}

    archive = zipfile.ZipFile(BytesIO(await studio.call("GET", f"{studio.path}/export?format=zip", status=200)))
    assert len([name for name in archive.namelist() if name.endswith(".mp4")]) == 2
    shared = await studio.post("/share", status=201)
    assert b"<video" in await studio.call("GET", shared["path"], status=200)
    assert len(await studio.call("GET", f"{shared['path']}/film.mp4", status=200)) == paid["final_video"]["size_bytes"]
    await studio.call("DELETE", studio.path, status=204)
    await studio.call("GET", shared["path"], status=404)
    await studio.call("GET", paid["final_video"]["video_url"], status=404)
