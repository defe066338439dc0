"""Which models can be asked for."""

from typing import get_args

from aiohttp import web

from gateway.house import HOUSE
from gateway.offers import offers
from gateway.requests.reading import InvalidRequest
from shared.contracts.base import Kind

routes = web.RouteTableDef()


@routes.get("/api/mv/models")
async def list_models(request: web.Request) -> web.Response:
    """The models an order may name, with price, typical time and whether they are within reach; `kind` picks some."""
    kind = request.query.get("kind")
    if kind is not None and kind not in get_args(Kind):
        raise InvalidRequest.at("kind", f"must be one of {', '.join(get_args(Kind))}")
    found = offers(await request.app[HOUSE].acceptance.means())
    return web.json_response({"items": [offer for offer in found if kind in (None, offer["kind"])]})
