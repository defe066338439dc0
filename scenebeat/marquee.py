"""A film in the making as a picture in the terminal, drawn anew in place. Needs rich."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from scenebeat.asking import typed_after
from scenebeat.film import Film, Row
from scenebeat.screen import clock_time, price

FRAMES_PER_S = 8
BAR_WIDTH = 22
MARKS = {
    "waiting": ("·", "dim"),
    "queued": ("·", "dim"),
    "running": ("▸", "cyan"),
    "succeeded": ("✔", "green"),
    "partial": ("✔", "yellow"),
    "failed": ("✘", "red"),
    "canceling": ("▪", "yellow"),
    "canceled": ("▪", "yellow"),
}


@contextmanager
def open_marquee(stream: TextIO) -> Iterator["LiveScreen"]:
    """Draw on `stream`, a terminal, for as long as the block runs; the last picture stays."""
    console = Console(file=stream, highlight=False)
    screen = LiveScreen(console)
    with Live(console=console, get_renderable=screen.render, refresh_per_second=FRAMES_PER_S) as picture:
        screen.picture = picture
        yield screen


class LiveScreen:
    """The film as a table that is drawn anew in place."""

    picture: Live | None = None
    """What draws it, so that it can be halted for a question."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._begun = clock()
        self._ended: float | None = None
        self._film: Film | None = None
        self._notice = "starting ..."

    def note(self, text: str) -> None:
        if self._film is None:
            self._notice = text
        else:
            self._console.print(Text(f"  {text}", style="yellow"))

    def say(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)

    async def ask(self, question: str) -> str:
        with self._halted():
            return await typed_after(question, self._console.file)

    @contextmanager
    def _halted(self) -> Iterator[None]:
        if self.picture is None:
            yield
            return
        self._notice = ""
        self.picture.stop()
        try:
            yield
        finally:
            self.picture.start()

    def show(self, film: Film) -> None:
        if self._film is None:
            self._begun = self._clock()
        if film.is_over and self._ended is None:
            self._ended = self._clock()
        self._film = film

    def render(self) -> RenderableType:
        if self._film is None:
            return Text(f"  {self._notice}", style="dim", no_wrap=True, overflow="ellipsis")
        return Group(Text(), _headline(self._film), Text(), _table(self._film), Text(), self._foot(self._film))

    def _foot(self, film: Film) -> RenderableType:
        seconds = (self._ended or self._clock()) - self._begun
        words = [film.production.stage, clock_time(seconds), price(film.cost_usd)]
        if film.is_over:
            words[0] = film.production.status
        return Text(f"  {' · '.join(words)}", style="dim")


def _headline(film: Film) -> RenderableType:
    return Text(f"  {film.title}", style="bold", no_wrap=True, overflow="ellipsis")


def _table(film: Film) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=3, justify="right")
    table.add_column(width=10, no_wrap=True)
    table.add_column(width=BAR_WIDTH)
    table.add_column(width=6, justify="right", no_wrap=True)
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    for row in film.rows.values():
        table.add_row(*_cells(row))
    return table


def _cells(row: Row) -> tuple[RenderableType, ...]:
    mark, style = MARKS.get(row.status, MARKS["running"])
    bar = ProgressBar(total=1.0, completed=row.fraction, width=BAR_WIDTH, complete_style=style, finished_style=style)
    faint = "dim" if row.status in {"waiting", "queued"} else ""
    return (
        Text(mark, style=style),
        Text(row.name, style=faint),
        bar,
        Text(_told(row), style=faint),
        Text(row.note, faint),
    )


def _told(row: Row) -> str:
    """Seconds for what is over, percent for what is under way."""
    if row.is_over:
        return "" if row.seconds is None else f"{row.seconds:.1f} s"
    return "" if row.status in {"waiting", "queued"} else f"{row.fraction:.0%}"
