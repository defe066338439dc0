"""Shapes as closed outlines: smooth curves, limbs, ellipses. All in the figure's own units, y down."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Outline = npt.NDArray[np.float64]
"""N x 2 points of a closed curve."""
Point = tuple[float, float]


def smooth(points: Sequence[Point] | Outline, *, steps: int = 9) -> Outline:
    """A closed curve through all `points` (Catmull-Rom), `steps` points per span."""
    p = np.asarray(points, dtype=np.float64)
    before, after, beyond = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    p0, p1, p2, p3 = (q[:, None, :] for q in (before, p, after, beyond))
    curve = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    return np.asarray(curve.reshape(-1, 2) / 2)


def polygon(points: Sequence[Point] | Outline) -> Outline:
    return np.asarray(points, dtype=np.float64)


def ellipse(center: Point, rx: float, ry: float, *, tilt: float = 0.0, points: int = 40) -> Outline:
    """`tilt` in radians, clockwise on the picture."""
    a = np.linspace(0, 2 * np.pi, points, endpoint=False)
    x, y = rx * np.cos(a), ry * np.sin(a)
    cos, sin = np.cos(tilt), np.sin(tilt)
    return np.stack([center[0] + x * cos - y * sin, center[1] + x * sin + y * cos], axis=1)


def ribbon(spine: Sequence[Point] | Outline, widths: Sequence[float], *, steps: int = 7, caps: bool = True) -> Outline:
    """A band along an open smooth `spine`, as wide as `widths` say at each of its points; round at both ends."""
    p, w = _open_curve(np.asarray(spine, dtype=np.float64), np.asarray(widths, dtype=np.float64), steps)
    tangent = np.gradient(p, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1) * w[:, None] / 2
    left, right = p + normal, (p - normal)[::-1]
    if not caps:
        return np.concatenate([left, right])
    return np.concatenate([left, _cap(p[-1], tangent[-1], w[-1]), right, _cap(p[0], -tangent[0], w[0])])


def _cap(center: Outline, tangent: Outline, width: float) -> Outline:
    a = np.linspace(np.pi / 2, -np.pi / 2, 17)[1:-1, None]
    normal = np.array([-tangent[1], tangent[0]])
    return np.asarray(center + (np.cos(a) * tangent + np.sin(a) * normal) * width / 2)


def _open_curve(p: Outline, w: Outline, steps: int) -> tuple[Outline, Outline]:
    if len(p) == 2:
        t = np.linspace(0, 1, steps)
        return p[0] + (p[1] - p[0]) * t[:, None], w[0] + (w[1] - w[0]) * t
    both = np.concatenate([p, w[:, None]], axis=1)
    padded = np.concatenate([2 * both[:1] - both[1:2], both, 2 * both[-1:] - both[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    p0, p1, p2, p3 = (padded[i : i + len(both) - 1, None, :] for i in range(4))
    curve = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    line = np.concatenate([curve.reshape(-1, 3) / 2, both[-1:]])
    return line[:, :2], line[:, 2]


def mirrored(outline: Outline) -> Outline:
    return np.asarray(outline * np.array([-1.0, 1.0]))


def between(first: Sequence[Point], second: Sequence[Point], share: float) -> Outline:
    """Point by point from `first` (share 0) to `second` (share 1)."""
    return np.asarray(first, dtype=np.float64) * (1 - share) + np.asarray(second, dtype=np.float64) * share
