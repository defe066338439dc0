"""From where a gateway is talked to: under its own names, and by no web page that was not allowed to."""

import re
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit
from uuid import uuid4

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from pydantic import BaseModel, ConfigDict

from gateway.documents.operations import operation_of
from gateway.keys.doors import Doors
from gateway.problems import BEGUN, REQUEST_ID, refused
from shared.contracts.base import ErrorCode
from shared.logs import bound_contextvars, logger

READING = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
REQUEST_ID_HEADER = "X-Request-Id"
PREFLIGHT_KEPT_S = 600

log = logger(__name__)

_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,200}")
ALLOWED = "Authorization, X-API-Key, Content-Type, Idempotency-Key, If-None-Match, Prefer, Range, X-Request-Id"
EXPOSED = "Location, Retry-After, Preference-Applied, ETag, Content-Range, Accept-Ranges, X-Request-Id"


class Protection(BaseModel):
    """What the operator allows beside loopback. Hosts without port, origins as `https://studio.example`.

    With keys, no `allowed_hosts` means any: the gateway cannot know by which names it is reached.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()

    def host_allowed(self, host: str | None) -> bool:
        """Is `host`, as the Host header says it, a name of this machine? A rebound DNS name is not."""
        name = host_name(host or "")
        return name in LOOPBACK or name in self.allowed_hosts

    def origin_allowed(self, origin: str | None, *, host: str | None) -> bool:
        """No Origin (no browser, or a page's own GET), the gateway's own pages, or what config allows."""
        if origin is None or origin in self.allowed_origins:
            return True
        return host is not None and origin.lower().partition("://")[2] == host.lower()


def host_name(host: str) -> str:
    """`[::1]:8000` -> `::1`, `localhost:8000` -> `localhost`; empty for what is no host at all."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def request_id_of(request: web.Request) -> str:
    """The id the client sent, when it is fit for logs and headers; else a new one."""
    sent = request.headers.get(REQUEST_ID_HEADER, "")
    return sent if _SANE_REQUEST_ID.fullmatch(sent) else str(uuid4())


PROBES = frozenset({"/healthz", "/readyz"})
"""Asked again and again by whoever watches over the process: no news."""


@web.middleware
async def name_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request its id, in its answer and in every line that is logged for it."""
    request[REQUEST_ID] = request_id_of(request)
    began = time.perf_counter()
    with bound_contextvars(request_id=request[REQUEST_ID]):
        response = await handler(request)
        took_ms = round(1000 * (time.perf_counter() - began), 1)
        tell = log.debug if request.path in PROBES else log.info
        tell("request_answered", method=request.method, path=request.path, status=response.status, ms=took_ms)
    return response


def keep_strangers_out(protection: Protection, doors: Doors) -> Middleware:
    """The middleware that refuses what another site's page, or a rebound name, wants to change or watch live."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _is_preflight(request):
            return _preflight(request, protection, doors)
        if doors.locked and protection.allowed_hosts and request.path not in PROBES:
            _refuse_other_names(request, protection)
        if request.method not in READING or _is_upgrade(request):
            _refuse_strangers(request, protection, doors)
        return await handler(request)

    return guard


def head_signer(protection: Protection) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """What every answer's head carries, streams and errors alike: for `app.on_response_prepare`."""

    async def sign(request: web.Request, response: web.StreamResponse) -> None:
        request[BEGUN] = True
        response.headers[REQUEST_ID_HEADER] = request.get(REQUEST_ID, "")
        response.headers["X-Content-Type-Options"] = "nosniff"
        if _is_as_preferred(request):
            response.headers.add(hdrs.VARY, "Prefer")
        if protection.allowed_origins:
            response.headers.add(hdrs.VARY, hdrs.ORIGIN)
        origin = request.headers.get(hdrs.ORIGIN)
        if origin in protection.allowed_origins:
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
            response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = EXPOSED

    return sign


def _is_as_preferred(request: web.Request) -> bool:
    told = operation_of(request.match_info.handler)
    return told is not None and "Prefer" in told.headers


def _refuse_other_names(request: web.Request, protection: Protection) -> None:
    host = request.headers.get(hdrs.HOST)
    if not protection.host_allowed(host):
        raise refused(ErrorCode.FORBIDDEN, f"this gateway is not called {host!r}: list the name under `allowed_hosts`")


def _refuse_strangers(request: web.Request, protection: Protection, doors: Doors) -> None:
    """A page has no key by itself, as it has a cookie: with keys, a rebound name opens nothing."""
    host, origin = request.headers.get(hdrs.HOST), request.headers.get(hdrs.ORIGIN)
    if not doors.locked and not protection.host_allowed(host):
        called = f"as {host!r}" if host else "without a Host header"
        message = f"this gateway has no keys and works for this machine only: call it as localhost, not {called}"
        raise refused(ErrorCode.FORBIDDEN, f"{message} (or list the name under `allowed_hosts`)")
    if not protection.origin_allowed(origin, host=host):
        message = f"pages of {origin} may not use this gateway; list the origin under `allowed_origins`"
        raise refused(ErrorCode.FORBIDDEN, message)


def _is_upgrade(request: web.Request) -> bool:
    return request.headers.get(hdrs.UPGRADE, "").lower() == "websocket"


def _is_preflight(request: web.Request) -> bool:
    return request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers


def _preflight(request: web.Request, protection: Protection, doors: Doors) -> web.Response:
    """May a page of an allowed origin send this? (The head signer names the origin.)"""
    _refuse_strangers(request, protection, doors)
    return web.Response(
        status=204,
        headers={
            hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, HEAD, POST, PUT, PATCH, DELETE",
            hdrs.ACCESS_CONTROL_ALLOW_HEADERS: ALLOWED,
            hdrs.ACCESS_CONTROL_MAX_AGE: str(PREFLIGHT_KEPT_S),
        },
    )
