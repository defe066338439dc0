"""Makes plates cheaper to film without changing what is seen: neighbours in depth become one, empty middles go."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from video_svc.animatic.plate import STILL, Frame, Pixels, Plate, solid_from

_BLOCK = 32
"""Pixels; the grain at which plates are looked at for empty parts."""
_SAVING = 0.2
"""A cut is made where it saves at least this share of the plate."""
_BUDGET = 2.3
"""Whole frames of pixels per frame that may be laid behind the figure."""
_EDGE_PIXELS = 40
"""Half transparent pixels (smooth edges) that a cut may run through."""


def thrifty(plates: Sequence[Plate], *, alike: float, part: bool = True) -> tuple[Plate, ...]:
    """The same picture from fewer pixels. Still plates whose depths differ by at most `alike` move as one; `part` cuts
    what is left where it is empty. With `alike` 1 everything still becomes one plate.
    """
    merged: list[Plate] = []
    for plate in plates:
        if merged and _go_together(merged[-1], plate, alike):
            merged[-1] = _merged(merged[-1], plate)
        else:
            merged.append(plate)
    return tuple(piece for plate in merged for piece in _parted(plate)) if part else tuple(merged)


def within_budget(plates: Sequence[Plate], *, frame: Frame, alike: float) -> tuple[Plate, ...]:
    """As `thrifty`, taking more and more depths for one until filming a frame costs no more than the budget."""
    cheap = thrifty(plates, alike=alike)
    for wider in (2.0, 3.0):
        if cost(cheap, frame) <= _BUDGET:
            break
        cheap = thrifty(plates, alike=wider * alike)
    return cheap


def cost(plates: Sequence[Plate], frame: Frame) -> float:
    """How many whole frames' worth of pixels are laid for one, from what is seen at rest and not hidden."""
    hidden, total = float(frame.height), 0.0
    for plate in reversed(plates):
        height, width = plate.pixels.shape[:2]
        across = min(plate.left + width, frame.width) - max(plate.left, 0)
        down = min(plate.top + height, hidden) - max(plate.top, 0)
        total += max(0.0, across) * max(0.0, down) / (frame.width * frame.height)
        if plate.solid_row is not None and across >= frame.width:
            hidden = min(hidden, plate.top + plate.solid_row)
    return total


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


def _parted(plate: Plate, depth: int = 3) -> list[Plate]:
    """The plate cut where that leaves out the most emptiness, and its parts again."""
    cover = plate.pixels[..., 3]
    blocks = cv2.resize(
        cover, (max(1, cover.shape[1] // _BLOCK), max(1, cover.shape[0] // _BLOCK)), interpolation=cv2.INTER_AREA
    )
    cut = _best_cut(blocks > 0) if depth else None
    if cut is None or not _clean(cover, *cut):
        return [plate]
    across, place = cut
    return [part for half in _halves(plate, across, place * _BLOCK) for part in _parted(half, depth - 1)]


def _best_cut(used: npt.NDArray[np.bool_]) -> tuple[bool, int] | None:
    """Whether to cut across (between rows) and before which block; None where it saves too little."""
    best, choice = (1 - _SAVING) * _area(used), None
    for across in (True, False):
        blocks = used if across else used.T
        for place in range(1, blocks.shape[0]):
            area = _area(blocks[:place]) + _area(blocks[place:])
            if area < best:
                best, choice = area, (across, place)
    return choice


def _area(used: npt.NDArray[np.bool_]) -> int:
    rows, columns = np.flatnonzero(used.any(axis=1)), np.flatnonzero(used.any(axis=0))
    return int((rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)) if rows.size else 0


def _clean(cover: Pixels, across: bool, place: int) -> bool:
    """Whether the cut runs through nothing half transparent: halves overlap a little, which would show there."""
    line = cover[place * _BLOCK] if across else cover[:, place * _BLOCK]
    return int(((line > 8) & (line < 247)).sum()) <= _EDGE_PIXELS


def _halves(plate: Plate, across: bool, place: int) -> list[Plate]:
    """Both sides of a cut, cropped, overlapping by two pixels."""
    if across:
        return [_cropped(plate, slice(0, place + 1), slice(None)), _cropped(plate, slice(place - 1, None), slice(None))]
    return [_cropped(plate, slice(None), slice(0, place + 1)), _cropped(plate, slice(None), slice(place - 1, None))]


def _cropped(plate: Plate, rows: slice, columns: slice) -> Plate:
    part = plate.pixels[rows, columns]
    left, top, width, height = cv2.boundingRect(np.ascontiguousarray(part[..., 3]))
    left, top = max(0, left - 1), max(0, top - 1)
    pixels = np.ascontiguousarray(part[top : top + height + 2, left : left + width + 2])
    spot = (plate.left + (columns.start or 0) + left, plate.top + (rows.start or 0) + top)
    return replace(plate, pixels=pixels, left=spot[0], top=spot[1], solid_row=solid_from(pixels))
