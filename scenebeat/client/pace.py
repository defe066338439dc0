"""How patiently something is tried again: doubling waits with some chance in them, and an end."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pace:
    """The first wait, the longest, and after how long without success it is given up; seconds."""

    first_s: float = 0.2
    most_s: float = 5.0
    give_up_s: float = 60.0


@dataclass(slots=True)
class Tries:
    """The waits of one undertaking. `begin_again` after every success."""

    pace: Pace
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    """0 to 1: clients that lost the same gateway must not all come back in the same moment."""
    _next_s: float = 0.0
    _since: float | None = field(default=None)

    def begin_again(self) -> None:
        self._next_s, self._since = 0.0, None

    def wait_s(self, *, at_least_s: float = 0.0) -> float | None:
        """How long to wait before the next try; None where it has been tried, or would have to wait, for too long."""
        now = self.clock()
        self._since = now if self._since is None else self._since
        self._next_s = min(self.pace.most_s, self._next_s * 2 or self.pace.first_s)
        wait_s = max(at_least_s, self._next_s * (0.5 + self.chance() / 2))
        return wait_s if now + wait_s - self._since <= self.pace.give_up_s else None
