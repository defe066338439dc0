import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSCloseCode, web
from aiohttp.test_utils import TestServer

from scenebeat import client as client_module
from scenebeat.client import Client, Refused, Told, Unreachable

FILM = "0190aaaa-0000-7000-8000-000000000001"
BYTES = bytes(range(256)) * 4_000


@asynccontextmanager
async def serving(*routes: web.RouteDef) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(routes)
    async with TestServer(app) as server, Client.connect(str(server.make_url(""))) as client:
        yield client


@dataclass
class Sockets:
    """A gateway that says one script per connection and then breaks off. `asked` is the `after` of each."""

    scripts: list[list[tuple[str, int]]]
    asked: list[str | None] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.query.get("after"))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for type_, seq in self.scripts.pop(0):
            await socket.send_json({"type": type_, "seq": seq, "data": {"seq": seq}})
        if not self.scripts:
            await socket.receive()
        await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
        return socket


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without their wait."""
    monkeypatch.setattr(client_module, "FIRST_RETRY_S", 0.001)
    monkeypatch.setattr(client_module, "MOST_RETRY_S", 0.01)


async def told_by(sockets: Sockets, *, last: int) -> list[tuple[str, int]]:
    heard = []
    async with (
        serving(web.get("/api/mv/ws", sockets.answer)) as client,
        aclosing(client.follow(production_id=FILM)) as frames,
    ):
        async for told in frames:
            heard.append((told.type, told.seq))
            if told.seq == last:
                break
    return heard


async def first_told(client: Client) -> Told:
    return await anext(client.follow(production_id=FILM))


async def test_a_broken_connection_is_taken_up_where_it_broke() -> None:
    sockets = Sockets([
        [("hello", 5), ("snapshot", 5), ("job.started", 6)],
        [("hello", 6), ("job.progress", 6), ("job.succeeded", 7)],
        [("hello", 7), ("production.updated", 8)],
    ])  # fmt: skip
    heard = await told_by(sockets, last=8)
    assert [seq for type_, seq in heard if type_ != "job.progress"] == [5, 6, 7, 8]
    assert sockets.asked == [None, "6", "7"]


async def test_a_hello_without_its_snapshot_is_not_taken_for_known() -> None:
    sockets = Sockets([[("hello", 5)], [("hello", 6), ("snapshot", 6)]])
    assert await told_by(sockets, last=6) == [("snapshot", 6)]
    assert sockets.asked == [None, None]


async def test_a_reset_is_followed_by_the_snapshot_it_promises() -> None:
    sockets = Sockets([[("hello", 5), ("snapshot", 5)], [("hello", 900), ("reset", 900)], [("snapshot", 901)]])
    assert await told_by(sockets, last=901) == [("snapshot", 5), ("snapshot", 901)]
    assert sockets.asked == [None, "5", "5"]


async def test_a_gateway_that_stays_away_is_given_up(monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int) -> None:
    monkeypatch.setattr(client_module, "GIVE_UP_S", 0.05)
    async with Client.connect(f"http://127.0.0.1:{unused_tcp_port}") as client:
        with pytest.raises(Unreachable, match="has not answered"):
            await first_told(client)


async def test_a_film_nobody_knows_is_refused_not_waited_for() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        problem = {"error_code": "NOT_FOUND", "status": 404, "message": "there is no production"}
        await socket.send_json({"type": "error", "seq": 5, "data": problem})
        await socket.receive()
        return socket

    async with serving(web.get("/api/mv/ws", answer)) as client:
        with pytest.raises(Refused, match="there is no production") as refused:
            await first_told(client)
    assert (refused.value.status, refused.value.code) == (404, "NOT_FOUND")


async def test_a_refused_order_lists_every_fault() -> None:
    async def answer(_request: web.Request) -> web.Response:
        problem = {
            "error_code": "INVALID_REQUEST",
            "message": "two faults",
            "errors": [{"path": "seed", "message": "too large"}, {"path": "fps", "message": "too small"}],
        }
        return web.Response(status=400, text=json.dumps(problem), content_type="application/problem+json")

    async with serving(web.post("/api/mv/productions", answer)) as client:
        with pytest.raises(Refused, match="seed: too large\nfps: too small") as refused:
            await client.create_production({"idea": "x"})
    assert (refused.value.status, refused.value.code) == (400, "INVALID_REQUEST")


async def test_a_page_of_some_other_server_is_no_traceback() -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=502, text="<html>Bad gateway</html>", content_type="text/html")

    async with serving(web.get(f"/api/mv/productions/{FILM}", answer)) as client:
        with pytest.raises(Refused, match="502"):
            await client.production(FILM)


async def test_nobody_there_is_said_with_the_address(unused_tcp_port: int) -> None:
    async with Client.connect(f"http://127.0.0.1:{unused_tcp_port}") as client:
        with pytest.raises(Unreachable, match=str(unused_tcp_port)):
            await client.production(FILM)


Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


def breaking_off(ranges: list[str | None], *, etags: list[str], whole_again: bool = False) -> Serve:
    """A server that breaks off after a third, `len(etags) - 1` times."""

    async def answer(request: web.Request) -> web.StreamResponse:
        ranges.append(request.headers.get("Range"))
        etag = etags[min(len(ranges), len(etags)) - 1]
        same = request.headers.get("If-Range") == etag
        start = (request.http_range.start or 0) if same and not whole_again else 0
        rest = BYTES[start:]
        response = web.StreamResponse(status=206 if start else 200, headers={"ETag": etag})
        response.content_length = len(rest)
        await response.prepare(request)
        if len(ranges) < len(etags):
            await response.write(rest[: len(BYTES) // 3])
            assert request.transport is not None
            request.transport.abort()
            return response
        await response.write(rest)
        return response

    return answer


@pytest.mark.parametrize(
    ("etags", "goes_on"), [(['"a"', '"a"', '"a"'], True), (['"a"', '"b"', '"b"'], False)], ids=["same", "changed"]
)
async def test_a_download_goes_on_where_it_broke_off_unless_the_file_changed(
    tmp_path: Path, etags: list[str], goes_on: bool
) -> None:
    ranges: list[str | None] = []
    async with serving(web.get("/film", breaking_off(ranges, etags=etags))) as client:
        assert await client.download("/film", tmp_path / "film.mp4") == len(BYTES)
    assert (tmp_path / "film.mp4").read_bytes() == BYTES
    assert ranges[0] is None
    assert (ranges[1] is not None) or not goes_on
    assert [file.name for file in tmp_path.iterdir()] == ["film.mp4"]


async def test_a_download_that_always_breaks_off_leaves_no_half_film(tmp_path: Path) -> None:
    ranges: list[str | None] = []
    async with serving(web.get("/film", breaking_off(ranges, etags=['"a"'] * 100, whole_again=True))) as client:
        with pytest.raises(Unreachable, match="breaks off"):
            await client.download("/film", tmp_path / "film.mp4")
    assert not (tmp_path / "film.mp4").exists()


async def test_what_is_not_there_is_not_downloaded(tmp_path: Path) -> None:
    async with serving() as client:
        with pytest.raises(Refused, match="404"):
            await client.download("/film", tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []


async def test_a_key_makes_an_order_repeatable() -> None:
    keys: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        keys.append(request.headers.get("Idempotency-Key"))
        return web.json_response({"production_id": FILM}, status=202)

    async with serving(web.post("/api/mv/productions", answer)) as client:
        assert (await client.create_production({"idea": "x"}, idempotency_key="k"))["production_id"] == FILM
    assert keys == ["k"]
