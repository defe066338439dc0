"""The gateway's web application: every route around one house."""

from aiohttp import web

from gateway.house import HOUSE, House
from gateway.keys.doors import let_in
from gateway.metrics import count_requests
from gateway.problems import answer_with_problems
from gateway.protection import head_signer, keep_strangers_out, name_requests
from gateway.routes import (
    documents,
    edits,
    estimate,
    exports,
    files,
    jobs,
    lists,
    models,
    ops,
    pipeline,
    productions,
    scenes,
    shares,
    socket,
    studio,
    webhooks,
)
from gateway.routes.later import add_later

PAGES = (
    studio,
    ops,
    models,
    documents,
    pipeline,
    estimate,
    lists,
    scenes,
    files,
    jobs,
    productions,
    edits,
    exports,
    shares,
    webhooks,
    socket,
)


def build_app(house: House) -> web.Application:
    """All routes of API.md that this version has; the tasks of `house` are not started here."""
    app = web.Application(
        middlewares=[
            count_requests,
            name_requests,
            answer_with_problems,
            keep_strangers_out(house.protection, house.doors),
            let_in(house.doors),
        ],
        client_max_size=house.max_body_bytes,
    )
    app[HOUSE] = house
    for page in PAGES:
        app.add_routes(page.routes)
    add_later(app)
    app[documents.DOCUMENTS] = documents.Documents(app)
    app.on_response_prepare.append(head_signer(house.protection))
    app.on_shutdown.append(_close_sockets)
    return app


async def _close_sockets(app: web.Application) -> None:
    await app[HOUSE].hub.close()
    await app[HOUSE].copies.close()
