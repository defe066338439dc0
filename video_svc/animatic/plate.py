"""Plates: painted sheets at different depths, and the canvas they are painted on.

A plate holds premultiplied Y, Cb, Cr, alpha (BT.709, limited range) so that a frame is composed in the encoder's own
colours and nothing is converted per frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from video_svc.animatic.colour import Colour

Pixels = npt.NDArray[np.uint8]
Point = tuple[float, float]
Line = npt.NDArray[np.float64]

_SHIFT = 4
"""Fractional bits of cv2's drawing coordinates."""
_BALL = 192
"""Pixels: the size at which a ball of light is worked out."""
TO_YUV = np.array(
    [
        [0.1826, 0.6142, 0.0620, 16 / 255],
        [-0.1006, -0.3386, 0.4392, 128 / 255],
        [0.4392, -0.3989, -0.0403, 128 / 255],
        [0.0, 0.0, 0.0, 1.0],
    ],
    np.float32,
)
"""Premultiplied RGBA -> premultiplied YCbCrA; the offsets ride on alpha."""


@dataclass(frozen=True)
class Frame:
    """The picture being made, in pixels, and how far the canvases reach beyond it."""

    width: int
    height: int
    margin: float = 0.13
    blur: float = 0.0
    """Radius of the lens blur on everything but the figure, in units."""

    @property
    def unit(self) -> float:
        """A length for things that should look equally large in any shape: 720 for 1280x720 and for 720x1280."""
        return 0.75 * float(np.sqrt(self.width * self.height))

    @property
    def left(self) -> int:
        return -round(self.width * self.margin)

    @property
    def top(self) -> int:
        return -round(self.height * self.margin)

    @property
    def right(self) -> int:
        return self.width - self.left

    @property
    def bottom(self) -> int:
        return self.height - self.top


@dataclass(frozen=True)
class Sway:
    """A slow swing of a plate around its rest: pixels, degrees and seconds. `drift` is pixels per second."""

    x: float = 0.0
    y: float = 0.0
    roll: float = 0.0
    period_s: float = 6.0
    phase: float = 0.0
    pivot: Point | None = None
    drift: float = 0.0


STILL = Sway()


@dataclass(frozen=True)
class Plate:
    """Painted pixels (height x width x 4, premultiplied YCbCrA) lying `depth` deep: 0 the sky, 1 the figure's plane."""

    pixels: Pixels
    left: float
    top: float
    depth: float
    solid_row: int | None = None
    """From this row down every pixel is opaque, so nothing behind needs to be drawn there."""
    sway: Sway = STILL


class Canvas:
    """Paints one plate in frame coordinates (pixels; may lie outside the frame by its margin)."""

    def __init__(self, frame: Frame, top: Colour, bottom: Colour | None = None, *, rows: Point = (0.0, 1.0)) -> None:
        """Ink starts as a gradient from `top` to `bottom` between two heights, given as shares of the frame."""
        self.frame = frame
        self.size = (frame.right - frame.left, frame.bottom - frame.top)
        self.ink = gradient(self.size, top, bottom or top, self._rows(rows))
        self.cover: Pixels = np.zeros(self.size[::-1], np.uint8)

    def _rows(self, rows: Point) -> Point:
        return rows[0] * self.frame.height - self.frame.top, rows[1] * self.frame.height - self.frame.top

    def at(self, points: Sequence[Point] | npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
        """Frame coordinates as cv2 wants them."""
        offset = np.array([self.frame.left, self.frame.top], np.float64)
        return np.rint((np.asarray(points, np.float64) - offset) * (1 << _SHIFT)).astype(np.int32)

    def polygon(self, points: Sequence[Point], colour: Colour | None = None, *, hole: bool = False) -> None:
        """Fill a shape; without a colour the gradient shows through it. A `hole` is cut out again."""
        spots = [self.at(points)]
        cv2.fillPoly(self.cover, spots, 0 if hole else 255, cv2.LINE_AA, _SHIFT)
        if colour is not None:
            cv2.fillPoly(self.ink, spots, colour, cv2.LINE_AA, _SHIFT)

    def detail(self, points: Sequence[Point], colour: Colour) -> None:
        """Paint inside what is there already, without growing its outline."""
        cv2.fillPoly(self.ink, [self.at(points)], colour, cv2.LINE_AA, _SHIFT)

    def patch(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """A `detail` with four right angles."""
        self.detail([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def band(self, xs: Line, upper: Line, lower: Line, colour: Colour) -> None:
        """A `detail` between two lines over the same xs."""
        self.detail([*zip(xs, upper, strict=True), *zip(xs[::-1], lower[::-1], strict=True)], colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour | None = None) -> None:
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def line(self, points: Sequence[Point], width: float, colour: Colour | None = None) -> None:
        spots, thick = [self.at(points)], max(1, round(width))
        cv2.polylines(self.cover, spots, False, 255, thick, cv2.LINE_AA, _SHIFT)
        if colour is not None:
            cv2.polylines(self.ink, spots, False, colour, thick, cv2.LINE_AA, _SHIFT)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour | None = None, *, angle: float = 0) -> None:
        (centre,), axes = self.at([(x, y)]), (round(rx * (1 << _SHIFT)), round(ry * (1 << _SHIFT)))
        spot = (int(centre[0]), int(centre[1]))
        cv2.ellipse(self.cover, spot, axes, angle, 0, 360, 255, -1, cv2.LINE_AA, _SHIFT)
        if colour is not None:
            cv2.ellipse(self.ink, spot, axes, angle, 0, 360, colour, -1, cv2.LINE_AA, _SHIFT)

    def below(self, xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64], colour: Colour | None = None) -> None:
        """Everything under a line is ground, down to the canvas's edge."""
        line = np.stack([xs, ys], axis=1)
        floor = [(float(xs[-1]), self.frame.bottom + 4.0), (float(xs[0]), self.frame.bottom + 4.0)]
        self.polygon([*map(tuple, line.tolist()), *floor], colour)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """A soft ball of light that also shines beyond the plate's own outline."""
        left, top = round(x - self.frame.left - radius), round(y - self.frame.top - radius)
        light = ball(max(2, round(2 * radius)), strength)
        rows = slice(max(0, top), min(self.size[1], top + light.shape[0]))
        columns = slice(max(0, left), min(self.size[0], left + light.shape[1]))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        part = light[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
        cover = self.cover[rows, columns]
        lit = cv2.add(part, cv2.multiply(cover, cv2.bitwise_not(part), scale=1 / 255))
        share = np.divide(part, np.maximum(lit, 1), dtype=np.float32)[..., None]
        ink = self.ink[rows, columns]
        ink[:] = (ink * (1 - share) + np.array(colour, np.float32) * share).astype(np.uint8)
        cover[:] = lit

    def tint(self, mask: Pixels, colour: Colour) -> None:
        """Pull the ink to a colour, as far as the mask says."""
        tint_ink(self.ink, mask, colour)

    def mist(self, colour: Colour, rows: Point, strength: float) -> None:
        """Ink fades into `colour` between two heights (shares of the frame), fully at the second."""
        start, end = self._rows(rows)
        share = np.clip((np.arange(self.size[1]) - start) / max(1.0, end - start), 0, 1) * 255 * strength
        self.tint(np.repeat(share.astype(np.uint8)[:, None], self.size[0], axis=1), colour)

    def rim(self, colour: Colour, *, dx: float = 0.0, dy: float = 3.0, strength: float = 0.6) -> None:
        """Light along the edges that face away from (dx, dy): pixels."""
        move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
        shifted = cv2.warpAffine(self.cover, move, self.size, borderMode=cv2.BORDER_REPLICATE)
        edge = cv2.subtract(self.cover, shifted)
        self.tint(np.asarray(cv2.convertScaleAbs(edge, alpha=strength), np.uint8), colour)

    def plate(self, depth: float, *, sway: Sway = STILL, blur: float = 0.0, opacity: float = 1.0) -> Plate | None:
        """What was painted, cropped to it; None where nothing was. `blur` is a radius in pixels."""
        blur = max(blur, self.frame.blur * self.frame.unit * (1.15 - 0.35 * min(1.0, depth)))
        left, top, width, height = self._extent(blur)
        if not width or not height:
            return None
        ink, cover = (
            self.ink[top : top + height, left : left + width],
            self.cover[top : top + height, left : left + width],
        )
        pixels = as_yuv(
            ink, cover if opacity == 1.0 else np.asarray(cv2.convertScaleAbs(cover, alpha=opacity), np.uint8)
        )
        if blur:
            pixels = blurred(pixels, blur)
        return Plate(pixels, self.frame.left + left, self.frame.top + top, depth, solid_from(pixels), sway)

    def _extent(self, blur: float) -> tuple[int, int, int, int]:
        left, top, width, height = cv2.boundingRect(self.cover)
        pad = 2 + round(2 * blur)
        right, bottom = min(self.size[0], left + width + pad), min(self.size[1], top + height + pad)
        left, top = max(0, left - pad), max(0, top - pad)
        return (left, top, right - left, bottom - top) if width and height else (0, 0, 0, 0)


def gradient(size: tuple[int, int], top: Colour, bottom: Colour, rows: Point) -> Pixels:
    """RGB pixels of (width, height) running from one colour to the other between two rows."""
    share = np.clip((np.arange(size[1]) - rows[0]) / max(1.0, rows[1] - rows[0]), 0, 1)[:, None]
    column = np.array(top) * (1 - share) + np.array(bottom) * share
    return np.repeat(np.rint(column).astype(np.uint8)[:, None], size[0], axis=1)


def tint_ink(ink: Pixels, mask: Pixels, colour: Colour) -> None:
    """Blend a colour into RGB pixels in place."""
    keep = cv2.merge([cv2.bitwise_not(mask)] * 3)
    cv2.multiply(ink, keep, ink, 1 / 255)
    cv2.add(ink, cv2.transform(mask, np.array(colour, np.float32)[:, None] / 255), ink)


def as_yuv(ink: Pixels, cover: Pixels) -> Pixels:
    """RGB and alpha as premultiplied YCbCrA."""
    premultiplied = cv2.multiply(ink, cv2.merge([cover] * 3), scale=1 / 255)
    return np.asarray(cv2.transform(cv2.merge([*cv2.split(premultiplied), cover]), TO_YUV), np.uint8)


def blurred(pixels: Pixels, radius: float) -> Pixels:
    """Out of focus: a box blur run twice is near enough to a lens."""
    side = 2 * round(radius) + 1
    return np.asarray(cv2.blur(cv2.blur(pixels, (side, side)), (side, side)), np.uint8)


def solid_from(pixels: Pixels) -> int | None:
    """The first row from which everything to the bottom is opaque."""
    full = pixels[..., 3].min(axis=1) == 255
    if not full[-1]:
        return None
    gaps = np.flatnonzero(~full)
    return int(gaps[-1]) + 1 if gaps.size else 0


def ball(side: int, strength: float) -> Pixels:
    """A square mask, brightest in its middle and nothing at its rim."""
    axis = np.linspace(-1.0, 1.0, min(side, _BALL), dtype=np.float32)
    near = np.clip(1 - np.hypot(axis[None], axis[:, None]), 0, 1)
    light = cv2.resize(255 * min(1.0, strength) * near * near, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.maximum(light, 0), np.uint8)
