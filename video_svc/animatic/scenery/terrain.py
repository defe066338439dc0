"""Open land: mountains, snow, desert, fields, a road to the horizon."""

from itertools import pairwise

import numpy as np

from video_svc.animatic.colour import WHITE, Colour, mix
from video_svc.animatic.plate import Canvas, Plate, Point
from video_svc.animatic.scenery.brush import Brush, Line, bare_tree, grass, height_on, kept, pine, round_tree
from video_svc.animatic.scenery.sky import fog, sky


def mountains(brush: Brush) -> list[Plate]:
    far = peaks(brush, level=brush.horizon - 0.1, swing=0.15, depth=0.2, snow=True)
    middle = peaks(brush, level=brush.horizon + 0.02, swing=0.1, depth=0.38, snow=False)
    mist = fog(brush, level=brush.horizon + 0.1, height=0.22, strength=0.5, depth=0.45, drift=40)
    return kept(*sky(brush), far, middle, mist, _pine_edge(brush, 0.62), meadow(brush), _pine_frame(brush))


def snow(brush: Brush) -> list[Plate]:
    far = peaks(brush, level=brush.horizon - 0.06, swing=0.15, depth=0.22, snow=True)
    return kept(*sky(brush), far, _pine_edge(brush, 0.5), _drift(brush, 0.68, 0.74), _drift(brush, 0.78, 1.0))


def desert(brush: Brush) -> list[Plate]:
    plates = kept(*sky(brush, disc=0.085, cloud=0.25), _mesas(brush), _dunes(brush, brush.horizon + 0.04, 0.05, 0.45))
    plates += kept(_dunes(brush, brush.ground - 0.05, 0.045, 0.72), _dunes(brush, brush.ground + 0.01, 0.012, 1.0))
    return plates + kept(_cacti(brush))


def field(brush: Brush) -> list[Plate]:
    hills = [_hill(brush, brush.horizon + step * 0.06, 0.03, 0.3 + 0.22 * step, trees=step == 1) for step in range(3)]
    return kept(*sky(brush), *hills, meadow(brush, tall=True), _grass_front(brush))


def road(brush: Brush) -> list[Plate]:
    hills = peaks(brush, level=brush.horizon - 0.03, swing=0.06, depth=0.28, snow=False)
    return kept(*sky(brush), hills, _asphalt(brush), _poles(brush))


def peaks(brush: Brush, *, level: float, swing: float, depth: float, snow: bool) -> Plate | None:
    """A range with a lit and a shaded flank on every summit."""
    frame, rng = brush.frame, brush.rng
    canvas = brush.canvas(depth, top=level - swing, bottom=level + swing * 1.6, mist=0.8)
    xs, ys = _crags(brush, level, swing)
    canvas.below(xs, ys)
    body, lit = brush.palette.at(depth), mix(brush.palette.at(depth), brush.palette.light, 0.3)
    side = 1 if brush.sun[0] > 0.5 else -1
    for index in range(1, len(xs) - 1):
        if ys[index] < ys[index - 1] and ys[index] < ys[index + 1]:
            drop = min(0.16 * frame.height, (level + swing) * frame.height - ys[index])
            _flank(canvas, (float(xs[index]), float(ys[index])), drop, side, lit if not snow else mix(lit, WHITE, 0.25))
            if not snow and rng.random() < 0.5:
                _flank(
                    canvas,
                    (float(xs[index]), float(ys[index])),
                    drop * 0.6,
                    -side,
                    mix(body, brush.palette.shade, 0.25),
                )
    canvas.mist(mix(brush.palette.horizon, brush.palette.haze, 0.35), (level - swing * 0.2, level + swing * 1.5), 0.7)
    canvas.rim(brush.palette.light, dy=2, dx=-side * 1.5, strength=0.3)
    return canvas.plate(depth)


def _crags(brush: Brush, level: float, swing: float) -> Line:
    """Straight slopes between alternating summits and saddles."""
    frame, rng = brush.frame, brush.rng
    count = round(9 * brush.breadth) | 1
    xs = np.linspace(frame.left - 40, frame.right + 40, count) + rng.uniform(-0.42, 0.42, count) * frame.width / count
    high = np.where(np.arange(count) % 2 == 1, rng.uniform(0.05, 1.0, count) ** 0.8, rng.uniform(-0.9, -0.05, count))
    fine_x = np.linspace(xs[0], xs[-1], count * 8)
    fine = np.interp(fine_x, np.sort(xs), high) + rng.uniform(-0.1, 0.1, len(fine_x))
    return fine_x, (level - swing * fine) * frame.height


def _flank(canvas: Canvas, top: Point, drop: float, side: int, colour: Colour) -> None:
    """A jagged patch of light under a summit."""
    x, y = top
    shape = [
        (0, 0),
        (0.42, 0.45),
        (0.3, 0.52),
        (0.62, 0.95),
        (0.3, 0.7),
        (0.2, 1.05),
        (0.05, 0.6),
        (-0.06, 0.75),
        (0, 0.3),
    ]
    canvas.detail([(x + side * dx * drop, y + dy * drop) for dx, dy in shape], colour)


def _pine_edge(brush: Brush, depth: float) -> Plate | None:
    line = brush.line(brush.ground - 0.035, 0.025)
    canvas = brush.canvas(depth, top=brush.ground - 0.2, mist=0.6)
    canvas.below(*line)
    for x in brush.spread(brush.unit * 0.055, jitter=0.9):
        if brush.rng.random() < 0.75:
            pine(canvas, brush.rng, (x, height_on(line, x) + 4), brush.unit * float(brush.rng.uniform(0.07, 0.17)))
    canvas.rim(brush.palette.light, dy=1.5, dx=1.5, strength=0.22)
    return canvas.plate(depth)


def _pine_frame(brush: Brush) -> Plate | None:
    """Two dark trees at the edges of the picture."""
    canvas = Canvas(
        brush.frame, mix(brush.palette.shade, brush.palette.haze, 0.12), brush.palette.shade, rows=(0.3, 0.9)
    )
    for x, size in ((-0.03, 0.75), (0.06, 0.5), (1.02, 0.85)):
        pine(canvas, brush.rng, (brush.x(x), brush.y(1.02)), brush.unit * size * float(brush.rng.uniform(0.85, 1.1)))
    return canvas.plate(1.45, blur=brush.unit / 300)


def meadow(brush: Brush, *, tall: bool = False) -> Plate | None:
    """The ground the figure stands on."""
    line = brush.line(brush.ground, 0.008, octaves=3)
    ground = mix(brush.earth(0.72), brush.palette.horizon, 0.16)
    canvas = Canvas(brush.frame, ground, mix(brush.palette.shade, (0, 0, 0), 0.15), rows=(brush.ground, 1.0))
    canvas.below(*line)
    grass(canvas, brush.rng, line, step=brush.unit * 0.008, height=brush.unit * (0.05 if tall else 0.022))
    canvas.rim(brush.palette.light, dy=2, strength=0.3)
    _tufts(canvas, brush)
    return canvas.plate(1.0)


def _tufts(canvas: Canvas, brush: Brush) -> None:
    """Short strokes of grass further down, so that the ground is no flat sheet."""
    for row in np.linspace(brush.ground + 0.035, 1.0, 6):
        tone = mix(brush.earth(0.72), brush.palette.shade, float((row - brush.ground) / (1.05 - brush.ground)))
        colour = mix(tone, brush.palette.light, 0.09)
        for x in brush.spread(brush.unit * 0.06, jitter=1.0):
            y, size = brush.y(float(row)), brush.unit * float(brush.rng.uniform(0.008, 0.02))
            canvas.detail(
                [
                    (x - size * 0.3, y),
                    (x - size * 0.6, y - size),
                    (x, y),
                    (x + size * 0.6, y - size),
                    (x + size * 0.3, y),
                ],
                colour,
            )


def _grass_front(brush: Brush) -> Plate | None:
    canvas = Canvas(brush.frame, brush.palette.shade)
    xs = np.linspace(brush.frame.left, brush.frame.right, 60)
    lift = np.abs(np.linspace(-1, 1, 60)) ** 2.5
    line = (xs, brush.y(1.06) - lift * brush.y(0.05))
    grass(canvas, brush.rng, line, step=brush.unit * 0.012, height=brush.unit * 0.13)
    return canvas.plate(1.5, blur=brush.unit / 360)


def _hill(brush: Brush, level: float, swing: float, depth: float, *, trees: bool) -> Plate | None:
    line = brush.line(level, swing, roughness=0.35, octaves=3)
    body = mix(brush.earth(depth), brush.palette.horizon, 0.18)
    canvas = Canvas(
        brush.frame, mix(body, brush.palette.light, 0.12), brush.earth(depth + 0.15), rows=(level, level + 0.14)
    )
    canvas.below(*line)
    _furrows(canvas, brush, line)
    if trees:
        x = brush.x(0.2 if brush.sun[0] > 0.5 else 0.82)
        round_tree(canvas, brush.rng, (x, height_on(line, x)), brush.unit * 0.24, brush.earth(depth + 0.3))
    canvas.rim(brush.palette.light, dy=1.5, strength=0.35)
    return canvas.plate(depth)


def _furrows(canvas: Canvas, brush: Brush, line: Line) -> None:
    """Rows of a crop that follow the hill."""
    for step in range(1, 7):
        share = step / 7
        xs, ys = line[0][::6], line[1][::6] + brush.y(0.012) * step**1.45
        shade = mix(mix(brush.earth(0.6), brush.palette.accent, 0.12), brush.palette.horizon, 0.1 + 0.12 * (1 - share))
        canvas.band(xs, ys, ys + brush.y(0.003 + 0.004 * share), shade)


def _drift(brush: Brush, level: float, depth: float) -> Plate | None:
    """Snow lying in soft waves."""
    line = brush.line(level - (0.05 if depth < 1 else 0.03), 0.018, roughness=0.4, octaves=3)
    bright = mix(mix(brush.palette.haze, brush.palette.light, 0.62), brush.palette.horizon, 0.2)
    canvas = Canvas(
        brush.frame, bright, mix(brush.palette.haze, brush.palette.shade, 0.25), rows=(level - 0.06, level + 0.3)
    )
    canvas.below(*line)
    for step in range(1, 4):
        xs, ys = brush.line(level + step * 0.055, 0.014, roughness=0.4, octaves=3)
        lower = ys + brush.y(0.02)
        shadow = mix(bright, brush.palette.haze, 0.35 + 0.1 * step)
        canvas.band(xs, ys, lower, shadow)
    canvas.rim(brush.palette.light, dy=2, strength=0.7)
    return canvas.plate(depth)


def _mesas(brush: Brush) -> Plate | None:
    rng, base = brush.rng, brush.y(brush.horizon + 0.08)
    canvas = brush.canvas(0.25, top=brush.horizon - 0.15, bottom=brush.horizon + 0.06, mist=0.7)
    for x in brush.spread(brush.unit * 0.55, jitter=0.6):
        half, tall = brush.unit * float(rng.uniform(0.08, 0.22)), brush.unit * float(rng.uniform(0.06, 0.2))
        outline = ((-1.35, 0.0), (-1.0, 0.45), (-0.92, 1.0), (0.86, 1.0), (1.0, 0.5), (1.4, 0.0))
        canvas.polygon([(x + half * across, base - tall * up) for across, up in outline])
        shadow = mix(brush.palette.at(0.25), brush.palette.shade, 0.16)
        for band in (0.25, 0.55):
            top = base - tall * (1 - band)
            canvas.detail(
                [
                    (x - half * 0.95, top),
                    (x + half * 0.9, top),
                    (x + half * 0.95, top + tall * 0.09),
                    (x - half, top + tall * 0.09),
                ],
                shadow,
            )
    canvas.rim(brush.palette.light, dx=2 if brush.sun[0] < 0.5 else -2, dy=1, strength=0.4)
    canvas.box(brush.frame.left, base - 3, brush.frame.right, base + brush.y(0.3))
    return canvas.plate(0.25)


def _dunes(brush: Brush, level: float, swing: float, depth: float) -> Plate | None:
    """A crest with a lit windward and a dark lee side."""
    xs, ys = brush.line(level, swing, roughness=0.3, octaves=3, base=1.4)
    sand = mix(brush.palette.at(depth * 0.8), brush.palette.horizon, 0.3 * (1 - depth * 0.6))
    canvas = Canvas(brush.frame, sand, mix(sand, brush.palette.shade, 0.55), rows=(level - swing, level + 0.26))
    canvas.below(xs, ys)
    shift = brush.unit * 0.05 * (1 if brush.sun[0] > 0.5 else -1)
    lee = np.interp(xs + shift, xs, ys) + brush.unit * 0.012
    lower = np.maximum(ys + 1, lee)
    canvas.band(xs, ys, lower, mix(sand, brush.palette.shade, 0.4))
    for step in range(1, 6):
        _ripple(
            canvas, brush, (xs, lower + brush.y(0.022) * step**1.3), mix(sand, brush.palette.shade, 0.16 + 0.08 * step)
        )
    canvas.rim(brush.palette.light, dy=2, strength=0.55)
    return canvas.plate(depth)


def _ripple(canvas: Canvas, brush: Brush, line: Line, colour: Colour) -> None:
    xs = line[0][::5]
    wave = np.interp(xs, *line) + brush.y(0.006) * np.sin(xs / brush.unit * 14 + brush.rng.uniform(0, 6))
    canvas.band(xs, wave, wave + brush.y(0.004), colour)


def _cacti(brush: Brush) -> Plate | None:
    canvas = Canvas(
        brush.frame, mix(brush.palette.shade, brush.palette.haze, 0.1), brush.palette.shade, rows=(0.4, 0.95)
    )
    side = 0.06 if brush.sun[0] > 0.5 else 0.94
    for x, size in ((side, 0.42), (side + (0.07 if side < 0.5 else -0.07), 0.22)):
        _cactus(canvas, brush.x(x), brush.y(1.0), brush.unit * size)
    canvas.rim(brush.palette.light, dx=2 if side > 0.5 else -2, dy=1, strength=0.6)
    return canvas.plate(1.35)


def _cactus(canvas: Canvas, x: float, foot: float, height: float) -> None:
    thick = height * 0.13
    canvas.line([(x, foot), (x, foot - height)], thick)
    canvas.oval(x, foot - height, thick / 2, thick / 2)
    for side, low in ((-1, 0.45), (1, 0.58)):
        elbow = (x + side * height * 0.2, foot - height * low)
        canvas.line([(x, foot - height * low), elbow, (elbow[0], elbow[1] - height * 0.24)], thick * 0.72)
        canvas.oval(elbow[0], elbow[1] - height * 0.24, thick * 0.36, thick * 0.36)


def _asphalt(brush: Brush) -> Plate | None:
    """A plain with a road that runs to the sun."""
    top, point = brush.horizon + 0.015, (brush.x(brush.sun[0]), brush.y(brush.horizon + 0.015))
    plain = mix(brush.palette.at(0.5), brush.palette.horizon, 0.2)
    canvas = Canvas(brush.frame, plain, mix(brush.palette.shade, plain, 0.2), rows=(top, 0.95))
    canvas.box(brush.frame.left, point[1], brush.frame.right, brush.frame.bottom)
    foot, half = brush.frame.bottom, brush.unit * 0.95
    centre = brush.x(0.5)
    canvas.detail(
        [point, (centre + half, foot), (centre - half, foot)], mix(brush.palette.shade, brush.palette.haze, 0.22)
    )
    for edge in (-0.94, 0.9):
        canvas.detail(
            [point, (centre + edge * half, foot), (centre + (edge + 0.04) * half, foot)],
            mix(plain, brush.palette.light, 0.4),
        )
    for near in np.geomspace(0.03, 1.0, 9):
        _dash(canvas, point, (centre, foot), float(near), brush)
    canvas.rim(brush.palette.light, dy=2, strength=0.4)
    return canvas.plate(0.8)


def _dash(canvas: Canvas, far: Point, near: Point, share: float, brush: Brush) -> None:
    ends = [(far[0] + (near[0] - far[0]) * s, far[1] + (near[1] - far[1]) * s, s) for s in (share, share * 1.22)]
    half = brush.unit * 0.02
    (x0, y0, s0), (x1, y1, s1) = ends
    colour = mix(brush.palette.accent, brush.palette.light, 0.4)
    canvas.detail([(x0 - half * s0, y0), (x0 + half * s0, y0), (x1 + half * s1, y1), (x1 - half * s1, y1)], colour)


def _poles(brush: Brush) -> Plate | None:
    """Telegraph poles that shrink towards the horizon, and one bare tree."""
    canvas = Canvas(
        brush.frame, mix(brush.palette.shade, brush.palette.haze, 0.2), brush.palette.shade, rows=(0.3, 0.9)
    )
    far = (brush.x(brush.sun[0]), brush.y(brush.horizon + 0.01))
    start = (brush.x(-0.02), brush.y(0.93)) if brush.sun[0] > 0.5 else (brush.x(1.02), brush.y(0.93))
    tops: list[Point] = []
    for share in (1.0, 0.56, 0.33, 0.2, 0.12, 0.07):
        x, foot = far[0] + (start[0] - far[0]) * share, far[1] + (start[1] - far[1]) * share
        tall = brush.unit * 0.72 * share
        canvas.line([(x, foot), (x, foot - tall)], max(1.0, tall * 0.03))
        canvas.line(
            [(x - tall * 0.12, foot - tall * 0.93), (x + tall * 0.12, foot - tall * 0.93)], max(1.0, tall * 0.022)
        )
        tops.append((x + tall * 0.1, foot - tall * 0.93))
    for one, other in pairwise(tops):
        sag = [
            (
                one[0] + (other[0] - one[0]) * s,
                one[1] + (other[1] - one[1]) * s + brush.unit * 0.08 * s * (1 - s) * (one[1] < other[1] or 1),
            )
            for s in np.linspace(0, 1, 9).tolist()
        ]
        canvas.line(sag, 1)
    bare_tree(
        canvas,
        brush.rng,
        (brush.x(0.93 if brush.sun[0] > 0.5 else 0.07), brush.y(brush.ground + 0.04)),
        length=brush.unit * 0.1,
        angle=1.6,
        width=brush.unit * 0.012,
    )
    return canvas.plate(1.0)
