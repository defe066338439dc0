"""References and outputs are decoded in a child: fitted, refused, and never trusted."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from shared.contracts.base import ErrorCode
from shared.errors import PermanentError
from shared.media.local import LocalMedia
from shared.pictures import fitted_picture, look_into
from tests.unit.shared.wire import store

MOST_BYTES = 740_000
EXIF_ORIENTATION = 0x0112


@pytest.fixture
def media(tmp_path: Path) -> LocalMedia:
    return LocalMedia(tmp_path / "media")


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def a_bomb() -> bytes:
    """A PNG of a few hundred bytes that says it has 40,000 x 40,000 pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


async def test_a_small_picture_stays_as_it_is(media: LocalMedia, tmp_path: Path) -> None:
    content = encoded(Image.new("RGB", (320, 180), "teal"), "WEBP")
    picture = await fitted_picture(media, await store(media, content), scratch=tmp_path, most_bytes=MOST_BYTES)
    assert picture.content == content
    assert (picture.media_type, picture.width, picture.height) == ("image/webp", 320, 180)


async def test_a_picture_lying_on_its_side_is_turned_upright(media: LocalMedia, tmp_path: Path) -> None:
    lying = Image.new("RGB", (320, 180), "teal")
    exif = lying.getexif()
    exif[EXIF_ORIENTATION] = 6
    asset = await store(media, encoded(lying, "JPEG", exif=exif))
    picture = await fitted_picture(media, asset, scratch=tmp_path, most_bytes=MOST_BYTES)
    assert (picture.width, picture.height) == (180, 320)


async def test_what_is_clear_becomes_white(media: LocalMedia, tmp_path: Path) -> None:
    asset = await store(media, encoded(Image.new("RGBA", (2400, 1200), (0, 0, 0, 0))))
    picture = await fitted_picture(media, asset, scratch=tmp_path, most_bytes=MOST_BYTES)
    assert (picture.media_type, picture.width, picture.height) == ("image/jpeg", 2048, 1024)
    with Image.open(io.BytesIO(picture.content)) as seen:
        assert seen.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "word"),
    [(a_bomb(), "pixels"), (b"<svg/>", "no PNG"), (encoded(Image.linear_gradient("L"))[:400], "broken")],
    ids=["bomb", "other format", "cut off"],
)
async def test_what_is_no_picture_is_refused_with_its_reason(
    media: LocalMedia, tmp_path: Path, content: bytes, word: str
) -> None:
    with pytest.raises(PermanentError, match=word) as refused:
        await fitted_picture(media, await store(media, content), scratch=tmp_path, most_bytes=MOST_BYTES)
    assert refused.value.fault.code is ErrorCode.UNSUPPORTED_MEDIA


async def test_nothing_is_left_in_the_scratch_folder(media: LocalMedia, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    asset = await store(media, encoded(Image.new("RGB", (64, 64))))
    await fitted_picture(media, asset, scratch=scratch, most_bytes=MOST_BYTES)
    assert list(scratch.iterdir()) == []


async def test_an_output_cut_off_is_bad_output(media: LocalMedia, tmp_path: Path) -> None:
    asset = await store(media, encoded(Image.linear_gradient("L"))[:400])
    with pytest.raises(PermanentError) as refused:
        await look_into(media, asset.key, target="shared.darkroom:look", scratch=tmp_path)
    assert refused.value.fault.code is ErrorCode.PROVIDER_BAD_OUTPUT
