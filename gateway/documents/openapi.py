"""OpenAPI 3.1 of a gateway, from its router, the descriptions beside the handlers and the models that validate."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from inspect import getmodule
from typing import Any, get_args

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.documents.errors import WHEN, by_status, example_of
from gateway.documents.fields import explained
from gateway.documents.operations import ACCESS, ANYWHERE, BODY, JSON, READING, Answered, Operation, operation_of
from gateway.documents.parameters import ANSWER_HEADERS, HEADERS, answer_header, header_parameter, path_parameter
from gateway.problems import MEDIA_TYPE as PROBLEM_JSON
from gateway.requests.examples import EXAMPLES
from gateway.routes.later import LATER
from shared.answers import Problem
from shared.contracts.base import ErrorCode

REF = "#/components/schemas/{model}"

_IN_PATH = re.compile(r"\{([^}]+)\}")
_FILE: Mapping[str, Any] = {"type": "string", "contentMediaType": "application/octet-stream"}
_OF_STORED_FILES = frozenset({206})


@dataclass(frozen=True)
class Route:
    """One method of one address, with what its handler says of itself."""

    method: str
    path: str
    handler: Handler
    operation: Operation | None

    @property
    def parameters(self) -> list[str]:
        return _IN_PATH.findall(self.path)

    @cached_property
    def codes(self) -> set[ErrorCode]:
        """Every code this route may answer with."""
        told = self.operation
        if told is None:
            return set()
        found = {*ANYWHERE, *told.codes, *(() if told.public else ACCESS)}
        if self.parameters:
            found |= {ErrorCode.INVALID_REQUEST, ErrorCode.NOT_FOUND}
        if told.query:
            found |= set(READING)
        if told.body or self.method not in {"get", "head", "delete"}:
            found |= set(BODY)
        return found


def routes_of(app: web.Application) -> Iterator[Route]:
    """Every route but those that only say that a later version will have them; HEAD where files are served."""
    seen: set[tuple[str, str]] = set()
    for route in app.router.routes():
        path = route.resource.canonical if route.resource else ""
        method = route.method.lower()
        if route.method == hdrs.METH_ANY and _is_later(path):
            continue
        operation = operation_of(route.handler)
        serves_files = operation is not None and operation.answers.keys() >= _OF_STORED_FILES
        if (method == "head" and not serves_files) or (path, method) in seen or (path != "/" and path.endswith("/")):
            continue
        seen.add((path, method))
        yield Route(method, path, route.handler, operation)


def openapi(app: web.Application, *, version: str) -> dict[str, Any]:
    """The document. Raises LookupError naming a route that does not describe itself."""
    routes = list(routes_of(app))
    if undescribed := [f"{route.method} {route.path}" for route in routes if route.operation is None]:
        raise LookupError(f"describe these routes with gateway/documents/operations.py: {', '.join(undescribed)}")
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Scenebeat",
            "version": version,
            "summary": "An idea and a character go in; a finished music video comes out.",
            "description": _ABOUT,
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": list(_tags(routes)),
        "security": [{"key": []}, {}],
        "paths": paths,
        "components": {
            "schemas": _explained(schemas_of(model for route in routes for model in _models(route.operation)), routes),
            "parameters": {name: header_parameter(name) for name in HEADERS},
            "headers": {name: answer_header(name) for name in ANSWER_HEADERS},
            "examples": {code.value: {"value": example_of(code)} for code in ErrorCode},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key: `scenebeat keys create`."}
            },
        },
    }


_ABOUT = """\
Every POST that orders something creates a **job**, answers `202` with it, and can be waited for with `Prefer: wait=N`:
then the answer is `200` with the result itself. Errors are `application/problem+json`, one body everywhere.
An `Idempotency-Key` makes any POST safe to repeat. Every call takes an `X-Request-Id` and answers with one.
"""


def schemas_of(models: Iterable[type[BaseModel]]) -> dict[str, Any]:
    """The schemas of all `models` and of what they are made of."""
    told: list[type[BaseModel]] = [Problem, *models]
    wanted = {model.__qualname__: model for model in told}
    _, defined = models_json_schema([(wanted[name], "validation") for name in sorted(wanted)], ref_template=REF)
    found: dict[str, Any] = defined["$defs"]
    return {name: found[name] for name in sorted(found)}


def _explained(schemas: dict[str, Any], routes: Iterable[Route]) -> dict[str, Any]:
    """Fields of bodies in words; the forms of a body that may be any of several are bodies too."""
    bodies = {route.operation.body for route in routes if route.operation and route.operation.body}
    named = {form.__name__ for body in bodies for form in (body, *_forms(body))}
    return {name: explained(schema) if name in named else schema for name, schema in schemas.items()}


def _forms(body: type[BaseModel]) -> tuple[type[BaseModel], ...]:
    root = body.model_fields.get("root")
    return get_args(root.annotation) if root else ()


def _models(operation: Operation | None) -> Iterator[type[BaseModel]]:
    if operation is None:
        return
    if operation.body:
        yield operation.body
    yield from (answer.model for answer in operation.answers.values() if answer.model)


def _operation(route: Route) -> dict[str, Any]:
    told = route.operation
    assert told is not None
    name = getattr(route.handler, "__name__", "")
    body: dict[str, Any] = {
        "operationId": f"head_{name.removeprefix('get_')}" if route.method == "head" else name,
        "summary": told.summary,
        "tags": [_tag(route.handler)],
        "parameters": [
            *(path_parameter(name) for name in route.parameters),
            *(one for query in told.query for one in _query_parameters(query)),
            *({"$ref": f"#/components/parameters/{name}"} for name in (*told.headers, "X-Request-Id")),
        ],
        "responses": _responses(route, told),
    }
    if told.about:
        body["description"] = told.about
    if told.body:
        body["requestBody"] = _request_body(told, told.body)
    if told.public:
        body["security"] = []
    return body


def _request_body(told: Operation, model: type[BaseModel]) -> dict[str, Any]:
    examples = {name: {"value": example} for name, example in EXAMPLES.get(model, {}).items()}
    content: dict[str, Any] = {"schema": _ref(model), **({"examples": examples} if examples else {})}
    return {"required": told.body_required, "content": {JSON: content}}


def _query_parameters(model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=REF)
    for name, field in schema.get("properties", {}).items():
        told = {key: value for key, value in _without_null(field).items() if key not in {"title", "description"}}
        parameter = {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": told}
        if "description" in field:
            parameter["description"] = field["description"]
        yield parameter


def _without_null(field: Mapping[str, Any]) -> dict[str, Any]:
    """Left out is how an address says null."""
    options = [option for option in field.get("anyOf", ()) if option != {"type": "null"}]
    rest = {key: value for key, value in field.items() if key != "anyOf" and (key, value) != ("default", None)}
    if not options:
        return rest
    return {**rest, **options[0]} if len(options) == 1 else {**rest, "anyOf": options}


def _responses(route: Route, told: Operation) -> dict[str, Any]:
    found = {str(status): _answer(status, answer, route.method) for status, answer in told.answers.items()}
    if route.method == "head":
        del found["206"]
    problems = by_status(route.codes)
    for status, code in told.also_problems.items():
        if route.method != "head":
            problems.setdefault(status, []).append(code)
    for status in sorted(problems):
        problem = _problem(status, problems[status], head=route.method == "head")
        known = found.get(str(status))
        found[str(status)] = problem if known is None else known | {"content": known["content"] | problem["content"]}
    return found


def _answer(status: int, answer: Answered, method: str) -> dict[str, Any]:
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *answer.headers)}
    body: dict[str, Any] = {"description": answer.about or HTTPStatus(status).phrase, "headers": headers}
    if method == "head":
        return body
    if answer.model:
        body["content"] = {JSON: {"schema": _ref(answer.model)}}
    elif answer.media:
        body["content"] = {media: {"schema": {} if media == JSON else dict(_FILE)} for media in answer.media}
    return body


def _problem(status: int, codes: list[ErrorCode], *, head: bool) -> dict[str, Any]:
    headers = ["X-Request-Id", *(["Retry-After"] if status in {429, 503} else [])]
    body: dict[str, Any] = {
        "description": " ".join(f"`{code}`: {WHEN[code]}" for code in codes),
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
    }
    if head:
        return body
    only = {"properties": {"status": {"const": status}, "error_code": {"enum": [code.value for code in codes]}}}
    examples = {code.value: {"$ref": f"#/components/examples/{code.value}"} for code in codes}
    content = {"schema": {"allOf": [_ref(Problem), only]}, "examples": examples}
    return body | {"content": {PROBLEM_JSON: content}}


def _ref(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": REF.format(model=model.__name__)}


def _tag(handler: Handler) -> str:
    return str(getattr(handler, "__module__", "")).rpartition(".")[2]


def _tags(routes: Iterable[Route]) -> Iterator[dict[str, str]]:
    """One per module of routes; its first line says what it is about."""
    modules = {_tag(route.handler): getmodule(route.handler) for route in routes}
    for name, module in modules.items():
        yield {"name": name, "description": (module.__doc__ or "").partition("\n")[0] if module else ""}


def _is_later(path: str) -> bool:
    return path in {_IN_PATH.sub(lambda found: "{" + found[1].partition(":")[0] + "}", later) for later in LATER}
