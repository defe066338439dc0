"""What the first bytes say a file is; what it calls itself does not count."""

from collections.abc import AsyncIterator

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


async def expect(media_type: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same stream; raises TransientError when it is empty or not `media_type`, so that it is fetched again."""
    first = True
    async for chunk in chunks:
        if first and media_type_of(chunk[:HEAD_BYTES]) != media_type:
            raise TransientError.of(
                ErrorCode.PROVIDER_BAD_OUTPUT, f"The provider's output is not {media_type} as it should be."
            )
        first = False
        yield chunk
    if first:
        raise TransientError.of(ErrorCode.PROVIDER_BAD_OUTPUT, "The provider's output is empty.")
