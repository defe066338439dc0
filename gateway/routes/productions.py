"""Productions: order a whole film, look at it, list them, cancel one (API.md section 3)."""

from aiohttp import web

from gateway.documents.operations import call, order
from gateway.house import HOUSE
from gateway.lifecycle.removal import remove_production
from gateway.problems import refused
from gateway.requests import ProductionRequest, RecutRequest
from gateway.requests.queries import ProductionsQuery
from gateway.routes.answers import answer_job, answer_production, film_body, urls_for
from gateway.routes.parameters import idempotency_key, list_filter, own_cursor, path_uuid, read_body, space_of, wait_s
from gateway.routes.pipeline import asker_of
from shared import answers
from shared.contracts.base import ErrorCode

routes = web.RouteTableDef()


@routes.post("/api/mv/productions")
@order("Order a whole film", body=ProductionRequest, accepted=answers.Production, result=answers.Production)
async def create_production(request: web.Request) -> web.Response:
    within_s, key = wait_s(request), idempotency_key(request)
    body = await read_body(request)
    film = await request.app[HOUSE].acceptance.production(body, asker=asker_of(request), key=key)
    return await answer_production(request, film, within_s=within_s)


@routes.get("/api/mv/productions")
@call("List productions", query=ProductionsQuery, answers=answers.ProductionPage, about="Newest first.")
async def list_productions(request: web.Request) -> web.Response:
    house, wanted = request.app[HOUSE], list_filter(request, ProductionsQuery)
    urls = urls_for(request, wanted.space)
    with own_cursor():
        async with house.history.read() as tx:
            page = await tx.list_productions(wanted)
            items = [await film_body(house, tx, film, urls=urls) for film in page.items]
    return web.json_response({"items": items, "next_cursor": page.next_cursor})


@routes.get("/api/mv/productions/{production_id}")
@call("One production", answers=answers.Production)
async def get_production(request: web.Request) -> web.Response:
    house, production_id = request.app[HOUSE], path_uuid(request, "production_id")
    async with house.history.read() as tx:
        film = await tx.production(production_id, space=space_of(request))
        if film is None:
            raise refused(ErrorCode.NOT_FOUND, f"there is no production {production_id}")
        return web.json_response(await film_body(house, tx, film, urls=urls_for(request, film.space)))


@routes.post("/api/mv/productions/{production_id}/restitch")
@order("Cut a film again", body=RecutRequest, result=answers.CutResult)
async def restitch_production(request: web.Request) -> web.Response:
    """Another cut of a finished film, from the clips that there are."""
    within_s, key = wait_s(request), idempotency_key(request)
    production_id, body = path_uuid(request, "production_id"), await read_body(request)
    job = await request.app[HOUSE].acceptance.recut(production_id, body, asker=asker_of(request), key=key)
    return await answer_job(request, job, within_s=within_s)


@routes.post("/api/mv/productions/{production_id}/cancel")
@call(
    "Cancel a production",
    answers={202: answers.Production, 200: answers.Production},
    about="May be repeated; 200 where it has ended.",
)
async def cancel_production(request: web.Request) -> web.Response:
    house = request.app[HOUSE]
    film = await house.stopping.production(path_uuid(request, "production_id"), space_of(request))
    async with house.history.read() as tx:
        body = await film_body(house, tx, film, urls=urls_for(request, film.space))
    return web.json_response(body, status=200 if film.is_terminal else 202)


@routes.delete("/api/mv/productions/{production_id}")
@call("Delete a production", codes=(ErrorCode.CONFLICT,), about="With its jobs, its files and its links.")
async def delete_production(request: web.Request) -> web.Response:
    """What other productions show stays, as theirs."""
    house, production_id = request.app[HOUSE], path_uuid(request, "production_id")
    async with house.history.write() as tx:
        film = await tx.production(production_id, space=space_of(request))
        if film is None:
            raise refused(ErrorCode.NOT_FOUND, f"there is no production {production_id}")
        if running := [job.id for job in await tx.jobs_of(film.id) if not job.is_terminal]:
            raise refused(ErrorCode.CONFLICT, f"jobs of production {film.id} are under way: {', '.join(running[:5])}")
        if not film.is_terminal:
            raise refused(ErrorCode.CONFLICT, f"production {film.id} is {film.status}: cancel it first")
        await remove_production(tx, film, media=house.media)
    return web.Response(status=204)
