"""The pages of the repository as tests read them: links, quotations, tables, commands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r"^<!-- (\S+) -->\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Quotation:
    """A block that says which file it is from."""

    page: Path
    source: str
    text: str


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def links(page: Path) -> list[str]:
    """Targets of links and pictures, those to other sites left out."""
    return [target for target in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]


def quotations(page: Path) -> list[Quotation]:
    return [Quotation(page, source, text) for source, _, text in _QUOTED.findall(page.read_text(encoding="utf-8"))]


def quotation(page: Path, source: str) -> str:
    """The one block of `page` that is from `source`."""
    (found,) = [quoted.text for quoted in quotations(page) if quoted.source == source]
    return found


def code(page: Path) -> Iterator[str]:
    """Everything in backticks and every line of every block: where commands stand."""
    text = page.read_text(encoding="utf-8")
    for _, block in _FENCE.findall(text):
        yield from block.splitlines()
    yield from _CODE.findall(_FENCE.sub("", text))


def anchors(page: Path) -> set[str]:
    """What may follow a `#` in a link to this page."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def section(page: Path, heading: str) -> str:
    """The text between `heading` and the next one."""
    parts = re.split(r"^#{1,6} ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (found,) = [part for part in parts if part.partition("\n")[0] == heading]
    return found


def rows(text: str) -> list[list[str]]:
    """The cells of the tables in `text`, their heads left out."""
    lines = [line.strip()[1:-1].split("|") for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line] for line in lines]
    rules = {number for number, line in enumerate(cells) if set("".join(line)) <= set("-| ")}
    return [line for number, line in enumerate(cells) if number not in rules and number + 1 not in rules]


def named(cell: str) -> list[str]:
    """What stands in backticks in a cell."""
    return _CODE.findall(cell)
