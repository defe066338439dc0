"""Where outlines become pixels: colour, light and shade, drawn large and made small at the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from shared.figure.light import Color, Light
from shared.figure.look import Rgb
from shared.figure.outline import Outline

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_BITS = 4
"""Sub-pixel bits of an OpenCV coordinate."""
_AIR_PX = 2


@dataclass(frozen=True, kw_only=True)
class View:
    """What part of the figure's plane is seen: `left`, `top` in its units, `scale` final pixels per unit."""

    left: float
    top: float
    width_px: int
    height_px: int
    scale: float
    mirrored: bool = False
    sampling: int = 2


@dataclass(kw_only=True)
class Canvas:
    """A painting in progress. Later shapes lie over earlier ones."""

    view: View
    light: Light
    color: Bytes = field(init=False)
    alpha: Bytes = field(init=False)
    shade: Bytes = field(init=False)
    glow: Bytes = field(init=False)

    def __post_init__(self) -> None:
        size = (self.view.height_px * self.view.sampling, self.view.width_px * self.view.sampling)
        self.color = np.zeros((*size, 3), np.uint8)
        self.alpha, self.shade, self.glow = (np.zeros(size, np.uint8) for _ in range(3))

    def fill(self, *outlines: Outline, color: Rgb, relief: float | None = None, glow: float = 0.0) -> None:
        """Paint the union of `outlines`. `glow` 0..1 is how far it ignores the light.

        `relief` is how wide its shaded side is, in figure units; None leaves the shade that is there.
        """
        for points in (self._pixels(outline) for outline in outlines):
            cv2.fillPoly(self.color, [points], color, cv2.LINE_AA, _BITS)
            cv2.fillPoly(self.alpha, [points], 255, cv2.LINE_AA, _BITS)
            cv2.fillPoly(self.glow, [points], int(255 * glow), cv2.LINE_8, _BITS)
        if relief is not None:
            self._cast_shade(outlines, relief)

    def darken(self, *outlines: Outline, within: Sequence[Outline], strength: float = 1.0) -> None:
        """Lay a shadow in the form of `outlines`, only upon `within`."""
        area, corner = self._mask(within)
        if area.size == 0:
            return
        cast, _ = self._mask(outlines, like=(area, corner))
        x, y = corner
        target = self.shade[y : y + area.shape[0], x : x + area.shape[1]]
        np.maximum(target, cv2.convertScaleAbs(cv2.min(area, cast), alpha=strength), out=target)

    def painted(self) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) of what was drawn, in final pixels, with a little air."""
        x, y, width, height = cv2.boundingRect(self.alpha)
        if not width:
            return 0, 0, self.view.width_px, self.view.height_px
        n = self.view.sampling
        right, bottom = (
            min((x + width) // n + _AIR_PX, self.view.width_px),
            min((y + height) // n + _AIR_PX, self.view.height_px),
        )
        return max(x // n - _AIR_PX, 0), max(y // n - _AIR_PX, 0), right, bottom

    def finish(self, box: tuple[int, int, int, int]) -> Bytes:
        """The picture inside `box` (see `painted`): straight alpha, RGBA."""
        color, alpha, shade, glow = (
            self._shrunk(layer, box) for layer in (self.color, self.alpha, self.shade, self.glow)
        )
        seen = alpha > 0
        lit = _lit(np.minimum(color[seen] / alpha[seen][:, None], 1), shade[seen], glow[seen], self.light)
        width_px = min(self.view.scale * 0.011, 4 + self.view.scale * 0.0035)
        rim = _rim(alpha, self.light, width_px=width_px)[seen] * (1 - glow[seen])
        lit += (_unit(self.light.rim) - lit) * rim[:, None]
        pixels = np.zeros((*alpha.shape, 4), np.uint8)
        pixels[seen, :3] = np.clip(lit, 0, 1) * 255 + 0.5
        pixels[..., 3] = alpha * 255 + 0.5
        return pixels

    def _shrunk(self, layer: Bytes, box: tuple[int, int, int, int]) -> Floats:
        left, top, right, bottom = (side * self.view.sampling for side in box)
        size = (box[2] - box[0], box[3] - box[1])
        small = cv2.resize(layer[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.float32) / np.float32(255)

    def _cast_shade(self, outlines: Sequence[Outline], relief: float) -> None:
        area, (x, y) = self._mask(outlines)
        if area.size == 0:
            return
        target = self.shade[y : y + area.shape[0], x : x + area.shape[1]]
        shift = relief * self.view.scale * self.view.sampling
        away = np.array([[1, 0, np.sign(self.light.direction or 1) * shift], [0, 1, -shift * 0.45]], np.float32)
        lit = cv2.warpAffine(area, away, area.shape[::-1], flags=cv2.INTER_NEAREST) if relief else area
        np.copyto(target, cv2.bitwise_not(lit), where=area > 0)

    def _mask(
        self, outlines: Sequence[Outline], *, like: tuple[Bytes, tuple[int, int]] | None = None
    ) -> tuple[Bytes, tuple[int, int]]:
        pixels = [self._pixels(outline) for outline in outlines]
        if like is None:
            x, y, width, height = self._box(pixels)
        else:
            (x, y), (height, width) = like[1], like[0].shape
        mask = np.zeros((height, width), np.uint8)
        for points in pixels if mask.size else []:
            moved = points - np.array([x, y], np.int32) * (1 << _BITS)
            cv2.fillPoly(mask, [moved], 255, cv2.LINE_8, _BITS)
        return mask, (x, y)

    def _box(self, pixels: Sequence[npt.NDArray[np.int32]]) -> tuple[int, int, int, int]:
        every = np.concatenate(pixels) >> _BITS
        height, width = self.alpha.shape
        x0, y0 = np.clip(every.min(0) - 1, 0, (width, height))
        x1, y1 = np.clip(every.max(0) + 2, 0, (width, height))
        return int(x0), int(y0), int(x1 - x0), int(y1 - y0)

    def _pixels(self, outline: Outline) -> npt.NDArray[np.int32]:
        view = self.view
        points = (outline - (view.left, view.top)) * (view.scale * view.sampling)
        if view.mirrored:
            points[:, 0] = view.width_px * view.sampling - points[:, 0]
        return np.rint(points * (1 << _BITS)).astype(np.int32)


def _unit(color: Color) -> Floats:
    return np.array(color, np.float32) / np.float32(255)


def _lit(color: Floats, shade: Floats, glow: Floats, light: Light) -> Floats:
    key, shadow = _unit(light.key), _unit(light.shadow)
    dark = light.silhouette
    bright = color * (key * (1 - dark) + (0.3 + 0.25 * key) * dark)
    tint = 0.94 + 0.06 * shadow / max(float(shadow.max()), 0.05)
    deep = color * (0.7 + 0.3 * color) * (0.68 - 0.32 * dark) * tint + shadow * 0.08
    mixed = bright + (deep - bright) * (shade * 0.85)[..., None]
    mixed += (shadow * 0.75 + mixed * 0.16 - mixed) * (dark**2.2)
    return np.asarray(mixed + (color - mixed) * glow[..., None], np.float32)


def _rim(alpha: Floats, light: Light, *, width_px: float) -> Floats:
    """How much of the rim's colour each pixel takes, 0..1."""
    side = float(np.sign(light.direction or 1))
    edge = _edge(alpha, side * width_px, -width_px * 0.5)
    thin = _edge(alpha, -side * width_px * 0.45, -width_px * 0.3) * (0.12 + 0.25 * light.silhouette)
    return np.asarray(np.maximum(edge * (0.5 + 0.5 * light.silhouette), thin), np.float32)


def _edge(alpha: Floats, dx: float, dy: float) -> Floats:
    """Where the shape ends when one goes (dx, dy) pixels further."""
    move = np.array([[1, 0, -dx], [0, 1, -dy]], np.float32)
    beyond = cv2.warpAffine(alpha, move, alpha.shape[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    soft = cv2.GaussianBlur(beyond, (0, 0), max(abs(dx) * 0.16, 0.5))
    return np.asarray(np.clip((alpha - soft) * 1.3, 0, 1), np.float32)
