"""A ZIP that is written while it is read: whole for every reader, and never whole in memory."""

import io
import tracemalloc
import zipfile
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import pytest

from gateway.archive import Member, text, zipped

MB = 1 << 20
AT = datetime(2026, 11, 21, 12, 30, 8, tzinfo=UTC).timestamp()


def film(name: str, megabytes: int) -> Member:
    async def read() -> AsyncGenerator[bytes, None]:
        for number in range(megabytes):
            yield bytes([number % 251]) * MB

    return Member(name, megabytes * MB, AT, read)


def note(name: str, content: str) -> Member:
    return Member(name, len(content.encode()), AT, lambda: text(content))


async def test_every_file_comes_out_as_it_went_in() -> None:
    members = [note("cut.json", '{"title": "Die Überfahrt"}'), film("clips/01-größe.mp4", 3), film("clips/02.mp4", 0)]
    whole = b"".join([piece async for piece in zipped(members)])
    archive = zipfile.ZipFile(io.BytesIO(whole))
    assert archive.testzip() is None
    assert archive.namelist() == ["cut.json", "clips/01-größe.mp4", "clips/02.mp4"]
    assert archive.read("cut.json").decode() == '{"title": "Die Überfahrt"}'
    assert archive.read("clips/01-größe.mp4") == b"".join(bytes([number]) * MB for number in range(3))
    assert {entry.date_time for entry in archive.infolist()} == {(2026, 11, 21, 12, 30, 8)}


async def test_a_large_archive_takes_no_more_memory_than_a_small_one() -> None:
    written = 0
    tracemalloc.start()
    try:
        async for piece in zipped([film(f"clips/{number}.mp4", 50) for number in range(4)]):
            written += len(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert written > 200 * MB
    assert peak < 8 * MB


async def test_a_file_that_breaks_off_breaks_the_archive() -> None:
    async def read() -> AsyncGenerator[bytes, None]:
        yield b"x" * MB
        raise FileNotFoundError("videos/1.mp4")

    with pytest.raises(FileNotFoundError):
        async for _ in zipped([Member("clips/1.mp4", 2 * MB, AT, read)]):
            pass


async def test_a_file_beyond_four_gigabytes_is_written_down_as_such() -> None:
    """Its size is what counts for the head of the entry; its bytes need not all be there for that."""

    async def read() -> AsyncGenerator[bytes, None]:
        yield b"x"

    pieces = zipped([Member("film.mp4", 5 << 30, AT, read)])
    head = await anext(pieces)
    await pieces.aclose()
    extract_version = int.from_bytes(head[4:6], "little")
    assert extract_version == 45, "ZIP64, which readers of 4.5 know"
