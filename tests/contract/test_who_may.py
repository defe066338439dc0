"""Every route x no key, a wrong key, somebody else's key, the right key. A route that is not in the table fails."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

import pytest
from aiohttp import hdrs
from yarl import URL

from gateway.keys.rules import KeyRules
from gateway.routes.later import LATER
from tests.contract.keyholders import Holder, holder
from tests.contract.theatre import CLIP, FILM, PORTRAIT, SCENES, Theatre, theatre

LOCKED = KeyRules(required=True, failures_per_minute=100_000)


class May(Enum):
    EVERYBODY = auto()
    HOLDERS = auto()
    """It concerns the caller's own space, and shows and changes nothing of another."""
    OWNER = auto()
    """It names something of one space: for all others there is no such thing."""
    OPERATOR = auto()
    """It tells of all spaces: for keys of the space `local`."""


@dataclass(frozen=True)
class Row:
    """What a route answers to whom. `right` is what the right key gets."""

    may: May
    right: int = 200
    body: dict[str, Any] | None = None
    query: str = ""


def everybody(right: int = 200) -> Row:
    return Row(May.EVERYBODY, right)


def holders(right: int = 200, body: dict[str, Any] | None = None) -> Row:
    return Row(May.HOLDERS, right, body)


def owner(right: int = 200, body: dict[str, Any] | None = None, query: str = "") -> Row:
    return Row(May.OWNER, right, body, query)


FILMS, JOBS = "/api/mv/productions/{production_id}", "/api/mv/jobs/{job_id}"
VIDEOS, PICTURES = "/api/mv/get_video/{video_id}", "/api/mv/get_character_reference/{image_id}"
SCENE = f"{FILMS}/scenes/{{number}}"
SETS, HOOKS = "/api/mv/scenes/{scene_set_id}", "/api/mv/webhooks"

TABLE: dict[tuple[str, str], Row] = {
    ("GET", "/"): everybody(),
    ("GET", "/api/mv"): everybody(),
    ("GET", "/api/mv/"): everybody(),
    ("GET", "/library"): everybody(),
    ("GET", "/productions/{production_id}"): everybody(),  # the studio's page: the same for every id
    ("GET", "/studio/nothing.js"): everybody(404),
    ("GET", "/s/{token}"): everybody(404),
    ("GET", "/s/{token}/film.mp4"): everybody(404),
    ("GET", "/s/{token}/poster.jpg"): everybody(404),
    ("GET", "/healthz"): everybody(),
    ("GET", "/readyz"): everybody(),
    ("GET", "/openapi.json"): everybody(),
    ("GET", "/asyncapi.json"): everybody(),
    ("GET", "/docs"): everybody(),
    ("GET", "/docs/style.css"): everybody(),
    ("GET", "/metrics"): Row(May.OPERATOR),
    ("POST", "/api/mv/create_scenes"): holders(202, SCENES),
    ("POST", "/api/mv/generate_character_reference"): holders(202, PORTRAIT),
    ("POST", "/api/mv/generate_video"): holders(202, CLIP),
    ("POST", "/api/mv/stitch-videos"): owner(202, {"video_ids": ["{video_id}"]}),
    ("POST", "/api/mv/estimate"): holders(200, CLIP),
    ("GET", "/api/mv/models"): holders(),
    ("POST", "/api/mv/productions"): holders(202, FILM),
    ("GET", "/api/mv/productions"): holders(),
    ("GET", FILMS): owner(),
    ("GET", f"{FILMS}/export"): owner(query="?format=otio"),
    ("POST", f"{FILMS}/restitch"): owner(202, {}),
    ("POST", f"{FILMS}/cancel"): owner(),
    ("PATCH", FILMS): owner(200, {"title": "The Singing Sea"}),
    ("POST", f"{FILMS}/continue"): owner(409),
    ("POST", f"{FILMS}/retry"): owner(409),
    ("GET", SCENE): owner(),
    ("PATCH", SCENE): owner(200, {"title": "The lamp"}),
    ("POST", f"{SCENE}/choose"): owner(202, {"version": 1}),
    ("POST", f"{FILMS}/character"): owner(202, {"image_id": "{image_id}"}),
    ("POST", f"{FILMS}/upgrade"): owner(503, {"models": {"video": "no/such-model"}}),
    ("POST", f"{FILMS}/share"): owner(201),
    ("DELETE", f"{FILMS}/share/{{share_id}}"): owner(204),
    ("DELETE", f"{FILMS}/share"): owner(204),
    ("GET", "/api/mv/jobs"): holders(),
    ("GET", JOBS): owner(),
    ("GET", f"{JOBS}/events"): owner(),
    ("POST", f"{JOBS}/cancel"): owner(),
    ("POST", f"{JOBS}/retry"): owner(409),
    ("GET", "/api/mv/assets"): holders(),
    ("GET", "/api/mv/projects"): holders(),
    ("GET", "/api/mv/scenes"): holders(),
    ("GET", SETS): owner(),
    ("GET", f"{SETS}/scenes.json"): owner(),
    ("GET", f"{SETS}/scenes.md"): owner(),
    ("GET", VIDEOS): owner(),
    ("GET", f"{VIDEOS}/info"): owner(),
    ("GET", f"{VIDEOS}/poster"): owner(),
    ("GET", f"{VIDEOS}/contact-sheet"): owner(),
    ("GET", PICTURES): owner(),
    ("GET", f"{PICTURES}/info"): owner(),
    ("GET", "/api/mv/ws"): holders(400),
    ("POST", "/api/mv/ws-ticket"): holders(201),
    ("GET", HOOKS): holders(),
    ("GET", f"{HOOKS}/default"): holders(),
    ("PUT", f"{HOOKS}/default"): holders(200, {"url": None}),
    ("POST", f"{HOOKS}/secret"): holders(200, {}),
    ("POST", f"{HOOKS}/replay"): holders(202, {}),
    ("GET", f"{HOOKS}/{{delivery_id}}"): owner(),
    ("POST", f"{HOOKS}/{{delivery_id}}/replay"): owner(202),
    # what removes comes last: until then everything is there
    ("DELETE", VIDEOS): owner(409),  # a cut of it was ordered
    ("DELETE", PICTURES): owner(204),
    ("DELETE", JOBS): owner(204),
    ("POST", f"{FILMS}/character/regenerate"): owner(202),
    ("POST", f"{SCENE}/regenerate"): owner(202, {}),
    ("DELETE", FILMS): owner(409),  # a clip of it is being made again
}

Route = tuple[str, str]


def routes(house: Theatre) -> set[Route]:
    """Every method of every address, HEAD aside, which goes with GET."""
    app = house.client.server.app  # type: ignore[attr-defined]
    return {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource.canonical not in later() and route.method != hdrs.METH_HEAD
    }


def later() -> set[str]:
    return {path.replace("{rest:.*}", "{rest}") for path in LATER}


@pytest.fixture
async def house(tmp_path: Path, database: str) -> AsyncIterator[Theatre]:
    async with theatre(tmp_path, database, keys=LOCKED) as opened:
        yield opened


async def belongings(alice: Holder) -> dict[str, str]:
    """One of everything that has an id."""
    house = alice.house
    await alice.call("PUT", "/webhooks/default", json={"url": "https://hooks.example/"})
    film_id = await alice.ordered("/productions", FILM)
    await house.perform_film(film_id)
    job_id = await alice.ordered("/create_scenes", SCENES)
    await house.perform(job_id)
    film = await alice.told(f"/productions/{film_id}")
    shared = await (await alice.post(f"/productions/{film_id}/share")).json()
    deliveries = (await alice.told("/webhooks"))["items"]
    return {
        "production_id": film_id,
        "number": "1",
        "token": "no-such-link",
        "share_id": shared["id"],
        "job_id": job_id,
        "video_id": film["final_video"]["video_id"],
        "image_id": film["character"]["chosen"]["id"],
        "scene_set_id": (await alice.told(f"/jobs/{job_id}"))["result"]["scene_set_id"],
        "delivery_id": deliveries[0]["delivery_id"],
    }


def filled(value: Any, ids: dict[str, str]) -> Any:
    match value:
        case str():
            for name, one in ids.items():
                value = value.replace(f"{{{name}}}", one)
            return value
        case dict():
            return {name: filled(one, ids) for name, one in value.items()}
        case list():
            return [filled(one, ids) for one in value]
        case _:
            return value


async def test_every_route_stands_in_the_table(house: Theatre) -> None:
    assert routes(house) == {(method, path.replace("nothing.js", "{name}")) for method, path in TABLE}


async def test_who_may(house: Theatre) -> None:
    alice, bob, operator = [await holder(house, name) for name in ("alice", "bob", "local")]
    gone = await holder(house, "gone", space="alice")
    await gone.revoke()
    ids = await belongings(alice)
    wrong = {
        "no key": {},
        "no key at all": {"Authorization": "Bearer "},
        "nonsense": {"Authorization": "Bearer sb_nonsense"},
        "nobody's key": {"X-API-Key": f"sb_{'a' * 12}_{'b' * 43}"},
        "another secret": {"Authorization": f"Bearer sb_{alice.id}_{'b' * 43}"},
        "a revoked key": gone.headers,
        "another scheme": {"Authorization": f"Basic {alice.key}"},
    }
    faults: list[str] = []

    async def ask(method: str, path: str, row: Row, headers: dict[str, str]) -> tuple[int, str]:
        address, body = filled(path, ids) + row.query, filled(row.body, ids)
        url = house.client.make_url(address)
        answer = await house.client.session.request(method, url, headers=headers, json=body)
        return answer.status, (await answer.read()).decode("utf-8", "replace")

    def expect(name: str, got: int, wanted: int, text: str = "") -> None:
        if got != wanted:
            faults.append(f"{name}: {got}, not {wanted}: {text[:200]}")

    for (method, path), row in TABLE.items():
        name = f"{method} {path}"
        for who, headers in wrong.items():
            got, text = await ask(method, path, row, headers)
            expect(f"{name}, {who}", got, row.right if row.may is May.EVERYBODY else 401, text)
            if method == hdrs.METH_GET and row.may is not May.EVERYBODY and path != "/api/mv/ws":
                got, _ = await ask(hdrs.METH_HEAD, path, row, headers)
                expect(f"HEAD {path}, {who}", got, 401)
        got, text = await ask(method, path, row, bob.headers)
        match row.may:
            case May.OWNER:
                expect(f"{name}, another's key", got, 404, text)
            case May.OPERATOR:
                expect(f"{name}, another's key", got, 403, text)
            case May.HOLDERS | May.EVERYBODY:
                expect(f"{name}, another's key", got, row.right, text)
        if told := [one for one in ids.values() if len(one) > 1 and one in text and row.may is not May.OWNER]:
            faults.append(f"{name}: tells another space of {told}")
        got, text = await ask(method, path, row, operator.headers if row.may is May.OPERATOR else alice.headers)
        expect(f"{name}, the right key", got, row.right, text)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", [*LATER, "/nowhere", "/api/mv/nowhere", "/healthz/..%2fapi/mv/jobs", "/healthz/x"])
async def test_what_is_not_there_needs_a_key_too(house: Theatre, path: str) -> None:
    operator = await holder(house, "local")
    url = URL(f"{house.client.make_url('/')}{path[1:].replace('{rest:.*}', 'x').replace('{id}', 'x')}", encoded=True)
    async with house.client.session.get(url) as answer:
        assert answer.status == 401
    async with house.client.session.get(url, headers=operator.headers) as answer:
        assert answer.status == 404
