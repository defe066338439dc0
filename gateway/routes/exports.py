"""`GET /productions/{id}/export`: the film's cut for other programs, as a ZIP of its clips or as a timeline."""

import json
from collections.abc import Sequence
from contextlib import aclosing
from functools import partial
from typing import Any

from aiohttp import hdrs, web

from gateway.archive import Member, text, zipped
from gateway.cutlist import Cut, read_cut
from gateway.documents.operations import files
from gateway.house import HOUSE, House
from gateway.problems import refused
from gateway.render import cut_body, timeline
from gateway.requests.queries import ExportQuery, read_query
from gateway.routes.media import present
from gateway.routes.parameters import path_uuid, space_of
from shared.contracts.base import ErrorCode

routes = web.RouteTableDef()


@routes.get("/api/mv/productions/{production_id}/export", allow_head=False)
@files(
    "The cut for other programs", "application/zip", "application/json", query=ExportQuery, codes=(ErrorCode.CONFLICT,)
)
async def export(request: web.Request) -> web.StreamResponse:
    wanted = read_query(request.query, ExportQuery).format
    cut = await _asked_cut(request)
    return _timeline_file(cut) if wanted == "otio" else await _archive(request, cut)


async def _asked_cut(request: web.Request) -> Cut:
    production_id = path_uuid(request, "production_id")
    async with request.app[HOUSE].history.read() as tx:
        film = await tx.production(production_id, space=space_of(request))
        if film is None:
            raise refused(ErrorCode.NOT_FOUND, f"there is no production {production_id}")
        return await read_cut(tx, film)


def _timeline_file(cut: Cut) -> web.Response:
    return web.json_response(timeline(cut), headers=_named(f"film-{cut.film.id}.otio"), dumps=_dumps)


async def _archive(request: web.Request, cut: Cut) -> web.StreamResponse:
    """Every clip is looked at before the first byte goes out: nobody gets half a ZIP for a whole one."""
    for clip in cut.clips:
        await present(request, clip.asset)
    response = web.StreamResponse(headers=_named(f"film-{cut.film.id}.zip"))
    response.content_type = "application/zip"
    await response.prepare(request)
    async with aclosing(zipped(_members(request.app[HOUSE], cut))) as pieces:
        async for piece in pieces:
            if piece:
                await response.write(piece)
    await response.write_eof()
    return response


def _members(house: House, cut: Cut) -> Sequence[Member]:
    """The cut in words and as a timeline, then each clip once, however often it is shown."""
    at = cut.job.completed_at or cut.job.created_at
    files = {clip.file: clip.asset for clip in cut.clips}
    clips = [
        Member(name, asset.size_bytes, asset.created_at, partial(house.media.open, asset.key))
        for name, asset in files.items()
    ]
    told = {"cut.json": cut_body(cut), "cut.otio": timeline(cut)}
    return [*(_written(name, body, at) for name, body in told.items()), *clips]


def _written(name: str, body: dict[str, Any], at: float) -> Member:
    content = _dumps(body)
    return Member(name, len(content.encode()), at, partial(text, content))


def _dumps(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, indent=2)


def _named(name: str) -> dict[str, str]:
    return {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"', hdrs.CACHE_CONTROL: "private, no-cache"}
