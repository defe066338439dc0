"""At the sea: open coast and beach."""

import numpy as np

from video_svc.animatic.colour import WHITE, Colour, mix
from video_svc.animatic.plate import Canvas, Plate, Point, Sway
from video_svc.animatic.scenery.brush import Brush, grass, height_on, kept, palm
from video_svc.animatic.scenery.sky import sky
from video_svc.animatic.setting import Hour


def sea(brush: Brush) -> list[Plate]:
    return kept(*sky(brush, disc=0.075), cape(brush), *water(brush), boat_at(brush, 0.3, 0.12, 0.4), cliff(brush))


def beach(brush: Brush) -> list[Plate]:
    return kept(*sky(brush, disc=0.08, cloud=0.35), cape(brush), *water(brush), _sand(brush), _palms(brush))


def water(brush: Brush) -> list[Plate]:
    """The sea in three bands that roll against each other, the sun's road on it."""
    top, bottom = brush.horizon, 1.0
    plates = kept(_surface(brush, top))
    for index, share in enumerate((0.18, 0.36, 0.58)):
        plates += kept(_swell(brush, top + (bottom - top) * share, 0.4 + 0.17 * index, index))
    return plates


def _water_tone(brush: Brush, share: float) -> Colour:
    """The water's colour from the horizon (0) to our feet (1)."""
    far = mix(brush.palette.horizon, brush.palette.haze, 0.45)
    return mix(far, mix(brush.palette.zenith, brush.palette.shade, 0.45), share**0.6)


def _surface(brush: Brush, top: float) -> Plate | None:
    canvas = Canvas(brush.frame, _water_tone(brush, 0.0), _water_tone(brush, 0.75), rows=(top, 0.95))
    canvas.box(brush.frame.left, brush.y(top), brush.frame.right, brush.frame.bottom)
    for share in np.linspace(0.02, 0.95, 30) ** 1.4:
        y = brush.y(top + (1 - top) * float(share))
        for x in brush.spread(brush.unit * (0.25 + 0.5 * float(share)), jitter=1.0):
            wide = brush.unit * float(brush.rng.uniform(0.02, 0.1)) * (0.4 + float(share))
            canvas.detail(
                lens(x, y, wide, brush.unit * 0.0022 * (1 + 2 * float(share))), _water_tone(brush, float(share) * 0.55)
            )
    _sun_road(canvas, brush, top)
    return canvas.plate(0.22)


def _sun_road(canvas: Canvas, brush: Brush, top: float) -> None:
    """Glitter under the sun: short strokes, wider and sparser towards us."""
    for share in np.linspace(0.0, 0.9, 46):
        y, reach = brush.y(top + (1 - top) * float(share)) + 2, brush.unit * (0.045 + 0.13 * float(share))
        for _ in range(3):
            x = brush.x(brush.sun[0]) + float(brush.rng.normal()) * reach * 0.5
            wide = brush.unit * float(brush.rng.uniform(0.008, 0.035)) * (0.5 + float(share))
            tone = mix(
                _water_tone(brush, float(share)), mix(brush.palette.light, WHITE, 0.2), 0.85 - 0.45 * float(share)
            )
            canvas.detail(lens(x, y, wide, brush.unit * 0.002 * (1 + float(share))), tone)


def lens(x: float, y: float, wide: float, tall: float) -> list[Point]:
    """A flat, pointed stroke."""
    return [
        (x - wide, y),
        (x - wide * 0.4, y - tall),
        (x + wide * 0.4, y - tall),
        (x + wide, y),
        (x + wide * 0.4, y + tall),
        (x - wide * 0.4, y + tall),
    ]


def _swell(brush: Brush, level: float, depth: float, index: int) -> Plate | None:
    """One band of waves with pointed crests."""
    frame = brush.frame
    xs = np.linspace(frame.left - 20, frame.right + 20, 260)
    length, tall = brush.unit * (0.09 + 0.07 * index), brush.unit * (0.006 + 0.007 * index)
    turn = float(brush.rng.uniform(0, 6))
    wave = np.abs(np.sin(np.pi * xs / length + turn)) * (0.6 + 0.4 * np.sin(xs / length * 0.37 + turn))
    ys = level * frame.height + tall * wave
    share = (level - brush.horizon) / (1 - brush.horizon)
    canvas = Canvas(
        frame, _water_tone(brush, share * 0.8), _water_tone(brush, min(1.0, share + 0.35)), rows=(level, level + 0.2)
    )
    canvas.below(xs, ys)
    crest = mix(_water_tone(brush, share), brush.palette.light, 0.45)
    canvas.band(xs, ys - 1, ys + brush.unit * 0.0028 * (1 + index), crest)
    _glints(canvas, brush, level, crest)
    return canvas.plate(
        depth, sway=Sway(x=(-1) ** index * (7 + 4 * index), y=1.5 + index, period_s=4.5 + index, phase=index * 0.3)
    )


def _glints(canvas: Canvas, brush: Brush, level: float, colour: Colour) -> None:
    for _ in range(16):
        x = brush.x(brush.sun[0]) + float(brush.rng.normal()) * brush.unit * 0.13
        y = brush.y(level + 0.012 + 0.07 * float(brush.rng.random()))
        canvas.detail(lens(x, y, brush.unit * float(brush.rng.uniform(0.015, 0.05)), brush.unit * 0.0026), colour)


def cape(brush: Brush) -> Plate | None:
    """Far land on the side away from the sun."""
    xs, ys = brush.line(brush.horizon - 0.035, 0.02, roughness=0.5)
    away = (xs / brush.frame.width - brush.sun[0]) * (1 if brush.sun[0] < 0.5 else -1)
    ys = ys + brush.y(0.12) * (1 - np.clip((away - 0.1) * 2.2, 0, 1))
    canvas = brush.canvas(0.25, top=brush.horizon - 0.08, bottom=brush.horizon + 0.02, mist=0.7)
    canvas.below(xs, ys)
    canvas.rim(brush.palette.light, dy=1.5, strength=0.35)
    canvas.polygon(
        [
            (brush.frame.left, brush.y(brush.horizon + 0.04)),
            (brush.frame.right, brush.y(brush.horizon + 0.04)),
            (brush.frame.right, brush.frame.bottom + 2),
            (brush.frame.left, brush.frame.bottom + 2),
        ],
        hole=True,
    )
    return canvas.plate(0.2)


def cliff(brush: Brush) -> Plate | None:
    """The rock the figure stands on; falls away on one side."""
    xs, ys = brush.line(brush.ground + 0.004, 0.008, roughness=0.6)
    away = (xs / brush.frame.width - 0.5) * (1 if brush.sun[0] > 0.5 else -1)
    ys = ys + brush.y(0.4) * np.clip((away - 0.36) * 3, 0, 1) ** 1.3
    canvas = Canvas(
        brush.frame,
        mix(brush.palette.at(0.72), brush.palette.horizon, 0.12),
        brush.palette.shade,
        rows=(brush.ground, 0.95),
    )
    canvas.below(xs, ys)
    grass(canvas, brush.rng, (xs, ys), step=brush.unit * 0.011, height=brush.unit * 0.024)
    canvas.rim(brush.palette.light, dy=2, dx=-1, strength=0.45)
    for _ in range(26):
        x, y = (
            brush.x(float(brush.rng.uniform(-0.1, 1.1))),
            brush.y(float(brush.rng.uniform(brush.ground + 0.05, 1.05))),
        )
        size = brush.unit * float(brush.rng.uniform(0.02, 0.07))
        if y > height_on((xs, ys), x) + size:
            canvas.detail(lens(x, y, size, size * 0.16), mix(brush.palette.shade, brush.palette.haze, 0.22))
    return canvas.plate(1.0)


def _sand(brush: Brush) -> Plate | None:
    """The beach, with a hem of foam."""
    xs, ys = brush.line(brush.ground - 0.005, 0.009, roughness=0.4, octaves=3)
    sand = mix(
        mix(brush.palette.horizon, brush.palette.haze, 0.4), brush.palette.shade, 0.22 if not brush.dark else 0.5
    )
    canvas = Canvas(brush.frame, sand, mix(sand, brush.palette.shade, 0.55), rows=(brush.ground, 1.0))
    canvas.below(xs, ys)
    canvas.band(xs, ys, ys + brush.unit * 0.006, mix(sand, WHITE, 0.6))
    canvas.band(xs, ys + brush.unit * 0.006, ys + brush.unit * 0.03, mix(sand, brush.palette.zenith, 0.3))
    for _ in range(60):
        x, y = (
            brush.x(float(brush.rng.uniform(-0.1, 1.1))),
            brush.y(float(brush.rng.uniform(brush.ground + 0.05, 1.08))),
        )
        canvas.detail(
            lens(x, y, brush.unit * float(brush.rng.uniform(0.01, 0.05)), brush.unit * 0.003),
            mix(sand, brush.palette.shade, 0.4),
        )
    return canvas.plate(1.0)


def _palms(brush: Brush) -> Plate | None:
    canvas = Canvas(
        brush.frame, mix(brush.palette.shade, brush.palette.haze, 0.12), brush.palette.shade, rows=(0.2, 0.95)
    )
    side = 1 if brush.sun[0] > 0.5 else -1
    edge = 0.02 if side > 0 else 0.98
    palm(canvas, brush.rng, (brush.x(edge), brush.y(1.05)), height=brush.unit * 0.9, lean=side * 0.14)
    palm(canvas, brush.rng, (brush.x(edge + side * 0.05), brush.y(1.05)), height=brush.unit * 0.64, lean=side * 0.2)
    canvas.rim(brush.palette.light, dx=-2 * side, dy=1, strength=0.35)
    return canvas.plate(1.3, sway=Sway(roll=0.5, period_s=6, pivot=(brush.x(edge), brush.y(1.0))))


def boat_at(brush: Brush, x: float, size: float, depth: float) -> Plate | None:
    """A sailing boat at anchor."""
    canvas = Canvas(brush.frame, brush.palette.at(0.55 + depth / 3))
    left, line, span = brush.x(x), brush.y(brush.horizon + 0.03 + (depth - 0.3) * 0.24), brush.unit * size
    hull = [
        (left - span * 0.42, line - span * 0.1),
        (left + span * 0.5, line - span * 0.13),
        (left + span * 0.36, line),
        (left - span * 0.32, line),
    ]
    canvas.polygon(hull)
    canvas.detail(
        [
            (left - span * 0.42, line - span * 0.1),
            (left + span * 0.5, line - span * 0.13),
            (left + span * 0.48, line - span * 0.1),
            (left - span * 0.41, line - span * 0.075),
        ],
        brush.palette.accent,
    )
    canvas.line([(left, line - span * 0.1), (left, line - span * 1.0)], max(1.5, span * 0.018))
    sail = mix(
        mix(brush.palette.light, brush.palette.horizon, 0.35), brush.palette.at(depth), 0.3 if not brush.dark else 0.62
    )
    canvas.polygon(
        [
            (left + span * 0.025, line - span * 0.97),
            (left + span * 0.025, line - span * 0.17),
            (left + span * 0.42, line - span * 0.19),
        ],
        sail,
    )
    canvas.polygon(
        [
            (left - span * 0.025, line - span * 0.9),
            (left - span * 0.025, line - span * 0.18),
            (left - span * 0.3, line - span * 0.17),
        ],
        mix(sail, brush.palette.at(depth), 0.3),
    )
    if brush.setting.hour in {Hour.NIGHT, Hour.DUSK}:
        canvas.glow(left, line - span * 1.0, span * 0.16, brush.palette.accent, 0.9)
    _mirror(canvas, brush, left, line, span)
    return canvas.plate(depth, sway=Sway(y=2.5, roll=1.1, period_s=4.2, phase=x, pivot=(left, line)))


def _mirror(canvas: Canvas, brush: Brush, x: float, line: float, span: float) -> None:
    """The boat's broken image in the water."""
    for step in range(1, 6):
        half = span * (0.36 - 0.05 * step) * float(brush.rng.uniform(0.7, 1.1))
        canvas.polygon(lens(x, line + span * 0.035 * step, half, span * 0.009))
