"""Keys, what they open and how long: budgets, limits, signed addresses, tickets, sockets, pages of other origins."""

import asyncio
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, WSMsgType, WSServerHandshakeError

from gateway.config import GatewayConfig
from gateway.history import keys
from gateway.history.budgets import Budgets
from gateway.history.tables import metadata
from gateway.keys.__main__ import main
from gateway.keys.doors import Doors
from gateway.keys.first import refuse_without_keys, take_first_key
from gateway.keys.rules import KeyRules
from gateway.keys.token import new_token, read_token
from gateway.protection import Protection
from shared.config import ConfigError
from tests.contract.keyholders import Holder, holder
from tests.contract.theatre import CLIP, FILM, PATIENCE_S, PORTRAIT, SCENES, Theatre, theatre

STUDIO = "https://studio.example"
LOCKED = KeyRules(required=True)


@pytest.fixture
async def house(tmp_path: Path, database: str) -> AsyncIterator[Theatre]:
    async with theatre(tmp_path, database, keys=LOCKED) as opened:
        yield opened


@pytest.fixture
async def alice(house: Theatre) -> Holder:
    return await holder(house, "alice")


async def refusal(answer: ClientResponse) -> tuple[int, str]:
    return answer.status, (await answer.json())["error_code"]


# when the doors are locked


async def test_the_first_key_locks_a_gateway_that_was_open(tmp_path: Path, database: str) -> None:
    async with theatre(tmp_path, database) as house:
        assert (await house.get("/jobs")).status == 200
        alice = await holder(house, "alice")
        async with asyncio.timeout(PATIENCE_S):
            while (await house.get("/jobs")).status == 200:  # it looks once a second
                await asyncio.sleep(0.02)
        assert (await refusal(await house.get("/jobs"))) == (401, "UNAUTHORIZED")
        assert (await alice.get("/jobs")).status == 200
        await alice.revoke()
        assert (await house.get("/jobs")).status == 401
        assert (await alice.get("/jobs")).status == 401


async def test_what_was_made_before_there_were_keys_is_the_space_local(tmp_path: Path, database: str) -> None:
    async with theatre(tmp_path, database) as house:
        job_id = await house.ordered("/generate_video", CLIP)
        operator, alice = await holder(house, "operator", space="local"), await holder(house, "alice")
        assert (await operator.get(f"/jobs/{job_id}")).status == 200
        house.house.doors.locked = True
        assert (await operator.get(f"/jobs/{job_id}")).status == 200
        assert (await alice.get(f"/jobs/{job_id}")).status == 404


async def test_an_open_gateway_may_stay_open_on_loopback_alone(tmp_path: Path, database: str) -> None:
    async with theatre(tmp_path, database, keys=KeyRules(required=False)) as house:
        await holder(house, "alice")
        assert not await house.house.doors.is_locked()
        assert await Doors(house.house.history, KeyRules(required=False), beyond_loopback=True).is_locked()
    with pytest.raises(ValueError, match="others need keys"):
        GatewayConfig(host="0.0.0.0", keys=KeyRules(required=False))


@pytest.mark.parametrize(
    ("host", "beyond"),
    [("127.0.0.1", False), ("localhost", False), ("::1", False), ("0.0.0.0", True), ("::", True), ("10.1.2.3", True)],
)
def test_which_addresses_others_can_reach(host: str, beyond: bool) -> None:
    assert GatewayConfig(host=host).is_beyond_loopback is beyond


async def test_beyond_loopback_it_does_not_start_without_a_good_key(house: Theatre) -> None:
    with pytest.raises(ConfigError, match=r"scenebeat keys create"):
        await refuse_without_keys(house.house.history, "0.0.0.0")
    alice = await holder(house, "alice")
    await refuse_without_keys(house.house.history, "0.0.0.0")
    await alice.revoke()
    with pytest.raises(ConfigError, match=r"loopback only"):
        await refuse_without_keys(house.house.history, "0.0.0.0")


async def test_the_first_key_comes_from_a_file_once_and_stays_revoked(house: Theatre, tmp_path: Path) -> None:
    file = tmp_path / "first_key"
    file.write_text(f"sb_first_{'7f' * 32}\n")
    history = house.house.history
    await asyncio.gather(take_first_key(history, file), take_first_key(history, file))
    first = Holder(house, "first", file.read_text().strip(), "local")
    assert (await first.get("/jobs")).status == 200
    await first.revoke()
    await take_first_key(history, file)
    assert (await first.get("/jobs")).status == 401
    file.write_text(f"sb_first_{'8e' * 32}")
    with pytest.raises(ConfigError, match="another id"):
        await take_first_key(history, file)


@pytest.mark.parametrize("content", [b"", b"hunter22", b"sb_first_short", b"\xff\xfe", b"sb_FIRST_" + b"a" * 64])
async def test_a_first_key_that_is_none_is_refused_without_showing_it(
    house: Theatre, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "first_key"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        await take_first_key(house.house.history, file)
    assert not content or content.decode("latin-1") not in str(refused.value)
    with pytest.raises(ConfigError, match="cannot be read"):
        await take_first_key(house.house.history, tmp_path / "nothing")


async def stored(house: Theatre) -> str:
    """Everything the history keeps."""
    async with house.house.history.read() as tx:
        rows = [list(await tx.connection.execute(table.select())) for table in metadata.sorted_tables]
    return repr(rows)


async def test_only_a_hash_is_kept(house: Theatre, alice: Holder) -> None:
    assert (await alice.get("/jobs")).status == 200
    ticket = (await (await alice.post("/ws-ticket")).json())["ticket"]
    kept = await stored(house)
    assert alice.id in kept
    assert alice.key.split("_", 2)[2] not in kept
    assert ticket not in kept


def test_a_key_says_its_id_and_proves_itself() -> None:
    token = new_token()
    assert read_token(token.text) == token
    assert token.proves(token.hash)
    assert not token.proves(new_token().hash)
    assert read_token(token.text + "\n") is None
    assert read_token(token.text[:-20]) is None


# what belongs to whom


async def test_keys_of_one_space_share_it(house: Theatre, alice: Holder) -> None:
    job_id = await alice.ordered("/generate_video", CLIP)
    other = await holder(house, "second", space="alice")
    assert (await other.told(f"/jobs/{job_id}"))["job_id"] == job_id
    assert (await other.post(f"/jobs/{job_id}/cancel")).status == 200


async def test_an_idempotency_key_and_reuse_are_each_spaces_own(house: Theatre, alice: Holder) -> None:
    bob, again = await holder(house, "bob"), {"Idempotency-Key": "the same"}
    order = {**CLIP, "seed": 7, "reuse": True}
    first = await (await alice.post("/generate_video", order, headers=again)).json()
    await house.perform(first["job_id"])
    his = await (await bob.post("/generate_video", order, headers=again)).json()
    assert his["job_id"] != first["job_id"]
    assert his["status"] == "queued"
    hers = await (await alice.post("/generate_video", order)).json()
    assert hers["status"] == "succeeded"


async def test_a_folder_of_scenes_is_each_spaces_own(house: Theatre, alice: Holder) -> None:
    bob, order = await holder(house, "bob"), {**SCENES, "output_dir": "first"}
    for somebody in (alice, bob):
        await house.perform(await somebody.ordered("/create_scenes", order))
        assert await refusal(await somebody.post("/create_scenes", order)) == (409, "CONFLICT")
    kept = {key async for key in house.media.all_keys()}
    assert {f"spaces/{space}/scenes/first/scenes.json" for space in ("alice", "bob")} <= kept


async def test_another_spaces_things_cannot_be_ordered_with(house: Theatre, alice: Holder) -> None:
    bob = await holder(house, "bob")
    job_id = await alice.ordered("/generate_character_reference", PORTRAIT)
    await house.perform(job_id)
    image_id = (await alice.told(f"/jobs/{job_id}"))["result"]["images"][0]["id"]
    body = {**CLIP, "character_reference_image_id": image_id}
    assert await refusal(await bob.post("/generate_video", body)) == (404, "NOT_FOUND")
    assert await refusal(await bob.post("/estimate", body)) == (404, "NOT_FOUND")
    assert await refusal(await bob.post("/productions", {**FILM, "character_reference_image_id": image_id})) == (
        404, "NOT_FOUND",
    )  # fmt: skip
    assert (await alice.post("/generate_video", body)).status == 202


# limits


async def test_requests_per_minute_are_counted_per_key(house: Theatre, alice: Holder) -> None:
    slow = await holder(house, "slow", requests_per_minute=3)
    assert [(await slow.get("/jobs")).status for _ in range(3)] == [200] * 3
    answer = await slow.get("/jobs")
    assert await refusal(answer) == (429, "RATE_LIMITED")
    assert 1 <= int(answer.headers["Retry-After"]) <= 20
    assert (await alice.get("/jobs")).status == 200


async def test_jobs_under_way_are_bounded_per_key(house: Theatre, alice: Holder) -> None:
    busy = await holder(house, "busy", jobs_in_flight=2)
    first = await busy.ordered("/generate_video", CLIP)
    await busy.ordered("/create_scenes", SCENES)
    for path, body in (("/generate_video", CLIP), ("/productions", FILM)):
        answer = await busy.post(path, body)
        assert await refusal(answer) == (429, "QUOTA_EXCEEDED")
        assert "Retry-After" in answer.headers
    assert (await alice.post("/generate_video", CLIP)).status == 202
    await house.perform(first)
    assert (await busy.post("/generate_video", CLIP)).status == 202


async def test_the_day_of_a_key_has_a_budget(house: Theatre, alice: Holder) -> None:
    price = Decimal((await (await alice.post("/estimate", CLIP)).json())["estimated_usd"])
    assert price > 0
    poor = await holder(house, "poor", budget_usd=price * 2)
    first = await poor.ordered("/generate_video", CLIP)
    await poor.ordered("/generate_video", CLIP)
    answer = await poor.post("/generate_video", CLIP)
    told = await answer.json()
    assert (answer.status, told["error_code"]) == (402, "BUDGET_EXCEEDED")
    assert f"{price:f} USD too much" in told["message"]
    assert f"{price * 2:f}" in told["message"]
    assert await refusal(await poor.post("/productions", FILM)) == (402, "BUDGET_EXCEEDED")
    assert (await poor.post("/generate_video", {**CLIP, "backend": "local"})).status == 202
    assert (await poor.post(f"/jobs/{first}/cancel")).status == 200  # gives its part back
    assert (await poor.post("/generate_video", CLIP)).status == 202
    house.clock.at += 24 * 3600
    assert (await poor.post("/generate_video", CLIP)).status == 202


async def test_a_key_without_a_budget_has_that_of_the_configuration(tmp_path: Path, database: str) -> None:
    budgets = Budgets(each_key_day_usd=Decimal("0.01"))
    async with theatre(tmp_path, database, keys=LOCKED, budgets=budgets) as house:
        alice, rich = await holder(house, "alice"), await holder(house, "rich", budget_usd=Decimal(100))
        assert (await alice.post("/generate_video", CLIP)).status == 402
        assert (await rich.post("/generate_video", CLIP)).status == 202


async def test_a_projects_budget_is_each_spaces_own(tmp_path: Path, database: str) -> None:
    async with theatre(tmp_path, database, keys=LOCKED, budgets=Budgets(each_project_usd=Decimal(4))) as house:
        alice, bob = await holder(house, "alice"), await holder(house, "bob")
        order = {**CLIP, "project": "spring"}
        assert (await alice.post("/generate_video", order)).status == 202
        assert (await alice.post("/generate_video", order)).status == 402
        assert (await bob.post("/generate_video", order)).status == 202


async def test_wrong_keys_are_limited_per_address_and_good_ones_come_in_past_it(tmp_path: Path, database: str) -> None:
    async with theatre(tmp_path, database, keys=KeyRules(required=True, failures_per_minute=5)) as house:
        alice, bob = await holder(house, "alice"), await holder(house, "bob")
        assert (await alice.get("/jobs")).status == 200
        wrong = {"Authorization": f"Bearer sb_{bob.id}_{'x' * 43}"}
        answers = [await house.get("/jobs", headers=wrong) for _ in range(8)]
        assert [answer.status for answer in answers] == [401] * 5 + [429] * 3
        assert int(answers[-1].headers["Retry-After"]) >= 1
        forged = {**wrong, "X-Forwarded-For": "203.0.113.9"}
        assert (await house.get("/jobs", headers=forged)).status == 429
        assert (await alice.get("/jobs")).status == 200
        assert (await bob.get("/jobs")).status == 429
        assert (await house.client.get("/healthz")).status == 200


# signed addresses


async def a_picture(alice: Holder) -> str:
    """The signed address of a picture of hers."""
    job_id = await alice.ordered("/generate_character_reference", PORTRAIT)
    await alice.house.perform(job_id)
    return str((await alice.told(f"/jobs/{job_id}"))["result"]["images"][0]["url"])


async def test_media_open_by_their_signed_address_alone(house: Theatre, alice: Holder) -> None:
    film_id = await alice.ordered("/productions", FILM)
    await house.perform_film(film_id)
    film = await alice.told(f"/productions/{film_id}")
    final = film["final_video"]
    urls = [
        final["video_url"], final["poster_url"], final["contact_sheet_url"], film["character"]["chosen"]["url"],
        *(scene["clip"]["video_url"] for scene in film["scenes"]),
        *[one["url"] for one in (await alice.told("/assets"))["items"] if one["url"]],
        *(await alice.told("/scenes"))["items"][0]["output_files"].values(),
    ]  # fmt: skip
    for url in urls:
        assert "signature=" in url
        assert "expires=" in url
        async with house.client.session.get(house.client.make_url(url)) as answer:
            assert (answer.status, await answer.read()) == (200, b"made of bytes"), url
    video = final["video_url"]
    assert (await house.client.head(video)).status == 200
    part = await house.client.get(video, headers={"Range": "bytes=0-3"})
    assert (part.status, await part.read()) == (206, b"made")
    assert (await house.client.get(f"{video}&download=1")).headers["Content-Disposition"].startswith("attachment")


async def test_an_address_is_the_same_for_a_while_and_then_ends(house: Theatre, alice: Holder) -> None:
    url = await a_picture(alice)
    image_id = url.split("?")[0].rpartition("/")[2]
    assert (await alice.told(f"/get_character_reference/{image_id}/info"))["url"].split("&")[0] == url.split("&")[0]
    assert (await house.client.get(url)).status == 200
    house.clock.at += LOCKED.media_url_s
    assert (await house.client.get(url)).status == 200
    house.clock.at += LOCKED.media_url_s
    answer = await house.client.get(url)
    assert (answer.status, (await answer.json())["error_code"]) == (401, "UNAUTHORIZED")


async def test_a_signature_opens_nothing_else(house: Theatre, alice: Holder) -> None:
    url, other = await a_picture(alice), await a_picture(alice)
    bob = await holder(house, "bob")
    path, _, signed = url.partition("?")
    expires, signature = (pair.partition("=")[2] for pair in signed.split("&"))
    foreign = house.house.doors.signed(path, space="bob").partition("?")[2]
    for address in (
        f"{other.partition('?')[0]}?{signed}",
        f"{path}/info?{signed}",
        f"/api/mv/jobs?{signed}",
        f"/api/mv/ws?{signed}",
        f"{path.upper()}?{signed}",
        f"{path}?expires={int(expires) + 1}&signature={signature}",
        f"{path}?expires=9999999999999999999&signature={signature}",
        f"{path}?expires=&signature={signature}",
        f"{path}?expires={expires}&signature=",
        f"{path}?expires={expires}&signature={signature[:-1]}",
        f"{path}?expires={expires}&signature=%00%ff{signature}",
        f"{path}?expires={expires}&signature={'A' * 5000}",
        f"{path}?signature={signature}",
    ):
        assert (await house.client.get(address)).status == 401, address
    assert (await house.client.get(f"{path}?{foreign}")).status == 404
    assert (await house.client.delete(url)).status == 401
    assert (await house.client.post(url)).status == 401
    assert (await bob.call("GET", url.removeprefix("/api/mv"))).status == 404  # his key counts, not her signature


async def test_no_signature_is_stored_or_logged(
    house: Theatre, alice: Holder, capsys: pytest.CaptureFixture[str]
) -> None:
    url = await a_picture(alice)
    assert (await house.client.get(url)).status == 200
    signature = url.rpartition("=")[2]
    assert signature not in await stored(house)
    out = "".join(capsys.readouterr())
    assert signature not in out
    assert alice.key not in out


# sockets


async def test_a_ticket_opens_one_socket_of_its_space(house: Theatre, alice: Holder) -> None:
    bob = await holder(house, "bob")
    hers, his = await alice.ordered("/generate_video", CLIP), await bob.ordered("/generate_video", CLIP)
    ticket = (await (await alice.post("/ws-ticket")).json())["ticket"]
    async with house.socket(f"ticket={ticket}&job_id={hers}&job_id={his}") as socket:
        snapshot = await socket.until("snapshot")
        assert [job["job_id"] for job in snapshot["data"]["jobs"]] == [hers]
        assert (await socket.until("error"))["data"]["error_code"] == "NOT_FOUND"
        await socket.say("cancel", job_id=his)
        assert (await socket.until("error"))["data"]["error_code"] == "NOT_FOUND"
        await house.perform(his)
        await house.perform(hers)
        assert (await socket.until("job.succeeded"))["data"]["job_id"] == hers
    with pytest.raises(WSServerHandshakeError, match="401"):
        async with house.socket(f"ticket={ticket}"):
            pass


async def test_a_ticket_is_over_soon_and_dies_with_its_key(house: Theatre, alice: Holder) -> None:
    bob = await holder(house, "bob")
    dead = (await (await alice.post("/ws-ticket")).json())["ticket"]
    late = (await (await bob.post("/ws-ticket")).json())["ticket"]
    await alice.revoke()

    async def is_refused(ticket: str) -> bool:
        try:
            async with house.socket(f"ticket={ticket}"):
                return False
        except WSServerHandshakeError as refused:
            return refused.status == 401

    assert [await is_refused(ticket) for ticket in (dead, "", "x" * 3000, "%00")] == [True] * 4
    house.clock.at += LOCKED.ticket_s
    assert await is_refused(late)


async def test_a_ticket_is_taken_once_though_two_come_with_it(house: Theatre, alice: Holder) -> None:
    ticket = (await (await alice.post("/ws-ticket")).json())["ticket"]

    async def comes_in() -> bool:
        try:
            async with house.socket(f"ticket={ticket}"):
                return True
        except WSServerHandshakeError:
            return False

    assert sorted(await asyncio.gather(*(comes_in() for _ in range(5)))) == [False] * 4 + [True]


async def test_sockets_of_a_revoked_key_are_closed(house: Theatre, alice: Holder) -> None:
    bob = await holder(house, "bob")
    async with (
        house.socket(headers=alice.headers) as hers,
        house.socket(headers=bob.headers) as his,
    ):
        await hers.until("hello")
        await his.until("hello")
        await alice.revoke()
        message = await hers.socket.receive(timeout=PATIENCE_S)
        assert (message.type, message.data, message.extra) == (WSMsgType.CLOSE, 1008, "this API key is revoked")
        await his.say("ping")
        await his.until("pong")


async def test_a_call_that_waits_is_refused_when_its_key_is_revoked_meanwhile(
    house: Theatre, alice: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.keys.doors.LONG_S", 0.0)
    job_id = await alice.ordered("/generate_video", CLIP)
    waiting = asyncio.create_task(
        alice.post("/generate_video", CLIP, headers={"Prefer": "wait=30", "Idempotency-Key": "w"})
    )
    async with asyncio.timeout(PATIENCE_S):
        while len(jobs := (await alice.told("/jobs"))["items"]) < 2:
            await asyncio.sleep(0.01)
    await alice.revoke()
    for job in jobs:
        if job["job_id"] != job_id:
            await house.perform(job["job_id"])
    assert (await waiting).status == 401


# pages of other origins


async def test_a_page_of_an_allowed_origin_may_use_its_key(tmp_path: Path, database: str) -> None:
    protection = Protection(allowed_origins=(STUDIO,))
    async with theatre(tmp_path, database, keys=LOCKED, protection=protection) as house:
        alice = await holder(house, "alice")
        asked = {"Origin": STUDIO, "Access-Control-Request-Method": "PUT"}
        preflight = await house.client.options(
            "/api/mv/jobs", headers=asked | {"Access-Control-Request-Headers": "authorization"}
        )
        assert preflight.status == 204
        assert preflight.headers["Access-Control-Allow-Origin"] == STUDIO
        allowed = preflight.headers["Access-Control-Allow-Headers"].lower()
        assert "authorization" in allowed
        assert "x-api-key" in allowed
        assert "idempotency-key" in allowed
        answer = await alice.post("/generate_video", CLIP, headers={"Origin": STUDIO})
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (202, STUDIO)
        assert "Origin" in (await alice.get("/jobs")).headers.getall("Vary")
        refused = await house.get("/jobs", headers={"Origin": STUDIO})
        assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (401, STUDIO)
        for origin in ("https://evil.example", "null", STUDIO + ".evil.example"):
            strange = await alice.post("/generate_video", CLIP, headers={"Origin": origin})
            assert strange.status == 403
            assert "Access-Control-Allow-Origin" not in strange.headers
            preflight = await house.client.options("/api/mv/jobs", headers=asked | {"Origin": origin})
            assert preflight.status == 403
            with pytest.raises(WSServerHandshakeError, match="403"):
                async with house.socket(headers=alice.headers | {"Origin": origin}):
                    pass


async def test_with_keys_any_name_does_unless_names_are_listed(
    tmp_path: Path, house: Theatre, alice: Holder, database: str
) -> None:
    assert (await alice.post("/generate_video", CLIP, headers={"Host": "films.example"})).status == 202
    protection = Protection(allowed_hosts=("films.example",))
    async with theatre(tmp_path, database, keys=LOCKED, protection=protection) as named:
        hers = Holder(named, alice.id, alice.key, alice.space)
        assert (await hers.get("/jobs", headers={"Host": "films.example"})).status == 200
        assert await refusal(await hers.get("/jobs", headers={"Host": "evil.example"})) == (403, "FORBIDDEN")
        assert (await named.client.get("/healthz", headers={"Host": "10.0.0.7"})).status == 200


# scenebeat keys


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCENEBEAT_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def test_keys_are_made_listed_capped_and_revoked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["create", "studio", "--budget-per-day", "5", "--jobs-in-flight", "9", "--json"]) == 0
    made = told(capsys)
    assert read_token(made["key"])
    assert made["space"] == "studio"
    assert made["jobs_in_flight"] == 9
    assert main(["create", "studio"]) == 1
    assert "choose another name" in capsys.readouterr().err
    assert main(["create", "ci", "--space", "studio"]) == 0
    assert "shown this once" in capsys.readouterr().out
    assert main(["budget", "studio", "2.50", "--json"]) == 0
    assert told(capsys)["budget_per_day_usd"] == "2.50"
    assert main(["budget", "studio", "none", "--json"]) == 0
    assert told(capsys)["budget_per_day_usd"] is None
    assert main(["revoke", made["id"]]) == main(["revoke", made["id"]]) == 0
    capsys.readouterr()
    assert main(["list", "--json"]) == 0
    items = told(capsys)["items"]
    assert [(item["name"], item["revoked_at"] is None) for item in items] == [("studio", False), ("ci", True)]
    assert made["key"] not in json.dumps(items)
    assert main(["revoke", "nobody"]) == 1
    assert "keys list" in capsys.readouterr().err
    assert main(["create", "studio"]) == 1  # its space belongs to `ci`
    assert "--space studio" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["create"], ["create", "a b"], ["create", "x\ny"], ["create", "x", "--budget-per-day", "nan"],
        ["create", "x", "--budget-per-day", "-1"], ["budget", "x", "much"],
        ["create", "x", "--jobs-in-flight", "0"], [],
    ],
)  # fmt: skip
def test_wrong_words_exit_two(folder: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2


async def test_revoked_keys_are_told_from_good_ones(house: Theatre, alice: Holder) -> None:
    bob = await holder(house, "bob")
    await alice.revoke()
    async with house.house.history.read() as tx:
        assert await keys.still_good(tx, {alice.id, bob.id, "nobody"}) == {bob.id}
