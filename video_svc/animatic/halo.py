"""A breath of light behind the figure, painted into the plates it falls on so that it costs nothing to film."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from video_svc.animatic.camera import Camera, Matrix, then
from video_svc.animatic.colour import Colour
from video_svc.animatic.plate import TO_YUV, Pixels, Plate, Point, ball


@dataclass(frozen=True)
class Halo:
    """A soft oval of light around a point of the figure's plane, in pixels."""

    centre: Point
    radii: Point
    colour: Colour
    strength: float


def light_up(plates: Sequence[Plate], halo: Halo, *, camera: Camera) -> None:
    """Paint the light on the plates, where the camera sees it in the middle of the clip."""
    for plate in plates:
        _light_up(plate, halo, _between(camera, plate.depth))


def _between(camera: Camera, depth: float) -> Matrix:
    """From the figure's plane to scenery `depth` deep."""
    back = np.linalg.inv(np.vstack([camera.matrix(0.5, depth), [0, 0, 1]]))[:2]
    return then(camera.figure_matrix(0.5), np.asarray(back, np.float64))


def _light_up(plate: Plate, halo: Halo, matrix: Matrix) -> None:
    x, y = matrix @ (*halo.centre, 1.0)
    zoom = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    wide, tall = (max(2, round(2 * zoom * radius)) for radius in halo.radii)
    left, top = round(x - plate.left - wide / 2), round(y - plate.top - tall / 2)
    part = plate.pixels[max(0, top) : max(0, top + tall), max(0, left) : max(0, left + wide)]
    if not part.size:
        return
    light = cv2.resize(ball(max(wide, tall), halo.strength), (wide, tall), interpolation=cv2.INTER_AREA)
    row, column = max(0, -top), max(0, -left)
    _shine(part, np.ascontiguousarray(light[row : row + part.shape[0], column : column + part.shape[1]]), halo.colour)


def _shine(part: Pixels, light: Pixels, colour: Colour) -> None:
    """Pull premultiplied YCbCrA towards a colour and leave its alpha as it is."""
    cover = cv2.extractChannel(part, 3)
    tone = TO_YUV @ np.array([*colour, 255], np.float32) / 255
    cv2.multiply(part, cv2.merge([cv2.bitwise_not(light)] * 4), part, 1 / 255)
    cv2.add(part, cv2.transform(cv2.multiply(light, cover, scale=1 / 255), tone[:, None]), part)
    cv2.insertChannel(cover, part, 3)
