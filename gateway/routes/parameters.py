"""What a request says beside its path: body, ids, how long it waits, which page of a list."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID

from aiohttp import hdrs, web
from pydantic_core import from_json

from gateway.history.addressees import DeliveryStatus
from gateway.history.listing import Shelf
from gateway.history.outbox import Sent
from gateway.history.records import JobFilter, JobStatus
from gateway.keys.doors import CALLER
from gateway.problems import refused
from gateway.requests.reading import FaultAt, InvalidRequest
from shared.contracts.base import ErrorCode, Kind
from shared.logs import logger

LONGEST_WAIT_S = 600
LONGEST_PAGE = 200

log = logger(__name__)

_WAIT = re.compile(r"wait(?:\s*=\s*\"?([0-9]{1,9})\"?)?", re.IGNORECASE)
_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")
_LISTED = frozenset(
    {"status", "kind", "production_id", "project", "q", "created_after", "created_before", "sort", "limit", "cursor"}
)
_PAGED = frozenset({"q", "created_after", "created_before", "sort", "limit", "cursor"})
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "status": get_args(JobStatus),
    "kind": get_args(Kind),
    "sort": ("-created_at", "created_at"),
}


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
    asked = request.query.get("wait")
    if asked is None:
        return _preferred_wait_s(request)
    if asked == "":
        return LONGEST_WAIT_S
    if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked[:9]) <= LONGEST_WAIT_S:
        raise InvalidRequest.at("wait", f"must be 1 to {LONGEST_WAIT_S} seconds")
    return float(asked)


def _preferred_wait_s(request: web.Request) -> float | None:
    for preference in ",".join(request.headers.getall("Prefer", ())).split(","):
        match = _WAIT.fullmatch(preference.partition(";")[0].strip())
        if match:
            seconds = int(match[1]) if match[1] else LONGEST_WAIT_S
            return float(min(seconds, LONGEST_WAIT_S)) if seconds else None
    return None


def list_filter(request: web.Request) -> JobFilter:
    """The filter a list was asked for. Raises InvalidRequest naming every fault."""
    query = request.query
    refuse_unknown(query, known=_LISTED, choices=_CHOICES)
    return JobFilter(
        space=space_of(request),
        status=query.get("status"),
        kind=query.get("kind"),
        production_id=as_uuid(query["production_id"], "production_id") if "production_id" in query else None,
        project=query.get("project"),
        q=query.get("q"),
        created_after=_moment(query, "created_after"),
        created_before=_moment(query, "created_before"),
        cursor=query.get("cursor"),
        limit=whole_number(query, "limit", least=1, most=LONGEST_PAGE, default=50),
        sort=query.get("sort", "-created_at"),
    )


def shelf(request: web.Request, *, known: frozenset[str], kinds: Mapping[str, tuple[str, ...]]) -> Shelf:
    """The filter a list of assets, scene sets or projects was asked for. Raises InvalidRequest naming every fault.

    `kinds`: what can be asked for as `kind` -> how the history calls it; all of them without.
    """
    query = request.query
    refuse_unknown(query, known=known | _PAGED, choices={"kind": tuple(kinds), "sort": _CHOICES["sort"]})
    every = tuple(kind for names in kinds.values() for kind in names)
    return Shelf(
        space=space_of(request),
        kinds=kinds[query["kind"]] if "kind" in query else every,
        project=query.get("project"),
        q=query.get("q"),
        created_after=_moment(query, "created_after"),
        created_before=_moment(query, "created_before"),
        cursor=query.get("cursor"),
        limit=whole_number(query, "limit", least=1, most=LONGEST_PAGE, default=50),
        sort=query.get("sort", "-created_at"),
        **{name: as_uuid(query[name], name) for name in ("production_id", "job_id") if name in query},
    )


def sent_filter(request: web.Request) -> Sent:
    """Which webhook deliveries a list was asked for. Raises InvalidRequest naming every fault."""
    query = request.query
    choices = {"status": get_args(DeliveryStatus), "sort": _CHOICES["sort"]}
    refuse_unknown(query, known=(_PAGED - {"q"}) | {"status", "job_id", "production_id"}, choices=choices)
    status: Any = query.get("status")
    return Sent(
        space=space_of(request),
        status=status,
        created_after=_moment(query, "created_after"),
        created_before=_moment(query, "created_before"),
        cursor=query.get("cursor"),
        limit=whole_number(query, "limit", least=1, most=LONGEST_PAGE, default=50),
        sort=query.get("sort", "-created_at"),
        **{name: as_uuid(query[name], name) for name in ("production_id", "job_id") if name in query},
    )


def refuse_unknown(query: Mapping[str, str], *, known: frozenset[str], choices: Mapping[str, tuple[str, ...]]) -> None:
    """Raises InvalidRequest naming every parameter that there is not, and every value that it cannot have."""
    faults = [
        FaultAt(name, f"unknown parameter; known are {', '.join(sorted(known))}") for name in query if name not in known
    ]
    faults += [
        FaultAt(name, f"must be one of {', '.join(values)}")
        for name, values in choices.items()
        if name in known and name in query and query[name] not in values
    ]
    if faults:
        raise InvalidRequest(tuple(faults))


def whole_number(query: Mapping[str, str], name: str, *, least: int, most: int, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 18 or not least <= int(text) <= most:
        raise InvalidRequest.at(name, f"must be a whole number from {least} to {most}")
    return int(text)


def last_seq(query: Mapping[str, str]) -> int | None:
    """`after`: the last seq the client saw. Raises InvalidRequest."""
    return whole_number(query, "after", least=0, most=2**53, default=0) if "after" in query else None


def _moment(query: Mapping[str, str], name: str) -> float | None:
    return moment(query[name], name) if name in query else None


def moment(text: str, name: str) -> float:
    """Epoch seconds of an RFC 3339 time; without an offset it is UTC. Raises InvalidRequest."""
    try:
        told = datetime.fromisoformat(text.replace(" ", "+"))
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise InvalidRequest.at(name, "must be an RFC 3339 time such as 2026-01-31T12:00:00Z") from None


def wants_page(request: web.Request) -> bool:
    """Is it a browser that asks, rather than a program?"""
    return "text/html" in request.headers.get(hdrs.ACCEPT, "")
