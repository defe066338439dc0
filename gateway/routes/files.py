"""GET, HEAD and DELETE of what was made: videos, character references, scene files."""

from aiohttp import web

from gateway import render
from gateway.documents.operations import call, serves
from gateway.house import HOUSE
from gateway.problems import refused
from gateway.render.urls import STILLS
from gateway.requests.queries import CopyQuery
from gateway.routes.answers import urls_for
from gateway.routes.media import find, find_row, remove, serve, serve_copy
from shared.answers import PictureInfo, VideoInfo
from shared.contracts.base import ErrorCode

VIDEOS = frozenset({"clip", "cut"})
PICTURES = frozenset({"image", "upload"})
PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp")
COPYING = (ErrorCode.UNSUPPORTED_MEDIA,)

routes = web.RouteTableDef()


@routes.get("/api/mv/get_video/{video_id}")
@serves("A video", "video/mp4")
async def get_video(request: web.Request) -> web.StreamResponse:
    return await serve(request, await find(request, kinds=VIDEOS, name="video_id"))


@routes.get("/api/mv/get_video/{video_id}/info")
@call("What a video is", answers=VideoInfo)
async def get_video_info(request: web.Request) -> web.Response:
    house, asset = request.app[HOUSE], await find_row(request, kinds=VIDEOS, name="video_id")
    exists = await house.media.stat(asset.key) is not None
    return web.json_response(render.video_info(asset, exists=exists, urls=urls_for(request, asset.space)))


@routes.delete("/api/mv/get_video/{video_id}")
@call("Delete a video", codes=(ErrorCode.CONFLICT,))
async def delete_video(request: web.Request) -> web.Response:
    video = await find_row(request, kinds=VIDEOS, name="video_id")
    async with request.app[HOUSE].history.read() as tx:
        stills = [await tx.asset_by_key(key.format(video.id)) for key in STILLS.values()]
    return await remove(request, video, *(still for still in stills if still))


@routes.get("/api/mv/get_video/{video_id}/poster")
@serves("A frame of a video", *PICTURE_TYPES, query=CopyQuery, codes=COPYING)
async def get_poster(request: web.Request) -> web.StreamResponse:
    return await _still(request, "poster")


@routes.get("/api/mv/get_video/{video_id}/contact-sheet")
@serves("A cut at a glance", *PICTURE_TYPES, query=CopyQuery, codes=COPYING)
async def get_contact_sheet(request: web.Request) -> web.StreamResponse:
    return await _still(request, "contact-sheet")


@routes.get("/api/mv/get_character_reference/{image_id}")
@serves("A picture of the character", *PICTURE_TYPES, query=CopyQuery, codes=COPYING)
async def get_character_reference(request: web.Request) -> web.StreamResponse:
    return await serve_copy(request, await find_row(request, kinds=PICTURES, name="image_id"))


@routes.get("/api/mv/get_character_reference/{image_id}/info")
@call("What a picture is", answers=PictureInfo)
async def get_character_reference_info(request: web.Request) -> web.Response:
    house, asset = request.app[HOUSE], await find_row(request, kinds=PICTURES, name="image_id")
    exists = await house.media.stat(asset.key) is not None
    return web.json_response(render.image_info(asset, exists=exists, urls=urls_for(request, asset.space)))


@routes.delete("/api/mv/get_character_reference/{image_id}")
@call("Delete a picture", codes=(ErrorCode.CONFLICT,))
async def delete_character_reference(request: web.Request) -> web.Response:
    return await remove(request, await find_row(request, kinds=PICTURES, name="image_id"))


async def _still(request: web.Request, picture: str) -> web.StreamResponse:
    video = await find_row(request, kinds=VIDEOS, name="video_id")
    async with request.app[HOUSE].history.read() as tx:
        still = await tx.asset_by_key(STILLS[picture].format(video.id))
    if still is None:
        when = "is made with a cut" if picture == "contact-sheet" else "is made when the video enters a cut"
        raise refused(ErrorCode.NOT_FOUND, f"there is no {picture} of {video.kind} {video.id}: it {when}")
    return await serve_copy(request, still)
