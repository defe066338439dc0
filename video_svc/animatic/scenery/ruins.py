"""Ruins of a temple."""

import numpy as np

from video_svc.animatic.colour import Colour, mix
from video_svc.animatic.plate import Canvas, Plate, Point
from video_svc.animatic.scenery.brush import Brush, grass, height_on, kept
from video_svc.animatic.scenery.sky import sky
from video_svc.animatic.scenery.terrain import meadow, peaks


def ruins(brush: Brush) -> list[Plate]:
    hills = peaks(brush, level=brush.horizon - 0.02, swing=0.08, depth=0.25, snow=False)
    far = _colonnade(brush, foot=brush.ground - 0.02, tall=0.3, depth=0.5)
    return kept(*sky(brush, disc=0.08), hills, far, meadow(brush), _broken_column(brush))


def _colonnade(brush: Brush, *, foot: float, tall: float, depth: float) -> Plate | None:
    """What is left of a temple: some columns whole, some broken."""
    stone = mix(mix(brush.palette.at(depth), brush.palette.horizon, 0.3), brush.palette.light, 0.08)
    canvas = Canvas(brush.frame, stone, brush.palette.at(0.8), rows=(foot - tall, foot + 0.05))
    line, unit = brush.line(foot, 0.008, octaves=3), brush.unit
    canvas.below(*line)
    tops: list[Point] = []
    for x in brush.spread(unit * 0.17, jitter=0.12):
        whole = abs(x / brush.frame.width - brush.sun[0]) > 0.2 and brush.rng.random() < 0.75
        high = unit * tall * 1.2 * (1.0 if whole else float(brush.rng.uniform(0.2, 0.6)))
        _column(canvas, brush, (x, height_on(line, x) + 5), high, whole=whole, stone=stone)
        tops.append((x, height_on(line, x) + 5 - high)) if whole else tops.clear()
        if len(tops) > 1:
            canvas.box(
                tops[-2][0] - unit * 0.04,
                tops[-1][1] - unit * 0.045,
                x + unit * 0.04,
                tops[-1][1] - unit * 0.005,
                stone,
            )
    canvas.rim(brush.palette.light, dx=2 if brush.sun[0] < 0.5 else -2, dy=1.5, strength=0.5)
    return canvas.plate(depth)


def _column(canvas: Canvas, brush: Brush, foot: Point, high: float, *, whole: bool, stone: Colour) -> None:
    x, base = foot
    half, groove = brush.unit * 0.024, mix(stone, brush.palette.shade, 0.3)
    top = (
        [(x - half * 0.85, base - high), (x + half * 0.85, base - high)]
        if whole
        else [
            (x - half * 0.85, base - high),
            (x + half * 0.2, base - high * 1.12),
            (x + half * 0.85, base - high * 0.94),
        ]
    )
    canvas.polygon([(x - half, base), *top, (x + half, base)], stone)
    for step in (-0.45, 0.0, 0.45):
        canvas.patch(x + step * half - 1, base - high * 0.93, x + step * half + 1.5, base, groove)
    canvas.box(x - half * 1.4, base - brush.unit * 0.018, x + half * 1.4, base, stone)
    if whole:
        canvas.box(
            x - half * 1.35, base - high - brush.unit * 0.006, x + half * 1.35, base - high + brush.unit * 0.012, stone
        )


def _broken_column(brush: Brush) -> Plate | None:
    stone = mix(brush.palette.shade, brush.palette.haze, 0.22)
    canvas = Canvas(brush.frame, stone, brush.palette.shade, rows=(0.3, 1.0))
    side = 0.04 if brush.sun[0] > 0.5 else 0.96
    x, half = brush.x(side), brush.unit * 0.07
    canvas.polygon(
        [
            (x - half, brush.frame.bottom),
            (x - half * 0.9, brush.y(0.36)),
            (x - half * 0.2, brush.y(0.29)),
            (x + half * 0.3, brush.y(0.34)),
            (x + half * 0.9, brush.y(0.31)),
            (x + half, brush.frame.bottom),
        ]
    )
    for step in (-0.6, -0.2, 0.2, 0.6):
        canvas.detail(
            [
                (x + step * half - 4, brush.y(0.4)),
                (x + step * half + 4, brush.y(0.4)),
                (x + step * half + 5, brush.frame.bottom),
                (x + step * half - 5, brush.frame.bottom),
            ],
            mix(stone, brush.palette.shade, 0.55),
        )
    xs = np.linspace(brush.frame.left, brush.frame.right, 40)
    grass(
        canvas,
        brush.rng,
        (xs, np.full(40, brush.y(1.07))),
        step=brush.unit * 0.02,
        height=brush.unit * 0.1,
        colour=brush.palette.shade,
    )
    canvas.rim(brush.palette.light, dx=-3 if side < 0.5 else 3, dy=1, strength=0.5)
    return canvas.plate(1.3, blur=brush.unit / 500)
