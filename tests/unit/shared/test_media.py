"""The media store takes a stream whole or not at all, be it a folder or a bucket."""

import errno
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.contracts.base import ErrorCode
from shared.errors import TransientError
from shared.media.base import MediaStore, StorageAway, local_copy
from shared.media.bucket import open_s3
from shared.media.local import INCOMING, LocalMedia
from shared.media.sniff import media_type_of, recognized
from shared.processes import HOST
from tests.s3server import S3Server


async def stream(*chunks: bytes, broken: bool = False) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    if broken:
        raise TransientError.of(ErrorCode.PROVIDER_ERROR, "the download broke")


@pytest.fixture(params=["local", "s3"])
async def media(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[MediaStore]:
    """A folder, and a bucket: what one promises the other keeps."""
    if request.param == "local":
        yield LocalMedia(tmp_path)
        return
    server: S3Server = request.getfixturevalue("s3_server")
    async with open_s3(server.bucket(server.new_bucket()), patience_s=2.0, expires_s=60) as bucket:
        yield bucket


async def read(media: MediaStore, key: str, **window: int) -> bytes:
    return b"".join([chunk async for chunk in media.open(key, **window)])


async def test_what_goes_in_comes_out_by_range(media: MediaStore) -> None:
    stored = await media.put("videos/a.mp4", stream(b"0123", b"456789"), media_type="video/mp4")
    assert (stored.size_bytes, stored.sha256) == (10, hashlib.sha256(b"0123456789").hexdigest())
    assert await read(media, "videos/a.mp4") == b"0123456789"
    assert await read(media, "videos/a.mp4", start=2, end=5) == b"234"
    assert await read(media, "videos/a.mp4", start=8) == b"89"
    assert await read(media, "videos/a.mp4", end=3) == b"012"
    assert await read(media, "videos/a.mp4", start=8, end=99) == b"89"
    assert await read(media, "videos/a.mp4", start=10) == b""
    assert await read(media, "videos/a.mp4", start=4, end=4) == b""


async def test_a_file_of_many_parts_comes_out_as_it_went_in(media: MediaStore) -> None:
    block = hashlib.sha256(b"a block").digest() * (1 << 15)  # 1 MiB
    blocks = [block[number:] + block[:number] for number in range(20)]
    stored = await media.put("videos/long.mp4", stream(*blocks), media_type="video/mp4")
    whole = b"".join(blocks)
    assert (stored.size_bytes, stored.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert await read(media, "videos/long.mp4") == whole
    seam = 8 << 20
    assert await read(media, "videos/long.mp4", start=seam - 3, end=seam + 3) == whole[seam - 3 : seam + 3]


async def test_an_empty_file_is_a_file(media: MediaStore) -> None:
    stored = await media.put("scenes/one/scenes.md", stream(), media_type="text/markdown")
    assert stored.size_bytes == 0
    found = await media.stat("scenes/one/scenes.md")
    assert found is not None
    assert (found.size_bytes, await read(media, "scenes/one/scenes.md")) == (0, b"")


@pytest.mark.parametrize("size", [4, 17 << 20])
async def test_a_broken_stream_leaves_nothing_and_spares_what_was_there(media: MediaStore, size: int) -> None:
    await media.put("videos/a.mp4", stream(b"whole"), media_type="video/mp4")
    half = [b"x" * min(size, 1 << 20)] * max(1, size >> 20)
    for key in ("videos/a.mp4", "videos/b.mp4"):
        with pytest.raises(TransientError):
            await media.put(key, stream(*half, broken=True), media_type="video/mp4")
    assert await read(media, "videos/a.mp4") == b"whole"
    assert [key async for key in media.all_keys()] == ["videos/a.mp4"]


async def test_the_same_key_is_written_again_as_a_whole(media: MediaStore) -> None:
    for content in (b"one", b"another, longer one", b"3"):
        await media.put("videos/a.mp4", stream(content), media_type="video/mp4")
        assert await read(media, "videos/a.mp4") == content


async def test_size_and_time_are_known(media: MediaStore) -> None:
    await media.put("videos/a.mp4", stream(b"0123"), media_type="video/mp4")
    found = await media.stat("videos/a.mp4")
    assert found is not None
    assert found.size_bytes == 4
    assert abs((found.modified - datetime.now(UTC)).total_seconds()) < 60


async def test_what_is_not_there_is_not_found(media: MediaStore) -> None:
    assert await media.stat("videos/none.mp4") is None
    for window in ({}, {"start": 5}, {"end": 5}):
        with pytest.raises(FileNotFoundError):
            await read(media, "videos/none.mp4", **window)
    with pytest.raises(FileNotFoundError):
        await local_copy(media, "videos/none.mp4", Path("/nowhere"))


async def test_every_key_is_listed(media: MediaStore) -> None:
    keys = {"videos/a.mp4", "videos/b.mp4", "scenes/one/scenes.json", "character_reference/a b_c-d.png"}
    for key in keys:
        await media.put(key, stream(b"x"), media_type="video/mp4")
    assert {key async for key in media.all_keys()} == keys


async def test_a_copy_to_work_with_is_the_file(media: MediaStore, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    await media.put("videos/a.mp4", stream(b"0123"), media_type="video/mp4")
    copy = await local_copy(media, "videos/a.mp4", scratch)
    assert copy.read_bytes() == b"0123"
    assert (copy.parent == scratch) == (media.backend == "s3")


NO_KEYS = ("../a", "/etc/passwd", "a/../../b", "a//b", "", ".incoming/x", "a\\b", "a/\0", "a/.hidden", "a" * 401)


async def test_a_key_is_nothing_but_plain_names(media: MediaStore) -> None:
    for key in NO_KEYS:
        with pytest.raises(ValueError, match="not a media key"):
            await media.put(key, stream(b"x"), media_type="video/mp4")
        for ask in (media.stat, media.delete, media.path):
            with pytest.raises(ValueError, match="not a media key"):
                await ask(key)
        with pytest.raises(ValueError, match="not a media key"):
            await read(media, key)


async def test_deleting_is_idempotent(media: MediaStore) -> None:
    await media.put("scenes/one/scenes.json", stream(b"{}"), media_type="application/json")
    await media.delete("scenes/one/scenes.json")
    await media.delete("scenes/one/scenes.json")
    assert await media.stat("scenes/one/scenes.json") is None
    with pytest.raises(FileNotFoundError):
        await read(media, "scenes/one/scenes.json")


async def test_a_reader_who_leaves_early_leaves_nothing_open(media: MediaStore) -> None:
    await media.put("videos/long.mp4", stream(*[b"x" * (1 << 20)] * 4), media_type="video/mp4")
    before = open_files()
    for _ in range(3):
        async with aclosing(media.open("videos/long.mp4")) as chunks:
            assert await anext(chunks)
    assert open_files() <= before + 1  # a connection kept for the next


async def test_a_working_store_says_so(media: MediaStore) -> None:
    await media.check()


async def test_a_broken_stream_leaves_no_part_in_the_folder(tmp_path: Path) -> None:
    with pytest.raises(TransientError):
        await LocalMedia(tmp_path).put("a.mp4", stream(b"half", broken=True), media_type="video/mp4")
    assert list((tmp_path / INCOMING).iterdir()) == []


async def test_a_full_disk_is_a_store_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    media = LocalMedia(tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageAway, match="full"):
        await media.put("a.mp4", stream(b"x"), media_type="video/mp4")
    assert [key async for key in media.all_keys()] == []


async def test_half_written_files_of_dead_processes_are_swept(tmp_path: Path) -> None:
    incoming = tmp_path / INCOMING
    incoming.mkdir()
    spared = {f"{HOST}-{os.getppid()}-alive.part", "elsewhere-4194301-unknown.part"}
    for name in (*spared, f"{HOST}-4194301-dead.part", f"{HOST}-{os.getpid()}-before-a-restart.part"):
        (incoming / name).write_bytes(b"half")
    LocalMedia(tmp_path)
    assert {part.name for part in incoming.iterdir()} == spared


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"0" * 8, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"0" * 12, "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x20ftypisom0000", "video/mp4"),
        (b"<html>not a film</h", None),
        (b"", None),
    ],
)
def test_bytes_say_what_they_are(head: bytes, media_type: str | None) -> None:
    assert media_type_of(head) == media_type


@pytest.mark.parametrize("chunks", [(), (b"<html>sorry</html>",)])
async def test_an_output_that_is_not_what_it_claims_is_refused(chunks: tuple[bytes, ...]) -> None:
    with pytest.raises(TransientError):
        await recognized("video/mp4", stream(*chunks))


async def test_an_output_in_crumbs_is_recognized_and_stays_whole() -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 40
    media_type, whole = await recognized("image/*", stream(*(png[at : at + 3] for at in range(0, len(png), 3))))
    assert media_type == "image/png"
    assert b"".join([chunk async for chunk in whole]) == png


async def test_a_clip_is_no_picture() -> None:
    with pytest.raises(TransientError):
        await recognized("image/*", stream(b"\x00\x00\x00\x20ftypisom0000"))
