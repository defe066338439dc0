"""What a request says beside its path: body, ids, how long it waits, which page of a list."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import hdrs, web
from pydantic_core import from_json

from gateway.history.listing import Shelf
from gateway.history.outbox import Sent
from gateway.history.paging import BadCursor
from gateway.history.records import JobFilter
from gateway.keys.doors import CALLER
from gateway.problems import refused
from gateway.requests.queries import (
    LONGEST_WAIT_S,
    DeliveriesQuery,
    EventsQuery,
    JobsQuery,
    ListQuery,
    PageQuery,
    ProductionsQuery,
    WaitQuery,
    read_query,
)
from gateway.requests.reading import InvalidRequest
from shared.contracts.base import ErrorCode
from shared.logs import logger

log = logger(__name__)

_WAIT = re.compile(r"wait(?:\s*=\s*\"?([0-9]{1,9})\"?)?", re.IGNORECASE)
_MEDIA_OF_GATEWAY = re.compile(r"media\s*=\s*\"?gateway\"?", re.IGNORECASE)
_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


def space_of(request: web.Request) -> str:
    """Whose jobs this request sees."""
    return request[CALLER].space


async def read_body(request: web.Request) -> dict[str, Any]:
    """The JSON object in the body. Raises Refused (415) or InvalidRequest; too large a body is aiohttp's 413."""
    if request.content_type != "application/json" and not request.content_type.endswith("+json"):
        message = f"send the body as JSON with `Content-Type: application/json`, not {request.content_type}"
        raise refused(ErrorCode.UNSUPPORTED_MEDIA, message)
    if (request.charset or "utf-8").lower().replace("_", "-") not in {"utf-8", "utf8", "us-ascii"}:
        raise refused(ErrorCode.UNSUPPORTED_MEDIA, "JSON is read as UTF-8 only")
    try:
        body = from_json(await request.read(), allow_inf_nan=False)
    except web.RequestPayloadError as error:
        packed = request.headers.get(hdrs.CONTENT_ENCODING, "identity")
        message = f"the body cannot be read as it was sent (`Content-Encoding` {packed})"
        closing = {"Connection": "close"}  # nobody can tell where the next request would begin
        raise refused(ErrorCode.INVALID_REQUEST, message, headers=closing) from error
    except ValueError as error:
        raise InvalidRequest.at("", f"the body is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise InvalidRequest.at("", "the body must be a JSON object, such as {}")
    log.debug("request_received", path=request.path, arguments=body)
    return body


async def refuse_fields(request: web.Request) -> None:
    """For a call that takes no body: none, or {}. Raises Refused or InvalidRequest."""
    if request.can_read_body and (body := await read_body(request)):
        raise InvalidRequest.at(next(iter(body))[:80], "unknown field: this call takes no body")


async def optional_body(request: web.Request) -> dict[str, Any]:
    """The JSON object in the body, or {} where none was sent. Raises Refused or InvalidRequest."""
    return await read_body(request) if request.can_read_body else {}


def path_number(request: web.Request, name: str) -> int:
    """The number in the path, counted from 1. Raises InvalidRequest."""
    text = request.match_info[name]
    if not text.isascii() or not text.isdigit() or not 0 < len(text) < 6 or text.startswith("0"):
        raise InvalidRequest.at(name, f"must be a whole number from 1, not {text[:80]!r}")
    return int(text)


def path_uuid(request: web.Request, name: str) -> str:
    """The id in the path, in the one spelling the history uses. Raises InvalidRequest."""
    return as_uuid(request.match_info[name], name)


def as_uuid(text: str, name: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise InvalidRequest.at(name, f"must be a UUID, not {text[:80]!r}") from None


def idempotency_key(request: web.Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidRequest.at("Idempotency-Key", "must be 1 to 255 printable ASCII characters")
    return key


def wait_s(request: web.Request) -> float | None:
    """How many seconds the client waits for the end; None: not at all. `?wait=` is checked, Prefer is a wish."""
    asked = read_query(request.query, WaitQuery).wait
    if asked is None:
        return _preferred_wait_s(request)
    return float(asked)


def _preferred_wait_s(request: web.Request) -> float | None:
    for preference in _preferences(request):
        if match := _WAIT.fullmatch(preference):
            seconds = int(match[1]) if match[1] else LONGEST_WAIT_S
            return float(min(seconds, LONGEST_WAIT_S)) if seconds else None
    return None


def wants_media_of_gateway(request: web.Request) -> bool:
    """Does the client prefer addresses of the gateway, where it would be sent to the bucket?"""
    return any(_MEDIA_OF_GATEWAY.fullmatch(preference) for preference in _preferences(request))


def _preferences(request: web.Request) -> Iterator[str]:
    for preference in ",".join(request.headers.getall("Prefer", ())).split(","):
        yield preference.partition(";")[0].strip()


def list_filter(request: web.Request, model: type[ProductionsQuery | JobsQuery]) -> JobFilter:
    """The filter a list was asked for. Raises InvalidRequest naming every fault."""
    return JobFilter(space=space_of(request), **_as_kept(read_query(request.query, model)))


def shelf(request: web.Request, model: type[PageQuery], *, kinds: Mapping[str, tuple[str, ...]]) -> Shelf:
    """The filter a list of assets, scene sets or projects was asked for. Raises InvalidRequest naming every fault.

    `kinds`: what can be asked for as `kind` -> how the history calls it; all of them without.
    """
    asked = _as_kept(read_query(request.query, model))
    kind = asked.pop("kind", None)
    every = tuple(name for names in kinds.values() for name in names)
    return Shelf(space=space_of(request), kinds=kinds[kind] if kind else every, **asked)


def sent_filter(request: web.Request) -> Sent:
    """Which webhook deliveries a list was asked for. Raises InvalidRequest naming every fault."""
    return Sent(space=space_of(request), **_as_kept(read_query(request.query, DeliveriesQuery)))


def last_seq(query: Mapping[str, str]) -> int | None:
    """`after`: the last seq the client saw. Raises InvalidRequest."""
    return read_query({"after": query["after"]}, EventsQuery).after if "after" in query else None


def _as_kept(asked: ListQuery) -> dict[str, Any]:
    """As the history is asked: times in seconds since the epoch."""
    return {name: value.timestamp() if isinstance(value, datetime) else value for name, value in asked}


def wants_page(request: web.Request) -> bool:
    """Is it a browser that asks, rather than a program?"""
    return "text/html" in request.headers.get(hdrs.ACCEPT, "")


@contextmanager
def own_cursor() -> Iterator[None]:
    """Raises InvalidRequest for a cursor that the list asked inside did not give out."""
    try:
        yield
    except BadCursor as error:
        raise InvalidRequest.at("cursor", str(error)) from None
