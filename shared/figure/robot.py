"""Robots: a screen for a face, plates for a body. Head units, see `face`."""

import numpy as np

from shared.figure.canvas import Canvas
from shared.figure.frame import Frame
from shared.figure.look import Look, Rgb
from shared.figure.outline import Outline, Point, ellipse, polygon, ribbon, smooth
from shared.figure.pose import Skeleton
from shared.figure.tones import luminance, toned


def paint_robot_head(canvas: Canvas, look: Look, head: Frame) -> None:
    """A screen for a face; the candidate decides what sort of machine it is."""
    t, metal, dark = head.turn, look.skin, toned(look.skin, -0.42)
    _paint_antenna(canvas, look, head)
    ear = ellipse((0.46 - 0.2 * t, 0.0), 0.09, 0.15)
    canvas.fill(head.place(ear), color=dark, relief=0.008)
    skull = _ROBOT_SKULLS[look.variant % 4]
    canvas.fill(head.place(smooth(np.asarray(skull) * (1 - 0.06 * t, 1), steps=9)), color=metal, relief=0.034)
    x, w = 0.15 * t, 0.33 - 0.06 * t
    canvas.fill(head.place(_rounded(x, 0.0, w, 0.21)), color=(26, 32, 46), relief=0.008)
    for side in (-1.0, 1.0):
        _paint_lamp(canvas, look, head, (x + side * w * 0.5, 0.0))
    mouth = [(x - 0.11, 0.125), (x, 0.15), (x + 0.11, 0.125)]
    canvas.fill(head.place(ribbon(mouth, [0.014, 0.018, 0.014], steps=9)), color=_glowing(look), glow=1.0)
    canvas.fill(head.place(ribbon([(x - 0.2, 0.34), (x + 0.2, 0.34)], [0.03, 0.03], steps=2)), color=dark)
    near = (-0.46 + 0.34 * t, 0.02)
    canvas.fill(head.place(ellipse(near, 0.1 + 0.03 * t, 0.16)), color=dark, relief=0.01)
    canvas.fill(head.place(ellipse(near, 0.05, 0.08)), color=look.accent)
    if head.detailed:
        for bolt in ((-0.3, -0.36), (0.3, -0.36), (-0.32, 0.34), (0.32, 0.34)):
            canvas.fill(head.place(ellipse((bolt[0] * (1 - 0.06 * t), bolt[1]), 0.02, 0.02, points=12)), color=dark)
        canvas.fill(
            head.place(
                polygon([(x - w * 0.8, -0.16), (x - w * 0.3, -0.17), (x - w * 0.6, 0.14), (x - w * 0.86, 0.12)])
            ),
            color=(48, 58, 78),
        )
        for side in (-1.0, 1.0):
            _paint_lamp(canvas, look, head, (x + side * w * 0.5, 0.0))


def _paint_lamp(canvas: Canvas, look: Look, head: Frame, at: Point) -> None:
    canvas.fill(head.place(ellipse(at, 0.072, 0.088)), color=_glowing(look), glow=1.0)
    canvas.fill(
        head.place(ellipse((at[0] + 0.02, at[1] - 0.03), 0.024, 0.028, points=16)), color=(255, 255, 255), glow=1.0
    )


def _glowing(look: Look) -> Rgb:
    return look.eyes if luminance(look.eyes) > 0.35 else (110, 232, 240)


def _paint_antenna(canvas: Canvas, look: Look, head: Frame) -> None:
    if look.headwear != "none":
        return
    kind = look.variant % 4
    tops: list[Point] = {0: [(0.0, -0.86)], 1: [(-0.26, -0.8), (0.26, -0.8)], 2: [(-0.34, -0.74)], 3: [(0.12, -0.98)]}[
        kind
    ]
    for x, y in tops:
        canvas.fill(
            head.place(ribbon([(x * 0.6, -0.42), (x, y)], [0.045, 0.03], steps=3)), color=toned(look.skin, -0.4)
        )
        canvas.fill(head.place(ellipse((x, y), 0.07, 0.07, points=18)), color=look.accent, glow=0.7)


def _rounded(x: float, y: float, half_width: float, half_height: float) -> Outline:
    corner = np.linspace(0, np.pi / 2, 6)
    r = min(half_width, half_height) * 0.6
    quarters = []
    for i, (sx, sy) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        a = corner + i * np.pi / 2
        quarters.append(
            np.stack([x + sx * (half_width - r) + r * np.cos(a), y + sy * (half_height - r) + r * np.sin(a)], 1)
        )
    return np.concatenate(quarters)


_ROBOT_SKULLS: tuple[list[Point], ...] = (
    [(-0.4, -0.34), (-0.3, -0.45), (0.3, -0.45), (0.4, -0.34),
     (0.41, 0.32), (0.31, 0.44), (-0.31, 0.44), (-0.41, 0.32)],
    [(-0.4, 0.0), (-0.3, -0.36), (0.0, -0.5), (0.3, -0.36), (0.4, 0.0), (0.36, 0.4), (0.0, 0.45), (-0.36, 0.4)],
    [(-0.46, -0.2), (-0.36, -0.36), (0.36, -0.36), (0.46, -0.2),
     (0.46, 0.26), (0.36, 0.42), (-0.36, 0.42), (-0.46, 0.26)],
    [(-0.34, -0.38), (-0.2, -0.5), (0.2, -0.5), (0.34, -0.38), (0.4, 0.26), (0.24, 0.48), (-0.24, 0.48), (-0.4, 0.26)],
)  # fmt: skip


def paint_robot_trunk(canvas: Canvas, look: Look, bones: Skeleton, *, width: float) -> None:
    """Chest plate, waist joint, lamp."""
    metal, dark = look.skin, toned(look.skin, -0.45)
    hip, chest = np.array(bones.hip), np.array(bones.chest)
    side = abs(bones.far_shoulder[0] - bones.near_shoulder[0]) / 2 + 0.018
    canvas.fill(ribbon([bones.chest, bones.hip], [0.06, 0.06], steps=3), color=dark)
    canvas.fill(
        ribbon([(hip[0] - side * 0.55, hip[1]), (hip[0] + side * 0.55, hip[1])], [0.085, 0.085], steps=3),
        color=toned(metal, -0.2),
        relief=0.014,
    )
    center = chest * 0.62 + hip * 0.38
    tall = 0.115 + 0.012 * (look.variant % 3)
    plate = _rounded(0, 0, side, tall) * (1.0, 1.0) + center
    canvas.fill(plate, color=metal, relief=0.034)
    canvas.fill(
        _rounded(float(center[0]) + 0.02, float(center[1]) - 0.03, side * 0.55, 0.042), color=dark, relief=0.006
    )
    for at, color in ((-0.36, look.accent), (0.0, _glowing(look)), (0.36, (230, 96, 84))):
        canvas.fill(
            ellipse((float(center[0]) + 0.02 + at * side, float(center[1]) - 0.03), 0.012, 0.012, points=14),
            color=color,
            glow=0.9,
        )
    for y in (0.045, 0.062, 0.079):
        canvas.fill(
            ribbon(
                [
                    (float(center[0]) - side * 0.5, float(center[1]) + y),
                    (float(center[0]) + side * 0.6, float(center[1]) + y),
                ],
                [0.006, 0.006],
                steps=2,
            ),
            color=dark,
        )


def paint_robot_limb(
    canvas: Canvas, look: Look, joints: tuple[Point, Point, Point], *, width: float, far: bool
) -> None:
    metal = toned(look.skin, -0.22 if far else 0.0)
    a, b, c = joints
    canvas.fill(ribbon([a, b, c], [width * 0.5] * 3, steps=9), color=toned(metal, -0.45), relief=0.006)
    for start, end in ((a, b), (b, c)):
        piece: list[Point] = [_on(start, end, 0.18), _on(start, end, 0.88)]
        canvas.fill(ribbon(piece, [width * 0.9, width * 0.8], steps=3), color=metal, relief=0.014)
    canvas.fill(ellipse(a, width * 0.56, width * 0.56), color=toned(metal, -0.1), relief=0.012)


def _on(start: Point, goal: Point, share: float) -> Point:
    return (start[0] + (goal[0] - start[0]) * share, start[1] + (goal[1] - start[1]) * share)
