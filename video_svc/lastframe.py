"""The last picture of a stored clip, so that the next one can begin with it; cut out in a child process."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

from pydantic import BaseModel

from shared.children import ChildFailed, child
from shared.contracts.base import AssetId, MediaFacts, StoredAsset
from shared.logs import logger
from shared.media.base import MediaStore, local_copy

MEDIA_TYPE = "image/png"


class Clip(BaseModel):
    """Where the clip lies."""

    source: Path


async def keep_last_frame(
    media: MediaStore, video: StoredAsset, *, key: str, asset_id: AssetId, scratch: Path
) -> StoredAsset | None:
    """The last picture of `video`, stored under `key`. None where it can't be read: the clip is good all the same."""
    out = scratch / f"frame-{uuid4().hex}.png"
    copy = await local_copy(media, video.key, scratch)
    try:
        async with child("video_svc.frames:cut_out_last", Clip(source=copy), out=out) as running:
            facts = MediaFacts.model_validate(await running.result(_unheard))
        content = await asyncio.to_thread(out.read_bytes)
    except ChildFailed as failure:
        logger(__name__).warning("last_frame_missing", key=video.key, reason=str(failure))
        return None
    finally:
        out.unlink(missing_ok=True)
        if copy.parent == scratch:
            copy.unlink(missing_ok=True)
    stored = await media.put(key, _once(content), media_type=MEDIA_TYPE)
    return StoredAsset(
        asset_id=asset_id,
        key=key,
        sha256=stored.sha256,
        media_type=MEDIA_TYPE,
        size_bytes=stored.size_bytes,
        facts=facts,
    )


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _unheard(_fraction: float, _message: str) -> None: ...
