"""Ears, horns and antlers. Head units, see `face`."""

from collections.abc import Callable

import numpy as np

from shared.figure.breeds import Breed
from shared.figure.canvas import Canvas
from shared.figure.frame import Frame
from shared.figure.look import Look, Rgb
from shared.figure.outline import Outline, Point, ellipse, ribbon, smooth
from shared.figure.tones import mixed, toned


def paint_ears(canvas: Canvas, look: Look, head: Frame, breed: Breed) -> None:
    size, t = breed.ear_size, head.turn
    inner = mixed(look.skin, (232, 150, 140), 0.55)
    dark = (44, 40, 46) if look.species == "panda" else toned(look.skin, -0.1)
    for side in (1.0, -1.0):
        x = side * 0.27 * (1 - 0.62 * t) - 0.12 * t
        for shape, color in _ear(breed.ears, side, x, size=size, colors=(dark, inner)):
            canvas.fill(head.place(shape), color=color if side < 0 else toned(color, -0.14), relief=0.014)
    if breed.mark == "antlers":
        for side in (1.0, -1.0):
            x = side * 0.14 * (1 - 0.4 * t) - 0.08 * t
            trunk = ribbon([(x, -0.4), (x + side * 0.16, -0.66), (x + side * 0.14, -0.98)], [0.06, 0.05, 0.02], steps=9)
            tine = ribbon([(x + side * 0.13, -0.62), (x + side * 0.34, -0.82)], [0.045, 0.014], steps=3)
            canvas.fill(head.place(trunk), head.place(tine), color=(152, 118, 82), relief=0.008)


def _ear(kind: str, side: float, x: float, *, size: float, colors: tuple[Rgb, Rgb]) -> list[tuple[Outline, Rgb]]:
    """Shapes of one ear, outside first; `colors` are those of its back and its inside."""
    color, inner = colors
    if kind in _EAR_SHAPES:
        outer = _EAR_SHAPES[kind](side, x, size)
        return [(outer, color), (_shrunk(outer, 0.55), inner)]
    if kind in _EAR_WAYS:
        way, widths, lined = _EAR_WAYS[kind](side, x, size)
        own = [(ribbon(way, widths, steps=9), (226, 208, 164) if kind == "horns" else color)]
        return [*own, (ribbon(way, [width * 0.42 for width in widths], steps=9), inner)] if lined else own
    return [(ellipse((x, -0.42), 0.19, 0.19), color)] if kind == "eyes" else []


Way = tuple[list[Point], list[float], bool]
"""Spine of an ear, its widths, whether its inside shows."""


def _pointed(side: float, x: float, size: float) -> Outline:
    high = -0.36 - size
    outer = [(-0.16, -0.34), (0.02, -0.4 - size * 0.55), (0.12, high), (0.19, -0.28 - size * 0.4), (0.15, -0.12)]
    return smooth([(x + side * a, b) for a, b in outer], steps=9)


def _round(side: float, x: float, size: float) -> Outline:
    return ellipse((x + side * 0.1, -0.34), size * 0.82, size * 0.82)


def _disc(side: float, x: float, size: float) -> Outline:
    return ellipse((x + side * 0.16, -0.42), size * 0.82, size * 0.82)


def _long(side: float, x: float, size: float) -> Way:
    return [(x, -0.3), (x + side * 0.06, -0.34 - size * 0.5), (x + side * 0.14, -0.34 - size)], [0.17, 0.24, 0.1], True


def _floppy(side: float, x: float, size: float) -> Way:
    return [(x + side * 0.06, -0.36), (x + side * 0.2, -0.2), (x + side * 0.2, -0.2 + size)], [0.16, 0.24, 0.2], False


def _leaf(side: float, x: float, size: float) -> Way:
    return [(x, -0.32), (x + side * 0.2, -0.4), (x + side * size * 1.1, -0.38)], [0.1, 0.2, 0.02], True


def _tuft(side: float, x: float, size: float) -> Way:
    return [(x, -0.32), (x + side * 0.1, -0.5), (x + side * 0.16, -0.36 - size)], [0.2, 0.13, 0.01], False


def _horn(side: float, x: float, size: float) -> Way:
    return [(x, -0.32), (x + side * 0.1, -0.5), (x - side * 0.02, -0.36 - size)], [0.2, 0.13, 0.01], False


_EAR_SHAPES: dict[str, Callable[[float, float, float], Outline]] = {"pointed": _pointed, "round": _round, "disc": _disc}
_EAR_WAYS: dict[str, Callable[[float, float, float], Way]] = {
    "long": _long,
    "floppy": _floppy,
    "leaf": _leaf,
    "tufts": _tuft,
    "horns": _horn,
}


def _shrunk(shape: Outline, share: float) -> Outline:
    middle = shape.mean(0)
    return np.asarray((shape - middle) * share + middle)
