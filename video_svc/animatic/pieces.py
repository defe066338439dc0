"""Cuts a plate into the pieces worth filming: what is empty or never seen goes, what is opaque is only copied."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from video_svc.animatic.plate import Pixels, Plate, solid_from
from video_svc.animatic.sight import CELL

BLOCK = 32
"""Pixels; the grain of the cuts."""
BLENDED = 1.5
"""What blending costs where copying costs 1."""
PIECE = 12
"""What a piece costs whatever its size, in blocks."""
_SAVING = 4
"""Blocks that a cut must save, beyond what the new piece costs."""
_DEEPEST = 6
"""Cuts within cuts."""
_TRIED = 6
"""Places for a cut that are looked at, best first."""
_EDGE_PIXELS = 160
"""Half transparent pixels that a cut may run through, all in smooth edges."""
_EDGE = 8
"""Half transparent pixels in a row that are no smooth edge any more."""
_OVERLAP = 2
"""Pixels by which pieces reach beyond a cut, so that no gap opens between them."""

Grid = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Part:
    """Some of a plate's blocks: rows and columns, from and up to."""

    top: int
    bottom: int
    left: int
    right: int

    def of(self, grid: Grid) -> Grid:
        return grid[self.top : self.bottom, self.left : self.right]

    def halves(self, across: bool, place: int) -> "tuple[Part, Part]":
        """Cut between rows (`across`) or columns, before the `place`-th."""
        if across:
            return replace(self, bottom=self.top + place), replace(self, top=self.top + place)
        return replace(self, right=self.left + place), replace(self, left=self.left + place)


def pieces(plate: Plate, need: Pixels) -> list[Plate]:
    """The plate in pieces that together look the same wherever `need` (its cells) is not 0."""
    cover = np.ascontiguousarray(plate.pixels[..., 3])
    used, solid = _blocks(cover, need)
    parts = _parts(cover, used, solid, Part(0, used.shape[0], 0, used.shape[1]), _DEEPEST)
    return [piece for part in parts if (piece := _piece(plate, cover, used, part)) is not None]


def _blocks(cover: Pixels, need: Pixels) -> tuple[Grid, Grid]:
    """Which blocks hold anything that is seen, and which are opaque throughout."""
    tall, wide = -(-cover.shape[0] // BLOCK), -(-cover.shape[1] // BLOCK)
    edges = (0, tall * BLOCK - cover.shape[0], 0, wide * BLOCK - cover.shape[1])
    cells = cv2.copyMakeBorder(cover, *edges, cv2.BORDER_REPLICATE)
    filled = cv2.resize(cells, (wide, tall), interpolation=cv2.INTER_AREA) > 0
    side = BLOCK // CELL
    around = (0, tall * side - need.shape[0], 0, wide * side - need.shape[1])
    seen = cv2.copyMakeBorder(need, *around, cv2.BORDER_CONSTANT).reshape(tall, side, wide, side).any(axis=(1, 3))
    lowest = cells.reshape(tall, BLOCK, wide, BLOCK).min(axis=1).min(axis=2)
    return filled & seen, lowest == 255


def _parts(cover: Pixels, used: Grid, solid: Grid, part: Part, deepest: int) -> list[Part]:
    """The part cut where that saves most, and its halves again."""
    cut = _best_cut(cover, used, solid, part) if deepest else None
    if cut is None:
        return [part]
    return [each for half in part.halves(*cut) for each in _parts(cover, used, solid, half, deepest - 1)]


def _best_cut(cover: Pixels, used: Grid, solid: Grid, part: Part) -> tuple[bool, int] | None:
    """Where to cut, as `Part.halves` takes it; None where no clean cut saves enough."""
    whole, choices = 0.0, []
    for across in (True, False):
        grids = [part.of(grid) if across else part.of(grid).T for grid in (used, solid)]
        first, last = _costs(grids[0], grids[1]), _costs(grids[0][::-1], grids[1][::-1])
        whole = float(first[-1])
        choices += [(float(cost), across, place + 1) for place, cost in enumerate(first[:-1] + last[-2::-1])]
    for cost, across, place in sorted(choices)[:_TRIED]:
        if whole - cost < _SAVING:
            return None
        if _clean(cover, part, across, place):
            return across, place
    return None


def _costs(used: Grid, solid: Grid) -> npt.NDArray[np.float64]:
    """What the first 1, 2, ... rows cost, in blocks: the box around what they hold, dearer where it must be blended."""
    seen = np.logical_or.accumulate(used, axis=0)
    left, right = seen.argmax(axis=1), used.shape[1] - seen[:, ::-1].argmax(axis=1)
    filled = used.any(axis=1)
    first, last = int(filled.argmax()), np.maximum.accumulate(np.where(filled, np.arange(len(used)), 0)) + 1
    open_blocks = np.pad(np.cumsum(np.cumsum(~solid, axis=0), axis=1), ((1, 0), (1, 0)))
    gaps = open_blocks[last, right] - open_blocks[first, right] - open_blocks[last, left] + open_blocks[first, left]
    area = (right - left) * (last - first) * np.where(gaps > 0, BLENDED, 1.0)
    return np.where(seen.any(axis=1), area + PIECE, 0.0)


def _clean(cover: Pixels, part: Part, across: bool, place: int) -> bool:
    """Whether the cut runs through nothing half transparent: pieces overlap a little, which would show there."""
    if across:
        line = cover[(part.top + place) * BLOCK, part.left * BLOCK : part.right * BLOCK]
    else:
        line = cover[part.top * BLOCK : part.bottom * BLOCK, (part.left + place) * BLOCK]
    soft = ((line > 8) & (line < 247)).astype(np.uint8)
    return int(soft.sum()) <= _EDGE_PIXELS and not cv2.erode(soft[None], np.ones((1, _EDGE), np.uint8)).any()


def _piece(plate: Plate, cover: Pixels, used: Grid, part: Part) -> Plate | None:
    """The part's pixels, cropped to what it holds; None where that is nothing."""
    held = part.of(used)
    rows, columns = np.flatnonzero(held.any(axis=1)), np.flatnonzero(held.any(axis=0))
    if not rows.size:
        return None
    top, left = (max(0, int(at) * BLOCK - _OVERLAP) for at in (part.top + rows[0], part.left + columns[0]))
    bottom, right = (int(at + 1) * BLOCK + 1 for at in (part.top + rows[-1], part.left + columns[-1]))
    x, y, wide, tall = cv2.boundingRect(cover[top:bottom, left:right])
    top, bottom = max(top, top + y - 1), min(bottom, top + y + tall + 1)
    left, right = max(left, left + x - 1), min(right, left + x + wide + 1)
    pixels = np.ascontiguousarray(plate.pixels[top:bottom, left:right])
    spot = (plate.left + left, plate.top + top)
    return replace(plate, pixels=pixels, left=spot[0], top=spot[1], solid_row=solid_from(pixels))
