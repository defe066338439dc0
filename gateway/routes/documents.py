"""What this gateway says of itself, for programs."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from gateway.documents.openapi import openapi
from gateway.documents.operations import files
from gateway.routes.ops import INDEX

routes = web.RouteTableDef()


class Documents:
    """The documents of one application, each written when it is first asked for."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._written: dict[str, bytes] = {}

    async def openapi(self) -> bytes:
        return await self._get("openapi", lambda: openapi(self._app, version=INDEX["version"]))

    async def _get(self, name: str, write: Callable[[], dict[str, Any]]) -> bytes:
        if name not in self._written:
            self._written[name] = json.dumps(await asyncio.to_thread(write), ensure_ascii=False).encode()
        return self._written[name]


DOCUMENTS: web.AppKey[Documents] = web.AppKey("documents", Documents)


@routes.get("/openapi.json")
@files("This document", "application/json", public=True)
async def get_openapi(request: web.Request) -> web.Response:
    return web.Response(body=await request.app[DOCUMENTS].openapi(), content_type="application/json")
