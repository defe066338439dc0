"""Which models can be asked for."""

from aiohttp import web

from gateway import offers
from gateway.documents.operations import call
from gateway.house import HOUSE
from gateway.requests.queries import ModelsQuery, read_query
from shared.answers import ModelList

routes = web.RouteTableDef()


@routes.get("/api/mv/models")
@call("List the models an order may name", query=ModelsQuery, answers=ModelList)
async def list_models(request: web.Request) -> web.Response:
    """With price, typical time and whether they are within reach now."""
    wanted = read_query(request.query, ModelsQuery).kind
    found = offers.offers(await request.app[HOUSE].acceptance.means())
    return web.json_response({"items": [offer for offer in found if wanted in (None, offer["kind"])]})
