import json
from pathlib import Path

import pytest

from scenebeat.cli import main


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fly"],
        ["up", "--port", "eighty"],
        ["up", "--port", "70000"],
        ["up", "--workers", "director=2"],
        ["up", "--workers", "video"],
        ["up", "--workers", "video=0"],
        ["make"],
        ["make", "an idea"],
        ["make", "an idea", "--character", "a fox", "--scenes", "0"],
        ["make", "an idea", "--character", "a fox", "--scenes", "41"],
        ["make", "an idea", "--character", "a fox", "--duration", "nan"],
        ["make", "an idea", "--character", "a fox", "--seed", "-1"],
        ["make", "an idea", "--character", "a fox", "--budget", "-1"],
        ["make", "an idea", "--character", "a fox", "--budget", "nan"],
        ["demo", "--budget", "much"],
        ["demo", "--local"],
        ["status", "--yaml"],
        ["logs", "-n", "many"],
        ["scenes", "an idea"],
        ["clip"],
        ["clip", "a pier", "--character-image", "x", "--reference", "y.png"],
        ["clip", "a pier", "--backend", "elsewhere"],
        ["character", "a fox", "--images", "5"],
        ["stitch"],
        ["jobs", "--limit", "0"],
        ["jobs", "--url", "127.0.0.1:8000"],
        ["estimate"],
        ["estimate", "watch"],
        ["watch"],
        ["export", "x", "--format", "edl"],
    ],
)
def test_wrong_usage_exits_2_with_a_sentence(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "error:" in said.err


def test_a_song_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["make", "an idea", "--character", "a fox", "--song", "song.mp3"]) == 2
    assert "--song" in capsys.readouterr().err


COMMANDS = [
    "up",
    "doctor",
    "down",
    "status",
    "logs",
    "demo",
    "make",
    "scenes",
    "character",
    "clip",
    "stitch",
    "estimate",
]
COMMANDS += ["jobs", "films", "watch", "cancel", "retry", "export"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert f"usage: scenebeat {command}" in capsys.readouterr().out


def test_status_exits_1_where_nothing_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--data", str(tmp_path)]) == 1
    assert "scenebeat up" in capsys.readouterr().out
    assert main(["status", "--data", str(tmp_path), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["running"], told["processes"], told["data"]) == (False, [], str(tmp_path))


def test_down_where_nothing_runs_has_nothing_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["down", "--data", str(tmp_path)]) == 0
    assert "nothing runs" in capsys.readouterr().err


def test_asking_leaves_no_folder_behind(tmp_path: Path) -> None:
    main(["status", "--data", str(tmp_path / "new")])
    main(["down", "--data", str(tmp_path / "new")])
    main(["logs", "--data", str(tmp_path / "new")])
    assert not (tmp_path / "new").exists()


def test_the_log_of_nobody_names_those_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "video.log").write_text("a line\n")
    assert main(["logs", "vidoe", "--data", str(tmp_path)]) == 2
    assert "video" in capsys.readouterr().err


def test_a_data_folder_that_can_not_be_made_is_said_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["up", "--data", str(tmp_path / "file" / "below")]) == 1
    said = capsys.readouterr().err
    assert str(tmp_path / "file") in said
    assert "Traceback" not in said


def test_the_data_folder_comes_from_the_environment_and_its_dotenv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SCENEBEAT_DATA", raising=False)
    (tmp_path / ".env").write_text(f"SCENEBEAT_DATA={tmp_path}/by-file\n")
    main(["status", "--json"])
    assert json.loads(capsys.readouterr().out)["data"] == f"{tmp_path}/by-file"
    monkeypatch.setenv("SCENEBEAT_DATA", f"{tmp_path}/by-shell")
    main(["status", "--json"])
    assert json.loads(capsys.readouterr().out)["data"] == f"{tmp_path}/by-shell"
