"""Lists for people and for programs: aligned and cut to the terminal, or whole and split by tabs."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from scenebeat.screen import price

GAP = "  "
LEAST_LAST = 10
ELLIPSIS = "…"

Row = Sequence[str]


def table(head: Row, rows: Sequence[Row], *, width: int) -> str:
    """Columns as wide as what is in them; the last one has what is left of `width`, and is cut to it."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    before = sum(widths[:-1]) + len(GAP) * (len(head) - 1)
    widths[-1] = max(LEAST_LAST, width - before)
    return "\n".join(_line(row, widths, width) for row in (head, *rows))


def plain(rows: Sequence[Row]) -> str:
    """A line per row, whole, its columns split by tabs."""
    return "\n".join("\t".join(map(printable, row)) for row in rows)


def _line(row: Row, widths: Sequence[int], width: int) -> str:
    cells = [_cut(printable(cell), widths[place]).ljust(widths[place]) for place, cell in enumerate(row)]
    return _cut(GAP.join(cells).rstrip(), width)


def printable(text: str) -> str:
    """`text` in one line, without what would move a terminal's cursor."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: max(0, width - 1)]}{ELLIPSIS}"


def ago(moment: datetime, *, now: datetime | None = None) -> str:
    """`12 s`, `5 min`, `3 h`, `2 d`"""
    passed = ((now or datetime.now(UTC)) - moment).total_seconds()
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if passed >= length:
            return f"{int(passed // length)} {unit}"
    return f"{max(0, int(passed))} s"


def money(usd: Decimal | None) -> str:
    return "-" if usd is None else price(format(usd, "f"))
