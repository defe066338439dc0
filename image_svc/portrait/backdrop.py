"""What a portrait stands before: warped clouds of paint, a glow behind the head, a soft dark edge."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from shared.figure.look import Rgb

Floats = npt.NDArray[np.float32]

_COARSE = 4
"""The paint is soft: it is made this many times smaller and blown up."""


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours of a portrait: backdrop from `deep` to `bright`, `glow` behind the head, light on the figure."""

    deep: Rgb
    middle: Rgb
    bright: Rgb
    glow: Rgb


PALETTES: tuple[Palette, ...] = (
    Palette(deep=(24, 22, 58), middle=(122, 48, 110), bright=(238, 112, 92), glow=(255, 214, 150)),
    Palette(deep=(12, 40, 62), middle=(26, 104, 122), bright=(120, 190, 168), glow=(255, 234, 186)),
    Palette(deep=(44, 22, 46), middle=(168, 62, 62), bright=(242, 158, 84), glow=(255, 230, 170)),
    Palette(deep=(16, 34, 44), middle=(50, 98, 84), bright=(178, 190, 120), glow=(252, 240, 190)),
    Palette(deep=(20, 24, 66), middle=(66, 74, 164), bright=(196, 140, 208), glow=(255, 206, 222)),
    Palette(deep=(34, 30, 44), middle=(104, 84, 104), bright=(224, 178, 140), glow=(255, 240, 214)),
)


def paint_backdrop(size_px: tuple[int, int], palette: Palette, *, seed: int, center: tuple[float, float]) -> Floats:
    """A picture of `size_px` (width, height), HxWx3 in 0..1, its glow at `center` (shares of width and height)."""
    width, height = (side // _COARSE for side in size_px)
    dice = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    far = np.hypot((x / width - center[0]) * width, (y / height - center[1]) * height) / max(width, height)
    clouds = _warped(dice, height, width)
    paint = _ramp(palette, np.clip(0.78 - far * 1.05 + (clouds - 0.5) * 0.95, 0, 1))
    glow = np.exp(-((far / 0.24) ** 2))[..., None] * 0.62
    paint += (np.array(palette.glow, np.float32) / 255 - paint) * glow
    large = np.asarray(cv2.resize(paint, size_px, interpolation=cv2.INTER_CUBIC), np.float32)
    return _finished(large, dice, size_px)


def _finished(paint: Floats, dice: np.random.Generator, size_px: tuple[int, int]) -> Floats:
    """Brush grain, and the edges darker."""
    width, height = size_px
    grain = cv2.GaussianBlur(dice.random((height // 2, width // 2), dtype=np.float32) - 0.5, (0, 0), 5.0, sigmaY=0.8)
    paint += cv2.resize(grain, size_px, interpolation=cv2.INTER_LINEAR)[..., None] * 0.3
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    edge = np.clip(np.hypot(x, y) - 0.62, 0, 1) ** 1.5
    return np.asarray(np.clip(paint * (1 - 0.62 * edge)[..., None], 0, 1), np.float32)


def _ramp(palette: Palette, at: Floats) -> Floats:
    stops = np.array([palette.deep, palette.middle, palette.bright], np.float32) / 255
    places = np.array([0.0, 0.5, 1.0], np.float32)
    return np.stack([np.interp(at, places, stops[:, i]) for i in range(3)], axis=2).astype(np.float32)


def _warped(dice: np.random.Generator, height: int, width: int) -> Floats:
    """Cloud noise bent by cloud noise: swirls of paint, 0..1."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    bend = 0.34 * max(height, width)
    dx, dy = (_clouds(dice, height, width, octaves=3) - 0.5 for _ in range(2))
    base = _clouds(dice, height, width, octaves=5)
    return np.asarray(cv2.remap(base, x + dx * bend, y + dy * bend, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT))


def _clouds(dice: np.random.Generator, height: int, width: int, *, octaves: int) -> Floats:
    total, weight = np.zeros((height, width), np.float32), 0.0
    for octave in range(octaves):
        cells = 3 * 2**octave
        grid = dice.random((cells, max(2, cells * width // height)), dtype=np.float32)
        total += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) * 0.55**octave
        weight += 0.55**octave
    return np.asarray(np.clip((total / weight - 0.5) * 1.7 + 0.5, 0, 1), np.float32)
