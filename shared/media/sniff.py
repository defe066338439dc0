"""What the first bytes say a file is; what it calls itself does not count."""

from collections.abc import AsyncIterator
from fnmatch import fnmatchcase

from shared.contracts.base import ErrorCode
from shared.errors import TransientError

HEAD_BYTES = 16


def media_type_of(head: bytes) -> str | None:
    """The media type by magic number, of the first 16 bytes or more; None when it is none we know."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return None


async def recognized(wanted: str, chunks: AsyncIterator[bytes]) -> tuple[str, AsyncIterator[bytes]]:
    """What the stream really is, and the same stream. `wanted` is a media type, or "image/*" for any picture.

    Raises TransientError when it is empty or something else, so that it is fetched again.
    """
    head = b""
    async for chunk in chunks:
        head += chunk
        if len(head) >= HEAD_BYTES:
            break
    if not head:
        raise TransientError.of(ErrorCode.PROVIDER_BAD_OUTPUT, "The provider's output is empty.", stage="output")
    found = media_type_of(head)
    if found is None or not fnmatchcase(found, wanted):
        message = f"The provider's output is not {wanted} as it should be{f', but {found}' if found else ''}."
        raise TransientError.of(ErrorCode.PROVIDER_BAD_OUTPUT, message, stage="output")
    return found, _from_head(head, chunks)


async def _from_head(head: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for chunk in chunks:
        yield chunk
