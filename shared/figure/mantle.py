"""What hangs from neck and shoulders: wings, capes, scarves, an astronaut's pack."""

import numpy as np

from shared.figure.canvas import Canvas
from shared.figure.look import Look, Rgb
from shared.figure.outline import Point, ellipse, ribbon, smooth
from shared.figure.pose import Skeleton
from shared.figure.tones import toned
from shared.figure.trunk import paint_folds


def paint_behind(canvas: Canvas, look: Look, bones: Skeleton) -> None:
    """What hangs from the back: wings, cape, an astronaut's pack."""
    x, y = bones.chest
    if look.wings != "none":
        _paint_wings(canvas, look, (x - 0.03, y + 0.06))
    if look.outer == "spacesuit":
        pack = [(x - 0.15, y + 0.0), (x + 0.1, y - 0.01), (x + 0.1, y + 0.24), (x - 0.15, y + 0.25)]
        canvas.fill(smooth(pack), color=toned(look.outer_color, -0.3), relief=0.02)
    if look.cape:
        paint_cape(canvas, look.cape, bones)


def paint_cape(canvas: Canvas, color: Rgb, bones: Skeleton) -> None:
    flow = 0.06 + 0.34 * max(bones.stance.flow, 0.0)
    low = min(-0.14, bones.hip[1] + 0.36)
    near, far, hip = bones.near_shoulder, bones.far_shoulder, bones.hip
    cape = [
        (near[0] - 0.02, near[1] - 0.01), (hip[0] - 0.15 - flow * 0.4, hip[1] - 0.06), (hip[0] - 0.19 - flow, low),
        (hip[0] - 0.06 - flow * 0.6, low + 0.03), (hip[0] + 0.13 - flow * 0.3, low), (hip[0] + 0.13, hip[1] - 0.06),
        (far[0] + 0.02, far[1] - 0.01),
    ]  # fmt: skip
    shape = smooth(cape, steps=9)
    canvas.fill(shape, color=toned(color, -0.12), relief=0.03)
    paint_folds(canvas, bones, shape, hem=1.5)


def paint_neckwear(canvas: Canvas, look: Look, bones: Skeleton) -> None:
    """Scarf, or the clasp of a cape."""
    x, y = (bones.chest[0] + bones.neck[0]) / 2, bones.chest[1] - 0.002
    if look.cape:
        canvas.fill(
            ribbon([bones.near_shoulder, (x, y + 0.04), bones.far_shoulder], [0.05, 0.03, 0.05]),
            color=look.cape,
            relief=0.01,
        )
        canvas.fill(ellipse((x + 0.02, y + 0.036), 0.015, 0.015, points=16), color=look.accent)
    if look.scarf:
        flow = 0.05 + 0.22 * max(bones.stance.flow, 0.0)
        tail = ribbon(
            [
                (x - 0.02, y),
                (x - 0.05 - flow * 0.4, y + 0.05),
                (x - 0.06 - flow * 0.8, y + 0.13 - flow * 0.5),
                (x - 0.085 - flow * 1.2, y + 0.18 - flow * 0.3),
            ],
            [0.036, 0.044, 0.05, 0.056],
            caps=False,
        )
        canvas.fill(tail, color=toned(look.scarf, -0.14), relief=0.012)
        canvas.fill(
            ribbon([(x - 0.062, y - 0.012), (x, y + 0.014), (x + 0.066, y - 0.014)], [0.042, 0.05, 0.042]),
            color=look.scarf,
            relief=0.014,
        )


def _paint_wings(canvas: Canvas, look: Look, root: Point) -> None:
    color = {"feathered": (246, 242, 232), "butterfly": look.accent, "bat": (70, 46, 66)}[look.wings]
    spread = (1.0, 0.82, 1.14, 0.92)[look.variant % 4]
    for side, tone in ((1.0, -0.14), (-1.0, 0.0)):
        shapes = [np.asarray(shape) * (side * spread, spread) + root for shape in _WINGS[look.wings]]
        for shape in shapes:
            canvas.fill(smooth(shape), color=toned(color, tone), relief=0.02)
        if look.wings == "butterfly":
            for shape in shapes:
                inner = (shape - shape.mean(0)) * 0.55 + shape.mean(0)
                canvas.fill(smooth(inner), color=toned(color, 0.4))


_WINGS: dict[str, tuple[list[Point], ...]] = {
    "feathered": (
        [(0, 0), (0.12, -0.16), (0.3, -0.26), (0.42, -0.22), (0.4, -0.06), (0.28, 0.2), (0.18, 0.26), (0.06, 0.16)],
        [(0, 0.02), (0.1, -0.08), (0.24, -0.14), (0.3, -0.06), (0.24, 0.08), (0.14, 0.16), (0.04, 0.12)],
    ),
    "butterfly": (
        [(0, 0), (0.1, -0.2), (0.28, -0.28), (0.4, -0.2), (0.36, -0.02), (0.2, 0.05)],
        [(0, 0.03), (0.18, 0.06), (0.3, 0.14), (0.28, 0.28), (0.16, 0.3), (0.05, 0.16)],
    ),
    "bat": (
        [(0, 0), (0.12, -0.2), (0.26, -0.28), (0.46, -0.16), (0.4, 0.1), (0.28, 0.06), (0.24, 0.2), (0.12, 0.12)],
    ),
}  # fmt: skip
