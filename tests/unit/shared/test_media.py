"""The media store takes a stream whole or not at all."""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.contracts.base import ErrorCode
from shared.errors import TransientError
from shared.media.local import INCOMING, LocalMedia
from shared.media.sniff import media_type_of, recognized
from shared.processes import HOST


async def stream(*chunks: bytes, broken: bool = False) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    if broken:
        raise TransientError.of(ErrorCode.PROVIDER_ERROR, "the download broke")


@pytest.fixture
def media(tmp_path: Path) -> LocalMedia:
    return LocalMedia(tmp_path)


async def read(media: LocalMedia, key: str, **window: int) -> bytes:
    return b"".join([chunk async for chunk in media.open(key, **window)])


async def test_what_goes_in_comes_out_by_range(media: LocalMedia) -> None:
    stored = await media.put("videos/a.mp4", stream(b"0123", b"456789"), media_type="video/mp4")
    assert (stored.size_bytes, stored.sha256) == (10, hashlib.sha256(b"0123456789").hexdigest())
    assert await read(media, "videos/a.mp4") == b"0123456789"
    assert await read(media, "videos/a.mp4", start=2, end=5) == b"234"
    assert await read(media, "videos/a.mp4", start=8) == b"89"


async def test_a_broken_stream_leaves_nothing_and_spares_what_was_there(media: LocalMedia, tmp_path: Path) -> None:
    await media.put("videos/a.mp4", stream(b"whole"), media_type="video/mp4")
    with pytest.raises(TransientError):
        await media.put("videos/a.mp4", stream(b"half", broken=True), media_type="video/mp4")
    assert await read(media, "videos/a.mp4") == b"whole"
    assert list((tmp_path / INCOMING).iterdir()) == []


async def test_half_written_files_of_dead_processes_are_swept(tmp_path: Path) -> None:
    incoming = tmp_path / INCOMING
    incoming.mkdir()
    spared = {f"{HOST}-{os.getppid()}-alive.part", "elsewhere-4194301-unknown.part"}
    for name in (*spared, f"{HOST}-4194301-dead.part", f"{HOST}-{os.getpid()}-before-a-restart.part"):
        (incoming / name).write_bytes(b"half")
    LocalMedia(tmp_path)
    assert {part.name for part in incoming.iterdir()} == spared


@pytest.mark.parametrize(
    "key", ["../a", "/etc/passwd", "a/../../b", "a//b", "", ".incoming/x", "a\\b", "a/\0", "a/.hidden", "a" * 401]
)
async def test_a_key_never_leaves_the_folder(media: LocalMedia, key: str) -> None:
    with pytest.raises(ValueError, match="not a media key"):
        await media.put(key, stream(b"x"), media_type="video/mp4")


async def test_deleting_is_idempotent(media: LocalMedia) -> None:
    await media.put("scenes/one/scenes.json", stream(b"{}"), media_type="application/json")
    await media.delete("scenes/one/scenes.json")
    await media.delete("scenes/one/scenes.json")
    assert await media.stat("scenes/one/scenes.json") is None
    with pytest.raises(FileNotFoundError):
        await read(media, "scenes/one/scenes.json")


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
