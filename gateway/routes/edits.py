"""A production is edited, not redone: its scenes, its character, its gates, its models (API.md section 3)."""

from aiohttp import web

from gateway import editing
from gateway.documents.operations import call, order
from gateway.editing import Edit
from gateway.history.records import Production
from gateway.house import HOUSE
from gateway.problems import refused
from gateway.render import versions_body
from gateway.requests.edits import (
    CandidatesRequest,
    CharacterRequest,
    ChooseRequest,
    ContinueRequest,
    ProductionChanges,
    RegenerateRequest,
    RetryRequest,
    SceneChanges,
    UpgradeRequest,
)
from gateway.routes.answers import answer_job, answer_production, film_body, fraction_in, urls_for
from gateway.routes.parameters import (
    idempotency_key,
    optional_body,
    path_number,
    path_uuid,
    read_body,
    space_of,
    wait_s,
)
from gateway.routes.pipeline import asker_of
from shared import answers
from shared.contracts.base import ErrorCode

EDITING = (ErrorCode.CONFLICT, ErrorCode.BUDGET_EXCEEDED, ErrorCode.MODEL_UNAVAILABLE)

routes = web.RouteTableDef()


@routes.patch("/api/mv/productions/{production_id}")
@call("Rename a production, or move its cap", body=ProductionChanges, answers=answers.Production, codes=EDITING)
async def change_production(request: web.Request) -> web.Response:
    return await _as_it_stands(request, await _edit(request, editing.CHANGE))


@routes.post("/api/mv/productions/{production_id}/continue")
@order("Open the gate at which a production waits", body=ContinueRequest, accepted=answers.Production,
       result=answers.Production)  # fmt: skip
async def continue_production(request: web.Request) -> web.Response:
    """Name the gate, and it is safe to say it twice."""
    return await _edited(request, editing.CONTINUE)


@routes.get("/api/mv/productions/{production_id}/scenes/{number}")
@call("A scene with all its versions", answers=answers.SceneVersions)
async def get_scene(request: web.Request) -> web.Response:
    production_id = path_uuid(request, "production_id")
    async with request.app[HOUSE].history.read() as tx:
        film = await tx.production(production_id, space=space_of(request))
    if film is None:
        raise refused(ErrorCode.NOT_FOUND, f"there is no production {production_id}")
    return await _scene(request, film)


@routes.patch("/api/mv/productions/{production_id}/scenes/{number}")
@call("Change what a scene says, how long it is, or where it is seen", body=SceneChanges, answers=answers.SceneVersions,
      codes=EDITING, about="Costs nothing: a clip that there is stays until it is regenerated.")  # fmt: skip
async def change_scene(request: web.Request) -> web.Response:
    return await _scene(request, await _edit(request, editing.CHANGE_SCENE))


@routes.post("/api/mv/productions/{production_id}/scenes/{number}/regenerate")
@order("Make one clip again, then the cut", body=RegenerateRequest, accepted=answers.Production,
       result=answers.Production)  # fmt: skip
async def regenerate_scene(request: web.Request) -> web.Response:
    return await _edited(request, editing.REGENERATE)


@routes.post("/api/mv/productions/{production_id}/scenes/{number}/choose")
@order("Show another version of a scene", body=ChooseRequest, accepted=answers.Production,
       result=answers.Production, about="Costs nothing.")  # fmt: skip
async def choose_version(request: web.Request) -> web.Response:
    return await _edited(request, editing.CHOOSE)


@routes.post("/api/mv/productions/{production_id}/character")
@order("Choose the picture of the character", body=CharacterRequest, accepted=answers.Production,
       result=answers.Production, about="Clips that there are stay, unless `regenerate` says otherwise.")  # fmt: skip
async def choose_character(request: web.Request) -> web.Response:
    return await _edited(request, editing.CAST)


@routes.post("/api/mv/productions/{production_id}/character/regenerate")
@order("Draw more pictures of the character", body=CandidatesRequest, result=answers.PicturesResult)
async def draw_candidates(request: web.Request) -> web.Response:
    within_s, key, production_id = wait_s(request), idempotency_key(request), path_uuid(request, "production_id")
    body = await optional_body(request)
    job = await request.app[HOUSE].editing.job(editing.DRAW, production_id, body, asker=asker_of(request), key=key)
    return await answer_job(request, job, within_s=within_s)


@routes.post("/api/mv/productions/{production_id}/upgrade")
@order("Make scenes again by another model", body=UpgradeRequest, accepted=answers.Production,
       result=answers.Production)  # fmt: skip
async def upgrade_production(request: web.Request) -> web.Response:
    return await _edited(request, editing.UPGRADE)


@routes.post("/api/mv/productions/{production_id}/retry")
@order("Order again what a production lacks", body=RetryRequest, accepted=answers.Production,
       result=answers.Production)  # fmt: skip
async def retry_production(request: web.Request) -> web.Response:
    return await _edited(request, editing.RETRY)


async def _edited(request: web.Request, edit: Edit) -> web.Response:
    within_s = wait_s(request)
    return await answer_production(request, await _edit(request, edit), within_s=within_s)


async def _edit(request: web.Request, edit: Edit) -> Production:
    key, production_id = idempotency_key(request), path_uuid(request, "production_id")
    number = path_number(request, "number") if edit.of_scene else None
    body = await optional_body(request) if edit.may_say_nothing else await read_body(request)
    return await request.app[HOUSE].editing.production(
        edit, production_id, body, asker=asker_of(request), key=key, number=number
    )


async def _as_it_stands(request: web.Request, film: Production) -> web.Response:
    house = request.app[HOUSE]
    async with house.history.read() as tx:
        return web.json_response(await film_body(house, tx, film, urls=urls_for(request, film.space)))


async def _scene(request: web.Request, film: Production) -> web.Response:
    house, number = request.app[HOUSE], path_number(request, "number")
    async with house.history.read() as tx:
        versions, jobs = await tx.versions_of(film.id), await tx.jobs_of(film.id)
    if number not in {row.number for row in versions}:
        raise refused(ErrorCode.NOT_FOUND, f"production {film.id} has no scene {number}")
    body = versions_body(
        film,
        number,
        versions=versions,
        jobs=jobs,
        urls=urls_for(request, film.space),
        fraction_of=fraction_in(house),
        live=house.live,
    )
    return web.json_response(body)
