"""HDR and wide gamut into BT.709: a table that maps every BT.2020 colour to the one nearest to it on a usual screen."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

PQ, HLG = 16, 18
"""H.273 transfer characteristics: SMPTE ST 2084 and ARIB STD-B67."""
BT2020 = 9
"""H.273 number of the primaries; also of the matrix."""
SIDE = 33
WHITE_NITS = 203.0
"""What paper white is in HDR (BT.2408)."""
PEAK_NITS = 1000.0
KNEE = 0.8
"""Below this share of white nothing is compressed."""
TO_709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
"""Linear BT.2020 to linear BT.709 (BT.2087)."""

Colours = npt.NDArray[np.float64]


def is_wide(*, primaries: int, transfer: int) -> bool:
    """Does it need the table?"""
    return transfer in {PQ, HLG} or primaries == BT2020


def write_table(path: Path, *, transfer: int) -> Path:
    """The table as a .cube file for libavfilter's lut3d; red changes fastest."""
    axis = np.linspace(0, 1, SIDE)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    colours = to_709(np.stack((red, green, blue), axis=-1).reshape(-1, 3), transfer=transfer)
    lines = [f"LUT_3D_SIZE {SIDE}", *(f"{red:.6f} {green:.6f} {blue:.6f}" for red, green, blue in colours)]
    path.write_text("\n".join(lines) + "\n")
    return path


def to_709(signal: Colours, *, transfer: int) -> Colours:
    """Signal values 0..1 in BT.2020 (rows of red, green, blue) to BT.709 signal values."""
    linear = _tone_mapped(_light(signal, transfer=transfer)) @ TO_709.T
    return _encoded(np.clip(linear, 0, 1))


def _light(signal: Colours, *, transfer: int) -> Colours:
    """Linear light, 1.0 being paper white."""
    if transfer == PQ:
        return _from_pq(signal) / WHITE_NITS
    if transfer == HLG:
        return _from_hlg(signal) * (PEAK_NITS / WHITE_NITS)
    return np.asarray(signal**2.4)


def _from_pq(signal: Colours) -> Colours:
    """ST 2084 signal to nits."""
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    root = signal ** (1 / m2)
    return np.asarray(10_000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1))


def _from_hlg(signal: Colours) -> Colours:
    """ARIB STD-B67 signal to display light (0..1) on a screen of 1000 nits, system gamma 1.2."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    luma = scene @ np.array([0.2627, 0.6780, 0.0593])
    return np.asarray(scene * np.maximum(luma, 1e-9)[:, None] ** 0.2)


def _tone_mapped(light: Colours) -> Colours:
    """Highlights above the knee are bent below white, all three channels by the same factor, so that hues stay."""
    brightest = light.max(axis=1, keepdims=True)
    above = (brightest - KNEE) / (1 - KNEE)
    bent = KNEE + (1 - KNEE) * above / (1 + above)
    return light * np.where(brightest > KNEE, bent / np.maximum(brightest, 1e-9), 1.0)


def _encoded(linear: Colours) -> Colours:
    """The inverse of a BT.1886 display, gamma 2.4."""
    return np.asarray(linear ** (1 / 2.4))
