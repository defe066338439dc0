"""Sockets, paths, bodies and headers in bad hands: refused in words, never a 5xx, and nothing grows."""

import asyncio
import contextlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from gateway.conversation import NAMES, read_frame, read_subjects, read_uuid
from gateway.problems import Refused
from gateway.sockets import SocketBounds
from tests.contract.theatre import CLIP, PATIENCE_S, SCENES, Theatre, theatre
from tests.factories import an_id

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FRAMES = st.builds(
    lambda type_, fields, inside: {"type": type_, "data": fields} if inside else {**fields, "type": type_},
    st.sampled_from(["subscribe", "unsubscribe", "cancel", "ping"]) | ANYTHING,
    st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), ANYTHING, max_size=4),
    st.booleans(),
)


def is_understood_or_refused(text: str) -> None:
    try:
        _, fields = read_frame(text)
        read_subjects(fields, space="local")
    except Refused:
        pass


@given(text=st.text(max_size=200))
def test_any_text_is_understood_or_refused(text: str) -> None:
    is_understood_or_refused(text)


@given(frame=FRAMES)
def test_any_frame_is_understood_or_refused(frame: dict[str, Any]) -> None:
    is_understood_or_refused(json.dumps(frame))
    with contextlib.suppress(Refused):
        read_uuid(frame.get("data"), "job_id")


HUGE = "9" * 30_000
BAD_FRAMES = (
    "",
    "null",
    "[]",
    "{}",
    '{"type": 7}',
    '{"type": "subscribe"}',
    '{"type": "subscribe", "job_id": ' + HUGE + "}",
    '{"type": "cancel", "data": {"job_id": ' + HUGE + "}}",
    '{"type": "cancel", "job_id": {"a": [1, 2, 3]}}',
    '{"type": "subscribe", "project": "a\\u0000b"}',
    '{"type": "subscribe", "project": "\\ud800"}',
    '{"type": "subscribe", "project": ""}',
    '{"type": "subscribe", "seq": NaN, "job_id": "x"}',
    '{"type": "' + "x" * 30_000 + '"}',
    "[" * 30_000,
    '{"data":' * 5_000 + "1" + "}" * 5_000,
    '{"type": "nonsense", "type": "more nonsense"}',
)


async def test_frames_of_every_bad_kind_are_refused_and_the_talk_goes_on(house: Theatre) -> None:
    async with house.socket() as client:
        await client.until("hello")
        for frame in BAD_FRAMES:
            await client.socket.send_str(frame)
            error = await client.until("error")
            assert error["data"]["error_code"] == "INVALID_REQUEST", frame[:80]
            assert len(json.dumps(error)) < 4_000
        await client.socket.send_bytes(b"\x00" * 60_000)
        assert "binary" in (await client.until("error"))["data"]["message"]
        await client.say("ping")
        await client.until("pong")
    assert not house.house.hub.clients or await gone(house)


async def gone(house: Theatre) -> bool:
    async with asyncio.timeout(PATIENCE_S):
        while house.house.hub.clients:
            await asyncio.sleep(0.01)
    return True


@pytest.mark.parametrize("as_text", [True, False])
async def test_a_frame_of_a_megabyte_closes_its_socket_alone(house: Theatre, as_text: bool) -> None:
    async with house.socket() as good, house.socket() as bad:
        await good.until("hello")
        await bad.until("hello")
        send = bad.socket.send_str("x" * (1 << 20)) if as_text else bad.socket.send_bytes(bytes(1 << 20))
        with suppress(ConnectionError):  # it hangs up while we talk
            await send
        message = await bad.socket.receive(timeout=PATIENCE_S)
        assert message.type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR}
        assert bad.socket.close_code in {1009, 1006}
        await good.say("ping")
        await good.until("pong")


async def test_a_flood_is_refused_in_words_and_leaves_nothing_behind(tmp_path: Path, database: str) -> None:
    bounds = SocketBounds(frames_per_minute=30, subjects=5, queued_events=5_000)
    async with theatre(tmp_path, database, sockets=bounds) as house:
        async with house.socket() as client:
            await client.until("hello")
            for _ in range(500):
                await client.say("subscribe", job_id=an_id())
            await client.say("subscribe", project="the last")
            codes = [(await client.until("error"))["data"]["error_code"] for _ in range(500)]
            assert codes.count("RATE_LIMITED") >= 450
            (served,) = house.house.hub.clients
            assert len(served.subjects) <= 5
        assert await gone(house)
        assert not house.house.hub._followers


async def test_no_more_sockets_are_open_than_may_be(tmp_path: Path, database: str) -> None:
    async with theatre(tmp_path, database, sockets=SocketBounds(open=2)) as house:
        async with house.socket() as one, house.socket() as two:
            await one.until("hello")
            await two.until("hello")
            with pytest.raises(WSServerHandshakeError, match="503") as refused:
                async with house.socket():
                    pass
            assert refused.value.headers is not None
            assert refused.value.headers["Retry-After"] == "10"
        assert await gone(house)
        async with house.socket() as again:
            await again.until("hello")


BOMBS = (
    b"[" * 200_000,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    b'{"prompt": ' + b"9" * 200_000 + b"}",
    b'{"prompt": "a\\u0000b"}',
    b'{"prompt": "\\ud800"}',
    b'{"prompt": "x", "seed": ' + b"9" * 5_000 + b"}",
    b'{"prompt": "x", "duration": 1e999}',
    b'{"prompt": "x", "duration": NaN}',
    b"\xff\xfe",
    b"",
)


@pytest.mark.parametrize("body", BOMBS, ids=range(len(BOMBS)))
async def test_bombs_of_json_are_refused(house: Theatre, body: bytes) -> None:
    url, typed = house.client.make_url("/api/mv/generate_video"), {"Content-Type": "application/json"}
    async with house.client.session.post(url, data=body, headers=typed) as answer:
        assert (answer.status, (await answer.json())["error_code"]) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("name", ["project", "title"])
@pytest.mark.parametrize("text", ["a\x00b", "a\r\nSet-Cookie: x=1", "\u2028", "../../etc", "a" * 100_000])
async def test_names_inject_nothing(house: Theatre, name: str, text: str) -> None:
    answer = await house.post("/productions", {**SCENES, name: text})
    assert answer.status in {202, 400}
    assert "\x00" not in text or answer.status == 400
    assert "Set-Cookie" not in answer.headers
    if answer.status == 202:
        film_id = (await answer.json())["production_id"]
        export = await house.get(f"/productions/{film_id}/export?format=otio")
        assert export.status < 500
        assert "Set-Cookie" not in export.headers


@pytest.mark.parametrize(
    "path",
    [
        "/api/mv/get_video/..%2f..%2fetc%2fpasswd", "/api/mv/get_video/%00", "/api/mv/jobs/%0d%0aSet-Cookie:%20x=1",
        "/api/mv/scenes/..%2f..%2fscenes.json", "/api/mv/jobs?q=%00", "/api/mv/jobs?project=%00",
        "/api/mv/jobs?cursor=%00",
        "/api/mv/assets?q=%00%ff", "/api/mv/jobs/%ff%fe", "/studio/..%2f..%2fgateway.py", "/studio/%2e%2e/app.py",
        "/api/mv/jobs?status=%00", f"/api/mv/jobs?q={'x' * 5000}", "/api/mv/webhooks/%00",
    ],
)  # fmt: skip
async def test_paths_and_queries_open_nothing_and_break_nothing(house: Theatre, path: str) -> None:
    url = URL(f"{house.client.make_url('/')}{path[1:]}", encoded=True)
    async with house.client.session.get(url) as answer:
        assert answer.status in {200, 400, 404}, await answer.text()
        assert answer.content_type in {"application/json", "application/problem+json"}
        assert "Set-Cookie" not in answer.headers


async def test_headers_with_control_characters_are_not_repeated(house: Theatre) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.client.port)
    body = json.dumps(CLIP).encode()
    writer.write(
        b"POST /api/mv/generate_video HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"X-Request-Id: a\x00b\r\nIdempotency-Key: \xff\xfe\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
        % (len(body), body)
    )
    async with asyncio.timeout(PATIENCE_S):
        answer = await reader.read()
    writer.close()
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
