"""How a call to Replicate can end when it does not end well."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

MOST_BODY_BYTES = 4096
"""Of an answer that is no JSON. Never so few that a key is cut in two before it is hidden."""

_RESETS_IN = re.compile(r"resets in ~?(\d+(?:\.\d+)?)\s*s")
MOST_RETRY_AFTER_S = 3600.0


class Answered(Exception):
    """Replicate refused, in so many words. `retry_after_s` is the longest delay that header and body name."""

    def __init__(self, status: int, detail: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(f"{status} {detail}")
        self.status = status
        self.detail = detail
        self.retry_after_s = retry_after_s


class Unreached(Exception):
    """No connection came about: nothing was sent."""


class Unanswered(Exception):
    """The request left and no answer that can be read came back: it may have been carried out."""


def answered(status: int, headers: Mapping[str, str], body: bytes) -> Answered:
    """An error response as Answered; `headers` are looked up case-insensitively by the caller's mapping."""
    said = _parsed(body)
    detail = ": ".join(str(said[name]) for name in ("title", "detail", "error") if said.get(name))
    delays = [_seconds(headers.get("retry-after")), _number(said.get("retry_after")), _named_in(detail)]
    known = [delay for delay in delays if delay is not None]
    return Answered(status, detail or body[:MOST_BODY_BYTES].decode("utf-8", "replace"), max(known) if known else None)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _seconds(header: str | None) -> float | None:
    """A Retry-After header: seconds, or a date."""
    if header is None:
        return None
    if (number := _number(header.strip())) is not None:
        return number
    with suppress(ValueError):
        wait_s = (parsedate_to_datetime(header).astimezone(UTC) - datetime.now(UTC)).total_seconds()
        return _bounded(wait_s)
    return None


def _number(value: Any) -> float | None:
    try:
        return _bounded(float(value))
    except (TypeError, ValueError):
        return None


def _named_in(detail: str) -> float | None:
    found = _RESETS_IN.search(detail)
    return _bounded(float(found[1])) if found else None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), MOST_RETRY_AFTER_S)
