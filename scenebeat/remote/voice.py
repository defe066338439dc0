"""What a command says: results on stdout, everything else on stderr; JSON where that was asked for."""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from pydantic import BaseModel

from scenebeat.client import Refused, ScenebeatError
from scenebeat.operating import say, tell
from scenebeat.remote.tables import Row, plain, printable, table
from scenebeat.screen import NO_PICTURE
from shared.answers import JobFields, Production, ProductionFields

PLAIN_STEP = 0.25
ERASE_LINE = "\r\x1b[K"


@dataclass(slots=True)
class Voice:
    """Speaks for one command."""

    as_json: bool = False
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    _drawn: bool = False
    _said: tuple[str, int] | None = None

    def result(self, model: BaseModel | dict[str, Any], text: str) -> None:
        """What came of the command: for programs whole, for people in words."""
        tell(document(model) if self.as_json else text)

    def list_(self, page: BaseModel, head: Row, rows: Sequence[Row], *, empty: str) -> None:
        """A list; `empty` is said to people where there is nothing in it."""
        if self.as_json:
            tell(document(page))
        elif not rows:
            say(empty)
        elif sys.stdout.isatty():
            tell(table(head, rows, width=shutil.get_terminal_size().columns))
        else:
            tell(plain(rows))

    def refusal(self, error: ScenebeatError) -> None:
        """What went wrong: in words for people, and with its code for programs."""
        self.rest()
        say(f"scenebeat: {error}")
        if self.as_json:
            fallback = {"error_code": None, "message": str(error)}
            tell(document(error.problem or fallback if isinstance(error, Refused) else fallback))

    def line(self, told: JobFields | ProductionFields) -> None:
        """A JSON line of what is watched."""
        tell(told.model_dump_json(exclude_unset=True))

    def step(self, told: JobFields | ProductionFields) -> None:
        """How far it is: one line drawn anew on a terminal, a line for every quarter elsewhere."""
        if not isinstance(told, JobFields | Production):
            return
        doing = printable(told.progress.message or told.progress.stage)
        words = f"{told.status}  {told.progress.fraction:.0%}  {doing}".rstrip()
        if self.stream.isatty() and os.environ.get("TERM", "") not in NO_PICTURE:
            width = shutil.get_terminal_size().columns
            self._write(f"{ERASE_LINE}{words[: max(1, width - 1)]}")
            self._drawn = True
            return
        known = (told.status, int(told.progress.fraction / PLAIN_STEP))
        if known != self._said:
            self._said = known
            self._write(f"{words}\n")

    def rest(self) -> None:
        """The line that was drawn is over."""
        if self._drawn:
            self._write(ERASE_LINE)
            self._drawn = False

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


def document(model: BaseModel | dict[str, Any]) -> str:
    """One JSON document, with what was told and nothing else."""
    if isinstance(model, BaseModel):
        return model.model_dump_json(indent=2, exclude_unset=True, by_alias=True)
    return json.dumps(model, indent=2, ensure_ascii=False)
