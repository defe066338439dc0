"""Pictures from bad hands, and from telephones: bombs, polyglots, notes of where they were taken."""

import asyncio
import base64
import io
import random
import struct
import threading
import time
import zipfile
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageOps

from gateway import uploads
from gateway.pictures import look_into
from gateway.requests import InvalidRequest
from gateway.uploads import picture_of
from shared.contracts.base import ErrorCode
from shared.errors import PermanentError

FORMATS = ("PNG", "JPEG", "WEBP")
GPS_IFD, ORIENTATION = 0x8825, 0x0112
SECRET = b"a place that is nobody's business"


def scene(*, size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """No two corners alike."""
    chance = random.Random(3)
    small = Image.new("RGB", (4, 3))
    small.putdata([(chance.randrange(256), chance.randrange(256), chance.randrange(256)) for _ in range(12)])
    return small.resize(size).convert(mode)


def saved(picture: Image.Image, image_format: str, **how: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, image_format, **how)
    return file.getvalue()


def notes(*, orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (48.0, 12.0, 30.0)})
    return exif


async def taken(content: bytes) -> bytes:
    return (await picture_of(base64.b64encode(content).decode())).content


def pixels(content: bytes) -> bytes:
    return Image.open(io.BytesIO(content)).convert("RGBA").tobytes()


async def refused(content: bytes) -> ErrorCode:
    with pytest.raises(PermanentError) as caught:
        await taken(content)
    return caught.value.fault.code


@pytest.mark.parametrize("image_format", FORMATS)
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
async def test_where_it_was_taken_goes_and_which_way_is_up_stays(image_format: str, orientation: int) -> None:
    content = saved(scene(), image_format, exif=notes(orientation=orientation))
    assert SECRET in content
    stored = await taken(content)

    assert SECRET not in stored
    exif = Image.open(io.BytesIO(stored)).getexif()
    assert (dict(exif.get_ifd(GPS_IFD)), exif.get(ORIENTATION, 1)) == ({}, orientation)
    assert pixels(stored) == pixels(content), "no pixel is touched"
    upright = [ImageOps.exif_transpose(Image.open(io.BytesIO(one))) for one in (stored, content)]
    assert upright[0].tobytes() == upright[1].tobytes()


@pytest.mark.parametrize("image_format", FORMATS)
async def test_nothing_that_hangs_on_behind_is_kept(image_format: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("bomb.html", b"<script>alert(1)</script>" * 100)
    content = saved(scene(), image_format)
    for behind in (archive.getvalue(), b"\x00" * 1000, b"<script>alert(1)</script>", b"\xff\xd8\xff\xe0" * 50):
        assert await taken(content + behind) == content


async def test_comments_and_xmp_go_and_colours_stay() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for image_format in FORMATS:
        content = saved(scene(), image_format, icc_profile=profile, xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>")
        stored = await taken(content)
        assert SECRET not in stored
        assert Image.open(io.BytesIO(stored)).info["icc_profile"] == profile
        assert pixels(stored) == pixels(content)
    assert SECRET not in await taken(saved(scene(), "JPEG", comment=SECRET))


@pytest.mark.parametrize(
    ("image_format", "mode", "how"),
    [
        ("JPEG", "CMYK", {}),
        ("JPEG", "L", {}),
        ("JPEG", "RGB", {"progressive": True}),
        ("JPEG", "RGB", {"restart_marker_blocks": 1}),
        ("PNG", "P", {}),
        ("PNG", "RGBA", {}),
        ("PNG", "I;16", {}),
        ("PNG", "1", {}),
        ("WEBP", "RGBA", {"lossless": True}),
        ("WEBP", "RGB", {"lossless": True}),
    ],
)
async def test_unusual_kinds_of_picture_are_taken_as_they_are(
    image_format: str, mode: str, how: dict[str, Any]
) -> None:
    content = saved(scene(mode="L" if mode == "I;16" else mode).convert(mode), image_format, **how)
    assert Image.open(io.BytesIO(await taken(content))).tobytes() == Image.open(io.BytesIO(content)).tobytes()


async def test_the_first_of_several_in_one_jpeg_is_taken() -> None:
    content = saved(scene(), "MPO", save_all=True, append_images=[scene(size=(32, 32))])
    assert Image.open(io.BytesIO(content)).format == "MPO"
    stored = Image.open(io.BytesIO(await taken(content)))
    assert (stored.format, stored.size) == ("JPEG", (64, 48))


@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
async def test_what_moves_is_refused_in_words(image_format: str) -> None:
    moving = saved(scene(), image_format, save_all=True, append_images=[scene(size=(64, 48)).rotate(90)] * 3)
    with pytest.raises(InvalidRequest, match="animated"):
        await taken(moving)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        saved(scene(size=(1, 1)), "PNG"),
        saved(scene(), "BMP"),
        saved(scene(), "ICO"),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'aaaa'>]><svg>&a;</svg>",
        b"%PDF-1.7\n",
        b"GIF89a" + bytes(100),
        b"\x00\x00\x00\x20ftypheic" + bytes(100),
        b"P6 64 48 255 " + bytes(64 * 48 * 3),
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        bytes(range(256)) * 10,
    ],
)
async def test_what_is_no_picture_we_take_is_a_400(content: bytes) -> None:
    assert await refused(content) is ErrorCode.INVALID_REQUEST


async def test_fifty_megapixels_and_no_more() -> None:
    fits = await taken(saved(Image.new("1", (8_000, 6_250)), "PNG"))
    assert len(fits) < 1_000_000
    assert await refused(saved(Image.new("1", (8_000, 6_251)), "PNG")) is ErrorCode.PAYLOAD_TOO_LARGE


def png_with(kind: bytes, body: bytes) -> bytes:
    whole = saved(scene(), "PNG")
    return (
        whole[:33]
        + struct.pack(">I", len(body))
        + kind
        + body
        + struct.pack(">I", zlib.crc32(kind + body))
        + whole[33:]
    )


@pytest.mark.parametrize("kind", [b"zTXt", b"iCCP"])
async def test_a_text_or_profile_that_unpacks_to_a_gigabyte_is_not_unpacked(kind: bytes) -> None:
    bomb = zlib.compress(bytes(1 << 28), 9) * 4
    before = time.process_time()
    assert await refused(png_with(kind, b"x\x00\x00" + bomb)) is ErrorCode.INVALID_REQUEST
    assert time.process_time() - before < 5


async def test_more_pixels_than_the_header_promises_are_not_unpacked() -> None:
    header = struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)
    whole = b"\x89PNG\r\n\x1a\n"
    for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1 << 28), 9)), (b"IEND", b"")):
        whole += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    before = time.process_time()
    await taken(whole)
    assert time.process_time() - before < 5


def test_broken_bytes_are_a_picture_or_a_400_and_never_anything_else() -> None:
    chance, codes = random.Random(11), set()
    for image_format in FORMATS:
        whole = saved(scene(), image_format, exif=notes(orientation=6))
        for _ in range(150):
            broken = bytearray(whole)
            for _ in range(chance.randrange(1, 6)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            cut = bytes(broken[: chance.randrange(16, len(broken))]) if chance.random() < 0.3 else bytes(broken)
            try:
                stored = look_into(cut).content
            except PermanentError as error:
                codes.add(error.fault.code)
            else:
                Image.open(io.BytesIO(stored)).load()
    assert codes <= {ErrorCode.INVALID_REQUEST, ErrorCode.PAYLOAD_TOO_LARGE}
    assert codes


@pytest.mark.parametrize(
    "text", ["=", "====", "A", "data:;base64,", "data:image/png;base64", "%89PNG", "_-_-", "\0", "QQ==QQ=="]
)
async def test_odd_base64_is_a_400(text: str) -> None:
    with pytest.raises(InvalidRequest):
        await picture_of(text)


async def test_however_many_come_at_once_few_are_unpacked_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    most, now, lock = 0, 0, threading.Lock()
    decoded = uploads._decoded

    def counted(text: str) -> bytes:
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.005)
        content = decoded(text)
        with lock:
            now -= 1
        return content

    monkeypatch.setattr(uploads, "_decoded", counted)
    text = base64.b64encode(saved(scene(), "PNG")).decode()
    await asyncio.gather(*(picture_of(text) for _ in range(20)))
    assert most == uploads.AT_ONCE
