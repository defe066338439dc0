"""The four POSTs of the pipeline: each creates a job (API.md section 1)."""

from aiohttp import web

from gateway.documents.operations import order
from gateway.house import HOUSE
from gateway.keys.doors import CALLER
from gateway.planning import Asker
from gateway.problems import REQUEST_ID
from gateway.requests import (
    CreateScenesRequest,
    GenerateReferenceRequest,
    GenerateVideoRequest,
    StitchVideosRequest,
)
from gateway.routes.answers import answer_job
from gateway.routes.parameters import idempotency_key, read_body, space_of, wait_s
from shared.answers import ClipResult, CutResult, PicturesResult, ScenesResult
from shared.contracts.base import Kind

routes = web.RouteTableDef()


@routes.post("/api/mv/create_scenes")
@order("Write scenes", body=CreateScenesRequest, result=ScenesResult)
async def create_scenes(request: web.Request) -> web.Response:
    return await _order(request, "create_scenes")


@routes.post("/api/mv/generate_character_reference")
@order("Draw the character", body=GenerateReferenceRequest, result=PicturesResult)
async def generate_character_reference(request: web.Request) -> web.Response:
    return await _order(request, "generate_character_reference")


@routes.post("/api/mv/generate_video")
@order("Make a clip", body=GenerateVideoRequest, result=ClipResult)
async def generate_video(request: web.Request) -> web.Response:
    return await _order(request, "generate_video")


@routes.post("/api/mv/stitch-videos")
@order("Join videos", body=StitchVideosRequest, result=CutResult)
async def stitch_videos(request: web.Request) -> web.Response:
    return await _order(request, "stitch_videos")


def asker_of(request: web.Request) -> Asker:
    key, rules = request[CALLER].key, request.app[HOUSE].doors.rules
    return Asker(
        space=space_of(request),
        key_id=key.id if key else None,
        jobs_in_flight=(key.jobs_in_flight or rules.jobs_in_flight) if key else None,
        request_id=request[REQUEST_ID],
    )


async def _order(request: web.Request, kind: Kind) -> web.Response:
    within_s, key = wait_s(request), idempotency_key(request)
    body = await read_body(request)
    job = await request.app[HOUSE].acceptance.job(kind, body, asker=asker_of(request), key=key)
    return await answer_job(request, job, within_s=within_s)
