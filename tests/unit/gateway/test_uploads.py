"""Pictures that clients bring: good ones are stored as what they are, everything else is a clear 4xx."""

import base64
import hashlib
import io
import random
import zlib
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from gateway.requests import InvalidRequest
from gateway.uploads import MOST_UPLOAD_BYTES, picture_of, store_upload
from shared.contracts.base import ErrorCode
from shared.errors import PermanentError
from shared.media.local import LocalMedia

AN_ID = UUID(int=7, version=4)


def picture(image_format: str = "PNG", *, size: tuple[int, int] = (64, 48)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 120, 40)).save(file, image_format)
    return file.getvalue()


def text_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def png_that_claims(width: int, height: int) -> bytes:
    """A small file whose header promises a huge picture."""
    whole = picture()
    header = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + whole[24:29]
    return whole[:12] + header + zlib.crc32(header).to_bytes(4, "big") + whole[33:]


@pytest.mark.parametrize(
    ("image_format", "extension", "media_type"),
    [("PNG", "png", "image/png"), ("JPEG", "jpg", "image/jpeg"), ("WEBP", "webp", "image/webp")],
)
@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,", "\n data:image/x;charset=utf-8;base64,"])
async def test_a_picture_is_stored_under_the_true_extension_of_its_bytes(
    tmp_path: Path, image_format: str, extension: str, media_type: str, prefix: str
) -> None:
    media = LocalMedia(tmp_path)
    content = picture(image_format)
    stored = await store_upload(await picture_of(prefix + text_of(content)), media=media, upload_id=AN_ID)

    assert stored.key == f"uploads/{AN_ID}.{extension}"
    assert (stored.media_type, stored.facts.width, stored.facts.height) == (media_type, 64, 48)
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert b"".join([chunk async for chunk in media.open(stored.key)]) == content


async def test_line_breaks_in_base64_do_no_harm() -> None:
    text = text_of(picture())

    assert (await picture_of("\n".join(text[i : i + 76] for i in range(0, len(text), 76)))).content == picture()


@pytest.mark.parametrize(
    "text",
    [
        "not base64!",
        "QUJ",
        "ünïcode",
        "data:image/png;base64,",
        "data:text/html,<b>hi</b>",
        text_of(b"plain text"),
        text_of(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        text_of(picture("GIF")),
        text_of(picture("TIFF")),
        text_of(picture()[:60]),
        text_of(picture("JPEG")[:200]),
        text_of(picture(size=(8, 8))),
    ],
)
async def test_what_is_no_picture_is_told_where_it_came_from(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await picture_of(text)

    assert [fault.path for fault in caught.value.errors] == ["reference_image_base64"]


@pytest.mark.parametrize("size", [(10_000, 10_000), (2**30, 2**30), (100_000, 600)])
async def test_a_decompression_bomb_is_too_large_before_it_is_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises((PermanentError, InvalidRequest)) as caught:
        await picture_of(text_of(png_that_claims(*size)))

    assert caught.value.fault.code in {ErrorCode.PAYLOAD_TOO_LARGE, ErrorCode.INVALID_REQUEST}


async def test_more_bytes_than_allowed_are_too_large() -> None:
    with pytest.raises(PermanentError) as caught:
        await picture_of("A" * (MOST_UPLOAD_BYTES * 4 // 3 + 8))

    assert caught.value.fault.code is ErrorCode.PAYLOAD_TOO_LARGE


async def test_broken_bytes_never_escape_as_anything_else() -> None:
    chance = random.Random(5)
    for image_format in ("PNG", "JPEG", "WEBP"):
        whole = picture(image_format)
        for _ in range(60):
            broken = bytearray(whole)
            for _ in range(4):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            try:
                await picture_of(text_of(bytes(broken)))
            except PermanentError as refused:
                codes = {ErrorCode.INVALID_REQUEST, ErrorCode.PAYLOAD_TOO_LARGE}
                if refused.fault.code not in codes:
                    raise
