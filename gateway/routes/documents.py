"""What this gateway says of itself, for programs and for people."""

import asyncio
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from aiohttp import web

import gateway.documents
from gateway.documents.operations import files
from gateway.routes.ops import INDEX

routes = web.RouteTableDef()


class Documents:
    """The documents of one application, each written, by what is loaded then, when it is first asked for."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._written: dict[str, bytes] = {}

    async def openapi(self) -> bytes:
        return await self._get("openapi", lambda: _json(self._openapi()))

    async def asyncapi(self) -> bytes:
        return await self._get("asyncapi", lambda: _json(_writer("asyncapi").asyncapi(version=INDEX["version"])))

    async def page(self) -> bytes:
        return await self._get("page", lambda: _writer("page").page(self._openapi()).encode())

    def _openapi(self) -> dict[str, Any]:
        document: dict[str, Any] = _writer("openapi").openapi(self._app, version=INDEX["version"])
        return document

    async def _get(self, name: str, write: Callable[[], bytes]) -> bytes:
        if name not in self._written:
            self._written[name] = await asyncio.to_thread(write)
        return self._written[name]


def _writer(name: str) -> Any:
    """Six megabytes that an idle gateway does without."""
    return import_module(f"gateway.documents.{name}")


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
STYLE = Path(gateway.documents.__file__).with_name("style.css")
GUARDED = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
DOCUMENTS: web.AppKey[Documents] = web.AppKey("documents", Documents)


@routes.get("/openapi.json")
@files("This document", "application/json", public=True)
async def get_openapi(request: web.Request) -> web.Response:
    return web.Response(body=await request.app[DOCUMENTS].openapi(), content_type="application/json")


@routes.get("/asyncapi.json")
@files("The bus and the socket as AsyncAPI", "application/json", public=True)
async def get_asyncapi(request: web.Request) -> web.Response:
    return web.Response(body=await request.app[DOCUMENTS].asyncapi(), content_type="application/json")


@routes.get("/docs")
@files("Every call on a page", "text/html", public=True)
async def get_docs(request: web.Request) -> web.Response:
    body = await request.app[DOCUMENTS].page()
    return web.Response(body=body, content_type="text/html", charset="utf-8", headers=GUARDED)


@routes.get("/docs/style.css")
@files("How that page looks", "text/css", public=True)
async def get_docs_style(_request: web.Request) -> web.Response:
    style = await asyncio.to_thread(STYLE.read_text, encoding="utf-8")
    return web.Response(text=style, content_type="text/css", headers={"Cache-Control": "max-age=3600"})
