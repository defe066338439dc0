"""Makes plates cheaper to film without changing what is seen: neighbours in depth become one, the unseen goes."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from video_svc.animatic.camera import Camera
from video_svc.animatic.pieces import BLENDED, BLOCK, PIECE, pieces
from video_svc.animatic.plate import STILL, Frame, Pixels, Plate, solid_from
from video_svc.animatic.sight import in_sight

_BUDGET = 2.3
"""How much laying the plates behind the figure may cost, where 1 is a frame of opaque pixels."""
_FAR_ABOVE = 1.25
"""How many times the budget is so much that only the coarsest depths help."""


def together(plates: Sequence[Plate], *, alike: float) -> tuple[Plate, ...]:
    """The same picture from fewer plates: still ones whose depths differ by at most `alike` move as one."""
    merged: list[Plate] = []
    for plate in plates:
        if merged and _go_together(merged[-1], plate, alike):
            merged[-1] = _merged(merged[-1], plate)
        else:
            merged.append(plate)
    return tuple(merged)


def parted(plates: Sequence[Plate], *, camera: Camera) -> tuple[Plate, ...]:
    """The same picture from fewer pixels: plates are cut into what holds something that is seen, and what hides all."""
    needs = in_sight(plates, camera=camera)
    return tuple(piece for plate, need in zip(plates, needs, strict=True) for piece in pieces(plate, need))


def halved(plate: Plate) -> Plate:
    """The plate at half its size."""
    height, width = plate.pixels.shape[:2]
    even = cv2.copyMakeBorder(plate.pixels, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    small = np.asarray(cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    return replace(plate, pixels=small, left=plate.left / 2, top=plate.top / 2, solid_row=solid_from(small))


def within_budget(plates: Sequence[Plate], *, camera: Camera, alike: float) -> tuple[Plate, ...]:
    """The plates in parts. More and more depths move as one until filming them costs no more than planned."""
    cheap = parted(together(plates, alike=alike), camera=camera)
    if (needed := cost(cheap, camera.frame)) <= _BUDGET:
        return cheap
    return parted(together(plates, alike=(2.0 if needed < _FAR_ABOVE * _BUDGET else 3.0) * alike), camera=camera)


def cost(plates: Sequence[Plate], frame: Frame) -> float:
    """The work of laying the plates for a frame, where 1 is a frame of opaque pixels."""
    total = 0.0
    for plate in plates:
        height, width = plate.pixels.shape[:2]
        across = max(0.0, min(plate.left + width, frame.width) - max(plate.left, 0))
        down = max(0.0, min(plate.top + height, frame.height) - max(plate.top, 0))
        total += across * down * (1.0 if plate.solid_row == 0 else BLENDED) + PIECE * BLOCK**2
    return total / (frame.width * frame.height)


def _go_together(one: Plate, other: Plate, alike: float) -> bool:
    if not (one.sway == STILL == other.sway and abs(one.depth - other.depth) <= alike):
        return False
    left, top, right, bottom = _around(one, other)
    apart = sum(plate.pixels.shape[0] * plate.pixels.shape[1] for plate in (one, other))
    return (right - left) * (bottom - top) < 1.15 * apart or alike >= 1


def _around(one: Plate, other: Plate) -> tuple[float, float, float, float]:
    """left, top, right, bottom of both together."""
    return (
        min(one.left, other.left),
        min(one.top, other.top),
        max(plate.left + plate.pixels.shape[1] for plate in (one, other)),
        max(plate.top + plate.pixels.shape[0] for plate in (one, other)),
    )


def _merged(far: Plate, near: Plate) -> Plate:
    """One plate of two, lying where the nearer lay."""
    left, top, right, bottom = _around(far, near)
    whole: Pixels = np.zeros((round(bottom - top), round(right - left), 4), np.uint8)
    for plate in (far, near):
        row, column = round(plate.top - top), round(plate.left - left)
        part = whole[row : row + plate.pixels.shape[0], column : column + plate.pixels.shape[1]]
        keep = cv2.merge([cv2.bitwise_not(cv2.extractChannel(plate.pixels, 3))] * 4)
        cv2.multiply(part, keep, part, 1 / 255)
        cv2.add(part, plate.pixels, part)
    return Plate(whole, left, top, near.depth, solid_from(whole))
