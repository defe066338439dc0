from pathlib import Path

import pytest

from scenebeat.environment import read_dotenv, read_environment


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("REPLICATE_API_TOKEN=abc", {"REPLICATE_API_TOKEN": "abc"}),
        ("export GEMINI_API_KEY=abc", {"GEMINI_API_KEY": "abc"}),
        ("  SPACED  =  abc  ", {"SPACED": "abc"}),
        ("QUOTED='a b # c'", {"QUOTED": "a b # c"}),
        ('DOUBLE="a b"', {"DOUBLE": "a b"}),
        ("TRAILING=abc # why", {"TRAILING": "abc"}),
        ("WITH_EQUALS=a=b", {"WITH_EQUALS": "a=b"}),
        ("DOLLAR=a$HOME", {"DOLLAR": "a$HOME"}),
        ("EMPTY=", {}),
        ("# COMMENT=1", {}),
        ("NO_VALUE", {}),
        ("", {}),
    ],
)
def test_lines_of_a_dotenv_file(tmp_path: Path, line: str, expected: dict[str, str]) -> None:
    (tmp_path / ".env").write_text(f"{line}\n")
    assert read_dotenv(tmp_path / ".env") == expected


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=file\nB=file\n")
    assert read_environment(tmp_path, {"A": "shell"}) == {"A": "shell", "B": "file"}


def test_no_file_sets_nothing(tmp_path: Path) -> None:
    assert read_environment(tmp_path, {"A": "shell"}) == {"A": "shell"}
