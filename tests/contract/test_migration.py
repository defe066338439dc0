"""Media move into a bucket and back: every recorded file, compared by its hash; what is wrong is named."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.migration.__main__ import main
from gateway.migration.migrate import Move, Tally, migrate
from shared.media.base import MediaStore, StorageAway, Stored
from shared.media.bucket import open_s3
from shared.media.local import LocalMedia
from shared.media.s3 import S3Media
from tests.contract.theatre import PORTRAIT, Theatre
from tests.s3gate import S3Gate, gate_before
from tests.s3server import S3Server


@pytest.fixture
async def gate(s3_server: S3Server) -> AsyncIterator[S3Gate]:
    async with gate_before(s3_server) as opened:
        yield opened


@pytest.fixture
async def bucket(gate: S3Gate, s3_server: S3Server, s3_bucket: str) -> AsyncIterator[S3Media]:
    async with open_s3(gate.bucket(s3_server, s3_bucket), patience_s=0.2, expires_s=600) as opened:
        yield opened


@pytest.fixture
async def keys(house: Theatre) -> list[str]:
    """What has been made: a large clip, a small one, two pictures."""
    large, small = await house.made(content=b"large" * (1 << 21)), await house.made(content=b"small")
    job_id = await house.ordered("/generate_character_reference", PORTRAIT)
    await house.perform(job_id, content=b"a picture")
    pictures = (await (await house.get(f"/jobs/{job_id}")).json())["result"]["images"]
    return [large["video_path"], small["video_path"], *(picture["path"] for picture in pictures)]


def unheard(_tally: Tally) -> None: ...


async def content(media: MediaStore) -> dict[str, bytes]:
    keys = [key async for key in media.all_keys()]
    return {key: b"".join([chunk async for chunk in media.open(key)]) for key in keys}


async def once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def test_everything_goes_there_and_back(house: Theatre, bucket: S3Media, keys: list[str], tmp_path: Path) -> None:
    history, told = house.house.history, list[int]()
    tally = await migrate(history, Move(house.media, bucket), tell=lambda tally: told.append(tally.done))
    assert (tally.is_whole, tally.copied, tally.there) == (True, 4, 0)
    assert sorted(told) == [1, 2, 3, 4]
    assert await content(bucket) == await content(house.media)
    back = LocalMedia(tmp_path / "back")
    assert (await migrate(history, Move(bucket, back), tell=unheard)).is_whole
    assert await content(back) == await content(house.media)


async def test_what_is_made_meanwhile_is_told_and_the_next_run_takes_it(
    house: Theatre, keys: list[str], tmp_path: Path
) -> None:
    class Slow(LocalMedia):
        made = False

        async def put(self, key: str, chunks: AsyncIterable[bytes], *, media_type: str) -> Stored:
            if not self.made:
                self.made = True
                await house.made(content=b"late")
            return await super().put(key, chunks, media_type=media_type)

    move = Move(house.media, Slow(tmp_path / "there"))
    tally = await migrate(house.house.history, move, tell=unheard)
    assert (tally.is_whole, tally.has_moved, tally.records) == (False, True, 5)
    assert (await migrate(house.house.history, move, tell=unheard)).is_whole


async def test_a_second_run_copies_nothing_and_sees_what_has_changed(
    house: Theatre, bucket: S3Media, keys: list[str]
) -> None:
    history = house.house.history
    await migrate(history, Move(house.media, bucket), tell=unheard)
    again = await migrate(history, Move(house.media, bucket), tell=unheard)
    assert (again.copied, again.there, again.is_whole) == (0, 4, True)
    await bucket.put(keys[1], once(b"SMALL"), media_type="video/mp4")
    quick = await migrate(history, Move(house.media, bucket, quick=True), tell=unheard)
    assert (quick.copied, quick.there) == (0, 4), "of the right size"
    mended = await migrate(history, Move(house.media, bucket), tell=unheard)
    assert (mended.copied, mended.there, mended.is_whole) == (1, 3, True)
    assert (await content(bucket))[keys[1]] == b"small"


async def test_a_run_that_breaks_off_goes_on(
    house: Theatre, bucket: S3Media, gate: S3Gate, keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    history = house.house.history

    def shutting(_tally: Tally) -> None:
        breaking.append(asyncio.create_task(gate.shut()))

    breaking: list[asyncio.Task[None]] = []
    monkeypatch.setattr("gateway.migration.migrate.AT_ONCE", 1)
    with pytest.raises(StorageAway):
        await migrate(history, Move(house.media, bucket), tell=shutting)
    assert len(breaking) == 1, "one was copied"
    await gate.open()
    tally = await migrate(history, Move(house.media, bucket), tell=unheard)
    assert (tally.is_whole, tally.copied, tally.there) == (True, 3, 1)
    assert await content(bucket) == await content(house.media)


async def test_what_is_wrong_is_named_and_not_copied(house: Theatre, bucket: S3Media, keys: list[str]) -> None:
    large, small, first, second = keys
    await house.media.delete(large)
    await house.media.put(small, once(b"SMALL"), media_type="video/mp4")
    await house.media.put(first, once(b"shorter"), media_type="image/png")
    await house.media.put("videos/nobodys.mp4", once(b"x"), media_type="video/mp4")
    tally = await migrate(house.house.history, Move(house.media, bucket), tell=unheard)
    assert (tally.lost, sorted(tally.damaged), tally.strays) == (
        [large],
        sorted([small, first]),
        ["videos/nobodys.mp4"],
    )
    assert not tally.is_whole
    assert set(await content(bucket)) == {second}
    assert (await content(house.media))["videos/nobodys.mp4"] == b"x", "nothing is removed"


async def test_a_dry_run_changes_nothing(house: Theatre, bucket: S3Media, keys: list[str]) -> None:
    tally = await migrate(house.house.history, Move(house.media, bucket, dry_run=True), tell=unheard)
    assert (tally.copied, tally.record_bytes) == (len(keys), tally.copied_bytes)
    assert await content(bucket) == {}


async def test_the_command_tells_progress_and_result_and_its_exit_code(
    *, house: Theatre, keys: list[str], database: str, s3_server: S3Server, s3_bucket: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "media").symlink_to(tmp_path / "media")
    environment = {**s3_server.environment(s3_bucket), "DATABASE_URL": database}
    code, told = await command("local", "s3", "--json", data=data, environment=environment)
    assert (code, json.loads(told)["whole"], json.loads(told)["copied"]) == (0, True, 4)
    code, told = await command("s3", "local", data=data, environment=environment)
    assert (code, "4 were there already" in told, "nothing was removed" in told) == (0, True, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("local", "s3"), "there is no history at"),
        (("s3", "local"), "there is no history at"),
    ],
)
def test_the_wrong_folder_is_said(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("SCENEBEAT_DATA", str(tmp_path))
    assert main(words) == 1
    assert said in capsys.readouterr().err


def test_from_a_place_to_itself_is_wrong_usage(capsys: Any) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["s3", "s3"])
    assert exit_.value.code == 2
    assert "nothing to do" in capsys.readouterr().err


def test_a_bucket_that_is_not_named_is_said(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    (tmp_path / "media").mkdir()
    monkeypatch.setenv("SCENEBEAT_DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database)
    assert main(["local", "s3"]) == 1
    assert "STORAGE_BUCKET is not set" in capsys.readouterr().err


async def command(*words: str, data: Path, environment: dict[str, str]) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scenebeat", "media", "migrate", *words, "--data", str(data)),
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=data,
    )
    async with asyncio.timeout(60):
        told, _ = await process.communicate()
    return process.returncode or 0, told.decode()
