"""A set of scenes again: its result, and its two files."""

from aiohttp import web

from gateway.documents.operations import call, serves
from gateway.history.records import Asset, Job
from gateway.house import HOUSE
from gateway.problems import refused
from gateway.routes.answers import result_of
from gateway.routes.media import find_row, present, serve
from shared.answers import ScenesResult
from shared.contracts.base import ErrorCode

SCENES = frozenset({"scenes"})

routes = web.RouteTableDef()


@routes.get("/api/mv/scenes/{scene_set_id}")
@call("A set of scenes", answers=ScenesResult)
async def get_scenes(request: web.Request) -> web.Response:
    _, job = await _set_and_job(request)
    return web.json_response(await result_of(request, job, with_bytes=False))


@routes.get("/api/mv/scenes/{scene_set_id}/scenes.json")
@serves("A set of scenes as JSON", "application/json")
async def get_scenes_json(request: web.Request) -> web.StreamResponse:
    asset, _ = await _set_and_job(request)
    return await serve(request, await present(request, asset))


@routes.get("/api/mv/scenes/{scene_set_id}/scenes.md")
@serves("A set of scenes as Markdown", "text/markdown")
async def get_scenes_markdown(request: web.Request) -> web.StreamResponse:
    asset, job = await _set_and_job(request)
    async with request.app[HOUSE].history.read() as tx:
        files = await tx.assets_of(job.id)
    markdown = next((file for file in files if file.key.endswith(".md")), None)
    if markdown is None:
        raise refused(ErrorCode.NOT_FOUND, f"scene set {asset.id} has no Markdown file")
    return await serve(request, await present(request, markdown))


async def _set_and_job(request: web.Request) -> tuple[Asset, Job]:
    asset = await find_row(request, kinds=SCENES, name="scene_set_id")
    async with request.app[HOUSE].history.read() as tx:
        job = await tx.job(asset.job_id or "")
    if job is None or not asset.key.endswith(".json"):
        raise refused(ErrorCode.NOT_FOUND, f"there is no scene_set {asset.id}")
    return asset, job
