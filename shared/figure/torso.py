"""What covers the trunk next to the skin: shirts, skirts, dresses; then whatever coat is over it."""

from shared.figure.canvas import Canvas
from shared.figure.coats import paint_coat
from shared.figure.look import Look, Rgb
from shared.figure.outline import ellipse, polygon, ribbon
from shared.figure.pose import Skeleton
from shared.figure.tones import mixed, toned
from shared.figure.trunk import FLARE, HEM, Trunk, paint_belt, paint_folds, skirt_outline


def paint_trunk(canvas: Canvas, look: Look, bones: Skeleton, trunk: Trunk, *, width: float) -> None:
    """Everything worn between neck and knees, inner layers first."""
    dressed = look.lower in {"dress", "long_dress"}
    covered = look.outer in {"armor", "spacesuit", "robe", "suit", "uniform"}
    if look.lower in HEM and not covered and HEM[look.lower] > HEM.get(look.outer, 0) + 0.1:
        _paint_skirt(
            canvas, bones, trunk, kind=look.lower, color=look.top_color if dressed else look.lower_color, width=width
        )
    elif not covered or look.outer in {"suit", "uniform"}:
        canvas.fill(
            trunk.seat(ease=1.0),
            color=look.lower_color, relief=0.014,
        )  # fmt: skip
    canvas.fill(trunk.shape(hem=0.05), color=look.top_color, relief=0.028)
    if dressed:
        paint_belt(canvas, trunk, up=0.36, color=toned(look.top_color, -0.3))
    elif look.outer == "none":
        _paint_top(canvas, look, trunk)
    paint_coat(canvas, look, bones, trunk, width=width)


def _paint_skirt(canvas: Canvas, bones: Skeleton, trunk: Trunk, *, kind: str, color: Rgb, width: float) -> None:
    shape = skirt_outline(bones, trunk, hem=HEM[kind], flare=FLARE[kind], width=width)
    canvas.fill(shape, color=color, relief=0.022)
    paint_folds(canvas, bones, shape, hem=HEM[kind])


def _paint_top(canvas: Canvas, look: Look, trunk: Trunk) -> None:
    m, dark = trunk.middle, toned(look.top_color, -0.22)
    if look.top == "shirt":
        canvas.fill(ribbon([trunk.at(m, 0.98), trunk.at(m, 0.08)], [0.006, 0.006], steps=3), color=dark)
        for side in (-1, 1):
            canvas.fill(
                polygon([trunk.at(m, 0.93), trunk.at(m + 0.34 * side, 1.06), trunk.at(m + 0.42 * side, 0.92)]),
                color=toned(look.top_color, 0.3),
            )
    elif look.top == "hoodie":
        canvas.fill(
            ribbon([trunk.at(-0.5 + m, 1.03), trunk.at(m, 0.9), trunk.at(0.5 + m, 1.03)], [0.03, 0.034, 0.03]),
            color=dark,
            relief=0.008,
        )
        for across in (-0.12, 0.12):
            canvas.fill(
                ribbon([trunk.at(m + across, 0.92), trunk.at(m + across * 1.2, 0.72)], [0.005, 0.005], steps=3),
                color=toned(look.top_color, 0.5),
            )
        canvas.fill(
            polygon(
                [trunk.at(m - 0.5, 0.34), trunk.at(m + 0.5, 0.34), trunk.at(m + 0.66, 0.14), trunk.at(m - 0.66, 0.14)]
            ),
            color=dark,
            relief=0.008,
        )
    elif look.top == "sweater":
        canvas.fill(
            ribbon([trunk.at(-0.36 + m, 1.04), trunk.at(m, 0.99), trunk.at(0.36 + m, 1.04)], [0.03, 0.03, 0.03]),
            color=dark,
            relief=0.006,
        )
        for up in (0.66, 0.54):
            stripe = [trunk.at(x, up + d) for x, d in ((-1, 0), (1, 0), (1, -0.06), (-1, -0.06))]
            canvas.fill(polygon(stripe), color=mixed(look.top_color, look.accent, 0.7))
        canvas.fill(polygon([trunk.at(x, u) for x, u in ((-1, 0.1), (1, 0.1), (1, 0.03), (-1, 0.03))]), color=dark)


def paint_pauldrons(canvas: Canvas, look: Look, bones: Skeleton) -> None:
    if look.outer == "armor":
        for shoulder in (bones.far_shoulder, bones.near_shoulder):
            canvas.fill(
                ellipse((shoulder[0], shoulder[1] + 0.006), 0.05, 0.043, tilt=-0.2),
                color=toned(look.outer_color, 0.08),
                relief=0.018,
            )
