"""Pictures that clients bring: decoded, looked into off the loop, stored as assets before anything refers to them."""

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from gateway.requests.fields import PICTURE_FIELD as FIELD
from gateway.requests.reading import InvalidRequest
from shared.contracts.base import AssetId, ErrorCode, StoredAsset
from shared.errors import PermanentError
from shared.media.base import CHUNK_BYTES, MediaStore

MOST_UPLOAD_BYTES = 20_000_000
AT_ONCE = 2

_DECODING = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pictures")
"""A decoded picture takes up to 200 MB: however many come at once, only a few are unpacked."""
_DATA_URI = re.compile(r"data:[\w.+-]+/[\w.+-]+(;[\w=.+-]+)*;base64,", re.IGNORECASE)


class Picture:
    """Bytes that are a picture and nothing else: its type and its size in pixels."""

    def __init__(self, content: bytes) -> None:
        """Raises InvalidRequest where `content` is no picture we take, PermanentError where it is too large."""
        from gateway.pictures import look_into  # noqa: PLC0415 -- Pillow: 10 MB that most gateways never need

        self.extension, self.media_type, self.facts, self.content = look_into(content)


async def picture_of(text: str) -> Picture:
    """Base64 or a data URI -> the picture. Raises InvalidRequest (400), PermanentError PAYLOAD_TOO_LARGE (413)."""
    return await asyncio.get_running_loop().run_in_executor(_DECODING, lambda: Picture(_decoded(text)))


async def store_upload(picture: Picture, *, media: MediaStore, upload_id: UUID) -> StoredAsset:
    """Store `picture` under a key of its own, durable once this returns."""
    key = f"uploads/{upload_id}.{picture.extension}"
    stored = await media.put(key, _chunks(picture.content), media_type=picture.media_type)
    return StoredAsset(
        asset_id=AssetId(str(upload_id)),
        key=key,
        sha256=stored.sha256,
        media_type=picture.media_type,
        size_bytes=stored.size_bytes,
        facts=picture.facts,
    )


def _decoded(text: str) -> bytes:
    encoded = "".join(text[_prefix_length(text) :].split())
    if len(encoded) * 3 // 4 > MOST_UPLOAD_BYTES:
        raise PermanentError.of(
            ErrorCode.PAYLOAD_TOO_LARGE, f"`{FIELD}` is larger than {MOST_UPLOAD_BYTES // 1_000_000} MB"
        )
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidRequest.at(FIELD, "is neither base64 nor a base64 data URI") from None


def _prefix_length(text: str) -> int:
    prefix = _DATA_URI.match(text.lstrip()[:200])
    return len(text) - len(text.lstrip()) + prefix.end() if prefix else 0


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]
