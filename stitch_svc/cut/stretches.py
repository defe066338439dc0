"""Stretches of a film in which something holds: black, frozen, silent. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

SHORTEST_S = 0.5
"""What is shorter is no fault of a film but its rhythm."""


@dataclass(frozen=True)
class Stretch:
    """From `begin` to `end`, in seconds."""

    begin: float
    end: float

    def told(self) -> list[float]:
        return [round(self.begin, 3), round(self.end, 3)]

    def moved(self, seconds: float) -> "Stretch":
        return Stretch(self.begin + seconds, self.end + seconds)


def stretches(held: npt.NDArray[np.bool_] | Iterable[bool], *, rate: Fraction) -> tuple[Stretch, ...]:
    """Where `held`, one flag each 1/`rate` seconds, stays true for half a second or more."""
    flags = np.concatenate(([False], np.asarray(list(held) if not isinstance(held, np.ndarray) else held), [False]))
    edges = np.flatnonzero(np.diff(flags.astype(np.int8)))
    found = (Stretch(float(begin / rate), float(end / rate)) for begin, end in edges.reshape(-1, 2).tolist())
    return tuple(stretch for stretch in found if stretch.end - stretch.begin >= SHORTEST_S)
