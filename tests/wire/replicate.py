"""Replicate's HTTP API on loopback, with scripted faults; it writes down every prediction that it accepted."""

import asyncio
import io
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from aiohttp import web
from PIL import Image

from tests.metered.server import clip
from tests.wire.serving import served
from tests.wire.takes import GONE, LOW_CREDIT, UNKNOWN_TOKEN, Echo, Refusal, Take, course

TOKEN = "r8_wire_token_0000000000000000000000000"
PAGE = 100
PADDING = bytes(1 << 20)


@dataclass
class Bought:
    """One prediction that was accepted."""

    id: str
    model: str
    input: dict[str, Any]
    take: Take
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    canceled_at: datetime | None = None
    source: str = "api"
    downloads: int = 0

    @property
    def started_at(self) -> datetime:
        return self.created_at + timedelta(seconds=self.take.queued_s)

    @property
    def ended_at(self) -> datetime:
        return self.started_at + timedelta(seconds=self.take.seconds)

    @property
    def status(self) -> str:
        now = datetime.now(UTC)
        if self.canceled_at is not None:
            return "canceled"
        if now >= self.ended_at:
            return self.take.ends
        return "processing" if now >= self.started_at else "starting"


@dataclass
class ReplicateServer:
    """`take` is how predictions play where the prompt has no cue; `gone` the models that are no longer offered.

    `moments` are called, if set, once: `accepted` after an order was written down and before it is answered,
    `polled` before a poll is answered, `sending` after half of an output was sent.
    `per_minute` throttles as for an account with little credit (burst 1), told in the body.
    """

    take: Take = field(default_factory=Take)
    gone: set[str] = field(default_factory=set)
    per_minute: float | None = None
    storm: int = 0
    """So many of the next orders are refused with 429."""
    moments: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    bought: dict[str, Bought] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    leaked: list[str] = field(default_factory=list)
    """Downloads that carried a token."""
    lists: bool = True
    """Whether the list of predictions can be had."""
    shows_uris: Literal["left out", "emptied", "replaced", "kept"] = "left out"
    """What stands in the input that it tells where a data URI was sent: the real one keeps none."""
    schemas: dict[str, set[str]] = field(default_factory=dict)
    """Model -> the inputs of its live schema; without an entry it shows none."""
    echo: Echo = field(default_factory=lambda: Echo(TOKEN))
    """Whose token it takes, and what it repeats of its caller where a prompt asks for that."""
    url: str = ""

    def __post_init__(self) -> None:
        self.clip = clip()
        self._over = asyncio.Event()
        self._free_at = datetime.min.replace(tzinfo=UTC)

    @property
    def orders(self) -> Counter[str]:
        """Prompt -> how often it was bought."""
        return Counter(str(bought.input.get("prompt")) for bought in self.bought.values())

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator["ReplicateServer"]:
        app = web.Application(middlewares=[self._known], client_max_size=120 << 20)
        app.add_routes(
            [
                web.post("/v1/models/{owner}/{name}/predictions", self._create),
                web.post("/v1/predictions", self._create),
                web.get("/v1/predictions", self._list),
                web.get("/v1/predictions/{id}", self._get),
                web.post("/v1/predictions/{id}/cancel", self._cancel),
                web.get("/v1/models/{owner}/{name}", self._model),
                web.post("/v1/files", self._lend),
                web.get("/output/{id}/{name}", self._output),
            ]
        )
        async with served(app, port=port) as self.url:
            try:
                yield self
            finally:
                self._over.set()

    @web.middleware
    async def _known(self, request: web.Request, handler: Callable[..., Awaitable[web.StreamResponse]]) -> Any:
        self.calls[
            f"{request.method} {request.match_info.route.resource and request.match_info.route.resource.canonical}"
        ] += 1
        if request.path.startswith("/v1/") and request.headers.get("Authorization") != f"Bearer {self.echo.key}":
            return _said(401, UNKNOWN_TOKEN)
        return await handler(request)

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        model = (
            "/".join((request.match_info["owner"], request.match_info["name"])) if request.match_info else "versioned"
        )
        if model in self.gone:
            return _said(404, GONE)
        if (wait_s := self._throttle()) > 0:
            return _said(429, LOW_CREDIT % (wait_s, wait_s))
        wanted = course(str(body["input"].get("prompt", ""))) or self.take
        if isinstance(wanted, Refusal):
            return await self._refuse(request, wanted, model, body["input"])
        bought = self._accept(model, body["input"], wanted)
        await self._moment("accepted")
        return web.json_response(self._told(bought), status=201)

    def _accept(self, model: str, given: dict[str, Any], take: Take) -> Bought:
        bought = Bought(uuid4().hex[:26], model, given, take)
        self.bought[bought.id] = bought
        return bought

    async def _refuse(self, request: web.Request, refusal: Refusal, model: str, given: dict[str, Any]) -> web.Response:
        if refusal.accepted:
            self._accept(model, given, self.take)
        if refusal.hangs:
            await self._over.wait()
        if refusal.drops or refusal.hangs:
            assert request.transport is not None
            request.transport.abort()
        headers = {"Retry-After": refusal.retry_after} if refusal.retry_after else {}
        return _said(refusal.status or 500, self.echo(refusal.body), headers)

    def _throttle(self) -> int:
        """How many seconds an order has to wait; a try that was refused moves nothing."""
        if self.storm > 0:
            self.storm -= 1
            return 1
        if self.per_minute is None:
            return 0
        now = datetime.now(UTC)
        if now < self._free_at:
            return max(1, round((self._free_at - now).total_seconds() + 0.5))
        self._free_at = now + timedelta(seconds=60 / self.per_minute)
        return 0

    async def _get(self, request: web.Request) -> web.Response:
        bought = self.bought.get(request.match_info["id"])
        await self._moment("polled")
        return web.json_response(self._told(bought)) if bought else _said(404, GONE)

    async def _cancel(self, request: web.Request) -> web.Response:
        bought = self.bought[request.match_info["id"]]
        if bought.status in ("starting", "processing"):
            bought.canceled_at = datetime.now(UTC)
        return web.json_response(self._told(bought))

    async def _list(self, request: web.Request) -> web.Response:
        """Newest first, a page of 100, the address of the next one."""
        if not self.lists:
            raise web.HTTPServiceUnavailable
        after, before = (_moment_of(request.query.get(name)) for name in ("created_after", "created_before"))
        known = sorted(self.bought.values(), key=lambda bought: bought.created_at, reverse=True)
        found = [
            bought
            for bought in known
            if (after is None or bought.created_at >= after) and (before is None or bought.created_at < before)
        ]
        start = int(request.query.get("cursor", 0))
        more = len(found) > start + PAGE
        following = str(request.url.update_query(cursor=start + PAGE)) if more else None
        results = [self._told(bought) for bought in found[start : start + PAGE]]
        return web.json_response({"next": following, "previous": None, "results": results})

    async def _model(self, request: web.Request) -> web.Response:
        owner, name = request.match_info["owner"], request.match_info["name"]
        if f"{owner}/{name}" in self.gone:
            return _said(404, GONE)
        told: dict[str, Any] = {"owner": owner, "name": name, "url": f"https://replicate.com/{owner}/{name}"}
        if (fields := self.schemas.get(f"{owner}/{name}")) is not None:
            inputs = {"Input": {"type": "object", "properties": {field: {} for field in fields}}}
            told["latest_version"] = {"id": "hidden", "openapi_schema": {"components": {"schemas": inputs}}}
        return web.json_response(told)

    async def _lend(self, request: web.Request) -> web.Response:
        part = (await request.post())["content"]
        assert isinstance(part, web.FileField)
        content = part.file.read()
        file_id = uuid4().hex
        self.files[f"{self.url}/v1/files/{file_id}"] = content
        return web.json_response(
            {
                "id": file_id,
                "name": part.filename,
                "content_type": part.content_type,
                "size": len(content),
                "etag": file_id,
                "checksums": {"sha256": "", "md5": ""},
                "metadata": {},
                "created_at": _iso(datetime.now(UTC)),
                "expires_at": _iso(datetime.now(UTC) + timedelta(hours=24)),
                "urls": {"get": f"{self.url}/v1/files/{file_id}"},
            },
            status=201,
        )

    async def _output(self, request: web.Request) -> web.StreamResponse:
        bought = self.bought[request.match_info["id"]]
        bought.downloads += 1
        if "Authorization" in request.headers:
            self.leaked.append(bought.id)
        match bought.take.served:
            case "expired":
                return web.Response(status=404)
            case "elsewhere":
                return web.Response(status=302, headers={"Location": f"{self.url}/output/elsewhere/file"})
            case "empty":
                return web.Response(body=b"", content_type="video/mp4")
        broken = bought.take.served == "truncated" or (bought.take.served == "once_broken" and bought.downloads == 1)
        return await self._send(request, bought, broken=broken)

    async def _send(self, request: web.Request, bought: Bought, *, broken: bool) -> web.StreamResponse:
        media_type, content = self._made(bought)
        length = len(content) + bought.take.mebibytes * len(PADDING)
        answer = web.StreamResponse(headers={"Content-Type": media_type, "Content-Length": str(length)})
        await answer.prepare(request)
        await answer.write(content[: len(content) // 2])
        await self._moment("sending")
        if broken:
            assert request.transport is not None
            request.transport.close()
            return answer
        if request.transport is None or request.transport.is_closing():  # its reader was killed meanwhile
            return answer
        await answer.write(content[len(content) // 2 :])
        for _ in range(bought.take.mebibytes):
            await answer.write(PADDING)
        return answer

    def _made(self, bought: Bought) -> tuple[str, bytes]:
        media_type = bought.take.type or ("video/mp4" if "duration" in bought.input else "image/png")
        if media_type == "video/mp4":
            return media_type, self.clip
        if media_type.startswith("image/"):
            return media_type, picture(media_type, str(bought.input.get("aspect_ratio", "1:1")))
        return media_type, b"<html>We are sorry, something is being mended here.</html>"

    def _told(self, bought: Bought) -> dict[str, Any]:
        """The prediction as the API tells it."""
        status = bought.status
        begun = datetime.now(UTC) >= bought.started_at and (
            bought.canceled_at is None or bought.canceled_at >= bought.started_at
        )
        return {
            "id": bought.id,
            "model": bought.model,
            "version": "hidden",
            "input": self._shown(bought),
            "logs": self.echo(bought.take.logs) if begun else "",
            "output": self._shaped(bought) if status == "succeeded" else None,
            "data_removed": False,
            "error": self.echo(bought.take.error or "") if status == "failed" else None,
            "source": bought.source,
            "status": status,
            "created_at": _iso(bought.created_at),
            "started_at": _iso(bought.started_at) if begun and status != "aborted" else None,
            "urls": {
                "get": f"{self.url}/v1/predictions/{bought.id}",
                "cancel": f"{self.url}/v1/predictions/{bought.id}/cancel",
            },
        }

    def _shown(self, bought: Bought) -> dict[str, Any]:
        """The input without the data URIs that it held."""
        if self.shows_uris == "kept":
            return bought.input
        instead = {"left out": None, "emptied": None, "replaced": "https://replicate.delivery/pbxt/kept.png"}
        shown: dict[str, Any] = {}
        for name, value in bought.input.items():
            uris = [part for part in (value if isinstance(value, list) else [value]) if str(part).startswith("data:")]
            if not uris:
                shown[name] = value
            elif self.shows_uris != "left out":
                shown[name] = [instead[self.shows_uris]] if isinstance(value, list) else instead[self.shows_uris]
        return shown

    def _shaped(self, bought: Bought) -> Any:
        url = self.echo.on(f"{self.url}/output/{bought.id}/tmp")
        return {"single": url, "list": [url, url], "object": {"url": url}, "none": None}[bought.take.output]

    async def _moment(self, name: str) -> None:
        if (happens := self.moments.pop(name, None)) is not None:
            await happens()


def picture(media_type: str, ratio: str) -> bytes:
    width, _, height = ratio.partition(":")
    buffer = io.BytesIO()
    size = (64, 64 * int(height) // int(width)) if height.isdigit() and width.isdigit() else (64, 64)
    Image.new("RGB", size, (200, 120, 40)).save(buffer, media_type.partition("/")[2].upper())
    return buffer.getvalue()


def _said(status: int, body: str, headers: dict[str, str] | None = None) -> web.Response:
    kind = "application/problem+json" if body.startswith("{") else "text/html"
    return web.Response(status=status, text=body, content_type=kind, headers=headers)


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _moment_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
