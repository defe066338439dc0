"""Where a film in the making is shown: a picture on a terminal, plain lines on anything else."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Protocol, TextIO

from scenebeat.asking import typed_after
from scenebeat.film import Film, Row

PLAIN_STEP = 0.25
NO_PICTURE = frozenset({"", "dumb", "unknown"})


class Screen(Protocol):
    """Where a film in the making is shown."""

    def note(self, text: str) -> None:
        """Something that happened beside the film."""

    def say(self, text: str) -> None:
        """Something that has to be read: it stays above what is drawn."""

    async def ask(self, question: str) -> str:
        """What is typed in answer. Only where a terminal is on both sides."""
        ...

    def show(self, film: Film) -> None:
        """The film has changed."""


@contextmanager
def open_screen(stream: TextIO) -> Iterator[Screen]:
    """The screen for `stream`; without rich even a terminal gets plain lines."""
    if not stream.isatty() or os.environ.get("TERM", "") in NO_PICTURE or not find_spec("rich"):
        yield PlainScreen(stream)
        return
    from scenebeat.marquee import open_marquee  # noqa: PLC0415 -- slow to import

    with open_marquee(stream) as screen:
        yield screen


class PlainScreen:
    """One line per change worth a line."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._begun = clock()
        self._said: dict[str, tuple[str, int]] = {}

    def note(self, text: str) -> None:
        self._line(text)

    def say(self, text: str) -> None:
        print(text, file=self._stream, flush=True)

    async def ask(self, question: str) -> str:
        return await typed_after(question, self._stream)

    def show(self, film: Film) -> None:
        for key, row in film.rows.items():
            step = 0 if row.is_over else int(row.fraction / PLAIN_STEP)
            known = self._said.get(key)
            if row.status in {"waiting", "queued"} or known == (row.status, step):
                continue
            if known and known[0] == row.status and step < known[1]:
                continue
            self._said[key] = (row.status, step)
            self._line(f"{row.name:<10} {_plainly(row)}")

    def _line(self, text: str) -> None:
        print(f"{clock_time(self._clock() - self._begun)}  {text}", file=self._stream, flush=True)


def _plainly(row: Row) -> str:
    if row.is_over:
        took = "" if row.seconds is None else f" in {row.seconds:.1f} s"
        return f"{row.status}{took}  {row.note}".rstrip()
    return f"{row.fraction:.0%}  {row.note}".rstrip() if row.fraction else f"started  {row.note}".rstrip()


def clock_time(seconds: float) -> str:
    """`1:05`"""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def price(usd: str) -> str:
    """`$0.00`, with as many digits as there are to say."""
    whole, _, cents = usd.partition(".")
    return f"${whole}.{cents.rstrip('0'):0<2}"
