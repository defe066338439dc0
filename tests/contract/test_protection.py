"""Without keys nobody but this machine's own pages and programs changes anything."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import WSServerHandshakeError

from gateway.protection import Protection
from tests.contract.theatre import CLIP, Theatre, theatre

STUDIO = "https://studio.example"


@pytest.fixture
async def open_house(tmp_path: Path, database: str) -> AsyncIterator[Theatre]:
    protection = Protection(allowed_origins=(STUDIO,), allowed_hosts=("box.lan",))
    async with theatre(tmp_path, database, protection=protection) as opened:
        yield opened


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:8000", None, 202),
        ("localhost", None, 202),
        ("LOCALHOST:8000", None, 202),
        ("[::1]:8000", None, 202),
        ("localhost:8000", "http://localhost:8000", 202),
        ("localhost:8000", "http://localhost:3000", 403),
        ("localhost:8000", "https://evil.example", 403),
        ("localhost:8000", "null", 403),
        ("localhost:8000", "", 403),
        ("evil.example", None, 403),
        ("evil.example", "http://evil.example", 403),
        ("localhost.evil.example", None, 403),
        ("127.0.0.1.evil.example:8000", None, 403),
        ("[::1", None, 403),
        ("user@localhost:8000@evil.example", None, 403),
        ("box.lan", None, 403),
    ],
)
async def test_a_change_needs_a_loopback_host_and_no_strange_origin(
    house: Theatre, host: str, origin: str | None, status: int
) -> None:
    headers = {"Host": host} | ({"Origin": origin} if origin is not None else {})
    answer = await house.post("/generate_video", CLIP, headers=headers)
    assert answer.status == status
    if status == 403:
        assert (await answer.json())["error_code"] == "FORBIDDEN"
        assert (await (await house.get("/jobs")).json())["items"] == []


@pytest.mark.parametrize("path", ["/api/mv/create_scenes", "/api/mv/productions", "/api/mv/jobs/1/cancel"])
@pytest.mark.parametrize("method", ["POST", "DELETE", "PATCH", "PUT"])
async def test_every_change_is_guarded_whatever_the_path(house: Theatre, method: str, path: str) -> None:
    answer = await house.client.request(method, path, headers={"Origin": "https://evil.example"})
    assert answer.status == 403


async def test_reading_stays_open_to_other_names(house: Theatre) -> None:
    assert (await house.get("/jobs", headers={"Host": "box.lan"})).status == 200


async def test_what_config_allows_may_work_here_and_read_the_answer(open_house: Theatre) -> None:
    headers = {"Host": "box.lan:8000", "Origin": STUDIO}
    answer = await open_house.post("/generate_video", CLIP, headers=headers)
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (202, STUDIO)
    asked = {"Origin": STUDIO, "Access-Control-Request-Method": "POST"}
    preflight = await open_house.client.options("/api/mv/generate_video", headers=asked)
    assert (preflight.status, preflight.headers["Access-Control-Allow-Origin"]) == (204, STUDIO)
    stranger = await open_house.client.options(
        "/api/mv/generate_video", headers={**asked, "Origin": "https://evil.example"}
    )
    assert (stranger.status, "Access-Control-Allow-Origin" in stranger.headers) == (403, False)


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
async def test_a_strange_page_gets_no_socket(house: Theatre, headers: dict[str, str]) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        await house.client.ws_connect("/api/mv/ws", headers=headers)
    assert refusal.value.status == 403


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/api/mv/jobs/seven", "/api/mv/ws"])
async def test_every_answer_carries_the_request_id_and_is_not_sniffed(house: Theatre, path: str) -> None:
    sent = await house.client.get(path, headers={"X-Request-Id": "my-id_1.2"})
    assert sent.headers["X-Request-Id"] == "my-id_1.2"
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    for unfit in ("x" * 201, "with space", "caf\u00e9", ""):
        answer = await house.client.get(path, headers={"X-Request-Id": unfit})
        assert len(answer.headers["X-Request-Id"]) == 36


async def test_the_request_id_stays_with_the_job_and_its_error(house: Theatre) -> None:
    answer = await house.post("/generate_video", {"prompt": ""}, headers={"X-Request-Id": "trace-me"})
    assert (await answer.json())["request_id"] == "trace-me"
