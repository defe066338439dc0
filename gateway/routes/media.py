"""Stored bytes as HTTP serves them: HEAD, ranges, conditions, constant memory whatever the size."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from aiohttp import hdrs, web

from gateway.copies import copies_of, read_wish
from gateway.history.records import Asset
from gateway.house import HOUSE
from gateway.lifecycle.removal import remove_files
from gateway.lifecycle.use import needed, still_needed
from gateway.problems import Refused, refused
from gateway.routes.parameters import path_uuid, space_of
from gateway.routes.ranges import Part, Unchanged, Unsatisfiable, Whole, http_date, wanted_part
from gateway.sendfile import STALLED_S, can_sendfile, send_file
from shared.contracts.base import ErrorCode


@dataclass(frozen=True, slots=True)
class Found:
    """An asset whose bytes are there."""

    asset: Asset
    modified: datetime

    @property
    def etag(self) -> str:
        return f'"{self.asset.sha256}"'


async def find(request: web.Request, *, kinds: frozenset[str], name: str) -> Found:
    """The asset the path names, with its bytes checked to be there. Raises Refused (404)."""
    return await present(request, await find_row(request, kinds=kinds, name=name))


async def present(request: web.Request, asset: Asset) -> Found:
    """`asset` with its bytes. Raises Refused (404) where they are gone."""
    stat = await request.app[HOUSE].media.stat(asset.key)
    if stat is None or stat.size_bytes != asset.size_bytes:
        raise _gone(asset, "gone from" if stat is None else "damaged in")
    return Found(asset, stat.modified)


def _gone(asset: Asset, what: str = "gone from") -> Refused:
    return refused(ErrorCode.NOT_FOUND, f"{asset.id} was made, but its bytes are {what} the media store")


async def find_row(request: web.Request, *, kinds: frozenset[str], name: str) -> Asset:
    """The asset's row, whether its bytes are there or not. Raises InvalidRequest or Refused (404)."""
    asset_id = path_uuid(request, name)
    async with request.app[HOUSE].history.read() as tx:
        asset = await tx.asset(asset_id, space=space_of(request))
    if asset is None or asset.kind not in kinds:
        raise refused(ErrorCode.NOT_FOUND, f"there is no {name.removesuffix('_id')} {asset_id}")
    return asset


async def serve_copy(request: web.Request, picture: Asset) -> web.StreamResponse:
    """Answer with the picture, or with the smaller copy of it that was asked for."""
    wish = read_wish(request.query)
    served = picture if wish is None else await request.app[HOUSE].copies.of(picture, wish)
    return await serve(request, await present(request, served))


async def serve(request: web.Request, found: Found) -> web.StreamResponse:
    """Answer with the asset, or the part of it that was asked for."""
    size = found.asset.size_bytes
    wanted = wanted_part(request.headers, method=request.method, size=size, etag=found.etag, modified=found.modified)
    match wanted:
        case Unchanged():
            return web.Response(status=304, headers=_validators(found))
        case Unsatisfiable():
            message = f"the range lies outside the {size} bytes of {found.asset.id}"
            headers: dict[str, str] = {hdrs.CONTENT_RANGE: f"bytes */{size}", hdrs.ACCEPT_RANGES: "bytes"}
            raise refused(ErrorCode.INVALID_REQUEST, message, status=416, headers=headers)
        case Part(start, last):
            return await _send(request, found, start=start, length=last - start + 1, part=wanted)
        case Whole():
            return await _send(request, found, start=0, length=size, part=None)


async def remove(request: web.Request, asset: Asset, *companions: Asset) -> web.Response:
    """Remove bytes, then record: whatever dies in between leaves no file without its row. Raises Refused (409).

    `companions` go with the asset: a video's stills.
    """
    house = request.app[HOUSE]
    async with house.history.write() as tx:
        film = await tx.production(asset.production_id) if asset.production_id else None
        job = await tx.job(asset.job_id) if asset.job_id else None
        if any(user is not None and not user.is_terminal for user in (job, film)):
            raise refused(ErrorCode.CONFLICT, f"{asset.id} is still being worked with; cancel that first")
        if await needed(tx, [asset.id], beside=asset.production_id):
            raise still_needed(asset.id)
        going = (*companions, asset)
        copies = [copy for one in going for copy in await copies_of(tx, one)]
        await remove_files(tx, [*copies, *going], house.media)
    return web.Response(status=204)


async def _send(
    request: web.Request, found: Found, *, start: int, length: int, part: Part | None
) -> web.StreamResponse:
    asset = found.asset
    response = web.StreamResponse(status=206 if part else 200, headers=_validators(found))
    response.content_type = asset.media_type
    if asset.media_type.startswith("text/"):
        response.charset = "utf-8"
    response.content_length = length
    if part:
        response.headers[hdrs.CONTENT_RANGE] = f"bytes {part.start}-{part.last}/{asset.size_bytes}"
    if request.query.get("download", "0") not in {"", "0", "false"}:
        response.headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{file_name(asset)}"'
    if request.method == hdrs.METH_HEAD or not length:
        await response.prepare(request)
    else:
        try:
            await _send_bytes(request, response, asset.key, start=start, length=length)
        except FileNotFoundError:
            if response.prepared:
                raise ConnectionResetError("it was deleted while it was sent") from None
            raise _gone(asset) from None
        except ConnectionError:  # the client left, or was let go: players do that all day
            return response
    await response.write_eof()
    return response


async def _send_bytes(request: web.Request, response: web.StreamResponse, key: str, *, start: int, length: int) -> None:
    """Nothing is promised before there is a byte to send: until then a store that is away is a 503."""
    media = request.app[HOUSE].media
    path = await media.path(key)
    if path is not None and can_sendfile(request):
        with path.open("rb", buffering=0) as file:
            await response.prepare(request)
            await response.write(b"")  # aiohttp keeps the head back until there is something behind it
            await send_file(request, file, start=start, length=length)
        return
    async with aclosing(media.open(key, start=start, end=start + length)) as chunks:
        first = await anext(chunks, b"")
        await response.prepare(request)
        await _write(request, response, first)
        async for chunk in chunks:
            await _write(request, response, chunk)


async def _write(request: web.Request, response: web.StreamResponse, chunk: bytes) -> None:
    try:
        async with asyncio.timeout(STALLED_S):
            await response.write(chunk)
    except TimeoutError as error:
        if request.transport:
            request.transport.abort()
        raise ConnectionResetError("the client takes no more") from error


def file_name(asset: Asset) -> str:
    """A name that is safe in a header and in every file system."""
    return f"{asset.kind}-{asset.id}{PurePosixPath(asset.key).suffix}"


def _validators(found: Found) -> dict[str, str]:
    return {
        hdrs.ETAG: found.etag,
        hdrs.LAST_MODIFIED: http_date(found.modified),
        hdrs.ACCEPT_RANGES: "bytes",
        hdrs.CACHE_CONTROL: "private, no-cache",  # kept by the browser, asked about each time: it may be deleted
    }
