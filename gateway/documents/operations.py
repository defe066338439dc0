"""How a route describes itself: one decorator beside its handler, made of the models that validate and answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp.typedefs import Handler
from pydantic import BaseModel

from gateway.requests.queries import DownloadQuery, WaitQuery
from shared.answers import (
    AssetPage,
    Job,
    JobPage,
    PictureInfo,
    Production,
    ProductionPage,
    SceneSetPage,
    ScenesResult,
    SceneVersions,
    VideoInfo,
)
from shared.contracts.base import ErrorCode

H = TypeVar("H", bound=Callable[..., Any])

JSON = "application/json"
TELL_MEDIA = frozenset(
    {
        AssetPage, Job, JobPage, PictureInfo, Production, ProductionPage, SceneSetPage, SceneVersions, ScenesResult,
        VideoInfo,
    }
)  # fmt: skip
"""Answers that say where media lie: clients may prefer where. An order takes that header in any case."""
READING = (ErrorCode.INVALID_REQUEST,)
BODY = (ErrorCode.INVALID_REQUEST, ErrorCode.PAYLOAD_TOO_LARGE, ErrorCode.UNSUPPORTED_MEDIA)
ACCESS = (ErrorCode.UNAUTHORIZED, ErrorCode.FORBIDDEN, ErrorCode.RATE_LIMITED)
"""Of every call that belongs to somebody."""
ANYWHERE = (ErrorCode.OVERLOADED, ErrorCode.INTERNAL)
ORDERING = (*BODY, *(code for code in ErrorCode if code not in BODY))
"""An order may be refused for any reason; one that is waited for may fail for any."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One successful answer. `model` None: `media` files, or no body at all."""

    model: type[BaseModel] | None = None
    media: tuple[str, ...] = ()
    about: str = ""
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a caller must know of one route."""

    summary: str
    about: str = ""
    body: type[BaseModel] | None = None
    body_required: bool = True
    query: tuple[type[BaseModel], ...] = ()
    headers: tuple[str, ...] = ()
    answers: Mapping[int, Answered] = field(default_factory=dict)
    codes: tuple[ErrorCode, ...] = ()
    public: bool = False
    """Answered without a key: it says nothing of anybody's work."""
    also_problems: Mapping[int, ErrorCode] = field(default_factory=dict)
    """Codes answered with another status than their own."""


_described: dict[Callable[..., Any], Operation] = {}


def operation_of(handler: Handler) -> Operation | None:
    """How `handler` was described; None where it was not."""
    return _described.get(handler)


def call(
    summary: str,
    *,
    answers: type[BaseModel] | Mapping[int, type[BaseModel]] | None = None,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    codes: tuple[ErrorCode, ...] = (),
    public: bool = False,
    about: str = "",
) -> Callable[[H], H]:
    """Describe a call that answers JSON; `answers` None: 204 without a body.

    Every route has `INTERNAL` and `OVERLOADED`, those with an id `NOT_FOUND`, those with a body its refusals: only name
    `codes` beyond these. `answers` may be {status: model}.
    """
    given = {204: None} if answers is None else answers if isinstance(answers, Mapping) else {200: answers}
    return _describe(
        Operation(
            summary=summary,
            about=about,
            body=body,
            query=(query,) if query else (),
            headers=("Prefer",) if TELL_MEDIA.intersection(filter(None, given.values())) else (),
            answers={status: Answered(model) for status, model in given.items()},
            codes=codes,
            public=public,
        )
    )


def order(
    summary: str,
    *,
    result: type[BaseModel],
    body: type[BaseModel] | None = None,
    accepted: type[BaseModel] = Job,
    about: str = "",
) -> Callable[[H], H]:
    """Describe a call that orders work: 202 with the job, or 200 with what came of it for a client that waits."""
    return _describe(
        Operation(
            summary=summary,
            about=about,
            body=body,
            query=(WaitQuery,),
            headers=("Prefer", "Idempotency-Key"),
            answers={
                202: Answered(accepted, about="Accepted and on its way.", headers=("Location", "Retry-After")),
                200: Answered(result, about="Waited for, and done.", headers=("Preference-Applied",)),
            },
            codes=ORDERING,
        )
    )


def serves(
    summary: str,
    *media: str,
    query: type[BaseModel] = DownloadQuery,
    codes: tuple[ErrorCode, ...] = (),
    public: bool = False,
    about: str = "",
) -> Callable[[H], H]:
    """Describe a call that answers a stored file, whole or in part."""
    told = ("ETag", "Last-Modified", "Accept-Ranges", "Content-Disposition")
    return _describe(
        Operation(
            summary=summary,
            about=about,
            query=(query,),
            headers=("Range", "If-None-Match", "If-Modified-Since", "If-Range"),
            answers={
                200: Answered(media=media, about="The whole file.", headers=told),
                206: Answered(media=media, about="The part that was asked for.", headers=(*told, "Content-Range")),
                304: Answered(about="The client has it already.", headers=told),
            },
            codes=codes,
            public=public,
            also_problems={416: ErrorCode.INVALID_REQUEST},
        )
    )


def files(
    summary: str,
    *media: str,
    query: type[BaseModel] | None = None,
    codes: tuple[ErrorCode, ...] = (),
    public: bool = False,
    about: str = "",
) -> Callable[[H], H]:
    """Describe a call that answers something other than a JSON body of ours, made for this answer."""
    return _describe(
        Operation(
            summary=summary,
            about=about,
            query=(query,) if query else (),
            answers={200: Answered(media=media)},
            codes=codes,
            public=public,
        )
    )


def upgrades(summary: str, *, query: type[BaseModel]) -> Callable[[H], H]:
    """Describe a WebSocket; what is said on it stands in AsyncAPI."""
    about = "A WebSocket; `/asyncapi.json` describes its frames."
    return _describe(
        Operation(summary=summary, about=about, query=(query,), answers={101: Answered(about="The socket is open.")})
    )


def _describe(operation: Operation) -> Callable[[H], H]:
    def describe(handler: H) -> H:
        _described[handler] = operation
        return handler

    return describe
