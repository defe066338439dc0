"""What an order would cost and how long it would take (API.md section 3)."""

from aiohttp import web

from gateway.documents.operations import ORDERING, call
from gateway.house import HOUSE
from gateway.rehearsal import EditCall, estimate_edit
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
    about="Takes the body of any order, or of an edit with its address as `call`, and orders nothing.",
)
async def estimate(request: web.Request) -> web.Response:
    body = await read_body(request)
    house, asker = request.app[HOUSE], asker_of(request)
    if edit := EditCall.read(body.get("call")):
        rest = {name: value for name, value in body.items() if name != "call"}
        found = await estimate_edit(edit, rest, asker=asker, editing=house.editing, history=house.history)
    else:
        found = await house.acceptance.estimate(body, asker=asker)
    return web.json_response(found.body())
