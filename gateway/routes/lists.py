"""What was made, as lists: assets, scene sets, projects (API.md section 2)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

from gateway import render
from gateway.documents.operations import call
from gateway.history.listing import list_assets, list_projects
from gateway.house import HOUSE
from gateway.requests.queries import AssetsQuery, ProjectsQuery, SceneSetsQuery
from gateway.routes.answers import urls_for
from gateway.routes.parameters import own_cursor, shelf
from shared import answers

KINDS: Mapping[str, tuple[str, ...]] = {
    "image": ("image", "upload"),
    "clip": ("clip",),
    "cut": ("cut",),
    "song": ("song",),
}
SCENES: Mapping[str, tuple[str, ...]] = {"scenes": ("scenes",)}

routes = web.RouteTableDef()


@routes.get("/api/mv/assets")
@call("List what was made", query=AssetsQuery, answers=answers.AssetPage)
async def get_assets(request: web.Request) -> web.Response:
    """Pictures, clips, cuts and songs with their addresses, newest first."""
    house, wanted = request.app[HOUSE], shelf(request, AssetsQuery, kinds=KINDS)
    with own_cursor():
        async with house.history.read() as tx:
            page = await list_assets(tx, wanted)
    urls = urls_for(request, wanted.space)
    items = [
        render.asset_body(one.asset, urls=urls, job=one.job, film=one.film, has_poster=one.has_poster)
        for one in page.items
    ]
    return web.json_response({"items": items, "next_cursor": page.next_cursor})


@routes.get("/api/mv/scenes")
@call("List sets of scenes", query=SceneSetsQuery, answers=answers.SceneSetPage)
async def get_scene_sets(request: web.Request) -> web.Response:
    """The sets of scenes that were written, newest first."""
    house, wanted = request.app[HOUSE], shelf(request, SceneSetsQuery, kinds=SCENES)
    with own_cursor():
        async with house.history.read() as tx:
            page = await list_assets(tx, wanted)
    urls = urls_for(request, wanted.space)
    items = [render.scene_set_body(one.asset, urls=urls, job=one.job) for one in page.items]
    return web.json_response({"items": items, "next_cursor": page.next_cursor})


@routes.get("/api/mv/projects")
@call("List projects", query=ProjectsQuery, answers=answers.ProjectPage)
async def get_projects(request: web.Request) -> web.Response:
    """The names orders were given, with what they came to; `q` looks through the names."""
    house, wanted = request.app[HOUSE], shelf(request, ProjectsQuery, kinds={})
    with own_cursor():
        async with house.history.read() as tx:
            page = await list_projects(tx, wanted, day_began=_midnight(tx.now()))
    items = [render.project_body(project) for project in page.items]
    return web.json_response({"items": items, "next_cursor": page.next_cursor})


def _midnight(now: float) -> float:
    """When today began, in UTC."""
    today = datetime.fromtimestamp(now, UTC)
    return today.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
