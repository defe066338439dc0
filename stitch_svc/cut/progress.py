"""How far the cut is: work done over work planned, never falling."""

from collections.abc import Callable
from dataclasses import dataclass

STEP = 0.005
"""The smallest rise worth telling."""


@dataclass
class Meter:
    """Adds up work in one unit (the cost of encoding a frame) and tells `listener` when it shows."""

    listener: Callable[[float, str], None]
    total: float = 0.0
    done: float = 0.0
    stage: str = ""
    _told: float = -1.0

    def plan(self, units: float) -> None:
        """Set the work still ahead; what is done already keeps its share, so that the fraction cannot fall."""
        share = self.done / self.total if self.total else 0.0
        self.total = units / (1 - share)
        self.done = self.total * share

    def enter(self, stage: str) -> None:
        self.stage = stage
        self._tell(force=True)

    def advance(self, units: float) -> None:
        self.done = min(self.total, self.done + units)
        self._tell(force=False)

    def finish(self) -> None:
        self.done = self.total = max(self.total, 1.0)
        self.stage = "done"
        self._tell(force=True)

    def _tell(self, *, force: bool) -> None:
        fraction = self.done / self.total if self.total else 0.0
        if force or fraction - self._told >= STEP:
            self._told = max(self._told, fraction)
            self.listener(self._told, self.stage)
