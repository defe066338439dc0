"""What an order would cost and how long it would take (API.md section 3)."""

from aiohttp import web

from gateway.house import HOUSE
from gateway.routes.parameters import read_body
from gateway.routes.pipeline import asker_of

routes = web.RouteTableDef()


@routes.post("/api/mv/estimate")
async def estimate(request: web.Request) -> web.Response:
    body = await read_body(request)
    found = await request.app[HOUSE].acceptance.estimate(body, asker=asker_of(request))
    return web.json_response(found.body())
