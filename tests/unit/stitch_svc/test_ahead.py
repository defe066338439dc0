"""What is made ahead comes in order, breaks where it broke, and ends with whoever took it."""

import threading
from collections.abc import Iterator

import pytest

from stitch_svc.cut.ahead import AHEAD, ahead


def test_everything_comes_in_its_order() -> None:
    assert list(ahead(range(10 * AHEAD))) == list(range(10 * AHEAD))


def test_a_break_comes_where_it_happened() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("no more sound")

    items = ahead(broken())
    assert next(items) == 1
    with pytest.raises(ValueError, match="no more sound"):
        next(items)


def test_who_stops_taking_ends_the_work() -> None:
    before = threading.active_count()
    items = ahead(iter(int, 1))
    assert next(items) == 0
    items.close()  # type: ignore[attr-defined]  # a generator
    assert threading.active_count() == before
