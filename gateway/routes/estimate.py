"""What an order would cost and how long it would take (API.md section 3)."""

from aiohttp import web

from gateway.documents.operations import ORDERING, call
from gateway.house import HOUSE
from gateway.requests.estimates import EstimateRequest
from gateway.routes.parameters import read_body
from gateway.routes.pipeline import asker_of
from shared.answers import Estimate

routes = web.RouteTableDef()


@routes.post("/api/mv/estimate")
@call(
    "What an order would cost",
    body=EstimateRequest,
    answers=Estimate,
    codes=ORDERING,
    about="Takes the body of any order and orders nothing.",
)
async def estimate(request: web.Request) -> web.Response:
    body = await read_body(request)
    found = await request.app[HOUSE].acceptance.estimate(body, asker=asker_of(request))
    return web.json_response(found.body())
