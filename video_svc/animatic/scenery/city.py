"""The city: its streets and its skyline."""

from itertools import pairwise

import numpy as np

from video_svc.animatic.colour import mix
from video_svc.animatic.plate import Canvas, Plate, Point
from video_svc.animatic.scenery.brush import Brush, kept, lamp_post, windows
from video_svc.animatic.scenery.sky import sky
from video_svc.animatic.setting import Hour, Weather


def street(brush: Brush) -> list[Plate]:
    far = towers(brush, level=brush.ground, tall=0.5, depth=0.22, valley=0.5)
    middle = towers(brush, level=brush.ground, tall=0.62, depth=0.45, valley=0.85)
    return kept(*sky(brush, cloud=0.3), far, middle, _facades(brush), _pavement(brush), _street_lamps(brush))


def skyline(brush: Brush) -> list[Plate]:
    far = towers(brush, level=brush.ground - 0.06, tall=0.34, depth=0.2, valley=0.25)
    near = towers(brush, level=brush.ground - 0.06, tall=0.24, depth=0.36, valley=0.5)
    return kept(*sky(brush), far, near, _river(brush), _railing(brush))


def lit_share(brush: Brush) -> float:
    """How many windows are lit at this hour."""
    return {Hour.NIGHT: 0.42, Hour.DUSK: 0.26, Hour.DAWN: 0.14, Hour.DAY: 0.0}[brush.setting.hour]


def towers(brush: Brush, *, level: float, tall: float, depth: float, valley: float) -> Plate | None:
    """Houses in a row, lower where the light stands (`valley` 0..1 is how much)."""
    rng, palette = brush.rng, brush.palette
    canvas = brush.canvas(depth, top=level - tall, bottom=level + 0.02, mist=0.7)
    x = float(brush.frame.left) - brush.unit * 0.05
    while x < brush.frame.right:
        wide = brush.unit * float(rng.uniform(0.06, 0.15)) * (0.7 + depth)
        open_sky = max(0.0, 1 - abs((x + wide / 2) / brush.frame.width - brush.sun[0]) * 3) * valley
        high = brush.unit * 1.2 * tall * float(rng.uniform(0.4, 1.0)) * (1 - 0.8 * open_sky)
        _tower(canvas, brush, (x, brush.y(level) - high, x + wide, brush.frame.bottom), depth)
        x += wide + float(rng.uniform(-0.2, 0.35)) * wide * 0.3
    canvas.rim(palette.light, dx=2 if brush.sun[0] < 0.5 else -2, dy=1.5, strength=0.28)
    canvas.mist(mix(palette.horizon, palette.haze, 0.5), (level - tall * 0.6, level + 0.02), 0.55 * (1 - depth))
    return canvas.plate(depth)


def _tower(canvas: Canvas, brush: Brush, area: tuple[float, float, float, float], depth: float) -> None:
    left, top, right, bottom = area
    rng, wide = brush.rng, right - left
    tone = mix(brush.palette.at(depth), brush.palette.at(min(1.0, depth + 0.16)), float(rng.random()))
    canvas.box(left, top, right, bottom, tone)
    shape = rng.random()
    if shape < 0.25:
        canvas.box(left + wide * 0.25, top - wide * 0.3, right - wide * 0.25, top + 2, tone)
        canvas.line([((left + right) / 2, top - wide * 0.3), ((left + right) / 2, top - wide * 0.9)], 2 + depth, tone)
    elif shape < 0.4:
        canvas.polygon([(left, top + 1), ((left + right) / 2, top - wide * 0.5), (right, top + 1)], tone)
    pitch = brush.unit * (0.012 + 0.02 * depth)
    glass = [mix(tone, brush.palette.accent, 0.45 + 0.45 * depth), mix(tone, brush.palette.light, 0.3 + 0.4 * depth)]
    windows(
        canvas, rng, (left, top, right, min(bottom, brush.y(0.86))), pitch=pitch, share=lit_share(brush), colours=glass
    )
    if lit_share(brush) < 0.3:
        dull = [mix(tone, brush.palette.sky, 0.18)]
        windows(canvas, rng, (left, top, right, min(bottom, brush.y(0.86))), pitch=pitch, share=0.35, colours=dull)


def _facades(brush: Brush) -> Plate | None:
    """House fronts left and right that run towards the vanishing point."""
    canvas = brush.canvas(0.75, top=-0.1, bottom=brush.ground + 0.05, mist=0.3)
    point = (brush.x(brush.sun[0]), brush.y(brush.horizon + 0.02))
    for edge, inner in ((brush.frame.left - 10.0, 0.24), (brush.frame.right + 10.0, 0.76)):
        _front(canvas, brush, point, edge, brush.x(inner + (brush.sun[0] - 0.5) * 0.3))
    canvas.rim(brush.palette.light, dx=0, dy=2, strength=0.2)
    return canvas.plate(0.75)


def _front(canvas: Canvas, brush: Brush, point: Point, edge: float, inner: float) -> None:
    """One wall between the picture's edge and `inner`, its lines meeting in `point`."""

    def on(x: float, height: float) -> Point:
        """A spot on the wall: height 0 is the pavement, 1 the roof, as it looks at x."""
        share = (x - point[0]) / (edge - point[0])
        low, high = brush.y(0.98), brush.y(-0.28)
        return x, point[1] + (low + (high - low) * height - point[1]) * share

    canvas.polygon([on(edge, 0), on(edge, 1), on(inner, 1), on(inner, 0)])
    glass = [mix(brush.palette.shade, brush.palette.accent, 0.8), mix(brush.palette.shade, brush.palette.light, 0.55)]
    columns = np.linspace(edge, inner, 9)
    for one, other in pairwise(columns):
        left, right = one + (other - one) * 0.22, one + (other - one) * 0.74
        for floor in np.arange(0.4, 0.97, 0.11):
            lit = brush.rng.random() < lit_share(brush) * 0.9
            pane = glass[int(brush.rng.integers(2))] if lit else mix(brush.palette.at(0.75), brush.palette.zenith, 0.55)
            canvas.detail([on(left, floor), on(left, floor + 0.065), on(right, floor + 0.065), on(right, floor)], pane)
    _shop(
        canvas,
        brush,
        [on(x, h) for x, h in ((columns[1], 0.22), (columns[1], 0.33), (columns[7], 0.33), (columns[7], 0.22))],
    )


def _shop(canvas: Canvas, brush: Brush, corners: list[Point]) -> None:
    """A lit shop window and the neon sign over it."""
    warm = mix(brush.palette.shade, brush.palette.accent, 0.75 if brush.setting.hour is not Hour.DAY else 0.35)
    canvas.detail(corners, warm)
    (x0, _), (x1, y1), (x2, y2), _ = corners
    sign = mix(brush.palette.horizon, brush.palette.light, 0.25)
    canvas.detail([(x1, y1 - 10), (x2, y2 - 4), (x2, y2), (x1, y1 - 3)], sign)
    for share in (0.18, 0.5, 0.8):
        x = x0 + (x2 - x0) * share
        canvas.detail(
            [(x - 2, y1 - 10), (x + 2, y1 - 10), (x + 2, brush.y(1.0)), (x - 2, brush.y(1.0))], brush.palette.shade
        )


def _pavement(brush: Brush) -> Plate | None:
    """The street; wet, so that it mirrors the lights above it."""
    top = brush.ground - 0.02
    ink = mix(brush.palette.shade, brush.palette.haze, 0.35)
    canvas = Canvas(
        brush.frame, mix(ink, brush.palette.horizon, 0.3), mix(brush.palette.shade, (0, 0, 0), 0.2), rows=(top, 1.0)
    )
    canvas.box(brush.frame.left, brush.y(top), brush.frame.right, brush.frame.bottom)
    wet = 0.75 if brush.setting.weather in {Weather.RAIN, Weather.STORM} else 0.4
    for _ in range(70):
        x, y = brush.x(float(brush.rng.uniform(-0.1, 1.1))), brush.y(float(brush.rng.uniform(top + 0.01, 1.05)))
        near = (y - brush.y(top)) / brush.y(1 - top)
        wide, tall = brush.unit * (0.012 + 0.06 * near), brush.unit * 0.0035 * (1 + 2 * near)
        colour = (brush.palette.accent, brush.palette.horizon, brush.palette.light)[int(brush.rng.integers(3))]
        canvas.detail(
            _streak(x, y, wide, tall),
            mix(mix(ink, brush.palette.shade, near * 0.7), colour, wet * float(brush.rng.uniform(0.15, 0.6))),
        )
    return canvas.plate(1.0)


def _streak(x: float, y: float, wide: float, tall: float) -> list[Point]:
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    return [(x + wide * float(np.cos(a)), y + tall * float(np.sin(a))) for a in angles]


def _street_lamps(brush: Brush) -> Plate | None:
    canvas = Canvas(brush.frame, brush.palette.shade)
    for x, arm in ((0.04, 0.14), (0.97, -0.14)):
        spot = lamp_post(canvas, brush.x(x), brush.y(1.0), brush.unit * 0.85, brush.palette.light, arm=arm)
        if brush.setting.hour is not Hour.DAY:
            canvas.glow(*spot, brush.unit * 0.24, brush.palette.accent, 0.8)
    return canvas.plate(1.25)


def _river(brush: Brush) -> Plate | None:
    """Water that carries the city's lights in broken columns."""
    top = brush.ground - 0.06
    canvas = Canvas(
        brush.frame,
        mix(brush.palette.horizon, brush.palette.haze, 0.4),
        mix(brush.palette.zenith, brush.palette.shade, 0.4),
        rows=(top, 0.95),
    )
    canvas.box(brush.frame.left, brush.y(top), brush.frame.right, brush.frame.bottom)
    for column in brush.spread(brush.unit * 0.045, jitter=0.9):
        colour = (brush.palette.accent, brush.palette.light)[int(brush.rng.integers(2))]
        for y in np.arange(brush.y(top) + 4, brush.y(0.97), brush.unit * 0.013):
            wide = brush.unit * float(brush.rng.uniform(0.004, 0.02))
            fade = 0.4 * (1 - (y - brush.y(top)) / brush.y(1 - top))
            under = (
                int(v)
                for v in canvas.ink[
                    int(y) - brush.frame.top, int(np.clip(column - brush.frame.left, 0, canvas.size[0] - 1))
                ]
            )
            canvas.detail(_streak(column, float(y), wide, brush.unit * 0.002), mix(tuple(under), colour, fade))  # type: ignore[arg-type]
    return canvas.plate(0.5)


def _railing(brush: Brush) -> Plate | None:
    """The bank the figure stands on, with a railing behind it."""
    canvas = Canvas(
        brush.frame, mix(brush.palette.shade, brush.palette.haze, 0.3), brush.palette.shade, rows=(0.6, 0.95)
    )
    floor = brush.y(brush.ground + 0.015)
    canvas.box(brush.frame.left, floor, brush.frame.right, brush.frame.bottom)
    for rail in (0.115, 0.06):
        canvas.line(
            [(brush.frame.left, floor - brush.unit * rail), (brush.frame.right, floor - brush.unit * rail)],
            brush.unit * 0.007,
        )
    for x in np.arange(brush.frame.left, brush.frame.right, brush.unit * 0.085):
        canvas.line([(float(x), floor), (float(x), floor - brush.unit * 0.125)], brush.unit * 0.007)
    canvas.rim(brush.palette.light, dy=2, strength=0.5)
    slabs(canvas, brush, floor)
    return canvas.plate(1.0)


def slabs(canvas: Canvas, brush: Brush, floor: float) -> None:
    joint = mix(brush.palette.shade, brush.palette.haze, 0.14)
    for share in (0.06, 0.2, 0.45, 0.8):
        y = floor + (brush.frame.bottom - floor) * share
        canvas.patch(brush.frame.left, y, brush.frame.right, y + 2 + 3 * share, joint)
    centre = brush.x(0.5)
    for x in np.arange(-14, 15):
        far, near = centre + x * brush.unit * 0.13, centre + x * brush.unit * 0.3
        canvas.detail(
            [(far, floor + 2), (near, brush.frame.bottom), (near + 4, brush.frame.bottom), (far + 1, floor + 2)], joint
        )
