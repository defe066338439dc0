"""How a call to Google can end when it does not end well."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

MOST_BODY_BYTES = 4096
"""Of an answer that is no JSON. Never so few that a key is cut in two before it is hidden."""

MOST_RETRY_AFTER_S = 3600.0

_DURATION = re.compile(r"(\d+(?:\.\d+)?)s")
_SPOKEN_DELAY = re.compile(r"retry in (\d+(?:\.\d+)?)\s*s", re.IGNORECASE)


@dataclass
class Answered(Exception):
    """Google refused, in so many words.

    `code` is its own name for it ("RESOURCE_EXHAUSTED", "invalid_request"), `reason` that of an ErrorInfo
    ("API_KEY_INVALID"), `quotas` the limits that were hit.
    """

    status: int
    code: str = ""
    message: str = ""
    reason: str = ""
    quotas: tuple[str, ...] = ()
    retry_after_s: float | None = None

    def __str__(self) -> str:
        return f"{self.status} {self.code}"


class Unreached(Exception):
    """No connection came about: nothing was sent."""


class Unanswered(Exception):
    """The request left and no answer that can be read came back: it may have been carried out."""


def answered(status: int, headers: Mapping[str, str], body: bytes) -> Answered:
    """An error response as Answered; the delay is the longest of header, RetryInfo and words."""
    error = _error(body)
    message = str(error.get("message") or body[:MOST_BODY_BYTES].decode("utf-8", "replace"))
    details = [detail for detail in error.get("details") or () if isinstance(detail, dict)]
    return Answered(
        status,
        code=str(error.get("status") or error.get("code") or ""),
        message=message,
        reason=next((str(detail["reason"]) for detail in details if detail.get("reason")), ""),
        quotas=tuple(_quotas(details)),
        retry_after_s=_longest(headers.get("retry-after"), details, message),
    )


def _error(body: bytes) -> dict[str, Any]:
    """`{"error": {...}}`, or a list of that: Google's front end wraps it so."""
    with suppress(ValueError):
        said = json.loads(body)
        said = said[0] if isinstance(said, list) and said else said
        error = said.get("error") if isinstance(said, dict) else None
        return error if isinstance(error, dict) else {}
    return {}


def _quotas(details: list[dict[str, Any]]) -> Iterator[str]:
    """ "GenerateRequestsPerDayPerProjectPerModel-FreeTier=0", for each limit that was hit."""
    for detail in details:
        for violation in detail.get("violations") or ():
            if isinstance(violation, dict) and violation.get("quotaId"):
                yield f"{violation['quotaId']}={violation.get('quotaValue', '')}"


def _longest(header: str | None, details: list[dict[str, Any]], message: str) -> float | None:
    named = [_DURATION.fullmatch(str(detail.get("retryDelay", ""))) for detail in details]
    delays = [float(found[1]) for found in (*named, _SPOKEN_DELAY.search(message)) if found]
    if header is not None and re.fullmatch(r"\d+(\.\d+)?", header.strip()):
        delays.append(float(header))
    return min(max(delays), MOST_RETRY_AFTER_S) if delays else None
