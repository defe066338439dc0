"""Pictures looked into and fitted for a model, in a child process: what comes from outside is never decoded here."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from pydantic import BaseModel

from shared.children import ChildFailed, child
from shared.contracts.base import AssetRef, ErrorCode, MediaFacts
from shared.errors import PermanentError
from shared.media.base import MediaStore, local_copy


class Unreadable(Exception):
    """These bytes are not what they should be: of no known format, broken, or far too large."""


class Fit(BaseModel):
    """Which picture, and how many bytes it should have at most. It may stay larger where that would spoil it."""

    source: Path
    most_bytes: int


class Shrink(BaseModel):
    """Which picture, and what its copy is to be. `width` 0: as wide as it is; `quality` is of JPEG and WebP."""

    source: Path
    width: int
    media_type: str
    quality: int


class Fitted(BaseModel):
    """The picture that was written: its type and size."""

    media_type: str
    width: int
    height: int


class Look(BaseModel):
    """Nothing to say beyond the file itself."""


@dataclass(frozen=True)
class Picture:
    """A picture ready to be sent."""

    content: bytes
    media_type: str
    width: int
    height: int


async def fitted_picture(media: MediaStore, asset: AssetRef, *, scratch: Path, most_bytes: int) -> Picture:
    """`asset` turned upright, at most 2048 pixels long and, where quality allows, at most `most_bytes`.

    Raises PermanentError when it is no picture or no longer there.
    """
    out = scratch / f"reference-{uuid4().hex}"
    copy = None
    try:
        copy = await local_copy(media, asset.key, scratch)
        async with child("shared.darkroom:fit", Fit(source=copy, most_bytes=most_bytes), out=out) as running:
            fitted = Fitted.model_validate(await running.result(_unheard))
        content = await asyncio.to_thread(out.read_bytes)
    except FileNotFoundError as error:
        message = f"The character reference {asset.asset_id} has no picture any more."
        raise PermanentError.of(ErrorCode.NOT_FOUND, message, stage="image") from error
    except ChildFailed as failure:
        if failure.kind != Unreadable.__name__:
            raise
        message = f"The reference {asset.asset_id} can't be used: {failure}."
        raise PermanentError.of(ErrorCode.UNSUPPORTED_MEDIA, message, stage="image") from failure
    finally:
        out.unlink(missing_ok=True)
        if copy is not None and copy.parent == scratch:
            copy.unlink(missing_ok=True)
    return Picture(content, fitted.media_type, fitted.width, fitted.height)


async def look_into(media: MediaStore, key: str, *, target: str, scratch: Path) -> MediaFacts:
    """What the child function `target` says of a stored output: it raises Unreadable where it can't tell.

    Raises PermanentError in its place.
    """
    copy = await local_copy(media, key, scratch)
    try:
        async with child(target, Look(), out=copy) as running:
            return MediaFacts.model_validate(await running.result(_unheard))
    except ChildFailed as failure:
        if failure.kind != Unreadable.__name__:
            raise
        message = f"The provider's output can't be read: {failure}."
        raise PermanentError.of(ErrorCode.PROVIDER_BAD_OUTPUT, message, stage="output", retryable=True) from failure
    finally:
        if copy.parent == scratch:
            copy.unlink(missing_ok=True)


def _unheard(_fraction: float, _message: str) -> None: ...
