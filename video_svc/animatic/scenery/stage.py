"""The stage, seen from the first row."""

import numpy as np

from video_svc.animatic.colour import BLACK, mix
from video_svc.animatic.plate import Canvas, Plate, Sway
from video_svc.animatic.scenery.brush import Brush, kept

LAMPS = (0.08, 0.26, 0.42, 0.58, 0.74, 0.92)
"""Where the spotlights hang, as shares of the width."""
_TRUSS = 0.45
"""How deep the lamps hang and their light begins."""


def stage(brush: Brush) -> list[Plate]:
    return kept(*_darkness(brush), _truss(brush), *_beams(brush), _boards(brush), _speakers(brush), _crowd(brush))


def _darkness(brush: Brush) -> list[Plate]:
    """The back of a stage: dark at the edges, coloured light in the middle."""
    palette = brush.palette
    canvas = Canvas(brush.frame, palette.zenith, mix(palette.sky, palette.shade, 0.3), rows=(-0.1, 0.7))
    canvas.box(brush.frame.left, brush.frame.top, brush.frame.right, brush.frame.bottom)
    canvas.glow(brush.x(0.5), brush.y(0.5), brush.unit * 1.05, mix(palette.horizon, palette.sky, 0.25), 0.95)
    canvas.glow(brush.x(0.5), brush.y(0.62), brush.unit * 0.5, mix(palette.horizon, palette.light, 0.4), 0.6)
    return kept(canvas.plate(0.2))


def _truss(brush: Brush) -> Plate | None:
    canvas, unit, y = Canvas(brush.frame, mix(brush.palette.shade, brush.palette.sky, 0.3)), brush.unit, brush.y(0.06)
    for shift in (0.0, 0.05):
        canvas.line([(brush.frame.left, y + shift * unit), (brush.frame.right, y + shift * unit)], unit * 0.007)
    for index, x in enumerate(np.arange(brush.frame.left, brush.frame.right, unit * 0.05)):
        canvas.line(
            [(float(x), y + (index % 2) * 0.05 * unit), (float(x) + unit * 0.05, y + ((index + 1) % 2) * 0.05 * unit)],
            unit * 0.005,
        )
    for x in LAMPS:
        canvas.box(brush.x(x) - unit * 0.02, y + unit * 0.05, brush.x(x) + unit * 0.02, y + unit * 0.1)
        canvas.glow(brush.x(x), y + unit * 0.1, unit * 0.09, brush.palette.light, 0.9)
    return canvas.plate(_TRUSS)


def _beams(brush: Brush) -> list[Plate]:
    """Cones of light that swing on their lamps, neighbours against each other."""
    colours = (brush.palette.accent, brush.palette.horizon, brush.palette.light)
    plates: list[Plate] = []
    for index, x in enumerate(LAMPS):
        canvas = Canvas(brush.frame, mix(colours[index % 3], brush.palette.light, 0.25))
        _cone(canvas, brush, brush.x(x), (0.5 - x) * 0.9 + float(brush.rng.uniform(-0.2, 0.2)))
        fade = np.clip(1 - np.arange(canvas.size[1]) / canvas.size[1] * 1.2, 0.0, 1)[:, None]
        canvas.cover[:] = (canvas.cover * fade * 0.5).astype(np.uint8)
        lamp = (brush.x(x), brush.y(0.06) + brush.unit * 0.1)
        sway = Sway(roll=5.0 * (-1) ** index, period_s=4.0 + index % 3, phase=index % 3 / 3, pivot=lamp)
        plates += kept(canvas.plate(_TRUSS, blur=brush.unit / 200, sway=sway))
    return plates


def _cone(canvas: Canvas, brush: Brush, x: float, lean: float) -> None:
    top, reach = brush.y(0.06) + brush.unit * 0.1, brush.y(1.0)
    ends = [(x + reach * (lean + spread), top + reach) for spread in (-0.1, 0.1)]
    canvas.polygon([(x - 5, top), (x + 5, top), ends[1], ends[0]])


def _boards(brush: Brush) -> Plate | None:
    floor, unit = brush.y(brush.ground), brush.unit
    tone = mix(mix(brush.palette.shade, brush.palette.haze, 0.5), brush.palette.horizon, 0.2)
    canvas = Canvas(brush.frame, tone, brush.palette.shade, rows=(brush.ground, 0.98))
    canvas.box(brush.frame.left, floor, brush.frame.right, brush.frame.bottom)
    for lane in range(-18, 19):
        far, near = brush.x(0.5) + lane * unit * 0.08, brush.x(0.5) + lane * unit * 0.17
        canvas.detail(
            [(far, floor), (near, brush.frame.bottom), (near + 2, brush.frame.bottom), (far + 1, floor)],
            mix(tone, brush.palette.shade, 0.5),
        )
    canvas.rim(brush.palette.light, dy=2, strength=0.5)
    return canvas.plate(1.0)


def _speakers(brush: Brush) -> Plate | None:
    canvas, unit, floor = (
        Canvas(brush.frame, mix(brush.palette.shade, brush.palette.haze, 0.15)),
        brush.unit,
        brush.y(brush.ground + 0.02),
    )
    dark, ring = mix(brush.palette.shade, BLACK, 0.3), mix(brush.palette.shade, brush.palette.haze, 0.4)
    for x in (0.045, 0.955):
        for level in range(2):
            spot, low = brush.x(x), floor - level * unit * 0.22
            canvas.box(spot - unit * 0.09, low - unit * 0.21, spot + unit * 0.09, low)
            for shift, size in ((-0.15, 0.03), (-0.07, 0.052)):
                canvas.oval(spot, low + shift * unit, size * unit, size * unit, ring)
                canvas.oval(spot, low + shift * unit, size * unit * 0.8, size * unit * 0.8, dark)
    canvas.rim(brush.palette.horizon, dx=2, dy=2, strength=0.5)
    return canvas.plate(0.95)


def _crowd(brush: Brush) -> Plate | None:
    """Heads and a few raised hands before the stage, low enough to leave the figure free."""
    canvas, unit = Canvas(brush.frame, mix(brush.palette.shade, BLACK, 0.25)), brush.unit
    for row, level in enumerate((1.0, 1.06)):
        for x in brush.spread(unit * 0.105, jitter=0.35):
            y, size = brush.y(level) + unit * float(brush.rng.uniform(-0.012, 0.012)), unit * (0.032 + 0.01 * row)
            canvas.oval(x, y - size * 1.5, size * 0.82, size)
            canvas.oval(x, y + size * 0.9, size * 1.9, size * 1.4)
    canvas.rim(brush.palette.horizon, dy=2.5, strength=0.65)
    canvas.box(brush.frame.left, brush.y(1.07), brush.frame.right, brush.frame.bottom)
    return canvas.plate(1.25, sway=Sway(y=4, period_s=1.0))
