"""Worn over everything: coats, suits, robes, armour, a spacesuit."""

from collections.abc import Callable, Sequence

from shared.figure.canvas import Canvas
from shared.figure.look import Look, Rgb
from shared.figure.outline import ellipse, polygon, ribbon
from shared.figure.pose import Skeleton
from shared.figure.tones import mixed, toned
from shared.figure.trunk import FLARE, HEM, Trunk, paint_belt, paint_folds, skirt_outline

Painter = Callable[[Canvas, Look, Skeleton, Trunk, float], None]
"""The last is how wide a leg is, for cloth that hangs over it."""


def paint_coat(canvas: Canvas, look: Look, bones: Skeleton, trunk: Trunk, *, width: float) -> None:
    if look.outer in _OUTERS:
        _OUTERS[look.outer](canvas, look, bones, trunk, width)


def _open_front(canvas: Canvas, look: Look, trunk: Trunk, *, depth: float, lapel: Rgb) -> None:
    """The V of a coat with what is worn beneath, and its collar."""
    m = trunk.middle
    canvas.fill(
        polygon([trunk.at(m - 0.34, 1.03), trunk.at(m + 0.34, 1.03), trunk.at(m, depth)]),
        color=look.top_color,
        relief=0.0,
    )
    for side in (-1, 1):
        wing = [
            trunk.at(m + 0.2 * side, 1.08), trunk.at(m + 0.52 * side, 1.02), trunk.at(m + 0.62 * side, 0.8),
            trunk.at(m + 0.4 * side, 0.8), trunk.at(m, depth - 0.02),
        ]  # fmt: skip
        canvas.fill(polygon(wing), color=lapel, relief=0.006)


def _buttons(canvas: Canvas, trunk: Trunk, ups: Sequence[float], color: Rgb, *, across: float = 0.0) -> None:
    for up in ups:
        canvas.fill(ellipse(trunk.at(trunk.middle + across, up), 0.0075, 0.0075, points=12), color=color)


def _coat(canvas: Canvas, look: Look, bones: Skeleton, trunk: Trunk, width: float) -> None:
    color, dark = look.outer_color, toned(look.outer_color, -0.26)
    skirt = skirt_outline(bones, trunk, hem=HEM[look.outer], flare=FLARE[look.outer], width=width * 1.08)
    shape = trunk.shape(hem=0.16, ease=1.06)
    canvas.fill(skirt, shape, color=color, relief=0.03)
    paint_folds(canvas, bones, skirt, hem=HEM[look.outer])
    front = trunk.at(trunk.middle, 0.62)
    hem = (front[0] + (float(skirt[:, 0].mean()) - front[0]) * 0.9, float(skirt[:, 1].max()) - 0.004)
    if bones.stance.seated < 0.3:
        canvas.fill(ribbon([front, trunk.at(trunk.middle, 0.1), hem], [0.005, 0.006, 0.008], steps=9), color=dark)
    _open_front(canvas, look, trunk, depth=0.6, lapel=toned(color, -0.16))
    _buttons(canvas, trunk, (0.5, 0.3, 0.1), toned(look.accent, -0.1), across=-0.16)
    if look.outer == "long_coat":
        paint_belt(canvas, trunk, up=0.36, color=dark, buckle=look.accent)


def _jacket(canvas: Canvas, look: Look, bones: Skeleton, trunk: Trunk, width: float) -> None:
    m = trunk.middle
    canvas.fill(trunk.shape(hem=0.08, ease=1.07), color=look.outer_color, relief=0.028)
    canvas.fill(
        polygon([trunk.at(m - 0.24, 1.03), trunk.at(m + 0.24, 1.03), trunk.at(m + 0.26, 0.1), trunk.at(m - 0.2, 0.1)]),
        color=look.top_color,
    )
    _open_front(canvas, look, trunk, depth=0.66, lapel=toned(look.outer_color, -0.18))
    canvas.fill(
        polygon([trunk.at(x, u) for x, u in ((-1.08, 0.14), (m - 0.2, 0.13), (m - 0.2, 0.05), (-1.08, 0.06))]),
        color=toned(look.outer_color, -0.3),
    )
    canvas.fill(
        polygon([trunk.at(x, u) for x, u in ((1.08, 0.14), (m + 0.26, 0.13), (m + 0.26, 0.05), (1.08, 0.06))]),
        color=toned(look.outer_color, -0.3),
    )


def _suit(canvas: Canvas, look: Look, bones: Skeleton, trunk: Trunk, width: float) -> None:
    m = trunk.middle
    canvas.fill(trunk.shape(hem=-0.1, ease=1.06), color=look.outer_color, relief=0.028)
    _open_front(canvas, look, trunk, depth=0.5, lapel=toned(look.outer_color, 0.12))
    canvas.fill(
        polygon(
            [
                trunk.at(m - 0.07, 1.0),
                trunk.at(m + 0.07, 1.0),
                trunk.at(m + 0.1, 0.66),
                trunk.at(m, 0.56),
                trunk.at(m - 0.1, 0.66),
            ]
        ),
        color=look.accent,
    )
    _buttons(canvas, trunk, (0.4, 0.24), toned(look.outer_color, -0.4))
    canvas.fill(
        polygon([trunk.at(0.5, 0.78), trunk.at(0.72, 0.8), trunk.at(0.62, 0.84)]), color=toned(look.accent, 0.4)
    )


def _uniform(canvas: Canvas, look: Look, bones: Skeleton, trunk: Trunk, width: float) -> None:
    canvas.fill(trunk.shape(hem=-0.08, ease=1.06), color=look.outer_color, relief=0.028)
    gold = mixed(look.accent, (232, 190, 84), 0.6)
    canvas.fill(
        ribbon(
            [trunk.at(trunk.middle - 0.3, 1.04), trunk.at(trunk.middle, 1.0), trunk.at(trunk.middle + 0.3, 1.04)],
            [0.03, 0.026, 0.03],
        ),
        color=toned(look.outer_color, -0.25),
    )
    for row in (-0.24, 0.24):
        _buttons(canvas, trunk, (0.86, 0.7, 0.54), gold, across=row)
    for edge in (-0.8, 0.8):
        canvas.fill(
            polygon(
                [
                    trunk.at(edge - 0.16, 1.01),
                    trunk.at(edge + 0.16, 0.97),
                    trunk.at(edge + 0.16, 0.93),
                    trunk.at(edge - 0.16, 0.97),
                ]
            ),
            color=gold,
        )
    paint_belt(canvas, trunk, up=0.34, color=toned(look.outer_color, -0.5), buckle=gold)


def _robe(canvas: Canvas, look: Look, bones: Skeleton, trunk: Trunk, width: float) -> None:
    skirt = skirt_outline(bones, trunk, hem=HEM["robe"], flare=FLARE["robe"], width=width * 1.1)
    canvas.fill(skirt, trunk.shape(hem=0.16, ease=1.06), color=look.outer_color, relief=0.03)
    paint_folds(canvas, bones, skirt, hem=HEM["robe"])
    m = trunk.middle
    for side in (-1, 1):
        canvas.fill(
            ribbon([trunk.at(m + 0.36 * side, 1.04), trunk.at(m, 0.5)], [0.026, 0.02], steps=9), color=look.accent
        )
    paint_belt(canvas, trunk, up=0.38, color=toned(look.accent, -0.25))


def _armor(canvas: Canvas, look: Look, bones: Skeleton, trunk: Trunk, width: float) -> None:
    steel, dark, m = look.outer_color, toned(look.outer_color, -0.35), trunk.middle
    skirt = skirt_outline(bones, trunk, hem=0.5, flare=1.2, width=width * 1.04)
    canvas.fill(skirt, color=dark, relief=0.02)
    canvas.fill(trunk.shape(hem=0.12, ease=1.08), color=steel, relief=0.034)
    canvas.fill(ribbon([trunk.at(m, 0.98), trunk.at(m, 0.3)], [0.006, 0.006], steps=3), color=toned(steel, 0.4))
    for up in (0.42, 0.3, 0.18):
        canvas.fill(
            ribbon([trunk.at(-1.06, up + 0.03), trunk.at(m, up), trunk.at(1.06, up + 0.03)], [0.006] * 3), color=dark
        )
    canvas.fill(
        ribbon([trunk.at(m - 0.34, 1.05), trunk.at(m, 1.0), trunk.at(m + 0.34, 1.05)], [0.03] * 3),
        color=look.accent,
        relief=0.006,
    )


def _spacesuit(canvas: Canvas, look: Look, bones: Skeleton, trunk: Trunk, width: float) -> None:
    canvas.fill(
        trunk.seat(ease=1.1),
        trunk.shape(hem=0.0, ease=1.16), color=look.outer_color, relief=0.034,
    )  # fmt: skip
    m = trunk.middle
    canvas.fill(
        polygon([trunk.at(m + x, u) for x, u in ((-0.42, 0.74), (0.42, 0.74), (0.42, 0.5), (-0.42, 0.5))]),
        color=toned(look.outer_color, -0.3),
        relief=0.008,
    )
    for across, color in ((-0.24, look.accent), (0.0, (90, 210, 220)), (0.24, (230, 90, 80))):
        canvas.fill(ellipse(trunk.at(m + across, 0.62), 0.012, 0.012, points=14), color=color, glow=0.7)
    paint_belt(canvas, trunk, up=0.26, color=look.accent)


_OUTERS: dict[str, Painter] = {
    "coat": _coat, "long_coat": _coat, "jacket": _jacket, "suit": _suit, "uniform": _uniform, "robe": _robe,
    "armor": _armor, "spacesuit": _spacesuit,
}  # fmt: skip
