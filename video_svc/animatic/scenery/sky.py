"""Skies: gradient, sun or moon, brushed clouds, stars, nebulae."""

import cv2
import numpy as np
import numpy.typing as npt

from video_svc.animatic.colour import WHITE, Colour, mix
from video_svc.animatic.noise import Field, clouds, warped
from video_svc.animatic.plate import Pixels, Plate, Sway, as_yuv
from video_svc.animatic.scenery.brush import Brush
from video_svc.animatic.setting import Hour, Weather

_FINE = 2
"""Skies are soft: painted this many times smaller, then enlarged."""
_CLOUDINESS = {Weather.CLEAR: 0.5, Weather.RAIN: 0.95, Weather.STORM: 1.0, Weather.FOG: 0.35, Weather.SNOW: 0.8}


def sky(brush: Brush, *, cloud: float | None = None, disc: float = 0.055, depth: float = 0.08) -> list[Plate]:
    """The open sky. `disc` is the radius of sun or moon as a share of the unit; 0 hides it."""
    ink = _backdrop(brush)
    near = _nearness(brush, ink)
    _lighten(ink, brush.palette.light, (np.exp(-near * 5) * 0.55 + 0.3 * np.exp(-near * 1.7)).astype(np.float32))
    covered = _CLOUDINESS.get(brush.setting.weather, 0.55) if cloud is None else cloud
    _paint_disc(ink, brush, near, 0 if covered > 0.9 else disc)
    _paint_clouds(ink, brush, near, covered)
    return [finished(brush, ink, depth, stars=_star_count(brush))]


def _star_count(brush: Brush) -> int:
    if brush.setting.weather in {Weather.RAIN, Weather.STORM, Weather.FOG}:
        return 0
    return {Hour.NIGHT: 420, Hour.DUSK: 90}.get(brush.setting.hour, 0)


def nebula(brush: Brush) -> list[Plate]:
    """Deep space: two clouds of light in front of the dark."""
    palette = brush.palette
    ink = _backdrop(brush, flat=True)
    height, width = ink.shape[:2]
    for colour, base in ((palette.sky, 1.6), (palette.horizon, 1.3), (palette.light, 2.2)):
        field = warped(brush.rng, width=width, height=height, strength=0.13, base=base)
        share = np.clip((field - 0.5) * (4.0 if colour != palette.light else 2.6), 0, 1)
        _lighten(ink, colour, (share * (0.75 if colour != palette.light else 0.3)).astype(np.float32))
    return [finished(brush, ink, 0.05, stars=900)]


def _backdrop(brush: Brush, *, flat: bool = False) -> Field:
    frame, palette = brush.frame, brush.palette
    width, height = (frame.right - frame.left) // _FINE, (frame.bottom - frame.top) // _FINE
    top = -frame.top / _FINE
    rows = (np.arange(height, dtype=np.float32) - top) * np.float32(_FINE / frame.height / max(0.2, brush.horizon))
    if flat:
        rows = rows * np.float32(0.12)
    column = _ramp((palette.zenith, mix(palette.zenith, palette.sky, 0.7), palette.sky, palette.horizon), rows)
    return np.repeat(column[:, None], width, axis=1)


def _ramp(stops: tuple[Colour, ...], at: Field) -> Field:
    """Colours along 0..1, the first three thirds even, eased towards the horizon."""
    where = np.clip(at, 0, 1) * (len(stops) - 1)
    table = np.array(stops, np.float32)
    return np.stack([np.interp(where, np.arange(len(stops)), table[:, c]) for c in range(3)], axis=1).astype(np.float32)


def _nearness(brush: Brush, ink: Field) -> Field:
    """Distance of every pixel to the sun, in units of the frame."""
    frame = brush.frame
    x = np.arange(ink.shape[1], dtype=np.float32) * _FINE + frame.left - brush.sun[0] * frame.width
    y = np.arange(ink.shape[0], dtype=np.float32) * _FINE + frame.top - brush.sun[1] * frame.height
    return np.asarray(np.hypot(x[None], y[:, None]) / brush.unit, np.float32)


def _lighten(ink: Field, colour: Colour, share: Field) -> None:
    ink += (np.array(colour, np.float32) - ink) * share[..., None]


def _paint_disc(ink: Field, brush: Brush, near: Field, radius: float) -> None:
    if radius:
        edge = np.clip((radius - near) * brush.unit / _FINE * 0.8 + 0.5, 0, 1)
        _lighten(ink, mix(brush.palette.light, WHITE, 0.35), edge.astype(np.float32))


def _paint_clouds(ink: Field, brush: Brush, near: Field, amount: float) -> None:
    """Brushed clouds, lit from the sun's side and dark away from it."""
    height, width = ink.shape[:2]
    field = warped(brush.rng, width=width, height=height, strength=0.12, base=1.5, octaves=5)
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None] / np.float32(max(0.2, brush.horizon + 0.1))
    band = np.clip(1.15 - np.abs(rows - 0.62) * 1.4, 0, 1)
    share = np.clip((field - 0.62 + 0.16 * amount) * 4.5, 0, 1) * band * np.float32(0.5 + 0.25 * amount)
    lit = np.clip(1.1 - near * 1.15, 0.0, 1)
    palette = brush.palette
    dark, bright = mix(palette.sky, palette.zenith, 0.45), mix(palette.horizon, palette.light, 0.45)
    _lighten(ink, dark, (share * (1 - lit)).astype(np.float32))
    _lighten(ink, bright, (share * lit).astype(np.float32))


def finished(brush: Brush, ink: Field, depth: float, *, stars: int = 0) -> Plate:
    """The sky in full size, with a grain too fine to see that keeps its gradients from banding."""
    frame = brush.frame
    size = (frame.right - frame.left, frame.bottom - frame.top)
    grain = brush.rng.random(ink.shape[:2], dtype=np.float32)[..., None] - np.float32(0.5)
    small = np.clip(ink + grain * 1.6 + 0.5, 0, 255).astype(np.uint8)
    pixels: Pixels = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    _sprinkle(pixels, brush, stars)
    return Plate(as_yuv(pixels, np.full(size[::-1], 255, np.uint8)), frame.left, frame.top, depth, 0)


def _sprinkle(pixels: Pixels, brush: Brush, count: int) -> None:
    """Stars: many faint, few bright, fading towards the horizon."""
    height, width = pixels.shape[:2]
    spots: npt.NDArray[np.float64] = brush.rng.random((count, 3))
    reach = min(1.0, brush.horizon + 0.05) if brush.setting.weather is not Weather.STARS else 1.0
    for x, y, size in spots:
        radius = round((0.35 + 1.3 * size**9) * 16 * brush.unit / 720)
        ink = pixels[int(y * reach * (height - 1)), int(x * (width - 1))]
        colour = mix((int(ink[0]), int(ink[1]), int(ink[2])), brush.palette.light, (0.25 + 0.7 * size) * (1 - y * 0.75))
        cv2.circle(pixels, (int(x * width * 16), int(y * reach * height * 16)), radius, colour, -1, cv2.LINE_AA, 4)


def fog(brush: Brush, *, level: float, height: float, strength: float, depth: float, drift: float) -> Plate:
    """A bank of mist that drifts through the picture. Level and height are shares of the frame."""
    frame = brush.frame
    size = ((frame.right - frame.left) // 4, max(8, round(height * frame.height / 4)))
    field = clouds(brush.rng, width=size[0], height=size[1], base=1.2, octaves=3)
    rows = np.sin(np.linspace(0, np.pi, size[1], dtype=np.float32))[:, None]
    share = np.clip((field - 0.25) * 1.7, 0, 1) * rows * np.float32(strength * 255)
    full = (frame.right - frame.left, size[1] * 4)
    cover = np.asarray(cv2.resize(share, full, interpolation=cv2.INTER_LINEAR), np.float32).astype(np.uint8)
    ink = np.empty((*cover.shape, 3), np.uint8)
    ink[:] = mix(brush.palette.horizon, brush.palette.light, 0.25)
    top = (level - height / 2) * frame.height
    return Plate(as_yuv(ink, cover), frame.left, top, depth, None, Sway(x=drift, period_s=19.0))
