"""Out there: a moon's ground under a ringed planet."""

import cv2
import numpy as np

from video_svc.animatic.colour import mix
from video_svc.animatic.noise import warped
from video_svc.animatic.plate import Canvas, Plate, Point
from video_svc.animatic.scenery.brush import Brush, height_on, kept
from video_svc.animatic.scenery.sky import nebula
from video_svc.animatic.scenery.terrain import peaks


def space(brush: Brush) -> list[Plate]:
    far = peaks(brush, level=brush.ground - 0.06, swing=0.06, depth=0.35, snow=False)
    return kept(*nebula(brush), _planet(brush), _small_moon(brush), far, _regolith(brush), _boulders(brush))


def _planet(brush: Brush) -> Plate | None:
    """A banded planet, dark on one side, with a ring round it."""
    canvas = Canvas(brush.frame, mix(brush.palette.horizon, brush.palette.light, 0.35))
    x, y, radius = brush.x(1 - brush.sun[0]), brush.y(0.31), brush.unit * 0.19
    canvas.glow(x, y, radius * 1.7, brush.palette.horizon, 0.55)
    _ring(canvas, brush, (x, y), radius, ((0.0, 2 * np.pi),))
    canvas.oval(x, y, radius, radius, mix(brush.palette.horizon, brush.palette.light, 0.35))
    bands = warped(brush.rng, width=canvas.size[0] // 4, height=canvas.size[1] // 4, strength=0.04, base=9.0, octaves=3)
    stripes = (np.clip((cv2.resize(bands, canvas.size) - 0.45) * 5, 0, 1) * 150).astype(np.uint8)
    ball = np.zeros_like(canvas.cover)
    spot = canvas.at([(x, y)])[0]
    cv2.circle(ball, (int(spot[0]), int(spot[1])), round(radius * 16), 255, -1, cv2.LINE_AA, 4)
    canvas.tint(np.asarray(cv2.multiply(stripes, ball, scale=1 / 255), np.uint8), brush.palette.accent)
    night = ball.copy()
    lit = canvas.at([(x - radius * 0.42 * (1 if brush.sun[0] > 0.5 else -1), y - radius * 0.25)])[0]
    cv2.circle(night, (int(lit[0]), int(lit[1])), round(radius * 16), 0, -1, cv2.LINE_AA, 4)
    side = 2 * round(radius * 0.14) + 1
    soft = cv2.multiply(cv2.blur(cv2.blur(night, (side, side)), (side, side)), ball, scale=0.94 / 255)
    canvas.tint(np.asarray(soft, np.uint8), brush.palette.zenith)
    _ring(canvas, brush, (x, y), radius, ((0.0, np.pi),))
    return canvas.plate(0.16)


Arcs = tuple[tuple[float, float], ...]


def _ring(canvas: Canvas, brush: Brush, centre: Point, radius: float, arcs: Arcs) -> None:
    """Parts of the ring, in radians round it; 0..pi passes in front."""
    for size, tone in ((1.75, 0.2), (1.62, 0.55), (1.48, 0.35)):
        for start, end in arcs:
            around = np.linspace(start, end, 60)
            tilt = -0.28
            across, along = radius * size * np.cos(around), radius * size * 0.2 * np.sin(around)
            points = [
                (
                    centre[0] + float(a * np.cos(tilt) - b * np.sin(tilt)),
                    centre[1] + float(a * np.sin(tilt) + b * np.cos(tilt)),
                )
                for a, b in zip(across, along, strict=True)
            ]
            canvas.line(points, radius * 0.045, mix(brush.palette.light, brush.palette.haze, tone))


def _small_moon(brush: Brush) -> Plate | None:
    canvas = Canvas(brush.frame, mix(brush.palette.light, brush.palette.haze, 0.25))
    x, y, size = brush.x(brush.sun[0]), brush.y(0.2), brush.unit * 0.034
    canvas.glow(x, y, size * 3.2, brush.palette.light, 0.35)
    canvas.oval(x, y, size, size, mix(brush.palette.light, brush.palette.haze, 0.25))
    return canvas.plate(0.12)


def _regolith(brush: Brush) -> Plate | None:
    """Dust and craters."""
    line = brush.line(brush.ground, 0.012, roughness=0.5)
    dust = mix(mix(brush.palette.haze, brush.palette.light, 0.18), brush.palette.shade, 0.3)
    canvas = Canvas(brush.frame, dust, brush.palette.shade, rows=(brush.ground - 0.02, 1.02))
    canvas.below(*line)
    for _ in range(24):
        near = float(brush.rng.random()) ** 1.5
        x, y = brush.x(float(brush.rng.uniform(-0.1, 1.1))), brush.y(brush.ground + 0.03 + 0.3 * near)
        wide = brush.unit * float(brush.rng.uniform(0.015, 0.06)) * (0.5 + near)
        if y < height_on(line, x) + wide * 0.4:
            continue
        body = mix(dust, brush.palette.shade, near)
        canvas.oval(x, y, wide, wide * 0.26, mix(body, brush.palette.light, 0.22))
        canvas.oval(x, y + wide * 0.04, wide * 0.94, wide * 0.22, mix(body, brush.palette.shade, 0.5))
    canvas.rim(brush.palette.light, dy=2, strength=0.6)
    return canvas.plate(1.0)


def _boulders(brush: Brush) -> Plate | None:
    canvas = Canvas(
        brush.frame, mix(brush.palette.shade, brush.palette.haze, 0.2), brush.palette.shade, rows=(0.75, 1.02)
    )
    for x, size in ((-0.02, 0.2), (0.09, 0.1), (0.98, 0.16)):
        around = np.linspace(0, 2 * np.pi, 9, endpoint=False)
        reach = brush.unit * size * brush.rng.uniform(0.75, 1.1, 9)
        canvas.polygon(
            [
                (brush.x(x) + float(r * np.cos(a)), brush.y(1.04) + float(r * np.sin(a)) * 0.85)
                for a, r in zip(around, reach, strict=True)
            ]
        )
    canvas.rim(brush.palette.light, dx=2 if brush.sun[0] < 0.5 else -2, dy=2, strength=0.5)
    return canvas.plate(1.35)
