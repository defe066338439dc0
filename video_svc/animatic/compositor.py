"""Lays plates over each other as a camera sees them, and hands out frames for the encoder."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from video_svc.animatic.camera import Matrix
from video_svc.animatic.plate import Pixels, Plate

_BLACK = 16
"""Luma of black in limited range."""


@dataclass(frozen=True)
class Placed:
    """A plate and where it is seen now."""

    plate: Plate
    matrix: Matrix

    def corners(self) -> tuple[float, float, float, float]:
        """left, top, right, bottom of the seen plate."""
        height, width = self.plate.pixels.shape[:2]
        x0, y0, x1, y1 = self.plate.left, self.plate.top, self.plate.left + width, self.plate.top + height
        spots = np.array([[x0, x1, x0, x1], [y0, y0, y1, y1], [1, 1, 1, 1]]).T @ self.matrix.T
        return (*map(float, spots.min(axis=0)), *map(float, spots.max(axis=0)))  # type: ignore[return-value]

    def solid_from(self, width: int, height: int) -> int:
        """The first picture row from which this plate hides everything behind it; `height` if there is none."""
        row = self.plate.solid_row
        if row is None:
            return height
        left, _, right, bottom = self.corners()
        if left > 0 or right < width or bottom < height:
            return height
        (a, b, c), (d, e, f) = np.linalg.inv(np.vstack([self.matrix, [0, 0, 1]]))[:2]
        del a, b, c
        edges = [(self.plate.top + row + 1 - f - d * x) / e for x in (0, width)]
        return max(0, min(height, int(np.ceil(max(edges))) + 1))


def lay_all(picture: Pixels, placed: Sequence[Placed]) -> None:
    """Paint the plates, back to front, leaving out rows that a nearer plate hides anyway."""
    height, width = picture.shape[:2]
    hidden = height
    spans: list[tuple[Placed, int, int]] = []
    for one in reversed(placed):
        solid = one.solid_from(width, height)
        spans.append((one, solid, hidden))
        hidden = min(hidden, solid)
    for one, solid, limit in reversed(spans):
        _lay(picture, one, solid, limit)


def _lay(picture: Pixels, one: Placed, solid: int, limit: int) -> None:
    left, top, right, bottom = one.corners()
    columns = (max(0, int(np.floor(left))), min(picture.shape[1], int(np.ceil(right))))
    first, last = max(0, int(np.floor(top))), min(limit, int(np.ceil(bottom)))
    if columns[0] >= columns[1] or first >= last:
        return
    middle = min(last, max(first, solid))
    if first < middle:
        _blend(picture[first:middle, columns[0] : columns[1]], _seen(one, columns, (first, middle)))
    if middle < last:
        picture[middle:last, columns[0] : columns[1]] = _seen(one, columns, (middle, last))


def _seen(one: Placed, columns: tuple[int, int], rows: tuple[int, int]) -> Pixels:
    """The plate's pixels of one region of the picture."""
    matrix = one.matrix.copy()
    matrix[:, 2] += matrix[:, :2] @ np.array([one.plate.left, one.plate.top]) - np.array([columns[0], rows[0]])
    size = (columns[1] - columns[0], rows[1] - rows[0])
    return np.asarray(cv2.warpAffine(one.plate.pixels, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)


def _blend(under: Pixels, over: Pixels) -> None:
    keep = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(over, 3)), cv2.COLOR_GRAY2BGRA)
    cv2.multiply(under, keep, under, 1 / 255)
    cv2.add(under, over, under)


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

    @classmethod
    def blank(cls, width: int, height: int) -> "Exposure":
        planes: Pixels = np.zeros((height * 3 // 2, width), np.uint8)
        blue, red = planes[height:].reshape(2, height // 2, width // 2)
        return cls(planes, planes[:height], blue, red)

    def develop(self, picture: Pixels) -> None:
        """Fill from packed YCbCrA (height x width x 4)."""
        cv2.extractChannel(picture, 0, self.luma)
        size = (self.blue.shape[1], self.blue.shape[0])
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        cv2.extractChannel(small, 1, self.blue)
        cv2.extractChannel(small, 2, self.red)
