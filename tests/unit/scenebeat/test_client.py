import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSCloseCode, web
from aiohttp.test_utils import TestServer

from scenebeat.client import BrokenDownload, Client, NotFound, Pace, Refused, ScenebeatError, TooMuch, Unreachable
from scenebeat.client.address import find_key, find_url
from scenebeat.client.answers import Frame
from scenebeat.folder import DataFolder, StackRecord
from tests import bodies

FILM = "0190aaaa-0000-7000-8000-000000000001"
HURRIED = Pace(first_s=0.001, most_s=0.01, give_up_s=30.0)
IMPATIENT = Pace(first_s=0.001, most_s=0.01, give_up_s=0.2)
BYTES = bytes(range(256)) * 4_000


@asynccontextmanager
async def serving(*routes: web.RouteDef, pace: Pace = HURRIED) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(routes)
    async with TestServer(app) as server, Client(str(server.make_url("")), pace=pace) as client:
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


async def told_by(sockets: Sockets, *, last: int) -> list[tuple[str, int]]:
    heard = []
    async with (
        serving(web.get("/api/mv/ws", sockets.answer)) as client,
        aclosing(client.follow(production_ids=[FILM])) as frames,
    ):
        async for frame in frames:
            heard.append((frame.type, frame.seq))
            if frame.seq == last:
                break
    return heard


async def first_told(client: Client) -> Frame:
    return await anext(client.follow(production_ids=[FILM]))


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


async def test_a_gateway_that_stays_away_is_given_up(unused_tcp_port: int) -> None:
    async with Client(f"http://127.0.0.1:{unused_tcp_port}", pace=IMPATIENT) as client:
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
            await client.create_production("x", "y")
    assert (refused.value.status, refused.value.code) == (400, "INVALID_REQUEST")


async def test_a_page_of_some_other_server_is_no_traceback() -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=502, text="<html>Bad gateway</html>", content_type="text/html")

    async with serving(web.get(f"/api/mv/productions/{FILM}", answer), pace=IMPATIENT) as client:
        with pytest.raises(Refused, match="502"):
            await client.production(FILM)


async def test_nobody_there_is_said_with_the_address(unused_tcp_port: int) -> None:
    async with Client(f"http://127.0.0.1:{unused_tcp_port}", pace=IMPATIENT) as client:
        with pytest.raises(Unreachable, match=str(unused_tcp_port)):
            await client.production(FILM)


Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


def breaking_off(
    ranges: list[str | None], *, etags: list[str], whole_again: bool = False, part: Path | None = None
) -> Serve:
    """A server that breaks off after a third, `len(etags) - 1` times; once something of it has come into `part`."""

    async def answer(request: web.Request) -> web.StreamResponse:
        ranges.append(request.headers.get("Range"))
        etag = etags[min(len(ranges), len(etags)) - 1]
        same = request.headers.get("If-Range") == etag
        start = (request.http_range.start or 0) if same and not whole_again else 0
        rest = BYTES[start:]
        span = {"Content-Range": f"bytes {start}-{len(BYTES) - 1}/{len(BYTES)}"} if start else {}
        response = web.StreamResponse(status=206 if start else 200, headers={"ETag": etag, **span})
        response.content_length = len(rest)
        await response.prepare(request)
        if len(ranges) < len(etags):
            await response.write(rest[: len(BYTES) // 3])
            while part is not None and not (part.exists() and part.stat().st_size):
                await asyncio.sleep(0.001)  # what is on its way when a line breaks may be lost
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
    part = tmp_path / "film.mp4.part"
    async with serving(web.get("/film", breaking_off(ranges, etags=etags, part=part))) as client:
        assert await client.download("/film", tmp_path / "film.mp4") == len(BYTES)
    assert (tmp_path / "film.mp4").read_bytes() == BYTES
    assert ranges[0] is None
    assert (ranges[1] is not None) or not goes_on
    assert [file.name for file in tmp_path.iterdir()] == ["film.mp4"]


async def test_a_download_that_always_breaks_off_leaves_no_half_film(tmp_path: Path) -> None:
    ranges: list[str | None] = []
    async with serving(
        web.get("/film", breaking_off(ranges, etags=['"a"'] * 9_999, whole_again=True)), pace=IMPATIENT
    ) as client:
        with pytest.raises(Unreachable, match="breaks off"):
            await client.download("/film", tmp_path / "film.mp4")
    assert not (tmp_path / "film.mp4").exists()


async def test_what_is_not_there_is_not_downloaded(tmp_path: Path) -> None:
    async with serving() as client:
        with pytest.raises(Refused, match="404"):
            await client.download("/film", tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []


async def test_what_an_earlier_run_fetched_is_not_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "film.mp4.part").write_bytes(BYTES[:700_000])
    (tmp_path / "film.mp4.part.etag").write_text('"a"')
    ranges: list[str | None] = []
    async with serving(web.get("/film", breaking_off(ranges, etags=['"a"']))) as client:
        await client.download("/film", tmp_path / "film.mp4")
    assert ranges == ["bytes=700000-"]
    assert (tmp_path / "film.mp4").read_bytes() == BYTES
    assert [file.name for file in tmp_path.iterdir()] == ["film.mp4"]


async def test_bytes_that_are_not_those_of_the_etag_are_fetched_anew_and_then_given_up(tmp_path: Path) -> None:
    right, wrong = f'"{sha256(BYTES).hexdigest()}"', f'"{"0" * 64}"'
    (tmp_path / "film.mp4.part").write_bytes(bytes(700_000))
    (tmp_path / "film.mp4.part.etag").write_text(right)
    ranges: list[str | None] = []
    async with serving(
        web.get("/film", breaking_off(ranges, etags=[right])),
        web.get("/wrong", breaking_off([], etags=[wrong])),
        pace=Pace(first_s=0.001, most_s=0.01, give_up_s=3.0),
    ) as client:
        await client.download("/film", tmp_path / "film.mp4")
        assert ranges == ["bytes=700000-", None]
        assert (tmp_path / "film.mp4").read_bytes() == BYTES
        with pytest.raises(BrokenDownload, match="hash"):
            await client.download("/wrong", tmp_path / "wrong.mp4")
    assert not (tmp_path / "wrong.mp4").exists()


async def test_a_download_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    async with serving(web.get("/film", breaking_off([], etags=['"a"']))) as client:
        await client.download("/film", tmp_path / "f", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(BYTES), len(BYTES))


@dataclass
class Script:
    """A server that gives these answers in turn, the last one for ever: a status and headers, or a broken line."""

    answers: list[tuple[int, dict[str, str], dict[str, Any]] | None]
    keys: list[str | None] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.keys.append(request.headers.get("Idempotency-Key"))
        await request.read()
        told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if told is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        status, headers, body = told
        return web.json_response(body, status=status, headers=headers)


JOB = bodies.job()
Scripted = tuple[int, dict[str, str], dict[str, Any]]
OK: Scripted = (202, {}, JOB)
BUSY: Scripted = (503, {"Retry-After": "0"}, {"error_code": "OVERLOADED", "message": "busy", "retryable": True})
TOO_MANY: Scripted = (429, {"Retry-After": "0"}, {"error_code": "RATE_LIMITED", "message": "slowly"})
NO_KEY: Scripted = (503, {}, {"error_code": "MISSING_API_KEY", "message": "set GEMINI_API_KEY", "retryable": False})
LONG: Scripted = (429, {"Retry-After": "3600"}, {"error_code": "QUOTA_EXCEEDED", "message": "tomorrow"})
BUG: Scripted = (500, {}, {"error_code": "INTERNAL", "message": "a bug"})
PROXY: Scripted = (502, {}, {})
UNCERTAIN: Scripted = (504, {}, {"error_code": "SUBMISSION_UNCERTAIN", "message": "nobody can tell"})


@pytest.mark.parametrize(
    ("first", "tries"),
    [(None, 2), (BUSY, 2), (TOO_MANY, 2), (PROXY, 2), (NO_KEY, 1), (LONG, 1), (BUG, 1), (UNCERTAIN, 1)],
    ids=["broken", "busy", "too-many", "proxy", "no-key", "long", "bug", "uncertain"],
)
async def test_an_order_is_sent_again_under_its_key_where_that_can_help(first: Scripted | None, tries: int) -> None:
    script = Script([first, OK])
    async with serving(web.post("/api/mv/generate_video", script.answer)) as client:
        if tries == 1:
            with pytest.raises(Refused):
                await client.generate_video("x")
        else:
            assert (await client.generate_video("x")).job_id == FILM
    assert len(script.keys) == tries
    assert len(set(script.keys)) == 1
    assert script.keys[0]


async def test_two_orders_have_two_keys_and_a_key_of_ones_own_is_kept() -> None:
    script = Script([OK])
    async with serving(web.post("/api/mv/generate_video", script.answer)) as client:
        await client.generate_video("x")
        await client.generate_video("x")
        await client.generate_video("x", idempotency_key="mine")
    assert len(set(script.keys)) == 3
    assert script.keys[2] == "mine"


async def test_how_long_to_wait_is_said_to_whoever_catches_the_refusal() -> None:
    async with serving(web.post("/api/mv/generate_video", Script([LONG]).answer)) as client:
        with pytest.raises(TooMuch, match="tomorrow") as refused:
            await client.generate_video("x")
    assert (refused.value.retry_after_s, refused.value.code) == (3600.0, "QUOTA_EXCEEDED")


async def test_a_deletion_whose_answer_was_lost_is_done() -> None:
    gone: Scripted = (404, {}, {"error_code": "NOT_FOUND", "message": "there is no job"})
    async with serving(web.delete(f"/api/mv/jobs/{FILM}", Script([None, gone]).answer)) as client:
        await client.delete_job(FILM)
    async with serving(web.delete(f"/api/mv/jobs/{FILM}", Script([gone]).answer)) as client:
        with pytest.raises(NotFound):
            await client.delete_job(FILM)


async def test_the_key_goes_to_its_gateway_and_to_nobody_else(tmp_path: Path) -> None:
    heard: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        heard.append(request.headers.get("Authorization"))
        return web.json_response({"items": [], "next_cursor": None})

    async def elsewhere(request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect(f"{foreign.make_url('/file')}?signature=s")

    store, gateway = web.Application(), web.Application()
    store.add_routes([web.get("/file", answer)])
    gateway.add_routes([web.get("/api/mv/jobs", answer), web.get("/moved", elsewhere)])
    async with (
        TestServer(store) as foreign,
        TestServer(gateway) as server,
        Client(str(server.make_url("")), key="sb_secret", pace=HURRIED) as client,
    ):
        await client.jobs()
        await client.download(f"{foreign.make_url('/file')}?signature=s", tmp_path / "a")
        await client.download("/moved", tmp_path / "b")
    assert heard == ["Bearer sb_secret", None, None]


async def test_another_program_at_the_address_is_said() -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<html>hello</html>", content_type="text/html")

    async with serving(web.get("/api/mv/jobs", page)) as client:
        with pytest.raises(ScenebeatError, match="not as Scenebeat does"):
            await client.jobs()


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://x", "http://", "localhost"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(ScenebeatError, match="no address"):
        Client(url)


def test_address_and_key_come_from_the_environment_else_from_the_stack_that_runs_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCENEBEAT_URL", raising=False)
    monkeypatch.setenv("SCENEBEAT_DATA", str(tmp_path))
    with pytest.raises(ScenebeatError, match="scenebeat up"):
        find_url(None)
    folder = DataFolder(tmp_path)
    folder.prepare()
    with folder.hold():
        folder.write(StackRecord.of_this_process(url="http://127.0.0.1:8123", bus="nats://127.0.0.1:1", ready=True))
        assert find_url(None) == "http://127.0.0.1:8123"
        monkeypatch.setenv("SCENEBEAT_URL", "https://films.example/")
        assert find_url(None) == "https://films.example"
        assert find_url("http://said:1/") == "http://said:1"
    monkeypatch.setenv("SCENEBEAT_API_KEY", "sb_1")
    assert (find_key(None), find_key("sb_2")) == ("sb_1", "sb_2")
