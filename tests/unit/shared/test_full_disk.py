"""A really full disk: what was being written is gone whole, and goes in once there is room."""

import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.media.base import StorageAway
from shared.media.local import LocalMedia

MB = 1 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("mounting a small file system needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // MB):
        yield os.urandom(MB)


async def test_a_result_that_finds_no_room_leaves_nothing_and_goes_in_later(small_disk: Path) -> None:
    media = LocalMedia(small_disk)
    kept = await media.put("videos/kept.mp4", chunks(2 * MB), media_type="video/mp4")

    with pytest.raises(StorageAway, match="full"):
        await media.put("videos/new.mp4", chunks(3 * MB), media_type="video/mp4")

    assert [key async for key in media.all_keys()] == ["videos/kept.mp4"]
    assert list((small_disk / ".incoming").iterdir()) == []
    with pytest.raises(StorageAway, match="full"):
        await media.put("videos/kept.mp4", chunks(3 * MB), media_type="video/mp4")
    stat = await media.stat("videos/kept.mp4")
    assert stat is not None
    assert stat.size_bytes == kept.size_bytes, "the old one stays whole until the new one is"
    await media.delete("videos/kept.mp4")
    assert (await media.put("videos/new.mp4", chunks(3 * MB), media_type="video/mp4")).size_bytes == 3 * MB
