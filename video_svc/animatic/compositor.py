"""Lays plates over each other as a camera sees them, and hands out frames for the encoder."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import cv2
import numpy as np

from video_svc.animatic.camera import Matrix
from video_svc.animatic.plate import Pixels, Plate

_UNFELT = 0.35
"""Pixels by which the farthest plates may be off."""
_SPARE_ROWS = 24
"""Rows of them that are kept ready below what is needed now."""
_BLACK = 16
"""Luma of black in limited range."""


@dataclass(frozen=True)
class Placed:
    """A plate and where it is seen now."""

    plate: Plate
    matrix: Matrix

    def corners(self) -> tuple[float, float, float, float]:
        """left, top, right, bottom of the seen plate."""
        (a, b, c), (d, e, f) = self.matrix.tolist()
        height, width = self.plate.pixels.shape[:2]
        x0, y0 = self.plate.left, self.plate.top
        spots = [(x, y) for x in (x0, x0 + width) for y in (y0, y0 + height)]
        xs, ys = [a * x + b * y + c for x, y in spots], [d * x + e * y + f for x, y in spots]
        return min(xs), min(ys), max(xs), max(ys)

    def solid_from(self, width: int, height: int) -> int:
        """The first picture row from which this plate hides everything behind it; `height` if there is none."""
        row = self.plate.solid_row
        if row is None:
            return height
        left, _, right, bottom = self.corners()
        if left > 0 or right < width or bottom < height:
            return height
        d, e, f = map(float, np.linalg.inv(np.vstack([self.matrix, [0, 0, 1]]))[1])
        edges = [(self.plate.top + row + 1 - f - d * x) / e for x in (0, width)]
        return max(0, min(height, math.ceil(max(edges)) + 1))


class Backdrop:
    """The farthest plates as they were last seen. They move so slowly that one view of them serves several frames."""

    def __init__(self, width: int, height: int) -> None:
        self.pixels: Pixels = np.full((height, width, 4), (0, 0, 0, 255), np.uint8)
        self._corners = np.array([[0, width, 0, width], [0, 0, height, height], [1, 1, 1, 1]], np.float64)
        self._seen: Matrix | None = None
        self._rows = 0

    def show(self, plates: Sequence[Placed], into: Pixels) -> None:
        """Fill the rows of `into`, which are the picture's first, with plates that move as one and are opaque."""
        matrix, rows = plates[0].matrix, into.shape[0]
        if self._seen is None or rows > self._rows or np.abs((matrix - self._seen) @ self._corners).max() > _UNFELT:
            self._seen, self._rows = matrix, min(self.pixels.shape[0], rows + _SPARE_ROWS)
            for one in plates:
                _copy(one, self.pixels[: self._rows])
        np.copyto(into, self.pixels[:rows])


class Picture:
    """The packed frame being composed. It keeps the memory to compose in: fresh memory costs more than the blending."""

    def __init__(self, width: int, height: int) -> None:
        self.pixels: Pixels = np.zeros((height, width, 4), np.uint8)
        self.pixels[..., 3] = 255
        self._alpha = self.pixels.copy()
        self._over, self._through = np.empty_like(self.pixels), np.empty_like(self.pixels)
        self._backdrop = Backdrop(width, height)

    def lay(self, placed: Sequence[Placed]) -> None:
        """Paint the plates, back to front, leaving out rows that a nearer plate hides anyway."""
        spans = self._spans(placed)
        far = list(takewhile(lambda one: one.plate.solid_row == 0 and one.matrix is placed[0].matrix, placed))
        if far:
            self._backdrop.show(far, self.pixels[: max(limit for _, _, limit in spans[: len(far)])])
        for one, solid, limit in spans[len(far) :]:
            self._lay(one, solid, limit)

    def _spans(self, placed: Sequence[Placed]) -> list[tuple[Placed, int, int]]:
        """Each plate with the row from which it is solid and the row from which it is hidden."""
        height, width = self.pixels.shape[:2]
        hidden = height
        spans: list[tuple[Placed, int, int]] = []
        for one in reversed(placed):
            solid = one.solid_from(width, height)
            spans.append((one, solid, hidden))
            hidden = min(hidden, solid)
        return spans[::-1]

    def _lay(self, one: Placed, solid: int, limit: int) -> None:
        if one.plate.solid_row == 0:
            _copy(one, self.pixels[:limit])
            return
        rows, columns = _spot(one, self.pixels[:limit])
        middle = min(rows.stop, max(rows.start, solid))
        if columns.start < columns.stop and rows.start < middle:
            self._blend(one, slice(rows.start, middle), columns)
        if columns.start < columns.stop and middle < rows.stop:
            _see(one, self.pixels[middle : rows.stop, columns], columns.start, middle)

    def _blend(self, one: Placed, rows: slice, columns: slice) -> None:
        """The picture is opaque. So it is given what the plate lets through as its alpha, and premultiplied by that."""
        under = self.pixels[rows, columns]
        height, width = under.shape[:2]
        over, through, alpha = (memory[:height, :width] for memory in (self._over, self._through, self._alpha))
        _see(one, over, columns.start, rows.start)
        cv2.bitwise_and(over, alpha, through)
        cv2.subtract(under, through, under)
        cv2.cvtColor(under, cv2.COLOR_RGBA2mRGBA, through)
        cv2.add(through, over, under)


def _spot(one: Placed, picture: Pixels) -> tuple[slice, slice]:
    """Rows and columns of a picture in which a plate is seen; from start up to stop, perhaps none."""
    left, top, right, bottom = one.corners()
    height, width = picture.shape[:2]
    return (
        slice(max(0, math.floor(top)), min(height, math.ceil(bottom))),
        slice(max(0, math.floor(left)), min(width, math.ceil(right))),
    )


def _copy(one: Placed, picture: Pixels) -> None:
    """Lay an opaque plate."""
    rows, columns = _spot(one, picture)
    if rows.start < rows.stop and columns.start < columns.stop:
        _see(one, picture[rows, columns], columns.start, rows.start)


def _see(one: Placed, into: Pixels, left: int, top: int) -> None:
    """Fill a region of the picture, whose corner is given, with the plate's pixels."""
    (a, b, c), (d, e, f) = one.matrix.tolist()
    x, y = one.plate.left, one.plate.top
    matrix = np.array([[a, b, a * x + b * y + c - left], [d, e, d * x + e * y + f - top]])
    border = cv2.BORDER_TRANSPARENT if one.plate.solid_row == 0 else cv2.BORDER_CONSTANT
    size = (into.shape[1], into.shape[0])
    cv2.warpAffine(one.plate.pixels, matrix, size, into, flags=cv2.INTER_LINEAR, borderMode=border)


@dataclass(frozen=True)
class Stamp:
    """Pixels that stand still in the picture (words, a card), ready for planar frames."""

    layers: tuple[Pixels, Pixels, Pixels]
    keeps: tuple[Pixels, Pixels, Pixels]
    left: int
    top: int

    @classmethod
    def of(cls, pixels: Pixels, left: int, top: int) -> "Stamp":
        """Premultiplied YCbCrA at whole coordinates inside the picture."""
        odd = (left % 2, top % 2)
        height, width = pixels.shape[0] + odd[1], pixels.shape[1] + odd[0]
        whole = cv2.copyMakeBorder(pixels, odd[1], height % 2, odd[0], width % 2, cv2.BORDER_CONSTANT)
        small = cv2.resize(whole, (whole.shape[1] // 2, whole.shape[0] // 2), interpolation=cv2.INTER_AREA)
        keep, small_keep = cv2.bitwise_not(_channel(whole, 3)), cv2.bitwise_not(_channel(small, 3))
        layers = (_channel(whole, 0), _channel(small, 1), _channel(small, 2))
        keeps = tuple(np.asarray(one, np.uint8) for one in (keep, small_keep, small_keep))
        return cls(layers, (keeps[0], keeps[1], keeps[2]), left - odd[0], top - odd[1])

    def press(self, planes: tuple[Pixels, Pixels, Pixels]) -> None:
        """Blend into luma and the two chroma planes."""
        for index, (plane, layer, keep) in enumerate(zip(planes, self.layers, self.keeps, strict=True)):
            half = 1 if index == 0 else 2
            top, left = self.top // half, self.left // half
            part = plane[top : top + layer.shape[0], left : left + layer.shape[1]]
            cv2.multiply(part, keep[: part.shape[0], : part.shape[1]], part, 1 / 255)
            cv2.add(part, layer[: part.shape[0], : part.shape[1]], part)


def _channel(pixels: cv2.typing.MatLike, index: int) -> Pixels:
    return np.asarray(cv2.extractChannel(pixels, index), np.uint8)


@dataclass(frozen=True)
class Vignette:
    """Corners a little darker; works on luma alone."""

    keep: Pixels
    lift: Pixels

    @classmethod
    def of(cls, width: int, height: int, strength: float = 0.38) -> "Vignette":
        x = (np.arange(width, dtype=np.float32) / width - 0.5)[None]
        y = (np.arange(height, dtype=np.float32) / height - 0.5)[:, None]
        share = strength * np.clip(np.hypot(x * 1.25, y * 1.3) - 0.36, 0, 1) ** 1.4 * 2.2
        keep = np.clip(255 * (1 - share), 0, 255).astype(np.uint8)
        return cls(keep, ((255 - keep.astype(np.uint16)) * _BLACK // 255).astype(np.uint8))

    def apply(self, luma: Pixels) -> None:
        cv2.multiply(luma, self.keep, luma, 1 / 255)
        cv2.add(luma, self.lift, luma)


@dataclass(frozen=True)
class Exposure:
    """One planar 4:2:0 frame for the encoder; `luma`, `blue` and `red` are views of `planes`."""

    planes: Pixels
    luma: Pixels
    blue: Pixels
    red: Pixels
    small: Pixels
    """Memory for the picture at half size."""

    @classmethod
    def blank(cls, width: int, height: int) -> "Exposure":
        planes: Pixels = np.zeros((height * 3 // 2, width), np.uint8)
        blue, red = planes[height:].reshape(2, height // 2, width // 2)
        return cls(planes, planes[:height], blue, red, np.empty((height // 2, width // 2, 4), np.uint8))

    def develop(self, picture: Pixels) -> None:
        """Fill from packed YCbCrA (height x width x 4)."""
        cv2.extractChannel(picture, 0, self.luma)
        cv2.resize(picture, self.small.shape[1::-1], self.small, interpolation=cv2.INTER_AREA)
        cv2.extractChannel(self.small, 1, self.blue)
        cv2.extractChannel(self.small, 2, self.red)
