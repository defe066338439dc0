"""What the pages name exists: files, headings, make targets, modules, commands; what they quote is what is there."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from scenebeat.options import parser
from tests.unit.docs.pages import PAGES, ROOT, Quotation, anchors, code, links, name_of, quotations

PICTURES = {"docs/pictures/contact-sheet.jpg", "docs/pictures/terminal.png"}
MOST_PICTURE_BYTES = 120 << 10
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
QUOTATIONS = [quoted for page in PAGES for quoted in quotations(page) if quoted.source.startswith("docs/examples/")]


def commands(pattern: str) -> list[tuple[str, str]]:
    """(page, what `pattern` captures), wherever a page shows it as code."""
    return [(name_of(page), found) for page in PAGES for line in code(page) for found in re.findall(pattern, line)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_the_pictures_are_small() -> None:
    for picture in PICTURES:
        assert 0 < (ROOT / picture).stat().st_size <= MOST_PICTURE_BYTES, picture


def test_every_make_target_exists() -> None:
    named = commands(r"(?:^|\s)make ([a-z]+)")
    assert {"demo", "test"} <= {target for _, target in named}
    assert [(page, target) for page, target in named if target not in TARGETS and target != "IDEA"] == []


def test_every_module_that_is_run_exists() -> None:
    named = commands(r"python -m ([\w.]+)")
    assert "gateway" in {module for _, module in named}
    assert [(page, module) for page, module in named if find_spec(module) is None] == []


def test_every_command_of_the_hand_exists() -> None:
    known = set(re.findall(r"^    (\w+)(?: |$)", parser().format_help(), re.MULTILINE))
    named = commands(r"(?:^|/)scenebeat ([a-z]+)")
    assert {"up", "make"} <= known
    assert [(page, command) for page, command in named if command not in known] == []


@pytest.mark.parametrize("quoted", QUOTATIONS, ids=lambda quoted: f"{name_of(quoted.page)}: {quoted.source}")
def test_what_a_page_quotes_is_in_the_file(quoted: Quotation) -> None:
    assert quoted.text in (ROOT / quoted.source).read_text()


def test_every_example_is_quoted() -> None:
    assert {quoted.source for quoted in QUOTATIONS} == {
        f"docs/examples/{file.name}" for file in (ROOT / "docs" / "examples").iterdir() if file.is_file()
    }
