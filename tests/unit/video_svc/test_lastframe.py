"""The last picture of a clip: the very last one, and no clip is lost where there is none."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

from PIL import Image

from shared.contracts.base import AssetId, StoredAsset
from shared.contracts.video import GenerateVideo
from shared.media.local import LocalMedia
from tests.factories import an_id
from tests.metered.server import clip
from video_svc.lastframe import keep_last_frame


async def stored(media: LocalMedia, content: bytes) -> StoredAsset:
    async def chunks() -> AsyncIterator[bytes]:
        yield content

    key = f"videos/{an_id()}.mp4"
    put = await media.put(key, chunks(), media_type="video/mp4")
    return StoredAsset(
        asset_id=AssetId(an_id()), key=key, sha256=put.sha256, media_type="video/mp4", size_bytes=put.size_bytes
    )


async def test_it_is_the_very_last_picture_of_the_clip(tmp_path: Path) -> None:
    media, scratch = LocalMedia(tmp_path / "media"), tmp_path / "scratch"
    scratch.mkdir()
    video = await stored(media, clip(seconds=2))  # each picture is a little brighter than the one before: 40 + 4 * n
    command = GenerateVideo(video_id=AssetId(an_id()), prompt="p", last_frame_id=AssetId(an_id()))
    assert command.last_frame_id is not None
    frame = await keep_last_frame(
        media, video, key=command.last_frame_key, asset_id=command.last_frame_id, scratch=scratch
    )

    assert frame is not None
    assert (frame.facts.width, frame.facts.height) == (320, 180)
    assert frame.key in command.keys
    picture = Image.open(io.BytesIO(b"".join([chunk async for chunk in media.open(frame.key)])))
    shade = picture.convert("L").getpixel((160, 90))
    assert isinstance(shade, int)
    assert abs(shade - (40 + 47 * 4)) <= 3
    assert list(scratch.iterdir()) == []


async def test_a_clip_that_cannot_be_read_has_none(tmp_path: Path) -> None:
    media, scratch = LocalMedia(tmp_path / "media"), tmp_path / "scratch"
    scratch.mkdir()
    video = await stored(media, b"\x00\x00\x00\x20ftypisom" + b"\x00" * 64)

    assert await keep_last_frame(media, video, key="frames/a.png", asset_id=AssetId(an_id()), scratch=scratch) is None
    assert list(scratch.iterdir()) == []
