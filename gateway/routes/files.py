"""GET, HEAD and DELETE of what was made: videos, character references, scene files."""

from aiohttp import web

from gateway import render
from gateway.house import HOUSE
from gateway.problems import refused
from gateway.routes.media import find, find_row, refuse_copies, remove, serve
from shared.contracts.base import ErrorCode

VIDEOS = frozenset({"clip", "cut"})
PICTURES = frozenset({"image", "upload"})

routes = web.RouteTableDef()


@routes.get("/api/mv/get_video/{video_id}")
async def get_video(request: web.Request) -> web.StreamResponse:
    return await serve(request, await find(request, kinds=VIDEOS, name="video_id"))


@routes.get("/api/mv/get_video/{video_id}/info")
async def get_video_info(request: web.Request) -> web.Response:
    house, asset = request.app[HOUSE], await find_row(request, kinds=VIDEOS, name="video_id")
    exists = await house.media.stat(asset.key) is not None
    return web.json_response(render.video_info(asset, exists=exists, urls=house.urls))


@routes.delete("/api/mv/get_video/{video_id}")
async def delete_video(request: web.Request) -> web.Response:
    return await remove(request, await find_row(request, kinds=VIDEOS, name="video_id"))


@routes.get("/api/mv/get_video/{video_id}/{picture:poster|contact-sheet}")
async def get_still(request: web.Request) -> web.Response:
    await find_row(request, kinds=VIDEOS, name="video_id")
    raise refused(ErrorCode.NOT_FOUND, f"this version does not make a {request.match_info['picture']} of a video")


@routes.get("/api/mv/get_character_reference/{image_id}")
async def get_character_reference(request: web.Request) -> web.StreamResponse:
    refuse_copies(request)
    return await serve(request, await find(request, kinds=PICTURES, name="image_id"))


@routes.get("/api/mv/get_character_reference/{image_id}/info")
async def get_character_reference_info(request: web.Request) -> web.Response:
    house, asset = request.app[HOUSE], await find_row(request, kinds=PICTURES, name="image_id")
    exists = await house.media.stat(asset.key) is not None
    return web.json_response(render.image_info(asset, exists=exists, urls=house.urls))


@routes.delete("/api/mv/get_character_reference/{image_id}")
async def delete_character_reference(request: web.Request) -> web.Response:
    return await remove(request, await find_row(request, kinds=PICTURES, name="image_id"))
