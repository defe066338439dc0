"""Built places round the city: rooftops, stations, villages."""

import numpy as np

from video_svc.animatic.colour import mix
from video_svc.animatic.plate import Canvas, Plate, Point, Sway
from video_svc.animatic.scenery.brush import Brush, height_on, kept, round_tree
from video_svc.animatic.scenery.city import lit_share, slabs, towers
from video_svc.animatic.scenery.sky import sky
from video_svc.animatic.scenery.terrain import meadow, peaks
from video_svc.animatic.setting import Hour


def rooftop(brush: Brush) -> list[Plate]:
    far = towers(brush, level=0.85, tall=0.46, depth=0.22, valley=0.45)
    near = towers(brush, level=0.9, tall=0.36, depth=0.45, valley=0.8)
    return kept(*sky(brush), far, near, _roof(brush), _string_lights(brush))


def station(brush: Brush) -> list[Plate]:
    far = towers(brush, level=brush.ground, tall=0.3, depth=0.22, valley=0.4)
    return kept(*sky(brush), far, _train(brush), _platform(brush), _canopy(brush))


def village(brush: Brush) -> list[Plate]:
    hills = peaks(brush, level=brush.horizon - 0.04, swing=0.09, depth=0.22, snow=False)
    houses = [_houses(brush, brush.ground - 0.045, 0.1, 0.45, church=True), _houses(brush, brush.ground, 0.17, 0.7)]
    return kept(*sky(brush), hills, *houses, meadow(brush), _garden_edge(brush))


def _roof(brush: Brush) -> Plate | None:
    """Parapet, water tank, chimneys, an aerial."""
    canvas = Canvas(
        brush.frame, mix(brush.palette.shade, brush.palette.haze, 0.32), brush.palette.shade, rows=(0.4, 0.95)
    )
    floor, unit = brush.y(brush.ground), brush.unit
    canvas.box(brush.frame.left, floor, brush.frame.right, brush.frame.bottom)
    canvas.box(brush.frame.left, floor - unit * 0.045, brush.frame.right, floor - unit * 0.03)
    for x in np.arange(brush.frame.left, brush.frame.right, unit * 0.2):
        canvas.box(float(x), floor - unit * 0.04, float(x) + unit * 0.03, floor + 2)
    side = 0.16 if brush.sun[0] > 0.5 else 0.84
    _tank(canvas, brush.x(side), floor, unit)
    for shift, tall in ((0.17, 0.09), (0.24, 0.13)):
        x = brush.x(side) + (unit if side < 0.5 else -unit) * shift
        canvas.box(x - unit * 0.022, floor - unit * tall, x + unit * 0.022, floor)
    canvas.rim(brush.palette.light, dx=2 if brush.sun[0] < 0.5 else -2, dy=2, strength=0.45)
    slabs(canvas, brush, floor)
    return canvas.plate(1.0)


def _tank(canvas: Canvas, x: float, floor: float, unit: float) -> None:
    half, top = unit * 0.085, floor - unit * 0.33
    canvas.box(x - half, top, x + half, floor - unit * 0.13)
    canvas.polygon([(x - half * 1.12, top + 2), (x, top - unit * 0.075), (x + half * 1.12, top + 2)])
    for leg in (-0.85, -0.3, 0.3, 0.85):
        canvas.line([(x + leg * half, floor - unit * 0.14), (x + leg * half * 1.1, floor)], unit * 0.01)
    canvas.line([(x - half, floor - unit * 0.02), (x + half, floor - unit * 0.12)], unit * 0.005)


def _string_lights(brush: Brush) -> Plate | None:
    """Bulbs on wires across the upper picture."""
    canvas = Canvas(brush.frame, brush.palette.shade)
    for start, end, sag in ((0.02, 0.16, 0.1), (0.2, 0.03, 0.13)):
        shares = np.linspace(0, 1, 25)
        xs = brush.frame.left + (brush.frame.right - brush.frame.left) * shares
        ys = brush.y(1) * (start + (end - start) * shares + sag * np.sin(np.pi * shares))
        canvas.line([(float(x), float(y)) for x, y in zip(xs, ys, strict=True)], 2)
        for x, y in zip(xs[1:-1:2], ys[1:-1:2], strict=True):
            canvas.glow(float(x), float(y) + 7, brush.unit * 0.035, brush.palette.accent, 0.8)
            canvas.oval(
                float(x),
                float(y) + 7,
                brush.unit * 0.006,
                brush.unit * 0.007,
                mix(brush.palette.accent, brush.palette.light, 0.6),
            )
    return canvas.plate(1.2, sway=Sway(y=4, x=2, period_s=5))


def _train(brush: Brush) -> Plate | None:
    """A train at the other platform, its windows lit."""
    canvas = Canvas(
        brush.frame, brush.palette.at(0.45), brush.palette.at(0.7), rows=(brush.ground - 0.26, brush.ground)
    )
    top, floor, unit = brush.y(brush.ground - 0.2), brush.y(brush.ground + 0.03), brush.unit
    for start in np.arange(brush.frame.left - unit * 0.2, brush.frame.right, unit * 0.95):
        left, right = float(start), float(start) + unit * 0.92
        canvas.box(left, top, right, floor)
        canvas.patch(
            left, top + unit * 0.13, right, top + unit * 0.145, mix(brush.palette.horizon, brush.palette.at(0.5), 0.4)
        )
        for x in np.arange(left + unit * 0.06, right - unit * 0.1, unit * 0.125):
            pane = mix(
                brush.palette.at(0.5), brush.palette.accent, 0.85 if brush.setting.hour is not Hour.DAY else 0.25
            )
            canvas.patch(x, top + unit * 0.04, x + unit * 0.085, top + unit * 0.11, pane)
    canvas.rim(brush.palette.light, dy=2, strength=0.5)
    return canvas.plate(0.62)


def _platform(brush: Brush) -> Plate | None:
    canvas = Canvas(
        brush.frame,
        mix(brush.palette.at(0.7), brush.palette.horizon, 0.2),
        brush.palette.shade,
        rows=(brush.ground, 1.0),
    )
    floor = brush.y(brush.ground)
    canvas.box(brush.frame.left, floor, brush.frame.right, brush.frame.bottom)
    canvas.rim(brush.palette.light, dy=2, strength=0.5)
    slabs(canvas, brush, floor + 8)
    canvas.patch(
        brush.frame.left,
        floor + brush.unit * 0.016,
        brush.frame.right,
        floor + brush.unit * 0.03,
        mix(brush.palette.accent, brush.palette.shade, 0.25),
    )
    return canvas.plate(1.0)


def _canopy(brush: Brush) -> Plate | None:
    """The platform's roof on iron columns, with a clock."""
    canvas = Canvas(
        brush.frame, brush.palette.shade, mix(brush.palette.shade, brush.palette.haze, 0.25), rows=(0.0, 0.8)
    )
    unit, eave = brush.unit, brush.y(0.13)
    canvas.box(brush.frame.left, brush.frame.top, brush.frame.right, eave)
    for x in np.arange(brush.frame.left, brush.frame.right, unit * 0.05):
        canvas.polygon(
            [(float(x), eave - 1), (float(x) + unit * 0.05, eave - 1), (float(x) + unit * 0.025, eave + unit * 0.022)]
        )
    for x in (0.07, 0.93):
        canvas.line([(brush.x(x), eave), (brush.x(x), brush.y(0.93))], unit * 0.022)
        for side in (-1, 1):
            canvas.line(
                [
                    (brush.x(x), eave + unit * 0.13),
                    (brush.x(x) + side * unit * 0.05, eave + unit * 0.04),
                    (brush.x(x) + side * unit * 0.12, eave),
                ],
                unit * 0.009,
            )
    _clock(canvas, brush, (brush.x(0.3 if brush.sun[0] > 0.5 else 0.7), eave + unit * 0.1))
    return canvas.plate(1.12)


def _clock(canvas: Canvas, brush: Brush, spot: Point) -> None:
    x, y, unit = *spot, brush.unit
    canvas.line([(x, y - unit * 0.1), (x, y)], unit * 0.008)
    canvas.glow(x, y, unit * 0.13, brush.palette.accent, 0.5)
    canvas.oval(x, y, unit * 0.05, unit * 0.05, brush.palette.shade)
    canvas.oval(x, y, unit * 0.043, unit * 0.043, mix(brush.palette.light, brush.palette.accent, 0.2))
    canvas.line([(x, y), (x, y - unit * 0.033)], unit * 0.005, brush.palette.shade)
    canvas.line([(x, y), (x + unit * 0.022, y + unit * 0.01)], unit * 0.006, brush.palette.shade)


def _houses(brush: Brush, foot: float, size: float, depth: float, *, church: bool = False) -> Plate | None:
    rng, unit = brush.rng, brush.unit
    canvas = brush.canvas(depth, top=foot - size, bottom=foot + 0.03, mist=0.5)
    line = brush.line(foot, 0.012, octaves=3)
    canvas.below(*line)
    for x in brush.spread(unit * size * 1.25, jitter=0.35):
        open_sky = max(0.0, 1 - abs(x / brush.frame.width - brush.sun[0]) * 4)
        _house(
            canvas,
            brush,
            (x, height_on(line, x) + 6),
            unit * size * float(rng.uniform(0.55, 0.9)) * (1 - 0.4 * open_sky),
            depth,
        )
    if church:
        x = brush.x(0.3 if brush.sun[0] > 0.5 else 0.7)
        base, tall = height_on(line, x), unit * 0.24
        canvas.box(x - tall * 0.12, base - tall, x + tall * 0.12, base + 5)
        canvas.polygon([(x - tall * 0.15, base - tall), (x, base - tall * 1.7), (x + tall * 0.15, base - tall)])
    canvas.rim(brush.palette.light, dx=2 if brush.sun[0] < 0.5 else -2, dy=2, strength=0.35)
    return canvas.plate(depth)


def _house(canvas: Canvas, brush: Brush, foot: Point, size: float, depth: float) -> None:
    x, base = foot
    half, wall = size * float(brush.rng.uniform(0.45, 0.7)), size * 0.55
    body, roof = brush.palette.at(depth), brush.palette.at(min(1.0, depth + 0.2))
    canvas.box(x - half, base - wall, x + half, base, body)
    canvas.polygon(
        [
            (x - half * 1.15, base - wall),
            (x - half * 0.55, base - size),
            (x + half * 0.55, base - size),
            (x + half * 1.15, base - wall),
        ],
        roof,
    )
    canvas.box(x + half * 0.35, base - size * 1.16, x + half * 0.55, base - size * 0.8, roof)
    pane = mix(body, brush.palette.accent, 0.9) if lit_share(brush) else mix(body, brush.palette.sky, 0.3)
    for shift in (-0.5, 0.12):
        if brush.rng.random() < 0.75:
            left, top = x + shift * half, base - wall * 0.72
            canvas.patch(left, top, left + half * 0.34, top + wall * 0.36, pane)
            if lit_share(brush):
                canvas.glow(left + half * 0.17, top + wall * 0.18, size * 0.4, brush.palette.accent, 0.25)


def _garden_edge(brush: Brush) -> Plate | None:
    canvas = Canvas(brush.frame, brush.palette.shade)
    root = (brush.x(-0.01 if brush.sun[0] > 0.5 else 1.01), brush.y(1.05))
    round_tree(canvas, brush.rng, root, brush.unit * 0.8)
    for x in np.arange(brush.frame.left, brush.x(0.24), brush.unit * 0.045):
        spot = float(x) if brush.sun[0] > 0.5 else brush.frame.width - float(x)
        canvas.polygon(
            [
                (spot - 6, brush.y(1.1)),
                (spot - 6, brush.y(0.93)),
                (spot, brush.y(0.92)),
                (spot + 6, brush.y(0.93)),
                (spot + 6, brush.y(1.1)),
            ]
        )
    return canvas.plate(1.3, blur=brush.unit / 500)
