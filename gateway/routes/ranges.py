"""Which part of a stored file an answer carries: ranges and conditions of RFC 9110, pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from aiohttp import hdrs
from multidict import CIMultiDictProxy

Headers = CIMultiDictProxy[str]

_SINGLE_RANGE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Whole:
    """All of it: 200."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `start` to `last`, both included: 206."""

    start: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.start + 1


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The client has it already: 304."""


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """No byte of it lies in the range: 416."""


Wanted = Whole | Part | Unchanged | Unsatisfiable


def http_date(at: datetime) -> str:
    return format_datetime(at.replace(microsecond=0), usegmt=True)


def wanted_part(headers: Headers, *, method: str, size: int, etag: str, modified: datetime) -> Wanted:
    """What a GET or HEAD with these headers is to be answered. `etag` in its quotes, `modified` in UTC.

    A range is honoured on GET alone; several ranges, other units and broken syntax mean the whole, as RFC 9110 has it.
    """
    if _is_unchanged(headers, etag=etag, modified=modified):
        return Unchanged()
    asked = headers.get(hdrs.RANGE)
    if asked is None or method != hdrs.METH_GET or not _still_the_same(headers, etag=etag, modified=modified):
        return Whole()
    return _part(asked, size)


def _is_unchanged(headers: Headers, *, etag: str, modified: datetime) -> bool:
    known = headers.get(hdrs.IF_NONE_MATCH)
    if known is not None:
        return known.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in known.split(",")}
    since = _moment(headers.get(hdrs.IF_MODIFIED_SINCE))
    return since is not None and modified.replace(microsecond=0) <= since


def _still_the_same(headers: Headers, *, etag: str, modified: datetime) -> bool:
    """Does If-Range name what is stored now? (A weak tag never does.)"""
    condition = headers.get(hdrs.IF_RANGE)
    if condition is None:
        return True
    return condition.strip() == etag or _moment(condition) == modified.replace(microsecond=0)


def _part(asked: str, size: int) -> Wanted:
    match = _SINGLE_RANGE.fullmatch(asked)
    if match is None or match.groups() == ("", ""):
        return Whole()
    first, last = match.groups()
    if not first:
        suffix = int(last)
        return Part(max(0, size - suffix), size - 1) if suffix and size else Unsatisfiable()
    if last and int(last) < int(first):
        return Whole()
    if int(first) >= size:
        return Unsatisfiable()
    return Part(int(first), min(int(last), size - 1) if last else size - 1)


def _moment(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
