"""Colours taken from a picture that somebody else made."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from shared.figure.look import Rgb
from shared.figure.tones import luminance, toned

_SIDE = 96
"""The picture is looked at this small: pixels a side."""
_TINTS = 5
_ALIKE = 46.0
"""Colours nearer than this (Euclid, of 441) are one."""


def palette_of(path: Path) -> dict[str, Rgb]:
    """Fields of a Look with the colours of the picture at `path`; empty where it cannot be read.

    A portrait is assumed: hair above the middle, face in the middle, clothes below, backdrop along the edges.
    """
    try:
        with Image.open(path) as image:
            small = np.asarray(image.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.BOX))
    except (OSError, UnidentifiedImageError):
        return {}
    backdrop = _tints(np.concatenate([small[:, :8], small[:, -8:]], axis=1))[:2]
    clothes = _unlike(_tints(_part(small, top=0.62, bottom=1.0, left=0.22, right=0.78)), backdrop)
    found = {"outer_color": clothes[0], "top_color": clothes[-1], "lower_color": toned(clothes[0], -0.45)}
    found["accent"] = max(_tints(small), key=_vivid)
    return found | _skin_and_hair(small, backdrop)


def _skin_and_hair(small: npt.NDArray[np.uint8], backdrop: list[Rgb]) -> dict[str, Rgb]:
    face = [tint for tint in _tints(_part(small, top=0.25, bottom=0.58, left=0.36, right=0.64)) if _is_skin(tint)]
    if not face:
        return {}
    hair = _unlike(_tints(_part(small, top=0.08, bottom=0.4, left=0.28, right=0.72)), [*backdrop, face[0]])
    return {"skin": face[0], "hair_color": min(hair, key=luminance)}


def _part(
    small: npt.NDArray[np.uint8], *, top: float, bottom: float, left: float, right: float
) -> npt.NDArray[np.uint8]:
    return small[round(top * _SIDE) : round(bottom * _SIDE), round(left * _SIDE) : round(right * _SIDE)]


def _tints(pixels: npt.NDArray[np.uint8]) -> list[Rgb]:
    """The main colours, the most frequent first."""
    counted = Image.fromarray(np.ascontiguousarray(pixels)).quantize(_TINTS, Image.Quantize.MEDIANCUT)
    table = counted.getpalette() or []
    order = np.argsort(-np.bincount(np.asarray(counted).ravel(), minlength=_TINTS)[:_TINTS], kind="stable")
    return [(table[3 * i], table[3 * i + 1], table[3 * i + 2]) for i in order if 3 * i + 2 < len(table)]


def _unlike(tints: list[Rgb], others: list[Rgb]) -> list[Rgb]:
    """Those of `tints` that are none of `others`; all of them where nothing would be left."""
    return [t for t in tints if all(_distance(t, other) > _ALIKE for other in others)] or tints


def _distance(first: Rgb, second: Rgb) -> float:
    return float(np.linalg.norm(np.subtract(first, second)))


def _vivid(color: Rgb) -> float:
    return max(color) - min(color) + 0.2 * max(color)


def _is_skin(color: Rgb) -> bool:
    """Kovac, Peer and Solina's rule for daylight, eased for dark skin."""
    red, green, blue = color
    return red > 60 and red > green > blue - 8 and 12 < red - blue < 130 and red - green < 90
