"""Hats, crowns, helmets. Head units, see `face`."""

import numpy as np

from shared.figure.canvas import Canvas
from shared.figure.frame import Frame
from shared.figure.look import Look, Rgb
from shared.figure.outline import Point, between, ellipse, polygon, ribbon, smooth
from shared.figure.tones import toned

_CROWNS: dict[str, list[Point]] = {
    "fedora": [
        (-0.38, -0.3), (-0.35, -0.62), (-0.22, -0.78), (0.0, -0.72), (0.22, -0.78), (0.35, -0.62), (0.38, -0.3),
        (0.0, -0.24),
    ],
    "top_hat": [
        (-0.36, -0.3), (-0.37, -0.7), (-0.4, -1.04), (0.0, -1.08), (0.4, -1.04), (0.37, -0.7), (0.36, -0.3),
        (0.0, -0.24),
    ],
    "cowboy": [
        (-0.38, -0.3), (-0.36, -0.64), (-0.2, -0.82), (0.0, -0.7), (0.2, -0.82), (0.36, -0.64), (0.38, -0.3),
        (0.0, -0.24),
    ],
    "witch": [
        (-0.4, -0.3), (-0.26, -0.66), (-0.16, -1.0), (-0.26, -1.34), (-0.06, -1.24), (0.12, -0.9), (0.4, -0.3),
        (0.0, -0.24),
    ],
    "straw": [
        (-0.38, -0.3), (-0.34, -0.54), (-0.2, -0.66), (0.0, -0.68), (0.2, -0.66), (0.34, -0.54), (0.38, -0.3),
        (0.0, -0.24),
    ],
}  # fmt: skip
_BRIMS = {
    "fedora": (0.6, 0.1, 0.05),
    "top_hat": (0.56, 0.08, 0.03),
    "cowboy": (0.78, 0.12, -0.13),
    "witch": (0.74, 0.12, 0.04),
    "straw": (0.78, 0.14, 0.06),
}
"""Half width, half height, and how far its ends hang (rise where negative)."""
_CORNERS = {"top_hat"}


def paint_headwear(canvas: Canvas, look: Look, head: Frame) -> None:
    if look.headwear in _CROWNS:
        _paint_hat(canvas, look, head)
    elif look.headwear != "none":
        _OTHERS[look.headwear](canvas, look, head)


def paint_headwear_behind(canvas: Canvas, look: Look, head: Frame) -> None:
    """A hood's inside, a space helmet's back."""
    if look.headwear == "hood":
        back = [
            (-0.5, -0.3),
            (-0.3, -0.66),
            (0.1, -0.68),
            (0.42, -0.44),
            (0.48, 0.1),
            (0.42, 0.62),
            (-0.46, 0.64),
            (-0.56, 0.1),
        ]
        canvas.fill(
            head.place(smooth(np.asarray(back) - (0.08 * head.turn, 0), steps=9)),
            color=toned(look.headwear_color, -0.45),
        )
    if look.headwear == "space_helmet":
        canvas.fill(head.place(ellipse((-0.02, -0.03), 0.68, 0.68)), color=toned(look.headwear_color, -0.25))


def _paint_hat(canvas: Canvas, look: Look, head: Frame) -> None:
    color, band = look.headwear_color, look.accent if look.headwear != "witch" else toned(look.accent, -0.1)
    half, thick, hang = _BRIMS[look.headwear]
    x = -0.05 * head.turn
    brim: list[Point] = [
        (x - half, -0.27 + hang), (x - half * 0.5, -0.34), (x, -0.36), (x + half * 0.5, -0.34),
        (x + half, -0.27 + hang), (x + half * 0.5, -0.24 + thick * 0.4), (x, -0.22 + thick * 0.4),
        (x - half * 0.5, -0.24 + thick * 0.4),
    ]  # fmt: skip
    crown = np.asarray(_CROWNS[look.headwear]) * (1.06, 1.0) + (x, 0.0)
    shadow = [(x - 0.5, -0.3), (x + 0.5, -0.3), (x + 0.42, -0.04), (x, -0.1), (x - 0.42, -0.04)]
    canvas.darken(head.place(shadow), within=[head.place(ellipse((0, -0.1), 0.44, 0.4))], strength=0.7)
    canvas.fill(head.place(smooth(crown, steps=2 if look.headwear in _CORNERS else 5)), color=color, relief=0.024)
    ribbon_at = [(x - 0.41, -0.33), (x, -0.29), (x + 0.41, -0.33)]
    canvas.fill(
        head.place(ribbon([(a, b - 0.05) for a, b in ribbon_at], [0.1] * 3, caps=False)), color=band, relief=0.01
    )
    canvas.fill(head.place(smooth(brim, steps=9)), color=toned(color, 0.05), relief=0.012)


def _paint_cap(canvas: Canvas, look: Look, head: Frame) -> None:
    color, t = look.headwear_color, head.turn
    canvas.fill(head.place(smooth(between(_DOME_FRONT, _DOME_PROFILE, t), steps=9)), color=color, relief=0.022)
    peak = between(
        [(-0.32, -0.28), (0, -0.34), (0.32, -0.28), (0.3, -0.16), (0, -0.12), (-0.3, -0.16)],
        [(0.1, -0.34), (0.3, -0.36), (0.62, -0.24), (0.66, -0.18), (0.36, -0.2), (0.12, -0.22)],
        t,
    )
    canvas.fill(head.place(smooth(peak, steps=9)), color=toned(color, -0.2), relief=0.008)
    canvas.fill(head.place(ellipse((0.2 * t, -0.44), 0.06 * (1 - 0.4 * t), 0.06)), color=look.accent)


_DOME_FRONT: list[Point] = [
    (-0.42, -0.22),
    (-0.38, -0.5),
    (-0.15, -0.66),
    (0.15, -0.66),
    (0.38, -0.5),
    (0.42, -0.22),
    (0.0, -0.26),
]
_DOME_PROFILE: list[Point] = [
    (-0.5, -0.14),
    (-0.48, -0.46),
    (-0.2, -0.66),
    (0.1, -0.64),
    (0.33, -0.5),
    (0.38, -0.26),
    (0.0, -0.22),
]


def _paint_beret(canvas: Canvas, look: Look, head: Frame) -> None:
    x = -0.12 - 0.12 * head.turn
    shape = [
        (x - 0.46, -0.3),
        (x - 0.44, -0.52),
        (x - 0.1, -0.7),
        (x + 0.3, -0.62),
        (x + 0.5, -0.38),
        (x + 0.44, -0.27),
        (x, -0.3),
    ]
    canvas.fill(head.place(smooth(shape, steps=9)), color=look.headwear_color, relief=0.026)
    canvas.fill(head.place(ribbon([(x, -0.66), (x - 0.02, -0.75)], [0.03, 0.03], steps=2)), color=look.headwear_color)


def _paint_beanie(canvas: Canvas, look: Look, head: Frame) -> None:
    dome = between(_DOME_FRONT, _DOME_PROFILE, head.turn) * (1.02, 1.08)
    canvas.fill(head.place(ellipse((-0.06 * head.turn, -0.76), 0.12, 0.12)), color=look.accent, relief=0.012)
    canvas.fill(head.place(smooth(dome, steps=9)), color=look.headwear_color, relief=0.024)
    cuff = ribbon(
        between([(-0.4, -0.22), (0, -0.28), (0.4, -0.22)], [(-0.47, -0.12), (-0.05, -0.26), (0.37, -0.27)], head.turn),
        [0.17] * 3,
    )
    canvas.fill(head.place(cuff), color=toned(look.headwear_color, -0.16), relief=0.01)


def _paint_hood(canvas: Canvas, look: Look, head: Frame) -> None:
    t = head.turn
    outer = between(
        [(-0.48, 0.5), (-0.54, 0.0), (-0.42, -0.46), (0.0, -0.7), (0.42, -0.46), (0.54, 0.0), (0.48, 0.5)],
        [(-0.42, 0.56), (-0.6, 0.0), (-0.56, -0.5), (-0.16, -0.72), (0.24, -0.56), (0.34, -0.26), (0.24, 0.56)],
        t,
    )
    inner = between(
        [(0.36, 0.46), (0.37, -0.1), (0.26, -0.38), (0.0, -0.48), (-0.26, -0.38), (-0.37, -0.1), (-0.36, 0.46)],
        [(0.12, 0.56), (0.2, -0.06), (0.18, -0.3), (0.1, -0.4), (0.06, -0.36), (0.02, -0.1), (-0.02, 0.52)],
        t,
    )
    shape = smooth(np.concatenate([outer, inner]), steps=9)
    canvas.fill(head.place(shape), color=look.headwear_color, relief=0.02)


def _paint_crown(canvas: Canvas, look: Look, head: Frame) -> None:
    x, gold = -0.06 * head.turn, (232, 190, 84)
    teeth = [
        (x - 0.36, -0.36),
        (x - 0.4, -0.72),
        (x - 0.2, -0.54),
        (x, -0.82),
        (x + 0.2, -0.54),
        (x + 0.4, -0.72),
        (x + 0.36, -0.36),
        (x, -0.3),
    ]
    canvas.fill(head.place(polygon(teeth)), color=gold, relief=0.016)
    for at, color in ((-0.4, look.accent), (0.0, (206, 60, 76)), (0.4, look.accent)):
        canvas.fill(head.place(ellipse((x + at, -0.72 if at else -0.82), 0.045, 0.045, points=14)), color=color)
    canvas.fill(
        head.place(ribbon([(x - 0.36, -0.4), (x, -0.34), (x + 0.36, -0.4)], [0.07] * 3, caps=False)),
        color=toned(gold, -0.2),
    )


def _paint_helmet(canvas: Canvas, look: Look, head: Frame) -> None:
    steel, t = look.headwear_color, head.turn
    dome = between(
        [
            (-0.43, 0.3),
            (-0.46, -0.2),
            (-0.36, -0.52),
            (0.0, -0.66),
            (0.36, -0.52),
            (0.46, -0.2),
            (0.43, 0.3),
            (0.3, 0.2),
            (0.34, -0.14),
            (0.0, -0.2),
            (-0.34, -0.14),
            (-0.3, 0.2),
        ],
        [
            (-0.4, 0.36),
            (-0.52, -0.1),
            (-0.46, -0.48),
            (-0.08, -0.66),
            (0.3, -0.52),
            (0.4, -0.24),
            (0.36, -0.14),
            (0.24, -0.14),
            (0.16, -0.13),
            (0.1, 0.06),
            (0.1, 0.24),
            (-0.06, 0.36),
        ],
        t,
    )
    canvas.fill(head.place(smooth(dome, steps=9)), color=steel, relief=0.026)
    canvas.fill(
        head.place(ribbon([(0.26 * t, -0.6), (0.34 * t, -0.16), (0.4 * t, 0.1)], [0.05, 0.05, 0.02], steps=9)),
        color=toned(steel, 0.22),
        relief=0.004,
    )
    plume = [(0.1, -0.6), (-0.06, -0.88), (-0.4, -0.98), (-0.72, -0.7), (-0.7, -0.36), (-0.5, -0.6), (-0.24, -0.66)]
    canvas.fill(head.place(smooth(plume, steps=9)), color=look.cape or look.accent, relief=0.014)


def _paint_space_helmet(canvas: Canvas, look: Look, head: Frame) -> None:
    color, glass = look.headwear_color, (52, 66, 98)
    ring = ribbon([*ellipse((0.0, -0.03), 0.62, 0.62, points=28), (0.62, -0.03)], [0.12] * 29, steps=2, caps=False)
    canvas.fill(head.place(ring), color=color, relief=0.01)
    shine = ribbon([(0.1, -0.46), (0.32, -0.38), (0.46, -0.16)], [0.02, 0.06, 0.02], steps=9)
    canvas.fill(head.place(shine), color=(232, 244, 255), glow=0.4)
    canvas.fill(head.place(ellipse((-0.56, 0.06), 0.1, 0.15)), color=toned(color, -0.15), relief=0.01)
    canvas.fill(
        head.place(ribbon([(-0.4, 0.56), (0, 0.66), (0.4, 0.56)], [0.14] * 3)),
        color=toned(color, -0.3) if color else glass,
        relief=0.01,
    )


def _paint_headphones(canvas: Canvas, look: Look, head: Frame) -> None:
    near = -0.4 + 0.34 * head.turn
    arc = [
        (near, 0.0),
        (-0.42 + 0.2 * head.turn, -0.42),
        (-0.06, -0.64),
        (0.38 - 0.2 * head.turn, -0.42),
        (0.43 - 0.3 * head.turn, -0.1),
    ]
    canvas.fill(head.place(ribbon(arc, [0.07] * 5, steps=9)), color=look.headwear_color, relief=0.006)
    canvas.fill(
        head.place(ellipse((near, 0.05), 0.1 + 0.05 * head.turn, 0.17)), color=look.headwear_color, relief=0.012
    )
    canvas.fill(head.place(ellipse((near, 0.05), 0.05 + 0.04 * head.turn, 0.09)), color=look.accent)
    if head.turn < 0.5:
        canvas.fill(
            head.place(ellipse((0.43 - 0.1 * head.turn, 0.05), 0.08, 0.16)), color=look.headwear_color, relief=0.012
        )


def _paint_flowers(canvas: Canvas, look: Look, head: Frame) -> None:
    tones: tuple[Rgb, ...] = (look.accent, (244, 236, 222), (232, 112, 130))
    for at, angle in enumerate(np.linspace(np.pi * 1.08, np.pi * 1.92, 7)):
        x, y = float(0.43 * np.cos(angle)) - 0.06 * head.turn, float(-0.2 + 0.34 * np.sin(angle))
        petals = [
            head.place(ellipse((x + 0.055 * float(np.cos(a)), y + 0.055 * float(np.sin(a))), 0.05, 0.05, points=12))
            for a in np.linspace(0, 5.03, 5)
        ]
        canvas.fill(*petals, color=tones[at % 3], relief=0.004)
        canvas.fill(head.place(ellipse((x, y), 0.034, 0.034, points=12)), color=(246, 206, 92))


def _paint_turban(canvas: Canvas, look: Look, head: Frame) -> None:
    x = -0.06 * head.turn
    shape = [
        (x - 0.42, -0.16),
        (x - 0.48, -0.42),
        (x - 0.24, -0.72),
        (x + 0.14, -0.74),
        (x + 0.45, -0.44),
        (x + 0.41, -0.16),
        (x, -0.3),
    ]
    canvas.fill(head.place(smooth(shape, steps=9)), color=look.headwear_color, relief=0.024)
    for shift in (0.0, 0.14, 0.28):
        wind: list[Point] = [(x - 0.42, -0.24 - shift * 0.8), (x, -0.34 - shift), (x + 0.38, -0.46 - shift * 0.6)]
        canvas.fill(head.place(ribbon(wind, [0.012, 0.02, 0.008], steps=9)), color=toned(look.headwear_color, -0.25))
    canvas.fill(head.place(ellipse((x + 0.06, -0.42), 0.05, 0.06)), color=look.accent)


_OTHERS = {
    "cap": _paint_cap, "beret": _paint_beret, "beanie": _paint_beanie, "hood": _paint_hood, "crown": _paint_crown,
    "helmet": _paint_helmet, "space_helmet": _paint_space_helmet, "headphones": _paint_headphones,
    "flowers": _paint_flowers, "turban": _paint_turban,
}  # fmt: skip
