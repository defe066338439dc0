"""Soft noise for clouds, nebulae and ridges. Float32 in 0..1, smooth, seeded."""

import cv2
import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]
Rng = np.random.Generator


def clouds(rng: Rng, *, width: int, height: int, octaves: int = 5, base: float = 2.0, gain: float = 0.55) -> Field:
    """Value noise in several octaves, `base` cells high."""
    out = np.zeros((height, width), np.float32)
    total, amplitude = 0.0, 1.0
    for octave in range(octaves):
        rows = int(base * 2**octave) + 2
        columns = int(base * 2**octave * width / height) + 2
        cells = rng.random((rows, columns), dtype=np.float32)
        out += amplitude * cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC)
        total, amplitude = total + amplitude, amplitude * gain
    return out / np.float32(total)


def warped(rng: Rng, *, width: int, height: int, strength: float = 0.16, octaves: int = 6, base: float = 2.0) -> Field:
    """Noise bent by noise: what makes clouds look drawn by a brush."""
    right, down = (clouds(rng, width=width, height=height, octaves=3) for _ in range(2))
    field = clouds(rng, width=width, height=height, octaves=octaves, base=base)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    reach = np.float32(strength * 4 * height)
    bent = cv2.remap(
        field, columns + (right - 0.5) * reach, rows + (down - 0.5) * reach, cv2.INTER_LINEAR, None, cv2.BORDER_REFLECT
    )
    return np.asarray(bent, np.float32)


def profile(rng: Rng, *, length: int, roughness: float = 0.55, octaves: int = 7, base: float = 1.2) -> Field:
    """A ridge line: -1..1 along `length` samples; higher `roughness` keeps more of the small."""
    x = np.linspace(0.0, 1.0, length, dtype=np.float32)
    out = np.zeros(length, np.float32)
    for octave in range(octaves):
        wave = np.sin(2 * np.pi * (base * 2**octave * x + rng.random())) * rng.uniform(0.5, 1.0)
        out += (wave * roughness**octave).astype(np.float32)
    return out / np.float32(max(1e-6, float(np.abs(out).max())))
