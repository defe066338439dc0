"""The whole system with debug on: no key, no signed address and no picture is told or kept anywhere."""

import asyncio
import base64
import io
import json
import random
import sqlite3
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.e2e import stacks
from tests.e2e.forked import running_up
from tests.e2e.haystacks import Overheard, files, found, overhearing, rows
from tests.e2e.stacks import until
from tests.unit.scenebeat.test_doctor import told_by_the_command
from tests.wire.gemini import GeminiServer
from tests.wire.gemini_takes import COURSES as GEMINI_COURSES
from tests.wire.replicate import ReplicateServer
from tests.wire.takes import COURSES, ECHO, Echo

pytestmark = [*stacks.NEEDS_NATS, pytest.mark.timeout(400)]

MARKER = "plainly-visible-lighthouse"
"""Goes with every order and may be told: what does not find it would find no secret either."""
TOKEN = "wq8replicate8f3k2m9x7q1w5e4r6tzzb"
KEY = "jx2gemini2z8x6c4v9b1n7m3a5sqqy"
SIGNED = "e7f3a91c5d2b8046aa17f0c39b5d6e82"
NEVER_SETTLED = {"[wire:echoes-doubtful]", "[wire:echoes-throttled]", "[wire:echoes-overloaded]"}


def picture(side_px: int) -> bytes:
    """A PNG of noise: no part of it comes twice anywhere."""
    buffer = io.BytesIO()
    noise = random.Random(side_px).randbytes(3 * side_px * side_px)
    Image.frombytes("RGB", (side_px, side_px), noise).save(buffer, "PNG")
    return buffer.getvalue()


def plain_picture() -> bytes:
    """Some hundred bytes: shorter than what is recognised as bytes by its length."""
    buffer = io.BytesIO()
    plain = Image.new("RGB", (16, 16), (201, 77, 33))
    plain.putpixel((5, 7), (12, 250, 131))
    plain.save(buffer, "PNG")
    return buffer.getvalue()


LARGE, SMALL = picture(96), plain_picture()
LARGE_TEXT, SMALL_TEXT = base64.b64encode(LARGE).decode(), base64.b64encode(SMALL).decode()
NEEDLES = {
    "Replicate's token, even its beginning": TOKEN[:8].encode(),
    "Replicate's token, even its end": TOKEN[-8:].encode(),
    "Gemini's key, even its beginning": KEY[:8].encode(),
    "Gemini's key, even its end": KEY[-8:].encode(),
    "a signature, even its beginning": SIGNED[:8].encode(),
    "a signature, even its end": SIGNED[-8:].encode(),
    "the picture's end in base64": LARGE_TEXT[-300:-252].encode(),
    "the picture's middle in base64": LARGE_TEXT[9000:9048].encode(),
    "the picture's middle, url-safe": base64.urlsafe_b64encode(LARGE)[9000:9048],
    "the picture's bytes": LARGE[6000:6032],
    "the small picture in base64": SMALL_TEXT[44:76].encode(),
}


@dataclass
class Answers:
    """What the gateway was asked, and every word of its answers."""

    session: aiohttp.ClientSession
    texts: list[str] = field(default_factory=list)

    async def post(self, call: str, body: Any, *, wait_s: int = 60, **options: Any) -> tuple[int, Any]:
        headers = {"Prefer": f"wait={wait_s}"} if wait_s else {}
        async with self.session.post(f"/api/mv/{call}", json=body, headers=headers, **options) as answer:
            return answer.status, await self._kept(answer)

    async def get(self, path: str) -> Any:
        async with self.session.get(path) as answer:
            return await self._kept(answer)

    async def _kept(self, answer: aiohttp.ClientResponse) -> Any:
        text = await answer.text()
        self.texts.append(f"{dict(answer.headers)} {text}")
        return json.loads(text)


@pytest.fixture
async def replicate() -> AsyncIterator[ReplicateServer]:
    async with ReplicateServer(echo=Echo(TOKEN, SIGNED, LARGE_TEXT[9000:9400])).running() as server:
        yield server


@pytest.fixture
async def gemini() -> AsyncIterator[GeminiServer]:
    async with GeminiServer(echo=Echo(KEY, SIGNED, LARGE_TEXT[9000:9400])).running() as server:
        yield server


@pytest.fixture(autouse=True)
def environment(
    replicate: ReplicateServer, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = {
        "MV_DEBUG_MODE": "true",
        "REPLICATE_API_TOKEN": TOKEN,
        "REPLICATE_BASE_URL": replicate.url,
        "GEMINI_API_KEY": KEY,
        "GOOGLE_GEMINI_BASE_URL": gemini.url,
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    for name in ("REPLICATE_API_KEY", "GOOGLE_CLOUD_PROJECT", "VERTEX_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def echoes(backend: str) -> list[str]:
    """The cues that make a vendor repeat secrets in a failure that ends the order."""
    courses = COURSES if backend == "replicate" else GEMINI_COURSES
    cues = [f"[wire:{name}]" for name in courses if name.startswith("echoes")]
    return [cue for cue in cues if cue not in NEVER_SETTLED]


def settled_orders() -> list[tuple[str, dict[str, Any]]]:
    """Every kind on every paid provider: one that goes well, and all that fail with a vendor who repeats secrets."""
    cues = ("", *echoes("gemini"), "[wire:echoes-doubtful]")  # scenes are cheap: asked again, not left uncertain
    orders: list[tuple[str, dict[str, Any]]] = [
        ("create_scenes", {"idea": f"{MARKER} {cue}", "character_description": "a keeper"}) for cue in cues
    ]
    for backend in ("replicate", "gemini"):
        for cue in ("", *echoes(backend)):
            words = f"{MARKER} {backend} {cue}"
            portrait = {"character_description": words, "num_images": 1, "backend": backend, "include_base64": False}
            clip = {"prompt": words, "duration": 8, "backend": backend, "reference_image_base64": LARGE_TEXT}
            orders += [("generate_character_reference", portrait), ("generate_video", clip)]
        ways = {
            "uri": f"data:image/png;base64,{LARGE_TEXT}",
            "lines": "\n".join(LARGE_TEXT[at : at + 76] for at in range(0, len(LARGE_TEXT), 76)),
            "small": SMALL_TEXT,
        }
        for way, text in ways.items():
            clip = {"prompt": f"{MARKER} {way}", "duration": 8, "backend": backend, "reference_image_base64": text}
            orders.append(("generate_video", clip))
    signed = {"prompt": f"{MARKER} [wire:foreign]", "duration": 8, "backend": "gemini"}
    return [*orders, ("generate_video", signed)]


FILM = {
    "idea": f"{MARKER} sings",
    "character_description": "a keeper",
    "number_of_scenes": 1,
    "reference_image_base64": f"data:image/png;base64,{LARGE_TEXT}",
}
WRONG_BODIES: list[Any] = [
    {"prompt": "x", "reference_image_base64": [LARGE_TEXT]},
    {"prompt": "x", "reference_image_base64": {"data": LARGE_TEXT}},
    {"prompt": "x", "reference_image_base64": f"{LARGE_TEXT[:-4]}!!!!"},
    {"prompt": "x", "reference_image_base64": SMALL_TEXT[:80]},
    {"prompt": "x", "reference_image": LARGE_TEXT},
    {"prompt": 7, "reference_image_base64": LARGE_TEXT, "character_reference_image_id": LARGE_TEXT},
    [LARGE_TEXT],
    f"data:image/png;base64,{LARGE_TEXT}",
]


async def test_no_secret_is_told_or_kept_anywhere(
    tmp_path: Path, replicate: ReplicateServer, gemini: GeminiServer
) -> None:
    data = tmp_path / "data"
    async with running_up(data) as up:
        url = (await up.ready_line()).removeprefix("ready ")
        async with (
            overhearing(bus_url=up.record.bus, url=url, project=MARKER) as overheard,
            aiohttp.ClientSession(url) as session,
        ):
            answers = Answers(session)
            await order_everything(answers, data)
            await look_at_everything(answers, overheard, replicate, gemini)
            await until(lambda: any(b"canceled" in frame for frame in overheard.frames))
        up.process.terminate()
        said = b"".join(await up.process.communicate())
    doctor = str([await told_by_the_command(*options, environment={}) for options in ((), ("--json",))])
    haystacks = gathered(data, overheard, answers) | {"stdout and stderr": said, "the doctor": doctor.encode()}

    assert_that_there_was_something_to_find(replicate, gemini)
    visible = {"marker": MARKER.encode(), "model": b"google/veo-3.1"}
    assert {hit.partition(" in ")[2] for hit in found(visible, haystacks)} == set(haystacks)
    assert found(NEEDLES, haystacks) == []
    assert_that_debug_mode_told_everything(data / "logs")


async def order_everything(answers: Answers, data: Path) -> None:
    for body in WRONG_BODIES:
        status, _ = await answers.post("generate_video", body)
        assert status == 400, body
    for body in ({**FILM}, {"prompt": MARKER, "reference_image_base64": LARGE_TEXT}):
        status, _ = await answers.post("estimate", body)
        assert status == 200
    await order_what_is_left("echoes-doubtful", answers)
    orders = settled_orders()
    outcomes = await asyncio.gather(
        *(answers.post(call, {**body, "project": MARKER}) for call, body in orders),
        *(answers.post("productions", {**FILM, **more, "project": MARKER}, wait_s=0) for more in films()),
    )
    assert 400 not in {
        status for (status, _), (_, body) in zip(outcomes, orders, strict=False) if "[wire" not in str(body)
    }
    assert {200, 202, 500} < {status for status, _ in outcomes}
    await until(lambda: (data / "logs/video.log").read_bytes().count(b'"submission_unknown"') >= 2)


def films() -> list[dict[str, Any]]:
    """One that goes well, one whose clips are refused with the vendor's echo: the cue gets into every scene."""
    return [{}, {"character_description": "a keeper [wire:echoes-moderated]"}]


async def order_what_is_left(fault: str, answers: Answers) -> None:
    """Clips that will not end for a long time."""
    for backend in ("replicate", "gemini"):
        clip = {"prompt": f"{MARKER} [wire:{fault}]", "duration": 8, "backend": backend, "project": MARKER}
        status, _ = await answers.post("generate_video", clip, wait_s=0)
        assert status == 202


def is_under_way(cue: str, orders: Mapping[str, int]) -> bool:
    return any(cue in prompt for prompt in orders)


async def look_at_everything(
    answers: Answers, overheard: Overheard, replicate: ReplicateServer, gemini: GeminiServer
) -> None:
    """Once everything that can end has ended: hold the accounts back, cancel what is left, and read it all."""

    async def are_over() -> bool:
        films = (await answers.get("/api/mv/productions"))["items"]
        return all(film["status"] in {"succeeded", "partial", "failed"} for film in films)

    async with asyncio.timeout(120):
        while not await are_over():
            await asyncio.sleep(0.2)  # another process: nothing to await
    listed = (await answers.get(f"/api/mv/jobs?project={MARKER}&limit=200"))["items"]
    failed = next(job for job in listed if job["status"] == "failed" and job["kind"] == "generate_video")
    await answers.post(f"jobs/{failed['job_id']}/retry", {})
    await order_what_is_left("slow", answers)
    await until(lambda: is_under_way("[wire:slow]", replicate.orders) and is_under_way("[wire:slow]", gemini.orders))
    await order_what_is_left("echoes-throttled", answers)
    await until(lambda: sum(b".throttled " in message for message in overheard.messages) >= 2)
    listed = (await answers.get(f"/api/mv/jobs?project={MARKER}&limit=200"))["items"]
    for job in listed:
        if job["status"] in {"queued", "running"}:
            await answers.post(f"jobs/{job['job_id']}/cancel", {}, wait_s=0)
    for job in (await answers.get(f"/api/mv/jobs?project={MARKER}&limit=200"))["items"]:
        await answers.get(f"/api/mv/jobs/{job['job_id']}")
        await answers.get(f"/api/mv/jobs/{job['job_id']}/events")
    for film in (await answers.get("/api/mv/productions"))["items"]:
        await answers.get(f"/api/mv/productions/{film['production_id']}")


def gathered(data: Path, overheard: Overheard, answers: Answers) -> dict[str, bytes]:
    return {
        "the logs": files(data / "logs"),
        "the history": rows(data / "history.sqlite"),
        "the history's file": (data / "history.sqlite").read_bytes(),
        "the store of the bus": files(data / "nats"),
        "the bus": b"\n".join(overheard.messages),
        "the socket": b"\n".join(overheard.frames),
        "the answers": "\n".join(answers.texts).encode(),
    }


def assert_that_there_was_something_to_find(replicate: ReplicateServer, gemini: GeminiServer) -> None:
    """The providers were given the pictures, served signed addresses, and repeated all they knew."""
    for bodies in (
        [bought.input for bought in replicate.bought.values()],
        [m.body for m in gemini.generations.values()],
    ):
        assert LARGE_TEXT in json.dumps(bodies)
        assert SMALL_TEXT in json.dumps(bodies)
    assert any(bought.downloads for bought in replicate.bought.values())
    assert any(made.take.delivery == "foreign" for made in gemini.generations.values())
    told = replicate.echo(ECHO).encode(), gemini.echo(ECHO).encode()
    assert {TOKEN.encode() in told[0], KEY.encode() in told[1], SIGNED.encode() in told[0]} == {True}


def assert_that_debug_mode_told_everything(logs: Path) -> None:
    """API.md section 7: arguments, defaults with their source, configuration, whole prompts, calls with timings."""
    told = {
        path.stem: [json.loads(line) for line in path.read_text().splitlines() if line.startswith("{")]
        for path in logs.glob("*.log")
    }
    events = {name: {line["event"] for line in lines} for name, lines in told.items()}
    work = {"config_value", "order_received", "provider_call"}
    http = {"replicate": {"replicate_call", "replicate_answer"}, "gemini": {"gemini_call", "gemini_responded"}}
    assert events["gateway"] >= {"config_value", "request_received", "job_planned", "production_planned"}
    assert events["scene"] >= work | http["gemini"]
    assert events["image"] >= work | http["gemini"] | http["replicate"]
    assert events["video"] >= work | http["gemini"] | http["replicate"]
    assert events["stitch"] >= work
    planned = [line for line in told["gateway"] if line["event"] == "job_planned"]
    assert {"image.yaml", "video.yaml", "scene.yaml", "stitch.yaml"} == {line["defaults_from"] for line in planned}
    calls = [
        line
        for name in ("scene", "image", "video", "stitch")
        for line in told[name]
        if line["event"] == "provider_call"
    ]
    assert {line["step"] for line in calls} >= {"submit", "poll", "fetch", "cancel", "write"}
    assert all(isinstance(line["ms"], int) for line in calls)
    rules = "Rules: the same character from the first frame"  # of the template in video.yaml
    for event in ("replicate_call", "gemini_call"):
        assert any(rules in json.dumps(line) for line in told["video"] if line["event"] == event)


@pytest.mark.parametrize("name", NEEDLES)
def test_the_search_finds_what_is_there(tmp_path: Path, name: str) -> None:
    planted = b"before " + NEEDLES[name] + b" after"
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/file.log").write_bytes(planted)
    with sqlite3.connect(tmp_path / "history.sqlite") as history:
        history.execute("create table planted (cell blob)")
        history.execute("insert into planted values (?)", (planted,))
    history.close()
    places = {"files": files(tmp_path / "deep"), "rows": rows(tmp_path / "history.sqlite"), "clean": b"nothing here"}
    assert found({name: NEEDLES[name]}, places) == [f"{name} in files", f"{name} in rows"]
