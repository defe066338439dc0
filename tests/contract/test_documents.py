"""The documents say what the gateway does: every route, valid, and with examples that really work."""

import re
from typing import Any

import pytest
from aiohttp import web
from openapi_spec_validator import validate
from pydantic import BaseModel

from gateway.documents.fields import MEANING
from gateway.documents.openapi import openapi, routes_of
from gateway.documents.operations import operation_of
from gateway.problems import HTTP_STATUS
from gateway.requests.examples import A_CLIP, A_PICTURE, EXAMPLES
from shared.answers import Job, Production
from shared.contracts.base import ErrorCode
from tests.contract.theatre import Theatre
from tests.documented import Documented, UndocumentedError


async def document(house: Theatre) -> dict[str, Any]:
    answer = await house.client.get("/openapi.json")
    told: dict[str, Any] = await answer.json()
    return told


async def test_every_route_describes_itself(house: Theatre) -> None:
    app = house.client.app
    assert app is not None
    undescribed = [f"{route.method} {route.path}" for route in routes_of(app) if operation_of(route.handler) is None]
    assert undescribed == [], "one line of gateway/documents/operations.py beside each handler"


async def test_the_document_is_valid_openapi_3_1(house: Theatre) -> None:
    told = await document(house)
    assert told["openapi"].startswith("3.1")
    validate(told)


async def test_every_call_of_the_index_is_documented(house: Theatre) -> None:
    paths = (await document(house))["paths"]
    endpoints = (await (await house.client.get("/api/mv")).json())["endpoints"]
    for call in endpoints.values():
        *methods, path = call.removesuffix(" (WebSocket)").replace(" and ", " ").replace(",", " ").split()
        assert {method.lower() for method in methods} <= set(paths[path]), call


async def test_every_operation_has_a_name_of_its_own_and_a_summary(house: Theatre) -> None:
    operations = [one for path in (await document(house))["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names))
    assert all(one["summary"] for one in operations)


async def test_every_error_of_the_contract_is_documented_with_its_status_and_an_example(house: Theatre) -> None:
    told = await document(house)
    told_codes: dict[str, set[str]] = {}
    for path in told["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                problem = answer.get("content", {}).get("application/problem+json")
                for code in problem["schema"]["allOf"][1]["properties"]["error_code"]["enum"] if problem else ():
                    told_codes.setdefault(code, set()).add(status)
    assert set(told_codes) == set(ErrorCode)
    assert all(str(HTTP_STATUS[ErrorCode(code)]) in statuses for code, statuses in told_codes.items())
    examples = told["components"]["examples"]
    assert {code: examples[code]["value"]["status"] for code in ErrorCode} == HTTP_STATUS


async def test_who_is_told_where_media_lie_may_prefer_where(house: Theatre) -> None:
    told = await document(house)
    schemas = told["components"]["schemas"]
    addresses = {name for name, schema in schemas.items() if MEDIA_ADDRESSES & set(schema.get("properties", {}))}
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            tells = reached(schemas, str([answer.get("content") for answer in operation["responses"].values()]))
            parameters = [parameter.get("$ref") for parameter in operation["parameters"]]
            assert not tells & addresses or "#/components/parameters/Prefer" in parameters, f"{method} {path}"


MEDIA_ADDRESSES = {"video_url", "poster_url", "output_files", "base64"}


def reached(schemas: dict[str, Any], text: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """The names of all schemas that `text` refers to, and they refer to."""
    for name in set(re.findall(r"#/components/schemas/(\w+)", text)) - seen:
        seen = reached(schemas, str(schemas[name]), seen | {name})
    return seen


async def test_every_body_has_examples_that_its_model_takes(house: Theatre) -> None:
    app = house.client.app
    assert app is not None
    bodies = {route.operation.body for route in routes_of(app) if route.operation and route.operation.body}
    assert {model.__name__ for model in bodies} <= {model.__name__ for model in EXAMPLES}
    for model, examples in EXAMPLES.items():
        for example in examples.values():
            assert isinstance(model.model_validate(example), BaseModel)


async def test_the_fields_of_an_order_are_explained_and_nothing_else_is(house: Theatre) -> None:
    told = (await document(house))["components"]["schemas"]
    for name in ("CreateScenesRequest", "GenerateVideoRequest", "StitchVideosRequest", "EstimateProduction"):
        assert all("description" in field for field in told[name]["properties"].values()), name
    known = {field for schema in told.values() for field in schema.get("properties", {})}
    assert set(MEANING) <= known


async def test_the_examples_are_taken_as_they_stand(house: Theatre) -> None:
    """Each is sent to its call; ids in it are replaced by those of things that are there."""
    clip, picture = await house.made(), await a_picture(house)
    film = await house.ordered("/productions", {**EXAMPLES_OF_FILM, "number_of_scenes": 2})
    await house.perform_film(film)
    real = {A_CLIP: clip["video_id"], A_PICTURE: picture}
    sent = 0
    for path, operations in (await document(house))["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            for name, example in content.get("examples", {}).items():
                body = with_real_ids(example["value"], real)
                answer = await house.client.request(method, path.format(production_id=film, number=1), json=body)
                fits = {200, 201, 202, 409} if path.startswith(OF_A_FILM) else {200, 202}  # it is at no gate, ...
                assert answer.status in fits, (path, name, await answer.text())
                sent += 1
    assert sent == sum(len(examples) for examples in EXAMPLES.values())


OF_A_FILM = "/api/mv/productions/{production_id}/"
EXAMPLES_OF_FILM = {"idea": "a lighthouse that sings", "character_description": "a keeper in a yellow coat"}


async def a_picture(house: Theatre) -> str:
    job_id = await house.ordered("/generate_character_reference", {"character_description": "a keeper"})
    await house.perform(job_id)
    job = await (await house.get(f"/jobs/{job_id}")).json()
    return str(job["result"]["images"][0]["id"])


def with_real_ids(value: Any, real: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: with_real_ids(one, real) for name, one in value.items()}
    if isinstance(value, list):
        return [with_real_ids(one, real) for one in value]
    return real.get(value, value) if isinstance(value, str) else value


async def test_the_models_of_answers_read_what_the_gateway_answers(house: Theatre) -> None:
    film_id = await house.ordered("/productions", {**EXAMPLES_OF_FILM, "number_of_scenes": 2})
    await house.perform_film(film_id)
    film = Production.model_validate(await (await house.get(f"/productions/{film_id}")).json())
    assert (film.status, film.final_video is not None, len(film.scenes)) == ("succeeded", True, 2)
    jobs = [Job.model_validate(await (await house.get(f"/jobs/{job.job_id}")).json()) for job in film.jobs]
    assert {job.status for job in jobs} == {"succeeded"}
    assert all(job.result is not None for job in jobs)


@pytest.mark.parametrize(
    ("status", "media", "body"),
    [
        (418, "application/json", b"{}"),
        (200, "text/html", b""),
        (200, "application/json", b'{"status": "alive", "secret": 1}'),
        (200, "application/json", b'{"status": "unwell"}'),
        (200, "application/json", b"{}"),
    ],
)
async def test_an_answer_that_is_not_as_documented_is_caught(
    house: Theatre, status: int, media: str, body: bytes
) -> None:
    """What holds every answer of these tests against the document does see a difference."""
    assert isinstance(house.client.app, web.Application)
    documented = Documented.of(house.client.app)
    operation = documented.operation("GET", "/healthz")
    assert operation is not None
    documented.check(operation, 200, "application/json", b'{"status": "alive"}')
    with pytest.raises(UndocumentedError):
        documented.check(operation, status, media, body)


def test_a_route_without_a_description_is_named() -> None:
    async def silent(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/silent", silent)
    with pytest.raises(LookupError, match="get /silent"):
        openapi(app, version="1")
