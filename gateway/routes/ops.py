"""Is it alive, is it ready, and what is there."""

import asyncio
from collections import Counter
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from gateway.documents.operations import call, files
from gateway.house import HOUSE, House
from gateway.metrics import refresh
from shared.answers import Health, Index, Readiness
from shared.errors import BusAway
from shared.lookout import metrics_answer

CHECK_WITHIN_S = 2.0


def _version() -> str:
    try:
        return version("scenebeat")
    except PackageNotFoundError:  # a checkout that is run without being installed
        return "not installed"


INDEX: dict[str, Any] = {
    "name": "Scenebeat",
    "version": _version(),
    "about": "An idea and a character go in; a finished music video comes out.",
    "endpoints": {
        "create_scenes": "POST /api/mv/create_scenes",
        "scene_sets": "GET /api/mv/scenes",
        "scenes": "GET /api/mv/scenes/{scene_set_id}",
        "generate_character_reference": "POST /api/mv/generate_character_reference",
        "character_reference": "GET /api/mv/get_character_reference/{image_id}",
        "generate_video": "POST /api/mv/generate_video",
        "video": "GET /api/mv/get_video/{video_id}",
        "poster": "GET /api/mv/get_video/{video_id}/poster",
        "contact_sheet": "GET /api/mv/get_video/{video_id}/contact-sheet",
        "stitch_videos": "POST /api/mv/stitch-videos",
        "jobs": "GET /api/mv/jobs",
        "job": "GET /api/mv/jobs/{job_id}",
        "job_events": "GET /api/mv/jobs/{job_id}/events",
        "cancel_job": "POST /api/mv/jobs/{job_id}/cancel",
        "retry_job": "POST /api/mv/jobs/{job_id}/retry",
        "create_production": "POST /api/mv/productions",
        "productions": "GET /api/mv/productions",
        "production": "GET /api/mv/productions/{production_id}",
        "change_production": "PATCH /api/mv/productions/{production_id}",
        "delete_production": "DELETE /api/mv/productions/{production_id}",
        "continue_production": "POST /api/mv/productions/{production_id}/continue",
        "retry_production": "POST /api/mv/productions/{production_id}/retry",
        "scene": "GET /api/mv/productions/{production_id}/scenes/{number}",
        "change_scene": "PATCH /api/mv/productions/{production_id}/scenes/{number}",
        "regenerate_scene": "POST /api/mv/productions/{production_id}/scenes/{number}/regenerate",
        "choose_version": "POST /api/mv/productions/{production_id}/scenes/{number}/choose",
        "choose_character": "POST /api/mv/productions/{production_id}/character",
        "draw_candidates": "POST /api/mv/productions/{production_id}/character/regenerate",
        "upgrade_production": "POST /api/mv/productions/{production_id}/upgrade",
        "share_production": "POST /api/mv/productions/{production_id}/share",
        "revoke_shares": "DELETE /api/mv/productions/{production_id}/share",
        "revoke_share": "DELETE /api/mv/productions/{production_id}/share/{share_id}",
        "cancel_production": "POST /api/mv/productions/{production_id}/cancel",
        "restitch_production": "POST /api/mv/productions/{production_id}/restitch",
        "export_production": "GET /api/mv/productions/{production_id}/export",
        "assets": "GET /api/mv/assets",
        "projects": "GET /api/mv/projects",
        "models": "GET /api/mv/models",
        "estimate": "POST /api/mv/estimate",
        "webhook_deliveries": "GET /api/mv/webhooks",
        "webhook_delivery": "GET /api/mv/webhooks/{delivery_id}",
        "replay_webhook": "POST /api/mv/webhooks/{delivery_id}/replay",
        "replay_webhooks": "POST /api/mv/webhooks/replay",
        "webhook_secret": "POST /api/mv/webhooks/secret",
        "default_webhook": "GET /api/mv/webhooks/default",
        "set_default_webhook": "PUT /api/mv/webhooks/default",
        "live": "GET /api/mv/ws (WebSocket)",
        "live_ticket": "POST /api/mv/ws-ticket",
        "health": "GET /healthz",
        "ready": "GET /readyz",
        "metrics": "GET /metrics",
        "openapi": "GET /openapi.json",
        "asyncapi": "GET /asyncapi.json",
        "docs": "GET /docs",
    },
}

routes = web.RouteTableDef()


@routes.get("/api/mv")
@routes.get("/api/mv/")
@call("Every call there is", answers=Index, public=True)
async def get_index(_request: web.Request) -> web.Response:
    return web.json_response(INDEX)


@routes.get("/healthz")
@call("Is it alive?", answers=Health, public=True)
async def get_health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "alive"})


@routes.get("/readyz")
@call("Is it ready?", answers={200: Readiness, 503: Readiness}, public=True)
async def get_readiness(request: web.Request) -> web.Response:
    report = await readiness(request.app[HOUSE])
    return web.json_response(report, status=200 if report["ready"] else 503)


@routes.get("/metrics")
@files("Metrics, as Prometheus reads them", "text/plain")
async def get_metrics(request: web.Request) -> web.Response:
    return await metrics_answer(partial(refresh, request.app[HOUSE]))


async def readiness(house: House) -> dict[str, Any]:
    """What works and what does not: bus, database, storage, and how many live services there are of each kind.

    A disk without room makes nobody unready: what there is can still be read and deleted, only orders are refused.
    """
    database, storage, services = await asyncio.gather(
        _answers(_database(house)), _answers(_storage(house)), _services(house)
    )
    missing = [kind for kind in house.needed if not services.get(kind)]
    works = {"bus": house.bus.connected, "database": database, "storage": storage}
    return {
        "ready": all(works.values()) and not missing,
        **works,
        "disk": {"free_bytes": house.room.free_bytes(), "enough": house.room.is_enough},
        "services": services,
        "missing_services": missing,
    }


async def _database(house: House) -> None:
    async with house.history.read() as tx:
        await tx.newest_seq()
    await house.history.database.refuse_read_only()


async def _storage(house: House) -> None:
    await house.media.check()


async def _services(house: House) -> dict[str, int]:
    try:
        async with asyncio.timeout(CHECK_WITHIN_S):
            cards = await house.bus.services()
    except (BusAway, TimeoutError):
        cards = ()
    return {**dict.fromkeys(house.needed, 0), **Counter(card.kind for card in cards)}


async def _answers(check: Any) -> bool:
    try:
        async with asyncio.timeout(CHECK_WITHIN_S):
            await check
    except (SQLAlchemyError, OSError):  # TimeoutError is an OSError
        return False
    return True
