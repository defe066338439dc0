import io
from typing import Any

import pytest
from rich.console import Console

from scenebeat.film import Film
from scenebeat.filming import Screened, file_name
from scenebeat.marquee import LiveScreen
from scenebeat.screen import PlainScreen, clock_time, open_screen, price
from shared.answers import JobFields, Production
from tests import bodies

FINAL: dict[str, Any] = {
    "video_id": "v",
    "video_path": "videos/v.mp4",
    "video_url": "/api/mv/get_video/v",
    "poster_url": None,
    "contact_sheet_url": None,
    "size_bytes": 8_123_456,
    "duration_seconds": 19.0,
    "width": 1280,
    "height": 720,
    "fps": 24,
    "quality_report": {},
}
AWAY = bodies.problem("the scene writer is away")
FILM_ID = "0190aaaa-0000-7000-8000-00000012cafe"


def job(part: str, status: str, *, fraction: float = 0.0) -> JobFields:
    """A `job.*` frame."""
    ended = "2026-11-21T12:00:02.500Z" if status in {"succeeded", "failed"} else None
    told = bodies.job_fields(
        job_id=part,
        part=part,
        status=status,
        progress=bodies.progress(fraction=fraction),
        started_at=bodies.NOON,
        completed_at=ended,
    )
    return JobFields.model_validate(told)


def brief(part: str, status: str, **more: Any) -> dict[str, Any]:
    """A job as the resource of its film shows it."""
    told = {"job_id": part, "kind": "generate_video", "part": part, "status": status, "fraction": 0.5, "url": "/"}
    return {"error": None, "message": "", "eta_seconds": None, **told, **more}


def production(**more: Any) -> Production:
    """What GET shows of a film with two scenes of which nothing is made yet."""
    return Production.model_validate(bodies.production(production_id=FILM_ID, **more))


def test_a_clip_that_is_made_to_fit_has_no_row_of_its_own() -> None:
    film = Film()
    film.take(production(jobs=[brief("conform/1", "running")]))
    film.hear(job("conform/2", "succeeded", fraction=1.0))
    assert [row.name for row in film.rows.values()] == ["scenes", "character", "clip 1", "clip 2", "final cut"]
    assert {row.status for row in film.rows.values()} == {"waiting"}


def written(**more: Any) -> Production:
    said = (("She lights the lamp.", "The Lamp"), ("She rows out to sea.", ""))
    place: dict[str, Any] = {"position": 1, "shown_version": None, "stale": False, "stale_because": []}
    unmade = {**place, "version": 1, "negative_description": "", "clip": None, "is_stand_in": False, "job": None}
    scenes = [
        {**unmade, "number": number, "description": description, "title": title}
        for number, (description, title) in enumerate(said, 1)
    ]
    return production(scenes=scenes, stage="clips", **more)


def film(body: Production | None = None) -> Film:
    made = Film()
    made.take(body or production())
    return made


def test_every_part_has_its_row_before_anything_began() -> None:
    rows = film().rows
    assert list(rows) == ["scenes", "character", "clip/1", "clip/2", "cut"]
    assert {row.status for row in rows.values()} == {"waiting"}
    assert rows["clip/1"].note == "waits for the scenes and the character"


def test_a_job_moves_its_row_and_a_scene_names_it() -> None:
    told = film(written())
    told.hear(job("clip/1", "running", fraction=0.4))
    told.hear(job("clip/2", "succeeded", fraction=1.0))
    first, second = told.rows["clip/1"], told.rows["clip/2"]
    assert (first.status, first.fraction, first.note, first.seconds) == ("running", 0.4, "The Lamp", None)
    assert (second.status, second.note, second.seconds) == ("succeeded", "She rows out to sea.", 2.5)


def test_a_stand_in_takes_the_row_of_its_clip() -> None:
    told = film(written())
    told.hear(job("clip/1", "failed", fraction=1.0))
    told.hear(job("filler/1", "running", fraction=0.1))
    assert "filler/1" not in told.rows
    assert (told.rows["clip/1"].status, told.rows["clip/1"].fraction) == ("running", 0.1)


def test_what_ended_does_not_begin_again() -> None:
    told = film(production(jobs=[brief("scenes", "succeeded")]))
    told.hear(job("scenes", "running", fraction=0.1))
    assert told.rows["scenes"].status == "succeeded"
    told.hear(job("scenes", "succeeded", fraction=1.0))
    assert told.rows["scenes"].seconds == 2.5


def test_every_cut_has_the_row_of_the_final_cut() -> None:
    told = film(written())
    for part in ("cut", "cut/7b75d50e2187865b", "recut"):
        told.hear(job(part, "running", fraction=0.1))
        assert told.rows["cut"].status == "running"
        told.hear(job(part, "succeeded", fraction=1.0))
    assert [row.name for row in told.rows.values()] == ["scenes", "character", "clip 1", "clip 2", "final cut"]


def test_a_character_that_was_brought_along_has_nothing_to_wait_for() -> None:
    told = film(production(character={"candidates": [], "chosen": {"id": "x", "url": "/x"}, "job": None}))
    assert told.rows["character"].is_over


def test_jobs_of_the_resource_count_as_much_as_those_of_the_socket() -> None:
    told = film(production(jobs=[brief("scenes", "running")]))
    assert (told.rows["scenes"].status, told.rows["scenes"].fraction) == ("running", 0.5)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The Lost Song", "the-lost-song-12cafe.mp4"),
        ("../../etc/passwd", "etc-passwd-12cafe.mp4"),
        ("C:\\con|nul?.mp4", "c-con-nul-mp4-12cafe.mp4"),
        ("Übers Meer", "übers-meer-12cafe.mp4"),
        ("Don't stop", "dont-stop-12cafe.mp4"),
        ("...", "film-12cafe.mp4"),
        ("x" * 500, f"{'x' * 60}-12cafe.mp4"),
        ("a lighthouse " * 9, "a-lighthouse-a-lighthouse-a-lighthouse-a-lighthouse-a-12cafe.mp4"),
    ],
)
def test_any_title_makes_a_file_name(title: str, name: str) -> None:
    assert file_name(title, "0190aaaa-0000-7000-8000-00000012cafe") == name


def test_plain_lines_say_each_step_once() -> None:
    stream, told = io.StringIO(), film(written())
    screen = PlainScreen(stream, clock=lambda: 65.0)
    for fraction in (0.0, 0.1, 0.3, 0.31, 0.32, 0.6):
        told.hear(job("clip/1", "running", fraction=fraction))
        screen.show(told)
    told.hear(job("clip/1", "succeeded", fraction=1.0))
    screen.show(told)
    screen.show(told)
    assert stream.getvalue().splitlines() == [
        "0:00  clip 1     started  The Lamp",
        "0:00  clip 1     30%  The Lamp",
        "0:00  clip 1     60%  The Lamp",
        "0:00  clip 1     succeeded in 2.5 s  The Lamp",
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_table_fits_the_terminal_and_shows_every_part(width: int) -> None:
    told = film(written(title="A very long title " * 12))
    told.hear(job("clip/1", "running", fraction=0.42))
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=True, color_system=None, legacy_windows=False)
    screen = LiveScreen(console, clock=lambda: 0.0)
    screen.show(told)
    console.print(screen.render())
    lines = stream.getvalue().splitlines()
    assert all(len(line) <= width for line in lines)
    assert all(any(name in line for line in lines) for name in ("scenes", "character", "clip 1", "clip 2", "final cut"))
    assert any("clip 1" in line and "42%" in line for line in lines)
    assert any("clips · 0:00 · $0.00" in line for line in lines)


def test_where_there_is_no_terminal_there_are_no_escapes() -> None:
    stream = io.StringIO()
    with open_screen(stream) as screen:
        screen.note("starting")
        screen.show(film(written()))
    assert "starting" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_the_summary_ends_with_the_file(tmp_path: Any) -> None:
    body = production(status="succeeded", final_video=FINAL)
    lines = Screened(body, tmp_path / "film.mp4", "http://127.0.0.1:8000/api/mv/get_video/v").summary().splitlines()
    assert lines[-1] == str(tmp_path / "film.mp4")
    assert any("19.0 s, 1280 x 720, 24 fps, 8.1 MB" in line for line in lines)
    assert any("http://127.0.0.1:8000/api/mv/get_video/v" in line for line in lines)
    assert any("$0.00" in line for line in lines)


def test_a_reason_that_failed_the_film_is_said_once_with_the_part_it_began_in() -> None:
    body = production(status="failed", error=AWAY, jobs=[brief("scenes", "failed", error=AWAY)])
    lines = Screened(body, None, None).summary().splitlines()
    assert lines == ["scenes: the scene writer is away", "the film failed: there is nothing to show"]


def test_times_and_prices_as_people_write_them() -> None:
    assert [clock_time(seconds) for seconds in (0, 9.9, 65, 3600)] == ["0:00", "0:09", "1:05", "60:00"]
    told = ("0", "0.00", "0.000000", "1.6", "1.600000", "10", "0.0021")
    assert [price(usd) for usd in told] == ["$0.00", "$0.00", "$0.00", "$1.60", "$1.60", "$10.00", "$0.0021"]
