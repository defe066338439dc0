"""How long calls take where only so many are worked at once. Pure."""

import heapq
from collections.abc import Collection, Sequence


def wall_s(calls: Sequence[float], hands: int | None, *, busy: Collection[float] = ()) -> float | None:
    """Seconds until all of `calls` are over, each taken by the first hand that is free.

    `busy`: for how many seconds hands still have something else to do. None where it matters how many hands there are,
    and nobody has told.
    """
    if not calls:
        return max(busy, default=0.0)
    if hands is None:
        return calls[0] if len(calls) == 1 and not busy else None
    free_at = [*sorted(busy)[:hands], *[0.0] * (hands - len(busy))]
    heapq.heapify(free_at)
    for call in calls:
        heapq.heapreplace(free_at, free_at[0] + call)
    return max(*free_at, *busy, 0.0)
