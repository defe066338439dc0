from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from scenebeat.remote.tables import ago, money, plain, printable, table

HEAD = ("ID", "STATUS", "WHAT")
ROWS = [("0190", "running", "a pier at dusk, seen from the sea"), ("0191", "ok", "a\tfox\n\x1b]0;title\x07leaps")]


@pytest.mark.parametrize("width", [24, 40, 200])
def test_a_table_is_as_wide_as_the_terminal_at_most(width: int) -> None:
    lines = table(HEAD, ROWS, width=width).splitlines()
    assert len(lines) == 3
    assert all(len(line) <= width for line in lines)
    assert {line.index(word) for line, word in zip(lines, ("STATUS", "running", "ok"), strict=True)} == {6}
    assert ("…" in lines[1]) == (width < 200)


def test_piped_it_is_whole_in_columns_split_by_tabs() -> None:
    first, second = plain(ROWS).splitlines()
    assert first.split("\t") == list(ROWS[0])
    assert second.split("\t") == ["0191", "ok", "a fox ]0;title leaps"]


def test_nothing_moves_the_cursor() -> None:
    assert printable("a\x1b[2Jb\r\nc\u202ed") == "a [2Jb c d"


def test_how_long_ago_and_how_much_as_people_say_it() -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    times = (timedelta(seconds=-1), timedelta(seconds=59), timedelta(minutes=61), timedelta(days=3))
    assert [ago(now - passed, now=now) for passed in times] == ["0 s", "59 s", "1 h", "3 d"]
    assert [money(usd) for usd in (None, Decimal(0), Decimal("1.60"), Decimal("0.0021"), Decimal("12.00"))] == [
        "-", "$0.00", "$1.60", "$0.0021", "$12.00",
    ]  # fmt: skip
