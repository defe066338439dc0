"""Under a roof: room, café, hall."""

import numpy as np

from video_svc.animatic.colour import BLACK, Colour, mix
from video_svc.animatic.plate import Canvas, Plate, Point, Sway
from video_svc.animatic.scenery.brush import Brush, kept
from video_svc.animatic.scenery.city import towers
from video_svc.animatic.scenery.sky import sky
from video_svc.animatic.setting import Hour

Area = tuple[float, float, float, float]
"""left, top, right, bottom in frame pixels."""


def room(brush: Brush) -> list[Plate]:
    centre, half = brush.x(brush.sun[0]), brush.unit * 0.3
    pane = (centre - half, brush.y(0.14), centre + half, brush.y(0.58))
    view = towers(brush, level=0.62, tall=0.28, depth=0.22, valley=0.6)
    return kept(*sky(brush, disc=0.045), view, _wall(brush, [pane]), _daylight(brush, pane), *_furniture(brush))


def cafe(brush: Brush) -> list[Plate]:
    panes = [(brush.x(x), brush.y(0.2), brush.x(x + 0.26), brush.y(0.6)) for x in (0.06, 0.37, 0.68)]
    view = towers(brush, level=0.66, tall=0.4, depth=0.22, valley=0.7)
    return kept(*sky(brush, cloud=0.2, disc=0.0), view, _wall(brush, panes), _counter(brush), _pendants(brush))


def hall(brush: Brush) -> list[Plate]:
    panes = [(brush.x(x), brush.y(-0.02), brush.x(x + 0.11), brush.y(0.5)) for x in (0.03, 0.235, 0.445, 0.655, 0.86)]
    beams = [_daylight(brush, pane, strength=0.16) for pane in panes[1::2]]
    return kept(*sky(brush, disc=0.05), _wall(brush, panes, arched=True), *beams, _columns(brush), _runner(brush))


def _wall_tone(brush: Brush) -> Colour:
    base = mix(brush.palette.sky, brush.palette.shade, 0.55 if brush.dark else 0.42)
    return mix(base, brush.palette.accent, 0.12)


def _wall(brush: Brush, panes: list[Area], *, arched: bool = False) -> Plate | None:
    """A wall with windows cut through it, and the floor before it."""
    tone = _wall_tone(brush)
    canvas = Canvas(
        brush.frame,
        mix(tone, brush.palette.shade, 0.35),
        mix(tone, brush.palette.light, 0.06),
        rows=(0.0, brush.ground),
    )
    canvas.box(brush.frame.left, brush.frame.top, brush.frame.right, brush.frame.bottom)
    for pane in panes:
        _lamplight(canvas, brush, pane)
    for pane in panes:
        _window(canvas, brush, pane, arched=arched)
    _floor(canvas, brush)
    return canvas.plate(0.62)


def _lamplight(canvas: Canvas, brush: Brush, pane: Area) -> None:
    x, y = (pane[0] + pane[2]) / 2, (pane[1] + pane[3]) / 2
    canvas.glow(x, y, (pane[3] - pane[1]) * 1.15, mix(_wall_tone(brush), brush.palette.horizon, 0.7), 0.75)


def _window(canvas: Canvas, brush: Brush, pane: Area, *, arched: bool) -> None:
    left, top, right, bottom = pane
    edge, wood = brush.unit * 0.014, mix(_wall_tone(brush), brush.palette.shade, 0.6)
    arch = _arch(left, top, right, bottom) if arched else [(left, top), (right, top), (right, bottom), (left, bottom)]
    grown = _arch(left - edge, top - edge, right + edge, bottom + edge) if arched else None
    canvas.detail(
        grown
        or [
            (left - edge, top - edge),
            (right + edge, top - edge),
            (right + edge, bottom + edge),
            (left - edge, bottom + edge),
        ],
        wood,
    )
    canvas.polygon(arch, hole=True)
    for share in (1 / 3, 2 / 3) if (right - left) > brush.unit * 0.3 else (0.5,):
        x = left + (right - left) * share
        canvas.box(x - edge * 0.3, top, x + edge * 0.3, bottom, wood)
    canvas.box(left, top + (bottom - top) * 0.42, right, top + (bottom - top) * 0.42 + edge * 0.6, wood)
    canvas.box(left - edge * 2.4, bottom, right + edge * 2.4, bottom + edge * 1.3, mix(wood, brush.palette.light, 0.25))


def _arch(left: float, top: float, right: float, bottom: float) -> list[Point]:
    half, middle = (right - left) / 2, (left + right) / 2
    curve = [
        (middle + half * float(np.cos(a)), top + half * 1.3 * (1 - float(np.sin(a)))) for a in np.linspace(0, np.pi, 17)
    ]
    return [(right, bottom), *curve, (left, bottom)]


def _floor(canvas: Canvas, brush: Brush) -> None:
    """Boards that run towards the wall."""
    floor, frame = brush.y(brush.ground - 0.03), brush.frame
    wood = mix(mix(brush.palette.shade, brush.palette.haze, 0.45), brush.palette.accent, 0.14)
    canvas.patch(frame.left, floor, frame.right, frame.bottom, wood)
    canvas.patch(
        frame.left, floor - brush.unit * 0.03, frame.right, floor, mix(_wall_tone(brush), brush.palette.shade, 0.5)
    )
    for lane in range(-16, 17):
        far, near = brush.x(0.5) + lane * brush.unit * 0.09, brush.x(0.5) + lane * brush.unit * 0.2
        canvas.detail(
            [(far, floor), (near, frame.bottom), (near + 3, frame.bottom), (far + 1, floor)],
            mix(wood, brush.palette.shade, 0.4),
        )
    canvas.mist(mix(brush.palette.shade, BLACK, 0.2), (brush.ground + 0.02, 1.1), 0.75)


def _daylight(brush: Brush, pane: Area, *, strength: float = 0.24) -> Plate | None:
    """The window's light, falling through the dust on the floor."""
    left, top, right, _ = pane
    lean = brush.unit * (0.28 if brush.sun[0] < 0.5 else -0.28)
    canvas = Canvas(brush.frame, mix(brush.palette.light, brush.palette.horizon, 0.3))
    floor = brush.y(0.92)
    canvas.polygon([(left, top), (right, top), (right + lean * 1.2, floor), (left + lean * 0.8, floor)])
    fade = np.clip(1 - (np.arange(canvas.size[1]) + brush.frame.top - top) / (floor - top), 0, 1)[:, None] ** 0.8
    canvas.cover[:] = (canvas.cover * fade * strength).astype(np.uint8)
    return canvas.plate(0.72, blur=brush.unit / 100)


def _furniture(brush: Brush) -> list[Plate]:
    """Sofa, floor lamp, pictures, a plant: on the side the window leaves free."""
    canvas = brush.canvas(0.85, top=0.4, mist=0.2)
    side, unit, floor = (0.16 if brush.sun[0] > 0.5 else 0.84), brush.unit, brush.y(brush.ground + 0.01)
    x = brush.x(side)
    cloth = mix(mix(brush.palette.horizon, brush.palette.shade, 0.55), brush.palette.haze, 0.3)
    for left, top, right, bottom in (
        (-0.24, -0.2, 0.24, -0.04),
        (-0.28, -0.13, -0.2, -0.02),
        (0.2, -0.13, 0.28, -0.02),
    ):
        canvas.box(x + left * unit, floor + top * unit, x + right * unit, floor + bottom * unit, cloth)
        canvas.oval(x + (left + right) / 2 * unit, floor + top * unit, (right - left) / 2 * unit, unit * 0.022, cloth)
    canvas.box(
        x - 0.2 * unit, floor - 0.1 * unit, x + 0.2 * unit, floor - 0.02 * unit, mix(cloth, brush.palette.light, 0.12)
    )
    for leg in (-0.24, 0.24):
        canvas.box(
            x + leg * unit - 4, floor - 0.03 * unit, x + leg * unit + 4, floor + 0.005 * unit, brush.palette.shade
        )
    _picture(canvas, brush, (x - unit * 0.1, brush.y(0.3)))
    canvas.rim(brush.palette.light, dx=-2 if side < 0.5 else 2, dy=2, strength=0.35)
    return kept(
        canvas.plate(0.85), _floor_lamp(brush, x + (0.34 if side < 0.5 else -0.34) * unit, floor), _plant(brush)
    )


def _picture(canvas: Canvas, brush: Brush, spot: Point) -> None:
    x, y, size = *spot, brush.unit * 0.1
    canvas.box(x, y, x + size * 1.6, y + size * 1.15, mix(brush.palette.shade, brush.palette.accent, 0.35))
    canvas.patch(
        x + 6, y + 6, x + size * 1.6 - 6, y + size * 1.15 - 6, mix(brush.palette.horizon, brush.palette.haze, 0.4)
    )
    canvas.detail(
        [
            (x + 6, y + size * 1.15 - 6),
            (x + size * 0.6, y + size * 0.45),
            (x + size, y + size * 0.8),
            (x + size * 1.25, y + size * 0.55),
            (x + size * 1.6 - 6, y + size * 1.15 - 6),
        ],
        brush.palette.at(0.7),
    )


def _floor_lamp(brush: Brush, x: float, floor: float) -> Plate | None:
    canvas, unit = Canvas(brush.frame, brush.palette.shade), brush.unit
    top = floor - unit * 0.44
    canvas.line([(x, floor), (x, top)], unit * 0.007)
    canvas.oval(x, floor, unit * 0.045, unit * 0.008)
    warm = mix(brush.palette.accent, brush.palette.light, 0.45)
    if brush.setting.hour is not Hour.DAY:
        canvas.glow(x, top, unit * 0.34, brush.palette.accent, 0.6)
    canvas.polygon(
        [
            (x - unit * 0.04, top - unit * 0.08),
            (x + unit * 0.04, top - unit * 0.08),
            (x + unit * 0.065, top + unit * 0.02),
            (x - unit * 0.065, top + unit * 0.02),
        ],
        warm,
    )
    return canvas.plate(0.9)


def _plant(brush: Brush) -> Plate | None:
    """Leaves before the lens."""
    canvas = Canvas(brush.frame, mix(brush.palette.shade, brush.palette.haze, 0.12))
    edge = 1.03 if brush.sun[0] > 0.5 else -0.03
    root = (brush.x(edge), brush.y(1.08))
    for angle in np.linspace(0.35, np.pi - 0.35, 10):
        reach = brush.unit * float(brush.rng.uniform(0.25, 0.5))
        tip = (root[0] + reach * float(np.cos(angle)), root[1] - reach * float(np.sin(angle)) * 1.1)
        across = (float(np.sin(angle)) * reach * 0.13, float(np.cos(angle)) * reach * 0.13)
        middle = ((root[0] + tip[0] * 1.4) / 2.4, (root[1] + tip[1] * 1.4) / 2.4)
        canvas.polygon(
            [root, (middle[0] - across[0], middle[1] - across[1]), tip, (middle[0] + across[0], middle[1] + across[1])]
        )
    return canvas.plate(1.4, blur=brush.unit / 300, sway=Sway(roll=0.5, period_s=7))


def _counter(brush: Brush) -> Plate | None:
    """Bar, stools and a shelf of bottles."""
    canvas, unit, floor = brush.canvas(0.85, top=0.5, mist=0.15), brush.unit, brush.y(brush.ground + 0.01)
    side = 1 if brush.sun[0] > 0.5 else -1
    start, end = (brush.frame.left, brush.x(0.42)) if side > 0 else (brush.x(0.58), brush.frame.right)
    wood = mix(mix(brush.palette.shade, brush.palette.accent, 0.3), brush.palette.haze, 0.15)
    canvas.box(start, floor - unit * 0.23, end, floor, wood)
    canvas.box(
        start - unit * 0.02,
        floor - unit * 0.25,
        end + unit * 0.02,
        floor - unit * 0.225,
        mix(wood, brush.palette.light, 0.35),
    )
    for x in np.arange(start + unit * 0.06, end - unit * 0.03, unit * 0.12):
        canvas.patch(x, floor - unit * 0.2, x + unit * 0.085, floor - unit * 0.02, mix(wood, brush.palette.shade, 0.35))
    for x in np.arange(start + unit * 0.05, end - unit * 0.05, unit * 0.042):
        tall = unit * float(brush.rng.uniform(0.035, 0.075))
        colour = mix(
            brush.palette.accent,
            (brush.palette.sky, brush.palette.horizon, brush.palette.light)[int(brush.rng.integers(3))],
            0.6,
        )
        canvas.box(
            x, floor - unit * 0.25 - tall, x + unit * 0.018, floor - unit * 0.25, mix(colour, brush.palette.shade, 0.35)
        )
        canvas.box(
            x + unit * 0.006,
            floor - unit * 0.25 - tall * 1.4,
            x + unit * 0.012,
            floor - unit * 0.25 - tall,
            mix(colour, brush.palette.shade, 0.35),
        )
    canvas.rim(brush.palette.accent, dy=2, strength=0.4)
    return canvas.plate(0.85)


def _pendants(brush: Brush) -> Plate | None:
    canvas, unit = Canvas(brush.frame, brush.palette.shade), brush.unit
    for x, drop in ((0.1, 0.2), (0.36, 0.15), (0.64, 0.15), (0.9, 0.2)):
        y = brush.y(drop)
        canvas.line([(brush.x(x), brush.frame.top), (brush.x(x), y)], 2)
        canvas.glow(brush.x(x), y + unit * 0.03, unit * 0.26, brush.palette.accent, 0.7)
        canvas.polygon(
            [
                (brush.x(x) - unit * 0.012, y - unit * 0.03),
                (brush.x(x) + unit * 0.012, y - unit * 0.03),
                (brush.x(x) + unit * 0.06, y + unit * 0.02),
                (brush.x(x) - unit * 0.06, y + unit * 0.02),
            ],
            brush.palette.shade,
        )
        canvas.oval(
            brush.x(x), y + unit * 0.022, unit * 0.03, unit * 0.014, mix(brush.palette.light, brush.palette.accent, 0.2)
        )
    return canvas.plate(1.1, sway=Sway(x=2, period_s=6))


def _columns(brush: Brush) -> Plate | None:
    """Columns that carry the vault."""
    tone = mix(_wall_tone(brush), brush.palette.shade, 0.45)
    canvas, unit, floor = (
        Canvas(brush.frame, tone, brush.palette.shade, rows=(-0.1, 1.0)),
        brush.unit,
        brush.y(brush.ground + 0.02),
    )
    for x in (-0.02, 0.19, 0.81, 1.02):
        spot, half = brush.x(x), unit * 0.038
        canvas.box(spot - half, brush.frame.top, spot + half, floor)
        for step in (-0.5, 0.0, 0.5):
            canvas.patch(
                spot + step * half - 2,
                brush.frame.top,
                spot + step * half + 2,
                floor,
                mix(tone, brush.palette.shade, 0.35),
            )
        canvas.box(spot - half * 1.5, floor - unit * 0.045, spot + half * 1.5, floor, tone)
        canvas.box(spot - half * 1.4, brush.y(0.04), spot + half * 1.4, brush.y(0.075), tone)
    canvas.rim(brush.palette.light, dx=2 if brush.sun[0] < 0.5 else -2, dy=0, strength=0.4)
    return canvas.plate(0.85)


def _runner(brush: Brush) -> Plate | None:
    """A long carpet towards the light."""
    canvas = Canvas(
        brush.frame,
        mix(brush.palette.horizon, brush.palette.shade, 0.5),
        brush.palette.shade,
        rows=(brush.ground, 1.05),
    )
    far, centre = brush.y(brush.ground - 0.028), brush.x(0.5)
    canvas.polygon(
        [
            (centre - brush.unit * 0.12, far),
            (centre + brush.unit * 0.12, far),
            (centre + brush.unit * 0.5, brush.frame.bottom),
            (centre - brush.unit * 0.5, brush.frame.bottom),
        ]
    )
    return canvas.plate(0.7, opacity=0.6)
