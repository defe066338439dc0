"""Calls of API.md that later versions have: answered by name, so that nobody searches for a typing mistake."""

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.problems import refused
from shared.contracts.base import ErrorCode

LATER: dict[str, str] = {
    "/api/mv/songs": "songs",
    "/api/mv/songs/{rest:.*}": "songs",
}


def add_later(app: web.Application) -> None:
    """Register them last, so that everything there is comes first."""
    for path, what in LATER.items():
        app.router.add_route("*", path, _refusing(what))


def _refusing(what: str) -> Handler:
    async def refuse(request: web.Request) -> web.StreamResponse:
        raise refused(ErrorCode.NOT_FOUND, f"{request.path}: this version does not have {what}")

    return refuse
