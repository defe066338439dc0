"""Defaults are read from each kind's file; a wrong key stops the start and names the right one."""

import shutil
from pathlib import Path

import pytest
import structlog
from structlog.testing import LogCapture

from gateway import narration
from gateway.defaults import Defaults, read_defaults
from gateway.materials import Materials
from gateway.planning import plan_job
from gateway.requests import read_request
from shared.config import CONFIG_DIR, ConfigError
from tests.unit.gateway.means import ALICE, a_picture, means


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    for name in ("scene.yaml", "image.yaml", "video.yaml", "stitch.yaml"):
        shutil.copy(CONFIG_DIR / name, tmp_path / name)
    return tmp_path


def test_the_shipped_defaults_are_those_of_the_contract() -> None:
    shipped = read_defaults(CONFIG_DIR)

    assert (shipped.scene.number_of_scenes, shipped.image.num_images, shipped.video.duration) == (4, 4, 8)
    assert (shipped.image.aspect_ratio, shipped.video.aspect_ratio) == ("1:1", "16:9")
    assert shipped.image.safety_filter_level == "block_medium_and_above"
    assert shipped.video.generate_audio


def test_what_a_file_says_is_what_an_order_gets(configs: Path) -> None:
    text = (configs / "video.yaml").read_text("utf-8")
    (configs / "video.yaml").write_text(text.replace("duration: 8 ", "duration: 5 "), "utf-8")
    changed = means(defaults=read_defaults(configs))
    job = plan_job(read_request("generate_video", {"prompt": "x"}), Materials(), asker=ALICE, means=changed).job

    assert job.plan["parameters_used"]["duration"] == 5


@pytest.mark.parametrize(
    ("file", "right", "wrong", "says"),
    [
        ("video.yaml", "duration", "durration", "did you mean duration"),
        ("scene.yaml", "number_of_scenes: 4", "number_of_scenes: 0", "number_of_scenes"),
        ("image.yaml", "output_format: png", "output_format: gif", "output_format"),
        ("stitch.yaml", "loudness_lufs: -14", "loudness_lufs: 14", "loudness_lufs"),
        ("stitch.yaml", "transition: cut", "transition: star_wipe", "transition"),
    ],
)
def test_a_wrong_default_stops_the_start_and_is_named(
    configs: Path, file: str, right: str, wrong: str, says: str
) -> None:
    text = (configs / file).read_text("utf-8")
    assert right in text
    (configs / file).write_text(text.replace(right, wrong), "utf-8")

    with pytest.raises(ConfigError, match=f"{file}.*{says}"):
        read_defaults(configs)


def test_without_files_there_are_still_defaults(tmp_path: Path) -> None:
    assert read_defaults(tmp_path) == Defaults()


def test_debug_tells_what_was_asked_and_which_defaults_came_from_where(monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"prompt": "she climbs", "duration": 5, "reference_image_base64": "QUJDREVG"}
    there = means()
    job = plan_job(read_request("generate_video", body), Materials(reference=a_picture()), asker=ALICE, means=there).job

    captured = LogCapture()
    monkeypatch.setattr(narration, "log", structlog.wrap_logger(None, [captured], structlog.BoundLogger))
    narration.tell_job(job, kind="generate_video", means=there)
    (line,) = captured.entries

    assert (line["event"], line["log_level"], line["defaults_from"]) == ("job_planned", "debug", "video.yaml")
    assert line["asked"]["duration"] == 5
    assert line["defaults"]["aspect_ratio"] == "16:9"
    assert "duration" not in line["defaults"]
    assert line["prompt"].startswith("she climbs\n")
    assert "QUJDREVG" not in str(line)
