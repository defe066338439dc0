"""Smaller copies of pictures: made once, in a child process, and kept beside the pictures until those go."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from gateway.history.records import Asset
from gateway.history.rows import as_columns, insert
from gateway.history.store import History, Transaction
from gateway.history.tables import assets
from gateway.requests.queries import CopyQuery, read_query
from gateway.requests.reading import InvalidRequest
from shared.children import ChildFailed, child
from shared.contracts.base import ErrorCode, MediaFacts
from shared.errors import PermanentError
from shared.media.base import CHUNK_BYTES, MediaStore, local_copy
from shared.pictures import Fitted, Shrink, Unreadable

WIDTHS = (64, 128, 256, 384, 512, 768, 1024, 1536, 2048)
"""Any other width becomes the next of these, so that nobody fills the disk a pixel at a time."""
QUALITIES = (50, 75, 85, 95)
USUAL_QUALITY = 85
FORMATS: Mapping[str, str] = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}
ENDINGS: Mapping[str, str] = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
LONGEST_S = 30.0
AT_ONCE = 2
COPIES = "copies"


@dataclass(frozen=True, slots=True)
class Wish:
    """A copy as it was asked for, brought to one of the few there are. `width` None: as wide as the picture."""

    width: int | None = None
    media_type: str | None = None
    quality: int | None = None


def read_wish(query: Mapping[str, str]) -> Wish | None:
    """None where the picture itself is asked for. Raises InvalidRequest naming every fault."""
    if "height" in query:
        raise InvalidRequest.at("height", "give `width` alone: the shape stays")
    asked = read_query(query, CopyQuery)
    if asked.quality is not None and asked.format == "png":
        raise InvalidRequest.at("quality", "is for jpg and webp: a png loses nothing")
    if (asked.width, asked.format, asked.quality) == (None, None, None):
        return None
    return Wish(
        width=None if asked.width is None else _next(WIDTHS, asked.width),
        media_type=None if asked.format is None else FORMATS[asked.format],
        quality=None if asked.quality is None else _next(QUALITIES, asked.quality),
    )


class Copies:
    """Makes each copy once, however many ask for it at the same time, and a few at a time."""

    def __init__(self, history: History, media: MediaStore, *, scratch: Path) -> None:
        self._history = history
        self._media = media
        self._scratch = scratch
        self._room = asyncio.Semaphore(AT_ONCE)
        self._making: dict[str, asyncio.Task[Asset]] = {}

    async def of(self, picture: Asset, wish: Wish) -> Asset:
        """The copy of `picture`; itself where it is that already. Raises PermanentError where it can't be read."""
        settled = _settled(picture, wish)
        if settled is None:
            return picture
        key = _key(picture, settled)
        async with self._history.read() as tx:
            known = await tx.asset_by_key(key)
        if known is not None and await self._media.stat(key) is not None:
            return known
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._make(picture, settled, key))
            making.add_done_callback(lambda _done: self._making.pop(key, None))
        return await asyncio.shield(making)  # whoever leaves, the others still want it

    async def close(self) -> None:
        for making in tuple(self._making.values()):
            making.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await making

    async def _make(self, picture: Asset, wish: Wish, key: str) -> Asset:
        async with self._room:
            fitted, content = await self._shrunk(picture, wish)
            stored = await self._media.put(key, _chunks(content), media_type=fitted.media_type)
        copy = Asset(
            id=str(uuid4()),
            space=picture.space,
            kind="copy",
            key=key,
            media_type=fitted.media_type,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
            created_at=self._history.now(),
            facts=MediaFacts(width=fitted.width, height=fitted.height).model_dump(mode="json"),
            job_id=picture.job_id,
            production_id=picture.production_id,
        )
        async with self._history.write() as tx:
            if await tx.asset(picture.id) is None:  # deleted meanwhile: so is the copy
                await self._media.delete(key)
                return copy
            await insert(tx.connection, assets, [as_columns(copy)], unless_known_by="key")
            return await tx.asset_by_key(key) or copy

    async def _shrunk(self, picture: Asset, wish: Wish) -> tuple[Fitted, bytes]:
        out, source = self._scratch / f"copy-{uuid4().hex}", None
        await asyncio.to_thread(self._scratch.mkdir, parents=True, exist_ok=True)
        try:
            async with asyncio.timeout(LONGEST_S):
                source = await local_copy(self._media, picture.key, self._scratch)
                recipe = Shrink(
                    source=source, width=wish.width or 0, media_type=wish.media_type or "", quality=wish.quality or 0
                )
                async with child("shared.darkroom:shrink", recipe, out=out) as running:
                    fitted = Fitted.model_validate(await running.result(lambda _fraction, _message: None))
            return fitted, await asyncio.to_thread(out.read_bytes)
        except FileNotFoundError as error:
            message = f"{picture.id} was made, but its bytes are gone from the media store"
            raise PermanentError.of(ErrorCode.NOT_FOUND, message) from error
        except TimeoutError as error:
            message = f"a copy of {picture.id} took longer than {LONGEST_S:g} s; ask for the picture itself"
            raise PermanentError.of(ErrorCode.UNSUPPORTED_MEDIA, message) from error
        except ChildFailed as failure:
            if failure.kind != Unreadable.__name__:
                raise
            message = f"no copy can be made of {picture.id}: {failure}"
            raise PermanentError.of(ErrorCode.UNSUPPORTED_MEDIA, message) from failure
        finally:
            out.unlink(missing_ok=True)
            if source is not None and source.parent == self._scratch:
                source.unlink(missing_ok=True)


async def copies_of(tx: Transaction, picture: Asset) -> list[Asset]:
    """The rows of every copy that there is of `picture`."""
    if not picture.media_type.startswith("image/"):
        return []
    return await tx.all(Asset, select(assets).where(assets.c.key.startswith(f"{COPIES}/{picture.id}/")))


def _settled(picture: Asset, wish: Wish) -> Wish | None:
    """`wish` with everything said; None where the picture is that already. Pictures never grow."""
    own = MediaFacts.model_validate(picture.facts).width
    width = wish.width if wish.width is not None and (own is None or wish.width < own) else None
    media_type = wish.media_type or picture.media_type
    if width is None and media_type == picture.media_type and wish.quality is None:
        return None
    lossy = media_type != "image/png"
    return Wish(width, media_type, (wish.quality or USUAL_QUALITY) if lossy else None)


def _key(picture: Asset, wish: Wish) -> str:
    size, quality = wish.width or "full", f"-q{wish.quality}" if wish.quality else ""
    return f"{COPIES}/{picture.id}/{size}{quality}.{ENDINGS[wish.media_type or picture.media_type]}"


def _next(steps: tuple[int, ...], asked: int) -> int:
    return next((step for step in steps if step >= asked), steps[-1])


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]
