"""Among trees: the forest and the garden."""

import numpy as np

from video_svc.animatic.colour import Colour, mix
from video_svc.animatic.plate import Canvas, Plate, Sway
from video_svc.animatic.scenery.brush import Brush, bare_tree, grass, height_on, kept, lamp_post, pine, round_tree
from video_svc.animatic.scenery.sky import fog, sky
from video_svc.animatic.scenery.terrain import meadow
from video_svc.animatic.setting import Hour


def forest(brush: Brush) -> list[Plate]:
    far = _wall_of_pines(brush, depth=0.25, foot=brush.ground - 0.05, size=0.42)
    mist = fog(brush, level=brush.ground - 0.1, height=0.3, strength=0.75, depth=0.35, drift=50)
    near = _wall_of_pines(brush, depth=0.55, foot=brush.ground - 0.005, size=0.5)
    shafts = _shafts(brush) if brush.setting.hour is not Hour.NIGHT else None
    return kept(*sky(brush, cloud=0.2), far, mist, near, shafts, meadow(brush), _trunks(brush))


def garden(brush: Brush) -> list[Plate]:
    far = _crowns(brush, depth=0.3, foot=brush.ground - 0.05, size=0.3)
    near = _crowns(brush, depth=0.6, foot=brush.ground - 0.005, size=0.42)
    return kept(*sky(brush), far, near, _lamps(brush), meadow(brush), _blossom(brush))


def _wall_of_pines(brush: Brush, *, depth: float, foot: float, size: float) -> Plate | None:
    """Pines that leave a clearing in the middle for light and figure."""
    canvas = brush.canvas(depth, top=foot - size, bottom=foot + 0.02, mist=0.75)
    line = brush.line(foot, 0.01)
    canvas.below(*line)
    for x in brush.spread(brush.unit * (0.06 + 0.05 * depth), jitter=0.8):
        aside = min(1.0, abs(x / brush.frame.width - brush.sun[0]) * 2.4)
        tall = brush.unit * size * float(brush.rng.uniform(0.55, 1.0)) * (0.35 + 0.75 * aside)
        pine(canvas, brush.rng, (x, height_on(line, x) + 3), tall)
    canvas.rim(brush.palette.light, dx=2, dy=1.5, strength=0.22)
    return canvas.plate(depth)


def _shafts(brush: Brush) -> Plate | None:
    """Light that falls through the crowns."""
    canvas = Canvas(brush.frame, brush.palette.light)
    origin = (brush.x(brush.sun[0]), brush.y(-0.25))
    for angle in np.linspace(-0.75, 0.75, 7) + brush.rng.uniform(-0.06, 0.06, 7):
        reach, half = brush.y(1.15), 0.02 + 0.03 * float(brush.rng.random())
        ends = [(origin[0] + reach * float(np.tan(angle + side)), origin[1] + reach) for side in (-half, half)]
        canvas.polygon([origin, *ends])
    fade = np.clip(1 - np.arange(canvas.size[1]) / canvas.size[1] * 1.5, 0, 1)[:, None]
    canvas.cover[:] = (canvas.cover * fade * 0.26).astype(np.uint8)
    return canvas.plate(0.55, blur=brush.unit / 90)


def _trunks(brush: Brush) -> Plate | None:
    """Two great trunks at the edges, and ferns: the picture is seen from between them."""
    canvas = Canvas(
        brush.frame, brush.palette.shade, mix(brush.palette.shade, brush.palette.haze, 0.12), rows=(0.9, 0.2)
    )
    for side, x in ((1, -0.045), (-1, 1.045)):
        wide = brush.unit * float(brush.rng.uniform(0.09, 0.13))
        foot, top = brush.frame.bottom + 5, brush.frame.top - 5
        left, centre = brush.x(x), brush.x(x) + side * wide * 0.3
        canvas.polygon(
            [
                (left - wide, foot),
                (left - wide * 0.7, top),
                (centre + wide * 0.4, top),
                (left + side * wide * 0.1 + wide, foot),
            ]
        )
        for level, turn, size in ((0.3, 0.95, 0.13), (0.12, 1.25, 0.16)):
            fork = (centre, brush.y(level))
            width = brush.unit * size * 0.125
            bare_tree(canvas, brush.rng, fork, length=brush.unit * size, angle=1.57 - side * turn, width=width)
    canvas.rim(brush.palette.light, dx=3 if brush.sun[0] < 0.5 else -3, dy=0, strength=0.25)
    return canvas.plate(1.4, blur=brush.unit / 400)


def _crowns(brush: Brush, *, depth: float, foot: float, size: float) -> Plate | None:
    canvas = brush.canvas(depth, top=foot - size, bottom=foot + 0.02, mist=0.6)
    line = brush.line(foot, 0.008)
    canvas.below(*line)
    grass(canvas, brush.rng, line, step=brush.unit * 0.015, height=brush.unit * 0.03)
    for x in brush.spread(brush.unit * 0.21, jitter=0.5):
        aside = min(1.0, abs(x / brush.frame.width - brush.sun[0]) * 2.2)
        tall = brush.unit * size * float(brush.rng.uniform(0.6, 1.0)) * (0.4 + 0.7 * aside)
        round_tree(canvas, brush.rng, (x, height_on(line, x)), tall)
    _petals(canvas, brush, mix(brush.palette.at(depth), brush.palette.accent, 0.4), foot - size, foot)
    canvas.rim(brush.palette.light, dx=2, dy=2, strength=0.3)
    return canvas.plate(depth)


def _petals(canvas: Canvas, brush: Brush, colour: Colour, top: float, bottom: float) -> None:
    """Blossom on whatever is painted already."""
    for _ in range(260):
        x, y = brush.x(float(brush.rng.uniform(-0.1, 1.1))), brush.y(float(brush.rng.uniform(top, bottom - 0.06)))
        size = brush.unit * float(brush.rng.uniform(0.003, 0.007))
        canvas.detail([(x - size, y), (x, y - size), (x + size, y), (x, y + size)], colour)


def _lamps(brush: Brush) -> Plate | None:
    canvas = brush.canvas(0.8, top=0.4)
    for x in (0.17, 0.83):
        spot = lamp_post(canvas, brush.x(x), brush.y(brush.ground + 0.01), brush.unit * 0.3, brush.palette.light)
        if brush.setting.hour is not Hour.DAY:
            canvas.glow(*spot, brush.unit * 0.13, brush.palette.accent, 0.85)
    return canvas.plate(0.8)


def _blossom(brush: Brush) -> Plate | None:
    """A branch in flower that hangs into the picture."""
    canvas = Canvas(brush.frame, brush.palette.shade)
    start = (brush.x(1.08), brush.y(-0.02)) if brush.sun[0] < 0.5 else (brush.x(-0.08), brush.y(-0.02))
    angle, width = (3.5 if start[0] > 0 else -0.35), brush.unit * 0.016
    bare_tree(canvas, brush.rng, start, length=brush.unit * 0.2, angle=angle, width=width)
    spots = np.argwhere(canvas.cover[::3, ::3] > 0) * 3
    for row, column in spots[brush.rng.random(len(spots)) < 0.16]:
        x, y = float(column + brush.frame.left), float(row + brush.frame.top)
        size = brush.unit * float(brush.rng.uniform(0.006, 0.013))
        colour = mix(brush.palette.accent, brush.palette.light, float(brush.rng.uniform(0.2, 0.8)))
        canvas.oval(x + size, y, size, size * 0.8, mix(colour, brush.palette.shade, 0.25))
    return canvas.plate(1.35, sway=Sway(y=5, roll=0.6, period_s=7))
