"""Shared films: who owns one makes and ends links; who has a link sees the film, and nothing else."""

import base64
import hashlib
from html import escape

from aiohttp import hdrs, web

from gateway.documents.operations import call, files, serves
from gateway.history.records import Asset, Production
from gateway.history.shares import revoke_shares
from gateway.history.snapshots import wire_time
from gateway.history.store import Transaction
from gateway.house import HOUSE
from gateway.problems import refused
from gateway.render.urls import STILLS
from gateway.requests.edits import ShareRequest
from gateway.requests.reading import read_model
from gateway.routes.media import present, serve
from gateway.routes.parameters import optional_body, path_uuid, space_of
from gateway.sharing import share_film, shared_film
from shared import answers
from shared.contracts.base import ErrorCode

routes = web.RouteTableDef()

_STYLE = """
body { margin: 0; min-height: 100vh; display: grid; place-content: center; background: #14121c; color: #ece9f5;
       font: 16px/1.5 system-ui, sans-serif }
main { width: min(94vw, 72rem) } h1 { font-size: 1.5rem; margin: 0 0 1rem }
video { width: 100%; max-height: 84vh; background: #000 } p { opacity: .6; font-size: .85rem }
"""
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>{title}</title>
<style>{style}</style>
<main><h1>{title}</h1>
<video controls playsinline preload="metadata" src="{path}/film.mp4"{poster}></video>
<p>Made with Scenebeat</p></main>
</html>
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
PAGE_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; media-src 'self'; img-src 'self'; style-src 'sha256-{_HASH}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    hdrs.CACHE_CONTROL: "private, no-store",
}
UNTITLED = "A music video"


@routes.post("/api/mv/productions/{production_id}/share")
@call("Make a link to a film", body=ShareRequest, answers={201: answers.SharedLink}, codes=(ErrorCode.CONFLICT,),
      about="Whoever has it sees the film, without a key, until it ends. It is told this once.")  # fmt: skip
async def create_share(request: web.Request) -> web.Response:
    house, told = request.app[HOUSE], read_model(ShareRequest, await optional_body(request))
    async with house.history.write() as tx:
        film = await _owned(tx, request)
        shared = await share_film(tx, film, days=told.expires_days)
        tx.tell("production.updated", film)
    body = {
        "id": shared.share.id,
        "path": shared.path,
        "url": f"{request.url.origin()}{shared.path}",
        "created_at": wire_time(shared.share.created_at),
        "expires_at": wire_time(shared.share.expires_at),
    }
    return web.json_response(body, status=201, headers={"Location": shared.path, hdrs.CACHE_CONTROL: "no-store"})


@routes.delete("/api/mv/productions/{production_id}/share")
@call("End every link to a film")
async def revoke_every_share(request: web.Request) -> web.Response:
    await _revoke(request)
    return web.Response(status=204)


@routes.delete("/api/mv/productions/{production_id}/share/{share_id}")
@call("End one link to a film")
async def revoke_share(request: web.Request) -> web.Response:
    share_id = path_uuid(request, "share_id")
    if not await _revoke(request, share_id=share_id):
        raise refused(ErrorCode.NOT_FOUND, f"there is no link {share_id} to this film")
    return web.Response(status=204)


@routes.get("/s/{token}")
@files("A shared film's page", "text/html", public=True)
async def get_shared_page(request: web.Request) -> web.Response:
    token = request.match_info["token"]
    film = await shared_film(request.app[HOUSE].history, token)
    has_poster = await _still(request, film) is not None
    poster = f' poster="/s/{escape(token)}/poster.jpg"' if has_poster else ""
    page = _PAGE.format(style=_STYLE, title=escape(film.title or UNTITLED), path=f"/s/{escape(token)}", poster=poster)
    return web.Response(text=page, content_type="text/html", headers=PAGE_HEADERS)


@routes.get("/s/{token}/film.mp4")
@serves("A shared film", "video/mp4", public=True)
async def get_shared_film(request: web.Request) -> web.StreamResponse:
    film = await shared_film(request.app[HOUSE].history, request.match_info["token"])
    async with request.app[HOUSE].history.read() as tx:
        video = await tx.asset(film.final_video_id or "")
    if video is None:
        raise refused(ErrorCode.NOT_FOUND, "the film of this link was deleted")
    return await serve(request, await present(request, video))


@routes.get("/s/{token}/poster.jpg")
@serves("A shared film's poster", "image/jpeg", public=True)
async def get_shared_poster(request: web.Request) -> web.StreamResponse:
    film = await shared_film(request.app[HOUSE].history, request.match_info["token"])
    still = await _still(request, film)
    if still is None:
        raise refused(ErrorCode.NOT_FOUND, "the film of this link has no poster")
    return await serve(request, await present(request, still))


async def _still(request: web.Request, film: Production) -> Asset | None:
    async with request.app[HOUSE].history.read() as tx:
        return await tx.asset_by_key(STILLS["poster"].format(film.final_video_id))


async def _revoke(request: web.Request, *, share_id: str | None = None) -> int:
    async with request.app[HOUSE].history.write() as tx:
        film = await _owned(tx, request)
        ended = await revoke_shares(tx, film.id, share_id=share_id)
        if ended:
            tx.tell("production.updated", film)
        return ended


async def _owned(tx: Transaction, request: web.Request) -> Production:
    production_id = path_uuid(request, "production_id")
    film = await tx.production(production_id, space=space_of(request))
    if film is None:
        raise refused(ErrorCode.NOT_FOUND, f"there is no production {production_id}")
    return film
