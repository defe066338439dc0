"""What the camera ever sees of each plate. The rest need not be filmed."""

from collections.abc import Sequence

import cv2
import numpy as np

from video_svc.animatic.camera import Camera, Matrix, then
from video_svc.animatic.plate import STILL, Pixels, Plate

CELL = 8
"""Pixels; the grain at which is looked."""
_MOMENTS = 25
"""Of the clip. Between two of them nothing moves further than the cells that are kept around what is seen."""
_AROUND = np.ones((5, 5), np.uint8)


def in_sight(plates: Sequence[Plate], *, camera: Camera) -> list[Pixels]:
    """For each plate, back to front, 255 in every `CELL` that is seen at some time: inside the picture, behind nothing.

    A swaying plate is seen everywhere, and hides nothing.
    """
    grounds = [_solid_cells(plate) if plate.sway == STILL else None for plate in plates]
    needs = [np.zeros(cells_of(plate.pixels)[::-1], np.uint8) for plate in plates]
    for share in np.linspace(0.0, 1.0, _MOMENTS).tolist():
        _look(plates, grounds, needs, camera=camera, share=share)
    return [
        np.full_like(need, 255) if ground is None else np.asarray(cv2.dilate(need, _AROUND), np.uint8)
        for ground, need in zip(grounds, needs, strict=True)
    ]


def cells_of(pixels: Pixels) -> tuple[int, int]:
    """How many cells there are across and down."""
    return -(-pixels.shape[1] // CELL), -(-pixels.shape[0] // CELL)


def _look(
    plates: Sequence[Plate], grounds: list[Pixels | None], needs: list[Pixels], *, camera: Camera, share: float
) -> None:
    """Add to `needs` what is seen at one moment, from the nearest plate to the farthest."""
    size = (-(-camera.frame.width // CELL), -(-camera.frame.height // CELL))
    free: Pixels = np.full(size[::-1], 255, np.uint8)
    for plate, ground, need in reversed(list(zip(plates, grounds, needs, strict=True))):
        if ground is None:
            continue
        matrix = _of_cells(plate, camera.matrix(share, plate.depth))
        back = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        cv2.bitwise_or(need, cv2.warpAffine(free, matrix, need.shape[::-1], flags=back), need)
        hides = cv2.erode(cv2.warpAffine(ground, matrix, size, flags=cv2.INTER_NEAREST), np.ones((3, 3), np.uint8))
        cv2.bitwise_and(free, cv2.bitwise_not(hides), free)


def _of_cells(plate: Plate, matrix: Matrix) -> Matrix:
    """The same view, from cells of the plate to cells of the picture."""
    middle = (CELL - 1) / 2
    start = np.array([[CELL, 0, plate.left + middle], [0, CELL, plate.top + middle]])
    end = np.array([[1 / CELL, 0, -middle / CELL], [0, 1 / CELL, -middle / CELL]])
    return then(then(start, matrix), end)


def _solid_cells(plate: Plate) -> Pixels:
    """255 where a whole cell is opaque."""
    cover = cv2.extractChannel(plate.pixels, 3)
    wide, tall = cells_of(plate.pixels)
    padded = cv2.copyMakeBorder(
        cover, 0, tall * CELL - cover.shape[0], 0, wide * CELL - cover.shape[1], cv2.BORDER_CONSTANT
    )
    lowest = padded.reshape(tall, CELL, wide, CELL).min(axis=(1, 3))
    return np.where(lowest == 255, 255, 0).astype(np.uint8)
