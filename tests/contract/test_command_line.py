"""The commands that talk to a gateway, against a whole one: what they order, say, write and exit with."""

import asyncio
import io
import json
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scenebeat.options import parser
from scenebeat.remote import voice as voice_module
from scenebeat.remote.desk import attend
from shared.answers import JobFields
from shared.contracts.base import ErrorCode, Fault
from shared.contracts.order import Failed
from tests import bodies
from tests.contract.theatre import CLIP, FILM, PATIENCE_S, Theatre
from tests.factories import an_id

FREE = ("--backend", "local")
CHARACTER = ("--character", "a keeper in a yellow coat")


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass
class Shell:
    """Types commands at a gateway whose worker performs whatever is ordered."""

    house: Theatre
    capsys: pytest.CaptureFixture[str]

    async def __call__(self, *words: str, worker: bool = True, fails: bool = False, **environment: str) -> Said:
        options = parser().parse_args(words)
        url = {"SCENEBEAT_URL": str(self.house.client.make_url(""))}
        async with asyncio.timeout(PATIENCE_S):
            command = asyncio.create_task(attend(options, url | environment))
            if worker:
                await self._perform(command, fails=fails)
            code = await command
        said = self.capsys.readouterr()
        return Said(code, _without_logs(said.out), said.err)

    async def _perform(self, command: asyncio.Task[int], *, fails: bool) -> None:
        fault = Fault(code=ErrorCode.CONTENT_POLICY_VIOLATION, message="nobody may see that", stage="prompt")
        outcome = Failed(fault=fault, cost_usd=Decimal(0)) if fails else None
        while not command.done():
            listed = await (await self.house.get("/jobs?limit=50")).json()
            for job in listed["items"]:
                if job["status"] in {"queued", "running"}:
                    await self.house.perform(job["job_id"], outcome)
            await asyncio.sleep(0.01)  # the command may be about to order


def _without_logs(text: str) -> str:
    """The gateway of these tests logs to the same stdout."""
    return "".join(line for line in text.splitlines(keepends=True) if " module=" not in line)


@pytest.fixture
def shell(house: Theatre, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(house, capsys)


async def test_a_clip_is_ordered_watched_and_fetched(shell: Shell, tmp_path: Path) -> None:
    said = await shell("clip", "a pier at dusk", "--duration", "4", *FREE, "--out", str(tmp_path / "pier.mp4"))
    assert said.code == 0
    assert said.out.splitlines()[-1] == str(tmp_path / "pier.mp4")
    assert (tmp_path / "pier.mp4").read_bytes() == b"made of bytes"
    assert "succeeded  100%" in said.err


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("scenes", "a lighthouse", *CHARACTER, "--scenes", "2"), "create_scenes"),
        (("character", "a keeper", "--images", "2"), "generate_character_reference"),
        (("clip", "a pier"), "generate_video"),
    ],
)
async def test_an_order_as_json_is_one_document(shell: Shell, words: tuple[str, ...], kind: str) -> None:
    said = await shell(*words, *FREE, "--project", "tests", "--json")
    assert (said.code, said.document["kind"], said.document["status"]) == (0, kind, "succeeded")
    assert said.document["project"] == "tests"
    assert said.document["result"]["metadata"]["backend_used"] == "local"


async def test_several_pictures_are_numbered_or_go_into_a_folder(shell: Shell, tmp_path: Path) -> None:
    said = await shell("character", "a keeper", "--images", "2", *FREE, "--out", str(tmp_path / "keeper.png"))
    assert said.out.splitlines()[-2:] == [str(tmp_path / f"keeper-{number}.png") for number in (1, 2)]
    said = await shell("character", "a keeper", "--images", "2", *FREE, "--out", str(tmp_path / "new"))
    assert sorted(map(str, (tmp_path / "new").iterdir())) == sorted(said.out.splitlines()[-2:])


async def test_scenes_are_fetched_as_what_the_file_is_called(shell: Shell, tmp_path: Path) -> None:
    for name in ("scenes.json", "scenes.md"):
        said = await shell("scenes", "a lighthouse", *CHARACTER, "--scenes", "1", *FREE, "--out", str(tmp_path / name))
        assert said.out.splitlines()[-1] == str(tmp_path / name)
    assert sorted(file.name for file in tmp_path.glob("scenes.*")) == ["scenes.json", "scenes.md"]


async def test_a_cut_of_clips_that_were_made(shell: Shell) -> None:
    clips = [(await shell.house.made())["video_id"] for _ in range(2)]
    said = await shell("stitch", *clips, "--transition", "crossfade", "--json")
    assert said.document["result"]["metadata"]["input_video_ids"] == clips
    assert said.document["request"]["transition"] == [{"type": "crossfade"}]


async def test_a_failed_order_exits_1_and_says_why(shell: Shell) -> None:
    said = await shell("clip", "something", *FREE, fails=True)
    assert said.code == 1
    assert "nobody may see that" in said.err
    assert said.out.split()[-1] == "failed"


async def test_nothing_that_costs_is_ordered_without_a_yes(shell: Shell) -> None:
    said = await shell("clip", "a pier", "--backend", "replicate", worker=False)
    assert said.code == 2
    assert "nothing was ordered" in said.err
    assert (await shell("jobs", "--json", worker=False)).document["items"] == []
    said = await shell("clip", "a pier", "--backend", "replicate", "--budget", "0.01", worker=False)
    assert said.code == 1
    assert (await shell("clip", "a pier", "--backend", "replicate", "--yes", "--no-wait", worker=False)).code == 0


async def test_no_wait_says_the_id_and_how_to_go_on(shell: Shell) -> None:
    said = await shell("clip", "a pier", *FREE, "--no-wait", worker=False)
    job_id = said.out.splitlines()[0]
    assert f"scenebeat watch {job_id}" in said.out
    watched = await shell("watch", job_id)
    assert (watched.code, "succeeded" in watched.err) == (0, True)
    whole = await shell("jobs", job_id, worker=False)
    assert whole.out.splitlines()[0] == f"{job_id}  generate_video  succeeded  100%"


async def test_what_is_watched_as_json_is_a_line_for_every_change(shell: Shell, tmp_path: Path) -> None:
    film_id = await shell.house.ordered("/productions", FILM | {"backend": "local"})
    said = await shell("watch", film_id, "--json", "--out", str(tmp_path / "film.mp4"))
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 0
    assert {line.get("part") for line in lines} >= {"scenes", "clip/1", "clip/2", "cut"}
    assert lines[-1]["final_video"]["video_id"]
    assert (tmp_path / "film.mp4").exists()


async def test_a_film_is_watched_listed_exported(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film_id = await shell.house.ordered("/productions", FILM | {"title": "Fox"})
    said = await shell("watch", film_id)
    assert said.code == 0
    assert "final cut  succeeded" in said.err
    (row,) = (await shell("films", worker=False)).out.splitlines()
    assert row.split("\t")[:2] == [film_id, "succeeded"]
    assert row.split("\t")[-1] == "Fox"
    monkeypatch.chdir(tmp_path)
    said = await shell("export", film_id, "--format", "otio", worker=False)
    assert said.out == f"{tmp_path}/film-{film_id}.otio\n"
    assert json.loads((tmp_path / f"film-{film_id}.otio").read_text())["OTIO_SCHEMA"] == "Timeline.1"


async def test_a_film_waits_at_its_gates_until_it_is_approved(shell: Shell, tmp_path: Path) -> None:
    gates = {"review": ["storyboard", "character", "clips"], "num_images": 2}
    film_id = await shell.house.ordered("/productions", FILM | gates)
    at_gate = await shell("watch", film_id, "--leave-at-gate")
    assert (at_gate.code, at_gate.out) == (4, "")
    assert "the storyboard is written" in at_gate.err
    assert "scene 1: the keeper climbs" in at_gate.err
    assert f"scenebeat approve {film_id} " in at_gate.err
    at_gate = await shell("approve", film_id, "--gate", "storyboard", "--leave-at-gate")
    assert (at_gate.code, "portrait 1 (chosen): http" in at_gate.err) == (4, True)
    assert f"scenebeat choose {film_id} --portrait 2" in at_gate.err
    chosen = await shell("choose", film_id, "--portrait", "2", "--json", worker=False)
    candidates = chosen.document["character"]["candidates"]
    assert (chosen.code, chosen.document["character"]["chosen"]["id"]) == (0, candidates[1]["id"])
    beyond = await shell("choose", film_id, "--portrait", "9", worker=False)
    assert (beyond.code, "the film has no portrait 9" in beyond.err) == (2, True)
    assert (await shell("choose", film_id, worker=False)).code == 2
    at_gate = await shell("approve", film_id, "--leave-at-gate", "--json")
    lines = [json.loads(line) for line in at_gate.out.splitlines()]
    assert (at_gate.code, lines[-1]["status"], lines[-1]["stage"]) == (4, "waiting", "review: clips")
    assert "scene 2: its clip is there" in at_gate.err
    assert (await shell("choose", film_id, "--scene", "1", "--version", "1", worker=False)).out.endswith("\twaiting\n")
    film = await shell("approve", film_id, "--out", str(tmp_path / "film.mp4"))
    assert (film.code, film.out.splitlines()[-1]) == (0, str(tmp_path / "film.mp4"))
    assert (await shell("approve", film_id, worker=False)).code == 1, "it waits at no gate"


async def test_who_watches_a_film_at_its_gate_is_told_and_waits_until_others_approve(shell: Shell) -> None:
    film_id = await shell.house.ordered("/productions", FILM | {"review": ["storyboard"]})
    assert (await shell("watch", film_id, "--leave-at-gate")).code == 4
    watching = asyncio.create_task(shell("watch", film_id))
    async with asyncio.timeout(PATIENCE_S):
        while not shell.house.house.hub.clients:
            await asyncio.sleep(0.01)  # until it follows
    await shell.house.post(f"/productions/{film_id}/continue", {})
    said = await watching
    assert (said.code, said.err.count("It waits for you")) == (0, 1)


async def test_cancel_and_retry(shell: Shell) -> None:
    job_id = await shell.house.ordered("/generate_video", CLIP)
    assert (await shell("cancel", job_id, worker=False)).out == f"{job_id}\tcanceled\n"
    assert (await shell("watch", job_id, worker=False)).code == 1
    said = await shell("retry", job_id, "--json")
    assert (said.code, said.document["retry_of"], said.document["status"]) == (0, job_id, "succeeded")
    film_id = await shell.house.ordered("/productions", FILM)
    assert (await shell("cancel", film_id, worker=False)).out == f"{film_id}\tcanceled\n"
    said = await shell("retry", film_id, "--json")
    assert (said.code, json.loads(said.out.splitlines()[-1])["status"]) == (0, "succeeded")


async def test_whoever_interrupts_a_wait_is_told_how_to_take_it_up(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    for flag, status in (((), "queued"), (("--cancel-on-interrupt",), "canceled")):
        job_id = await shell.house.ordered("/generate_video", CLIP)
        command = asyncio.create_task(shell("watch", job_id, *flag, worker=False))
        async with asyncio.timeout(PATIENCE_S):
            while not shell.house.house.hub.clients:
                await asyncio.sleep(0.01)  # until it follows
        command.cancel()
        with pytest.raises(asyncio.CancelledError):
            await command
        async with asyncio.timeout(PATIENCE_S):
            while shell.house.house.hub.clients:
                await asyncio.sleep(0.01)  # until it is gone
        said = capsys.readouterr().err
        assert (f"scenebeat watch {job_id}" in said) == (status == "queued")
        assert (await (await shell.house.get(f"/jobs/{job_id}")).json())["status"] == status


async def test_lists_are_whole_when_piped_and_cut_to_the_terminal(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = "a\tlong \x1b[31mprompt " * 20
    await shell.house.ordered("/generate_video", {"prompt": prompt})
    (row,) = (await shell("jobs", worker=False)).out.splitlines()
    assert len(row.split("\t")) == 6
    assert "\x1b" not in row
    assert row.count("prompt") == 20
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    for columns in ("60", "100"):
        monkeypatch.setenv("COLUMNS", columns)
        head, row = (await shell("jobs", worker=False)).out.splitlines()
        assert head.split()[:4] == ["ID", "KIND", "STATUS", "AGE"]
        assert len(row) <= int(columns)
        assert "\x1b" not in row


async def test_an_empty_list_says_what_to_do(shell: Shell) -> None:
    said = await shell("jobs", worker=False)
    assert (said.code, said.out) == (0, "")
    assert "no jobs yet" in said.err
    assert "no jobs like that" in (await shell("jobs", "--status", "failed", worker=False)).err
    assert "no films yet" in (await shell("films", worker=False)).err
    assert "no films like that" in (await shell("films", "--status", "waiting", worker=False)).err
    assert (await shell("films", "--json", worker=False)).document == {"items": [], "next_cursor": None}


async def test_an_estimate_takes_the_words_of_the_order(shell: Shell) -> None:
    said = await shell("estimate", "clip", "a pier", "--backend", "replicate", "--duration", "8", worker=False)
    assert "google/veo-3.1" in said.out
    said = await shell("estimate", "make", "a fox", *CHARACTER, "--scenes", "3", *FREE, "--json", worker=False)
    assert (said.document["call"], said.document["estimated_usd"]) == ("productions", "0")
    assert (await shell("estimate", "scenes", "a fox", *CHARACTER, *FREE, worker=False)).out.startswith(
        "nothing: made by"
    )


@pytest.mark.parametrize(
    ("words", "code", "error_code"),
    [
        (("clip", "x", "--aspect", "wide"), 2, "INVALID_REQUEST"),
        (("watch", "0190aaaa-0000-7000-8000-000000000001"), 1, "NOT_FOUND"),
        (("jobs", "not-an-id"), 2, "INVALID_REQUEST"),
        (("export", "0190aaaa-0000-7000-8000-000000000001"), 1, "NOT_FOUND"),
    ],
)
async def test_what_is_refused_is_said_in_words_and_in_json(
    shell: Shell, words: tuple[str, ...], code: int, error_code: str
) -> None:
    said = await shell(*words, "--json", worker=False)
    assert (said.code, said.document["error_code"]) == (code, error_code)
    assert said.err.startswith("scenebeat: ")
    assert "Traceback" not in said.err


async def test_where_no_gateway_is_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], unused_tcp_port: int
) -> None:
    options = parser().parse_args(["jobs", "--data", str(tmp_path)])
    assert await attend(options, {"SCENEBEAT_URL": f"http://127.0.0.1:{unused_tcp_port}"}) == 1
    assert "scenebeat up" in capsys.readouterr().err


def test_a_line_that_is_drawn_anew_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    spoken = voice_module.Voice(stream=stream)
    told = JobFields.model_validate(
        bodies.job_fields(status="running", progress=bodies.progress(fraction=0.5, message="x" * 80))
    )
    spoken.step(told)
    spoken.rest()
    drawn, _, rest = stream.getvalue().removeprefix(voice_module.ERASE_LINE).partition("\r")
    assert len(drawn) == 19
    assert rest == "\x1b[K"


async def test_webhooks_are_listed_shown_and_replayed_and_the_secret_is_told(shell: Shell) -> None:
    async def hooks(*words: str) -> Said:
        return await shell("webhooks", *words, worker=False)

    none = await hooks("list")
    assert (none.code, none.out, "no webhook" in none.err) == (0, "", True)
    job_id = await shell.house.ordered("/generate_video", {**CLIP, "webhook_url": "https://example.com/hook"})
    page = (await hooks("list", "--status", "pending", "--job", job_id, "--json")).document
    (one,) = page["items"]
    line = (await hooks("list")).out.rstrip("\n").split("\t")
    assert (line[0], line[1:4], line[-1]) == (
        one["delivery_id"], ["pending", "job.queued", "0"], "https://example.com/hook",
    )  # fmt: skip
    shown = await hooks("show", one["delivery_id"])
    assert job_id in shown.out
    assert (await hooks("replay", one["delivery_id"])).out.split() == [one["delivery_id"], "pending"]
    assert (await hooks("replay", "--since", "2026-01-31T12:00:00Z")).out == "0 are sent again\n"
    assert (await hooks("replay", "--since", "soon")).code == 2
    assert (await hooks("show", an_id())).code == 1

    secret = (await hooks("secret")).out.strip()
    assert secret.startswith("whsec_")
    rotated = await hooks("secret", "--rotate")
    assert (rotated.out.strip() != secret, "signs along" in rotated.err) == (True, True)
    assert (await hooks("default")).out == "nowhere\n"
    assert (await hooks("default", "https://example.com/all")).out == "https://example.com/all\n"
    assert (await hooks("default", "--nowhere", "--json")).document == {"url": None}
    assert (await hooks("default", "https://127.0.0.1/")).code == 2
