"""A test client that holds every answer against the OpenAPI document of the very gateway that gave it."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from aiohttp import ClientResponse, hdrs, web
from aiohttp.test_utils import TestClient
from jsonschema_rs import Draft202012Validator, ValidationError

from gateway.documents.openapi import openapi

NEEDS_NO_DOCUMENT = frozenset({401, 403, 404, 405})
"""Where there is no such address, or no such method at it; and who may not ask is not told so."""


class UndocumentedError(AssertionError):
    """An answer that the document does not know."""


class DocumentedClient(TestClient[web.Request, web.Application]):
    """Reads what JSON comes, and raises UndocumentedError where status, type or body are not as documented."""

    async def _request(self, method: str, path: Any, **kwargs: Any) -> ClientResponse:
        answer = await super()._request(method, path, **kwargs)
        await check(answer, self.app)
        return answer


async def check(answer: ClientResponse, app: web.Application | None) -> None:
    """Raises UndocumentedError where `answer` of `app` is not as documented."""
    assert app is not None
    documented = Documented.of(app)
    operation = documented.operation(answer.method, answer.url.raw_path)
    if operation is None:
        if answer.status in NEEDS_NO_DOCUMENT or answer.method == hdrs.METH_OPTIONS:
            return
        raise UndocumentedError(f"{answer.method} {answer.url.path} is not documented and answers {answer.status}")
    is_json = answer.content_type.endswith("json") and not answer.headers.get(hdrs.CONTENT_DISPOSITION)
    body = await answer.read() if is_json and answer.method != hdrs.METH_HEAD else b""
    documented.check(operation, answer.status, answer.content_type, body)
    for name in documented.required_headers(operation, answer.status):
        if name not in answer.headers:
            raise UndocumentedError(f"{answer.method} {answer.url.path}: {answer.status} without {name}")


class Documented:
    """One OpenAPI document, read for checking: here every object is closed, so that no field goes undocumented."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = copy.deepcopy(document)
        for schema in self._document["components"]["schemas"].values():
            if "properties" in schema:
                schema.setdefault("additionalProperties", False)
        self._validator = cache(self._build)
        self._paths: dict[tuple[str, ...], str] = {tuple(path.split("/")): path for path in document["paths"]}

    @staticmethod
    def of(app: web.Application) -> "Documented":
        handlers = frozenset(
            (route.method, str(route.resource), getattr(route.handler, "__qualname__", ""))
            for route in app.router.routes()
        )  # not the handlers themselves: some are made for each app
        return _documented(handlers, _Held(app))

    def operation(self, method: str, path: str) -> tuple[str, str] | None:
        """The (path, method) that an address belongs to."""
        for template in self._templates(path):
            methods = self._document["paths"][template]
            name = "get" if method == hdrs.METH_HEAD and "head" not in methods else method.lower()
            if name in methods:
                return template, name
        return None

    def check(self, operation: tuple[str, str], status: int, media: str, body: bytes) -> None:
        path, method = operation
        said = f"{method.upper()} {path} answered {status} {media}"
        answers = self._document["paths"][path][method]["responses"]
        if str(status) not in answers:
            raise UndocumentedError(f"{said}; documented are {', '.join(answers)}")
        content = answers[str(status)].get("content")
        if not content:
            return
        if media not in content:
            raise UndocumentedError(f"{said}; documented are {', '.join(content)}")
        if body:
            try:
                self._validator(path, method, status, media).validate(json.loads(body))
            except ValidationError as error:
                where = "/".join(str(step) for step in error.instance_path)
                raise UndocumentedError(f"{said}; at {where!r}: {error.message}\n{body.decode()[:3000]}") from None

    def required_headers(self, operation: tuple[str, str], status: int) -> tuple[str, ...]:
        path, method = operation
        told = self._document["paths"][path][method]["responses"][str(status)].get("headers", {})
        return tuple(name for name in ("X-Request-Id", "Location", "Preference-Applied") if name in told)

    def _build(self, path: str, method: str, status: int, media: str) -> Draft202012Validator:
        schema = self._document["paths"][path][method]["responses"][str(status)]["content"][media]["schema"]
        whole = {**schema, "components": {"schemas": self._document["components"]["schemas"]}}
        return Draft202012Validator(whole, validate_formats=True)

    def _templates(self, path: str) -> Iterator[str]:
        """The paths an address may belong to, the most literal ones first."""
        steps = tuple(path.split("/"))
        for known in sorted(self._paths, key=lambda known: sum(step.startswith("{") for step in known)):
            fits = (mine == asked or mine.startswith("{") for mine, asked in zip(known, steps, strict=False))
            if len(known) == len(steps) and all(fits):
                yield self._paths[known]


class _Held:
    """An app that is equal to every other: what differs is told beside it."""

    def __init__(self, app: web.Application) -> None:
        self.app = app

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@cache
def _documented(_handlers: frozenset[Any], held: _Held) -> Documented:
    return Documented(openapi(held.app, version="tested"))
