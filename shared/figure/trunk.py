"""The trunk's own coordinates, and cloth that hangs from it."""

import cv2
import numpy as np

from shared.figure.canvas import Canvas
from shared.figure.look import Rgb
from shared.figure.outline import Outline, Point, ellipse, polygon, ribbon, smooth
from shared.figure.pose import Proportions, Skeleton

HEM = {
    "coat": 0.72,
    "long_coat": 1.5,
    "robe": 1.86,
    "skirt": 0.78,
    "dress": 0.86,
    "long_skirt": 1.6,
    "long_dress": 1.8,
}
"""How far down the leg cloth falls: 1 is the knee, 2 the ankle."""
FLARE = {
    "coat": 1.25,
    "long_coat": 1.5,
    "robe": 1.7,
    "skirt": 1.75,
    "dress": 1.7,
    "long_skirt": 1.9,
    "long_dress": 2.1,
}


class Trunk:
    """The trunk's own coordinates: `at(across, up)`, across -1 near side .. 1 far side, up 0 hip .. 1 shoulders."""

    def __init__(self, bones: Skeleton, body: Proportions, *, girth: float) -> None:
        self.hip, self.chest = np.array(bones.hip), np.array(bones.chest)
        axis = self.chest - self.hip
        self.side = np.array([-axis[1], axis[0]]) / np.linalg.norm(axis)
        spread = 1 - 0.62 * bones.stance.turn
        self.shoulder = body.shoulders * spread + 0.012
        self.waist = (body.shoulders * 0.62 * (1 - 0.38 * bones.stance.turn) + 0.004) * girth
        self.girth = (body.hips * (1 - 0.4 * bones.stance.turn) + 0.048) * girth
        self.middle = bones.stance.turn * 0.5

    def half(self, up: float) -> float:
        """Half the width at that height."""
        if up >= 0.4:
            share = (up - 0.4) / 0.6
            return float(self.waist + (self.shoulder - self.waist) * share**0.8)
        share = up / 0.4
        return float(self.girth + (self.waist - self.girth) * max(share, 0.0) ** 0.9)

    def at(self, across: float, up: float) -> Point:
        x, y = self.hip + (self.chest - self.hip) * up + self.side * across * self.half(up)
        return float(x), float(y)

    def shape(self, *, hem: float, ease: float = 1.0) -> Outline:
        """The trunk from the shoulders to `hem`, `ease` times as wide."""
        left = [
            (-0.26, 1.08), (-0.62, 1.02), (-0.9, 0.94), (-1.0 * ease, 0.82), (-1.0 * ease, 0.62), (-1.0 * ease, 0.4),
            (-1.0 * ease, 0.18), (-1.0 * ease, hem),
        ]  # fmt: skip
        right = [(-x, up) for x, up in reversed(left)]
        return smooth([self.at(x, up) for x, up in left + right], steps=9)

    def seat(self, *, ease: float) -> Outline:
        """The hips, as trousers cover them."""
        half = [(ease, 0.3), (ease * 1.02, 0.0), (ease * 0.6, -0.15)]
        return smooth([self.at(x, up) for x, up in [*half, *((-x, up) for x, up in reversed(half))]])


def skirt_outline(bones: Skeleton, trunk: Trunk, *, hem: float, flare: float, width: float) -> Outline:
    """Cloth stretched over both legs down to `hem`, blown back where the body moves."""
    near = _legs_way(bones.near_hip, bones.near_knee, bones.near_foot, hem)
    far = _legs_way(bones.far_hip, bones.far_knee, bones.far_foot, hem)
    hang = flare * (1 - 0.45 * min(bones.stance.seated, 1.0))
    points = [
        ribbon(way, [width * 1.12 + (width * hang - width * 1.12) * i / 2 for i in range(3)], caps=False, steps=9)
        for way in (near, far)
    ]
    blown = np.array(near[-1]) - np.array([0.07 * bones.stance.flow * hem, 0.0])
    waist = [trunk.at(side, up) for side in (-1.06, 1.06) for up in (0.24, 0.0)]
    hull = cv2.convexHull(np.array([*np.concatenate(points), *waist, blown], np.float32))[:, 0, :]
    return np.asarray(hull, np.float64)


def _legs_way(hip: Point, knee: Point, foot: Point, hem: float) -> list[Point]:
    if hem <= 1:
        return [hip, _on(hip, knee, hem / 2), _on(hip, knee, hem)]
    return [hip, knee, _on(knee, foot, hem - 1)]


def _on(start: Point, goal: Point, share: float) -> Point:
    return (start[0] + (goal[0] - start[0]) * share, start[1] + (goal[1] - start[1]) * share)


def paint_folds(canvas: Canvas, bones: Skeleton, within: Outline, *, hem: float) -> None:
    low = float(within[:, 1].max())
    width = float(np.ptp(within[:, 0]))
    for share in (0.3, 0.62):
        foot = (float(within[:, 0].min()) + width * share, low + 0.01)
        top = _on(bones.hip, foot, 0.25)
        canvas.darken(
            polygon([top, (foot[0] - width * 0.05, foot[1]), (foot[0] + width * 0.05, foot[1])]),
            within=[within],
            strength=0.55,
        )


def paint_belt(canvas: Canvas, trunk: Trunk, *, up: float, color: Rgb, buckle: Rgb | None = None) -> None:
    belt = [
        trunk.at(-1.04, up + 0.035), trunk.at(0, up + 0.02), trunk.at(1.04, up + 0.035), trunk.at(1.04, up - 0.045),
        trunk.at(0, up - 0.06), trunk.at(-1.04, up - 0.045),
    ]  # fmt: skip
    canvas.fill(polygon(belt), color=color, relief=0.01)
    if buckle:
        canvas.fill(ellipse(trunk.at(trunk.middle, up - 0.015), 0.013, 0.013, points=8), color=buckle)
