"""What a picture carries beside its pixels, taken out without touching them: place, camera, comments, hangers-on.

Pictures that clients bring are sent to providers and shown to others. Kept are colours and which way is up.
"""

import struct
import zlib
from collections.abc import Iterator

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = frozenset(
    {
        b"IHDR",
        b"PLTE",
        b"tRNS",
        b"IDAT",
        b"IEND",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"iCCP",
        b"sBIT",
        b"bKGD",
        b"pHYs",
        b"cICP",
    }
)
WEBP_KEPT = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP"})
WEBP_EXIF, WEBP_XMP = 0x08, 0x04
SOI, EOI, SOS, COM = 0xD8, 0xD9, 0xDA, 0xFE
APP0, APP2, APP14, APP15 = 0xE0, 0xE2, 0xEE, 0xEF
BARE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length behind them."""


def without_notes(content: bytes, image_format: str, *, orientation: int = 1) -> bytes:
    """`content` with its pixels, its colours and which way is up. Raises ValueError where it is broken."""
    strip = {"PNG": _png, "JPEG": _jpeg, "WEBP": _webp}[image_format]
    try:
        return strip(content, orientation)
    except (IndexError, struct.error) as error:
        raise ValueError("the picture ends too soon") from error


def _which_way(orientation: int) -> bytes:
    """A TIFF directory that says nothing but which way is up."""
    return b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def _png(content: bytes, orientation: int) -> bytes:
    kept = [PNG_HEAD]
    for kind, body in _png_chunks(content):
        if kind == b"IDAT" and orientation != 1:
            kept.append(_png_chunk(b"eXIf", _which_way(orientation)))
            orientation = 1
        if kind in PNG_KEPT:
            kept.append(_png_chunk(kind, body))
    return b"".join(kept)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Up to the end of the picture: what hangs on behind is none of it."""
    at, kind = len(PNG_HEAD), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, at)
        body = content[at + 8 : at + 8 + length]
        if len(body) != length:
            raise ValueError("a chunk ends too soon")
        yield kind, body
        at += length + 12


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _webp(content: bytes, orientation: int) -> bytes:
    chunks = [(kind, body) for kind, body in _riff_chunks(content) if kind in WEBP_KEPT]
    if chunks and chunks[0][0] == b"VP8X":
        flags = (chunks[0][1][0] & ~(WEBP_EXIF | WEBP_XMP)) | (WEBP_EXIF if orientation != 1 else 0)
        chunks[0] = (b"VP8X", bytes([flags]) + chunks[0][1][1:])
        if orientation != 1:
            chunks.append((b"EXIF", _which_way(orientation)))
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(part)) + part + b"\x00" * (len(part) % 2) for kind, part in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    (whole,) = struct.unpack_from("<I", content, 4)
    at, end = 12, min(len(content), whole + 8)
    while at + 8 <= end:
        kind, length = struct.unpack_from("<4sI", content, at)
        if at + 8 + length > end:
            raise ValueError("a chunk ends too soon")
        yield kind, content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _jpeg(content: bytes, orientation: int) -> bytes:
    kept, at = [b"\xff\xd8"], 2
    if orientation != 1:
        kept.append(_jpeg_segment(0xE1, b"Exif\x00\x00" + _which_way(orientation)))
    while True:
        marker, at = _next_marker(content, at)
        if marker == EOI:
            return b"".join([*kept, b"\xff\xd9"])
        if marker in BARE:
            continue
        (length,) = struct.unpack_from(">H", content, at)
        body = content[at + 2 : at + length]
        at += length
        if _is_kept(marker, body):
            kept.append(_jpeg_segment(marker, body))
        if marker == SOS:
            end = _end_of_scan(content, at)
            kept.append(content[at:end])
            at = end


def _is_kept(marker: int, body: bytes) -> bool:
    if marker == APP2:
        return body.startswith(b"ICC_PROFILE\x00")
    return marker in {APP0, APP14} or not (APP0 <= marker <= APP15 or marker == COM)


def _jpeg_segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def _next_marker(content: bytes, at: int) -> tuple[int, int]:
    """The marker at `at` or behind stray bytes, and where what follows it begins."""
    at = content.index(b"\xff", at)
    while content[at] == 0xFF:
        at += 1
    return content[at], at + 1


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker is that is no part of the scan's own data; the end where there is none."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] not in {0x00, 0xFF, *range(0xD0, 0xD8)}:
            return at
        at += 1 if content[at + 1] == 0xFF else 2
    return len(content)
