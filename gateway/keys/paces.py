"""Token buckets: how often something may happen. In this gateway's memory, which they cannot fill."""

import time
from collections import OrderedDict
from collections.abc import Callable

MOST_NAMES = 20_000


class Paces:
    """A bucket for each name, full at first. The one used longest ago is forgotten, which refills it."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic, most: int = MOST_NAMES) -> None:
        self._now = now
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, *, per_minute: int) -> float:
        """Take one of `name`; 0.0, or the seconds until there is one again."""
        level, now = self._level(name, per_minute), self._now()
        taken = level >= 1
        self._buckets[name] = (level - 1 if taken else level, now)
        self._buckets.move_to_end(name)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return 0.0 if taken else (1 - level) * 60 / per_minute

    def is_empty(self, name: str, *, per_minute: int) -> float:
        """The seconds until there is one again; 0.0 where there is one. Nothing is taken."""
        level = self._level(name, per_minute)
        return 0.0 if level >= 1 else (1 - level) * 60 / per_minute

    def _level(self, name: str, per_minute: int) -> float:
        level, at = self._buckets.get(name, (float(per_minute), 0.0))
        if name not in self._buckets:
            return level
        return min(per_minute, level + (self._now() - at) * per_minute / 60)
