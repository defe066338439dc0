"""Webhooks against a real receiver: who is told what, signed how, how often, in which order, and where never."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from sqlalchemy import exc

from gateway.history.addressees import Delivery
from gateway.history.outbox import Sent, list_deliveries
from gateway.webhooks.postman import Postman
from gateway.webhooks.rules import WebhookRules
from shared.config import CONFIG_DIR
from shared.contracts.base import ErrorCode
from shared.contracts.order import Failed
from tests.contract.theatre import CLIP, FILM, PATIENCE_S, PORTRAIT, SCENES, Theatre, theatre
from tests.factories import a_fault, an_id
from tests.receiver import Got, Receiver, receiving

EXAMPLE: Any = SimpleNamespace()
exec((CONFIG_DIR.parent / "docs" / "examples" / "webhook.py").read_text(), EXAMPLE.__dict__)
"""What the page for receivers shows."""

LOOPBACK = WebhookRules(
    allow_http=True, allowed_networks=(ip_network("127.0.0.0/8"),), retry_s=(0.0, 0.0, 0.0), timeout_s=5
)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


@pytest.fixture
async def house(tmp_path: Path, database: str) -> AsyncIterator[Theatre]:
    async with theatre(tmp_path, database, webhooks=LOOPBACK) as opened:
        yield opened


@asynccontextmanager
async def sending(
    house: Theatre, rules: WebhookRules = LOOPBACK, *, postmen: int = 1, **options: Any
) -> AsyncIterator[None]:
    tasks = [
        asyncio.create_task(Postman(house.house.history, rules, ask_every_s=0.05, **options).run())
        for _ in range(postmen)
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert all(task.cancelled() for task in tasks), [task.exception() for task in tasks if not task.cancelled()]


async def sent(house: Theatre) -> list[Delivery]:
    async with house.house.history.read() as tx:
        return list((await list_deliveries(tx, Sent(space="local", sort="created_at", limit=200))).items)


async def until(house: Theatre, holds: Callable[[list[Delivery]], bool]) -> list[Delivery]:
    async with asyncio.timeout(PATIENCE_S):
        while not holds(found := await sent(house)):
            await asyncio.sleep(0.01)
    return found


def all_ended(found: list[Delivery]) -> bool:
    return bool(found) and all(one.status != "pending" for one in found)


async def secret_of(house: Theatre, **body: Any) -> dict[str, Any]:
    told: dict[str, Any] = await (await house.post("/webhooks/secret", body)).json()
    return told


def is_signed(got: Got, secret: str, *, seconds_later: float = 1.0) -> bool:
    now = int(got.headers["webhook-timestamp"]) + seconds_later
    EXAMPLE.time = SimpleNamespace(time=lambda: now)
    return bool(EXAMPLE.is_genuine(got.body, got.headers, secret))


async def answering(status: int) -> Any:
    async def manners(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    return manners


# who is told what


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/generate_video", CLIP),
        ("/create_scenes", SCENES),
        ("/generate_character_reference", PORTRAIT),
    ],
)
async def test_an_order_tells_its_receiver_every_change_as_the_socket_does(
    house: Theatre, receiver: Receiver, path: str, body: dict[str, Any]
) -> None:
    job_id = await house.ordered(path, {**body, "webhook_url": receiver.url("/mine?to=me")})
    await house.perform(job_id)
    async with sending(house):
        got = await receiver.until(3)

    assert [one.told["type"] for one in got] == ["job.queued", "job.started", "job.succeeded"]
    events = await (await house.get(f"/jobs/{job_id}/events")).json()
    assert [one.told for one in got] == events
    secret = (await secret_of(house))["secret"]
    assert all(is_signed(one, secret) for one in got)
    assert {one.path for one in got} == {"/mine?to=me"}
    assert {one.headers["Content-Type"] for one in got} == {"application/json"}
    job = await (await house.get(f"/jobs/{job_id}")).json()
    assert (job["request"]["webhook_url"], job["warnings"]) == (receiver.url("/mine?to=me"), [])


async def test_a_production_tells_its_changes_and_not_those_of_its_parts(house: Theatre, receiver: Receiver) -> None:
    film = await house.ordered("/productions", {**FILM, "webhook_url": receiver.url()})
    await house.perform_film(film)
    async with sending(house):
        await until(house, all_ended)

    assert {one.told["type"] for one in receiver.got} == {"production.updated"}
    assert [one.told["data"]["status"] for one in receiver.got][-1] == "succeeded"
    seqs = [one.told["seq"] for one in receiver.got]
    assert seqs == sorted(set(seqs))


async def test_a_default_receiver_hears_of_everything_but_parts_and_of_nothing_twice(
    house: Theatre, receiver: Receiver
) -> None:
    answer = await house.client.put("/api/mv/webhooks/default", json={"url": receiver.url()})
    assert (answer.status, await answer.json()) == (200, {"url": receiver.url()})
    film = await house.ordered("/productions", FILM)
    await house.perform_film(film)
    job_id = await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
    await house.client.put("/api/mv/webhooks/default", json={"url": None})
    await house.ordered("/generate_video", CLIP)
    async with sending(house):
        await until(house, all_ended)

    told = [one.told for one in receiver.got]
    assert [one["data"]["job_id"] for one in told if one["type"].startswith("job.")] == [job_id]
    assert {one["data"]["production_id"] for one in told if one["type"] == "production.updated"} == {film}
    assert (await (await house.get("/webhooks/default")).json()) == {"url": None}


async def test_a_failure_is_told_with_the_one_error_body(house: Theatre, receiver: Receiver) -> None:
    job_id = await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
    await house.perform(job_id, Failed(fault=a_fault(ErrorCode.CONTENT_POLICY_VIOLATION)))
    async with sending(house):
        got = await receiver.until(3)
    error = got[-1].told["data"]["error"]
    assert (error["error_code"], error["job_id"], error["status"]) == ("CONTENT_POLICY_VIOLATION", job_id, 422)


async def test_an_order_that_was_refused_tells_nobody(house: Theatre, receiver: Receiver) -> None:
    answer = await house.post(
        "/generate_video", {**CLIP, "webhook_url": receiver.url(), "character_reference_image_id": an_id()}
    )
    assert answer.status == 404
    assert await sent(house) == []


# again and again


async def test_what_nobody_took_is_sent_again_with_the_same_id_until_somebody_does(
    house: Theatre, receiver: Receiver
) -> None:
    async def third_time(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=500 if len(receiver.got) < 3 else 200)

    receiver.manners = third_time
    await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
    async with sending(house):
        (one,) = await until(house, all_ended)

    assert (one.status, one.attempts, one.answer, one.error) == ("delivered", 3, 200, None)
    assert {got.id for got in receiver.got} == {one.id}


async def test_after_the_last_pause_it_is_given_up_shown_and_can_be_replayed(
    house: Theatre, receiver: Receiver
) -> None:
    receiver.manners = await answering(503)
    job_id = await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
    async with sending(house):
        await until(house, all_ended)
        told = await (await house.get("/webhooks", params={"status": "failed", "job_id": job_id})).json()
        (shown,) = told["items"]
        assert (shown["attempts"], shown["last_status"], shown["next_attempt_at"]) == (4, 503, None)
        whole = await (await house.client.get(shown["urls"]["self"])).json()
        assert whole["body"] == receiver.got[0].told

        receiver.manners = await answering(200)
        answer = await house.client.post(shown["urls"]["replay"])
        assert (answer.status, (await answer.json())["status"]) == (202, "pending")
        (one,) = await until(house, all_ended)
    assert (one.status, len(receiver.got), receiver.got[-1].id) == ("delivered", 5, shown["delivery_id"])


async def test_all_that_was_given_up_since_a_moment_is_replayed_at_once(house: Theatre, receiver: Receiver) -> None:
    receiver.manners = await answering(410)
    for _ in range(3):
        await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
    house.clock.pass_s(60)
    late = await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
    async with sending(house):
        found = await until(house, all_ended)
        assert {(one.status, one.attempts) for one in found} == {("failed", 1)}, "410 is told once and believed"
        receiver.manners = await answering(200)
        answer = await house.post("/webhooks/replay", {"since": "2027-01-15T08:00:30Z"})
        assert (answer.status, await answer.json()) == (202, {"replayed": 1})
        found = await until(house, lambda found: [one.job_id for one in found if one.status == "delivered"] == [late])
    assert await (await house.post("/webhooks/replay", {})).json() == {"replayed": 3}


@pytest.mark.parametrize(("asked", "waits_s"), [("7", 7.0), ("999999", 3600.0), ("soon", 0.0), ("-5", 0.0)])
async def test_a_receiver_that_asks_for_time_gets_it(
    house: Theatre, receiver: Receiver, asked: str, waits_s: float
) -> None:
    async def busy(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=429, headers={"Retry-After": asked})

    receiver.manners = busy
    await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
    rules = LOOPBACK.model_copy(update={"retry_s": (0.001, 5000.0)})
    async with sending(house, rules):
        (one,) = await until(house, lambda found: bool(found[0].answer) and found[0].lease is None)
    assert one.not_before - house.clock() == pytest.approx(waits_s, abs=0.01)


async def test_pauses_grow_and_never_fall_together(house: Theatre, receiver: Receiver) -> None:
    receiver.manners = await answering(500)
    for number in range(10):
        await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url(f"/{number}")})
    rules = LOOPBACK.model_copy(update={"retry_s": (100.0,)})
    async with sending(house, rules):
        found = await until(house, lambda found: all(one.answer for one in found))
    pauses = [one.not_before - house.clock() for one in found]
    assert all(80 <= pause_s <= 120 for pause_s in pauses)
    assert len(set(pauses)) > 5


# bad receivers


async def test_a_receiver_that_hangs_is_left_after_its_time_and_holds_up_nobody_else(
    house: Theatre, receiver: Receiver
) -> None:
    gone = asyncio.Event()

    async def hang(_request: web.Request) -> web.StreamResponse:
        await gone.wait()
        return web.Response()

    receiver.manners = hang
    rules = LOOPBACK.model_copy(update={"timeout_s": 0.3, "retry_s": (), "at_once_per_host": 2})
    async with receiving() as other:
        for number in range(6):
            await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url(f"/{number}")})
        quick = await house.ordered("/generate_video", {**CLIP, "webhook_url": other.url(host="localhost")})
        async with sending(house, rules):
            (got,) = await other.until(1)
            found = await until(house, all_ended)
        gone.set()
    assert got.told["data"]["job_id"] == quick
    assert receiver.most_at_once <= 2
    hung = [one for one in found if one.job_id != quick]
    assert {(one.status, one.error) for one in hung} == {("failed", "no answer within 0.3 s")}


async def test_a_huge_or_endless_answer_is_not_read(house: Theatre, receiver: Receiver) -> None:
    written = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse(status=200)
        await response.prepare(request)
        while written < 1 << 30:
            await response.write(b"x" * (1 << 16))
            written += 1 << 16
        return response

    receiver.manners = endless
    await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
    async with sending(house):
        (one,) = await until(house, all_ended)
    assert (one.status, one.answer) == ("delivered", 200)
    assert written < 32 << 20


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed(house: Theatre, receiver: Receiver, status: int) -> None:
    async def elsewhere(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": receiver.url("/secret")})

    receiver.manners = elsewhere
    await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
    async with sending(house, LOOPBACK.model_copy(update={"retry_s": ()})):
        (one,) = await until(house, all_ended)
    assert (one.status, one.answer, "not followed" in (one.error or "")) == ("failed", status, True)
    assert [got.path for got in receiver.got] == ["/hook"]


async def test_a_receiver_that_speaks_no_http_is_tried_again_like_any_other(house: Theatre) -> None:
    async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\xffSSH-2.0-nothing\r\n\r\n" * 100)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await house.ordered("/generate_video", {**CLIP, "webhook_url": f"http://127.0.0.1:{port}/"})
        async with sending(house):
            (one,) = await until(house, all_ended)
    assert (one.status, one.attempts, one.answer) == ("failed", 4, None)
    assert one.error


async def test_nobody_at_home_is_told_in_words(house: Theatre) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    await house.ordered("/generate_video", {**CLIP, "webhook_url": f"http://127.0.0.1:{port}/"})
    async with sending(house):
        (one,) = await until(house, all_ended)
    assert (one.status, "127.0.0.1" in (one.error or "")) == ("failed", True)


# where it never goes


class Answers(AbstractResolver):
    """A name server that says something else each time it is asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        address = self.addresses.pop(0)
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
        ]

    async def close(self) -> None: ...


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "10.1.2.3", "169.254.169.254", "fe80::1",
     "64:ff9b::7f00:1", "fd00::1", "100.64.0.1", "224.0.0.1", "2002:7f00:1::"],
)  # fmt: skip
async def test_a_name_that_leads_inside_is_never_connected_to(house: Theatre, receiver: Receiver, address: str) -> None:
    rules = LOOPBACK.model_copy(update={"allowed_networks": (), "retry_s": ()})
    await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url(host="hooks.example")})
    async with sending(house, rules, resolver=lambda: Answers(address)):
        (one,) = await until(house, all_ended)
    assert (one.status, one.answer, "allowed_networks" in (one.error or "")) == ("failed", None, True)
    assert receiver.got == []


async def test_a_name_that_is_rebound_after_the_first_look_gains_nothing(house: Theatre, receiver: Receiver) -> None:
    """127.0.0.2 stands for the honest address; only its network is allowed."""
    rules = LOOPBACK.model_copy(update={"allowed_networks": (ip_network("127.0.0.2/32"),), "retry_s": (0.0,)})
    resolver = Answers("127.0.0.2", "127.0.0.1")
    await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url(host="hooks.example")})
    async with sending(house, rules, resolver=lambda: resolver):
        (one,) = await until(house, all_ended)
    assert one.status == "failed"
    assert receiver.got == [], "the receiver listens on 127.0.0.1 only, where the name led the second time"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://127.0.0.1/", "allowed_networks"),
        ("https://[::1]/", "allowed_networks"),
        ("https://[::ffff:10.0.0.1]/", "allowed_networks"),
        ("https://169.254.169.254/latest/meta-data", "allowed_networks"),
        ("http://example.com/", "allow_http"),
        ("ftp://example.com/", "must be an address"),
        ("file:///etc/passwd", "must be an address"),
        ("https://", "must be an address"),
        ("https://example.com:99999/", "must be an address"),
        ("https://me:secret@example.com/", "user or password"),
        ("https://example.com/#part", "fragment"),
        ("https://exa mple.com/", "spaces"),
        ("https://example.com/\r\nX-Evil: 1", "ASCII"),
        ("https://example.com/" + "x" * 2000, "at most"),
        ("", "at least"),
        (7, "text"),
    ],
)
async def test_an_address_that_nothing_is_ever_sent_to_is_refused_with_the_order(
    tmp_path: Path, database: str, url: object, words: str
) -> None:
    async with theatre(tmp_path, database) as house:
        for path, body in (("/generate_video", CLIP), ("/productions", FILM)):
            answer = await house.post(path, {**body, "webhook_url": url})
            told = await answer.json()
            assert (answer.status, told["errors"][0]["path"]) == (400, "webhook_url")
            assert words in told["errors"][0]["message"]
        assert (await house.client.put("/api/mv/webhooks/default", json={"url": url})).status == 400
        assert (await (await house.get("/jobs")).json())["items"] == []


# order, and two gateways


async def test_what_happened_to_one_job_arrives_in_its_order_whatever_fails_in_between(
    house: Theatre, receiver: Receiver
) -> None:
    async def second_time(request: web.Request) -> web.StreamResponse:
        came = [got.id for got in receiver.got].count(request.headers["webhook-id"])
        return web.Response(status=200 if came > 1 else 500)

    receiver.manners = second_time
    job_ids = [await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()}) for _ in range(4)]
    for job_id in job_ids:
        await house.perform(job_id)
    async with sending(house, postmen=2):
        found = await until(house, all_ended)
    assert {one.status for one in found} == {"delivered"}
    first: dict[str, list[int]] = {}
    for got in receiver.got:
        first.setdefault(got.told["data"]["job_id"], []).append(got.told["seq"])
    assert all(seqs == sorted(seqs) for seqs in first.values()), first


async def test_one_that_nobody_takes_holds_up_later_ones_for_a_while_only(house: Theatre, receiver: Receiver) -> None:
    async def not_the_first(request: web.Request) -> web.StreamResponse:
        return web.Response(status=500 if receiver.got[-1].told["type"] == "job.queued" else 200)

    receiver.manners = not_the_first
    job_id = await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
    await house.perform(job_id)
    async with sending(house, LOOPBACK.model_copy(update={"retry_s": (0.0,) * 8})):
        found = await until(house, all_ended)
    assert {one.type: one.status for one in found} == {
        "job.queued": "failed",
        "job.started": "delivered",
        "job.succeeded": "delivered",
    }
    types = [got.told["type"] for got in receiver.got]
    assert types[:4] == ["job.queued"] * 4
    assert set(types[4:]) == {"job.queued", "job.started", "job.succeeded"}


async def test_two_postmen_make_each_attempt_once(house: Theatre, receiver: Receiver) -> None:
    for number in range(20):
        await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url(f"/{number}")})
    async with sending(house, LOOPBACK.model_copy(update={"at_once_per_host": 20}), postmen=3):
        found = await until(house, all_ended)
    assert [one.attempts for one in found] == [1] * 20
    assert len({got.id for got in receiver.got}) == len(receiver.got) == 20


async def test_an_attempt_that_died_with_its_gateway_is_made_again_when_its_lease_is_over(
    house: Theatre, receiver: Receiver
) -> None:
    hold = asyncio.Event()

    async def hang(_request: web.Request) -> web.StreamResponse:
        await hold.wait()
        return web.Response()

    receiver.manners = hang
    await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
    async with sending(house):
        await receiver.until(1)
    hold.set()
    async with sending(house):
        await asyncio.sleep(0.2)
        assert len(receiver.got) == 1, "the lease still holds"
        house.clock.pass_s(60)
        (one,) = await until(house, all_ended)
    assert (one.status, one.attempts, len(receiver.got)) == ("delivered", 2, 2)


async def test_a_database_that_is_away_is_waited_out(
    house: Theatre, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.webhooks.postman.TROUBLE_PAUSE_S", 0.01)
    await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
    history, away = (
        house.house.history,
        [ConnectionRefusedError(), exc.TimeoutError(), exc.OperationalError("", {}, OSError())],
    )
    glance = history.glance

    def sometimes() -> Any:
        if away:
            raise away.pop()
        return glance()

    monkeypatch.setattr(history, "glance", sometimes)
    async with sending(house):
        (one,) = await until(house, all_ended)
    assert (one.status, away) == ("delivered", [])


# the secret


async def test_a_new_secret_signs_beside_the_old_one_for_a_day(house: Theatre, receiver: Receiver) -> None:
    old = (await secret_of(house))["secret"]
    told = await secret_of(house, rotate=True)
    assert told["secret"] != old
    assert told["previous_valid_until"] == "2027-01-16T08:00:00.000Z"
    assert await secret_of(house) == told
    async with sending(house):
        await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
        (both,) = await receiver.until(1)
        house.clock.pass_s(25 * 3600)
        await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
        new = (await receiver.until(2))[1]
    assert (is_signed(both, old), is_signed(both, told["secret"])) == (True, True)
    assert (is_signed(new, old), is_signed(new, told["secret"])) == (False, True)
    tampered = Got(new.path, new.headers, new.body + b" ")
    assert not is_signed(tampered, told["secret"])
    assert not is_signed(new, told["secret"], seconds_later=3600)


async def test_the_secret_is_in_no_answer_but_its_own(house: Theatre, receiver: Receiver) -> None:
    answer = await house.post("/webhooks/secret", {})
    secret = (await answer.json())["secret"]
    assert answer.headers["Cache-Control"] == "no-store"
    job_id = await house.ordered("/generate_video", {**CLIP, "webhook_url": receiver.url()})
    async with sending(house):
        found = await until(house, all_ended)
    for path in (f"/jobs/{job_id}", "/webhooks", f"/webhooks/{found[0].id}", "/webhooks/default"):
        assert secret not in await (await house.get(path)).text()
    assert (await house.get("/webhooks/secret")).status in {400, 405}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/webhooks?status=lost", None, 400),
        ("GET", "/webhooks?cursor=!", None, 400),
        ("GET", "/webhooks?q=x", None, 400),
        ("GET", f"/webhooks/{an_id(1)}", None, 404),
        ("GET", "/webhooks/seven", None, 400),
        ("POST", f"/webhooks/{an_id(1)}/replay", None, 404),
        ("POST", "/webhooks/replay", {"since": "yesterday"}, 400),
        ("POST", "/webhooks/replay", {"since": "0001-01-01T00:00:00+23:59"}, 202),
        ("POST", "/webhooks/replay", {"status": "pending"}, 400),
        ("POST", "/webhooks/replay", {"sins": "2027-01-01"}, 400),
        ("POST", "/webhooks/secret", {"rotate": "yes"}, 400),
        ("PUT", "/webhooks/default", {}, 400),
        ("PUT", "/webhooks/default", {"url": 7}, 400),
    ],
)
async def test_wrong_calls_are_told_so(house: Theatre, method: str, path: str, body: Any, status: int) -> None:
    answer = await house.client.request(method, f"/api/mv{path}", json=body)
    told = await answer.text()
    assert answer.status == status, told
    if status >= 400:
        assert json.loads(told)["error_code"]
