"""No room: orders are refused in words before anything is written, and everything else goes on."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.room import GB, MB, Room, StorageBounds
from tests.contract.theatre import CLIP, FILM, PORTRAIT, SCENES, Theatre, theatre


class Disk:
    """A disk whose free space a test sets."""

    def __init__(self) -> None:
        self.free = 1000 * MB

    def __call__(self, _folder: Path) -> int:
        return self.free


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
async def house(tmp_path: Path, database: str, disk: Disk) -> AsyncIterator[Theatre]:
    async with theatre(tmp_path, database, room=Room(StorageBounds(), tmp_path, free_bytes=disk)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/generate_video", CLIP),
        ("/create_scenes", SCENES),
        ("/generate_character_reference", PORTRAIT),
        ("/productions", FILM),
    ],
)
async def test_a_disk_without_room_takes_no_order_and_says_how_much_is_missing(
    house: Theatre, disk: Disk, path: str, body: dict[str, Any]
) -> None:
    disk.free = 12 * MB
    answer = await house.post(path, body)
    told = await answer.json()
    assert (answer.status, told["error_code"], told["retryable"]) == (503, "OVERLOADED", True)
    assert "12 MB" in told["message"]
    assert "500 MB" in told["message"]
    assert int(answer.headers["Retry-After"]) > 0
    assert (await (await house.get("/jobs")).json())["items"] == []
    assert [key async for key in house.media.all_keys()] == []
    disk.free = 500 * MB
    assert (await house.post(path, body)).status == 202


async def test_what_was_accepted_before_is_answered_again_on_a_full_disk(house: Theatre, disk: Disk) -> None:
    key = {"Idempotency-Key": "once"}
    first = await (await house.post("/generate_video", CLIP, headers=key)).json()
    disk.free = 0
    again = await house.post("/generate_video", CLIP, headers=key)
    assert (again.status, (await again.json())["job_id"]) == (202, first["job_id"])
    await house.perform(first["job_id"])
    assert (await (await house.get(f"/jobs/{first['job_id']}")).json())["status"] == "succeeded"


async def test_retries_and_other_cuts_need_room_too(house: Theatre, disk: Disk) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    await house.post(f"/jobs/{job_id}/cancel")
    film = await house.ordered("/productions", FILM)
    await house.perform_film(film)
    once = {"Idempotency-Key": "once"}
    assert (await house.post(f"/productions/{film}/scenes/1/regenerate", {}, headers=once)).status == 202
    disk.free = 0
    for path in (f"/jobs/{job_id}/retry", f"/productions/{film}/restitch", f"/productions/{film}/scenes/2/regenerate"):
        answer = await house.post(path, {})
        assert (answer.status, (await answer.json())["error_code"]) == (503, "OVERLOADED")
    assert (await house.post(f"/productions/{film}/scenes/1/regenerate", {}, headers=once)).status == 202
    disk.free = 1000 * MB
    assert (await house.post(f"/jobs/{job_id}/retry")).status == 202


async def test_reading_and_deleting_go_on_and_readiness_tells(house: Theatre, disk: Disk) -> None:
    video = await house.made()
    disk.free = 1 * MB
    assert (await house.client.get(video["video_url"])).status == 200
    ready = await house.client.get("/readyz")
    assert (ready.status, (await ready.json())["disk"]) == (200, {"free_bytes": MB, "enough": False})
    assert (await house.client.delete(video["video_url"])).status == 204


@pytest.mark.parametrize("bound", ["quota_gb", "quota_each_key_gb"])
async def test_a_quota_that_is_used_up_is_told_with_its_sum_and_frees_up_by_deleting(
    tmp_path: Path, database: str, bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.room.COUNTED_AGAIN_S", -1.0)
    async with theatre(tmp_path, database, room=Room(StorageBounds(**{bound: 1000 / GB}))) as house:
        video = await house.made(content=b"x" * 999)
        assert (await house.post("/generate_video", CLIP)).status == 202
        other = await house.made(content=b"x")
        answer = await house.post("/generate_video", CLIP)
        told = await answer.json()
        assert (answer.status, told["error_code"]) == (429, "QUOTA_EXCEEDED")
        assert int(answer.headers["Retry-After"]) > 0
        await house.client.delete(video["video_url"])
        assert (await house.client.delete(other["video_url"])).status == 204
        assert (await house.post("/generate_video", CLIP)).status == 202


async def test_the_real_disk_is_looked_at(tmp_path: Path) -> None:
    free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
    seen = Room(StorageBounds(), tmp_path).free_bytes()
    assert seen is not None
    assert abs(seen - free) < 1 * GB
    assert Room(StorageBounds(min_free_mb=10**12), tmp_path).is_enough is False
