"""Under the sea."""

import numpy as np

from video_svc.animatic.colour import mix
from video_svc.animatic.plate import Canvas, Plate, Point, Sway
from video_svc.animatic.scenery.brush import Brush, Line, height_on, kept
from video_svc.animatic.scenery.sky import finished
from video_svc.animatic.scenery.terrain import peaks


def underwater(brush: Brush) -> list[Plate]:
    far = peaks(brush, level=brush.ground - 0.06, swing=0.1, depth=0.25, snow=False)
    return kept(
        *_deep(brush), _rays(brush), far, _shoal(brush), _seabed(brush, 0.62), _seabed(brush, 1.0), _weed(brush)
    )


def _deep(brush: Brush) -> list[Plate]:
    """Water from above: bright at the surface, dark below."""
    frame, palette = brush.frame, brush.palette
    size = ((frame.right - frame.left) // 2, (frame.bottom - frame.top) // 2)
    rows = np.linspace(0, 1, size[1])
    stops = np.array([palette.light, palette.horizon, palette.sky, palette.zenith, palette.shade], np.float32)
    column = np.stack([np.interp(rows, (0.0, 0.1, 0.38, 0.72, 1.0), stops[:, c]) for c in range(3)], axis=1).astype(
        np.float32
    )
    return [finished(brush, np.repeat(column[:, None], size[0], axis=1), 0.08)]


def _rays(brush: Brush) -> Plate | None:
    canvas = Canvas(brush.frame, brush.palette.light)
    for x in brush.spread(brush.unit * 0.16, jitter=0.9):
        lean, half = brush.unit * float(brush.rng.uniform(0.1, 0.3)), brush.unit * float(brush.rng.uniform(0.015, 0.06))
        canvas.polygon(
            [
                (x - half * 0.4, brush.frame.top),
                (x + half * 0.4, brush.frame.top),
                (x + lean + half, brush.y(0.95)),
                (x + lean - half, brush.y(0.95)),
            ]
        )
    fade = np.clip(1 - np.arange(canvas.size[1]) / canvas.size[1] * 1.15, 0, 1)[:, None] ** 1.5
    canvas.cover[:] = (canvas.cover * fade * 0.3).astype(np.uint8)
    return canvas.plate(0.2, blur=brush.unit / 80, sway=Sway(x=26, period_s=8))


def _shoal(brush: Brush) -> Plate | None:
    """Fish, all of one mind."""
    canvas = Canvas(brush.frame, mix(brush.palette.at(0.6), brush.palette.light, 0.12))
    for _ in range(34):
        x = brush.x(0.3) + float(brush.rng.normal()) * brush.unit * 0.16
        y = brush.y(0.33) + float(brush.rng.normal()) * brush.unit * 0.06
        size = brush.unit * float(brush.rng.uniform(0.01, 0.02))
        canvas.oval(x, y, size, size * 0.36)
        canvas.polygon([(x - size * 0.8, y), (x - size * 1.5, y - size * 0.4), (x - size * 1.5, y + size * 0.4)])
    return canvas.plate(0.55, sway=Sway(x=70, y=9, period_s=16))


def _seabed(brush: Brush, depth: float) -> Plate | None:
    level = brush.ground - (0.05 if depth < 1 else 0.0)
    line: Line = brush.line(level, 0.018, roughness=0.45)
    sand = mix(brush.palette.at(depth * 0.75), brush.palette.horizon, 0.25)
    canvas = Canvas(brush.frame, sand, brush.palette.shade, rows=(level, 1.02))
    canvas.below(*line)
    for x in brush.spread(brush.unit * 0.16, jitter=0.9):
        _coral(canvas, brush, (x, height_on(line, x) + 4), brush.unit * float(brush.rng.uniform(0.03, 0.09)), depth)
    canvas.rim(brush.palette.light, dy=2, strength=0.35)
    return canvas.plate(depth)


def _coral(canvas: Canvas, brush: Brush, foot: Point, size: float, depth: float) -> None:
    colour = mix(brush.palette.at(depth * 0.8), brush.palette.accent, float(brush.rng.uniform(0.0, 0.45)))
    for branch in np.linspace(-0.9, 0.9, int(brush.rng.integers(3, 7))):
        tip = (foot[0] + size * float(branch), foot[1] - size * float(1.3 - abs(branch) * 0.5))
        canvas.line([foot, (foot[0] + size * float(branch) * 0.7, foot[1] - size * 0.5), tip], size * 0.16, colour)
        canvas.oval(*tip, size * 0.12, size * 0.12, colour)


def _weed(brush: Brush) -> Plate | None:
    canvas = Canvas(
        brush.frame, mix(brush.palette.shade, brush.palette.sky, 0.15), brush.palette.shade, rows=(0.5, 1.0)
    )
    for x in (-0.02, 0.015, 0.05, 0.09, 0.92, 0.96, 1.01):
        tall, turn = brush.unit * float(brush.rng.uniform(0.3, 0.62)), float(brush.rng.uniform(0, 6))
        spine = [
            (brush.x(x) + brush.unit * 0.024 * float(np.sin(turn + 6 * s)), brush.y(1.06) - tall * s)
            for s in np.linspace(0, 1, 14).tolist()
        ]
        half = [brush.unit * 0.014 * (1 - s) ** 0.6 + 0.5 for s in np.linspace(0, 1, 14).tolist()]
        canvas.polygon(
            [
                *((p[0] - h, p[1]) for p, h in zip(spine, half, strict=True)),
                *((p[0] + h, p[1]) for p, h in reversed(list(zip(spine, half, strict=True)))),
            ]
        )
    return canvas.plate(1.4, sway=Sway(x=6, roll=1.0, period_s=6), blur=brush.unit / 400)
