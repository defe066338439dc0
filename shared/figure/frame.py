"""A part's own coordinates: where it sits in the figure, how large, how tilted, which way it looks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shared.figure.outline import Outline, Point


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Maps local points (y down) into the figure: scaled, mirrored, tilted (radians, clockwise), moved to `origin`."""

    origin: Point
    scale: float
    tilt: float = 0.0
    mirrored: bool = False
    turn: float = 0.0
    """0 faces us .. 1 is a profile."""
    detailed: bool = True
    """Large enough on the picture for small features."""

    def place(self, points: Sequence[Point] | Outline) -> Outline:
        local = np.asarray(points, dtype=np.float64) * ((-1.0 if self.mirrored else 1.0), 1.0)
        cos, sin = math.cos(self.tilt), math.sin(self.tilt)
        turned = local @ np.array([[cos, sin], [-sin, cos]])
        return np.asarray(turned * self.scale + self.origin)

    def point(self, x: float, y: float) -> Point:
        placed = self.place([(x, y)])[0]
        return float(placed[0]), float(placed[1])
