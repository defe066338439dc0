"""Hair: the mass behind the head, the cap upon it, and what falls in front. Head units, see `face`."""

import numpy as np

from shared.figure.canvas import Canvas
from shared.figure.frame import Frame
from shared.figure.look import Look
from shared.figure.outline import Outline, Point, between, ellipse, ribbon, smooth
from shared.figure.tones import toned

_CAP_FRONT: list[Point] = [
    (-0.37, 0.06), (-0.41, -0.16), (-0.345, -0.42), (0.0, -0.58), (0.345, -0.42), (0.41, -0.16), (0.37, 0.06),
    (0.335, -0.08),
    (0.28, -0.2), (0.14, -0.3), (-0.06, -0.26), (-0.23, -0.2), (-0.31, -0.1), (-0.34, 0.02),
]  # fmt: skip
_CAP_PROFILE: list[Point] = [
    (-0.34, 0.26), (-0.47, -0.04), (-0.43, -0.38), (-0.08, -0.58), (0.26, -0.49), (0.36, -0.32), (0.335, -0.2),
    (0.3, -0.22),
    (0.23, -0.24), (0.16, -0.18), (0.1, -0.06), (0.05, 0.1), (-0.06, 0.04), (-0.17, 0.2),
]  # fmt: skip
_BACKS: dict[str, list[Point]] = {
    "bob": [(-0.4, -0.3), (-0.5, 0.0), (-0.54, 0.3), (-0.42, 0.44), (0.42, 0.44), (0.54, 0.3), (0.5, 0.0), (0.4, -0.3)],
    "long": [
        (-0.4, -0.3), (-0.48, 0.1), (-0.52, 0.7), (-0.44, 1.3), (-0.1, 1.42), (0.1, 1.42), (0.42, 1.3), (0.5, 0.7),
        (0.47, 0.1), (0.4, -0.3),
    ],
    "wavy": [
        (-0.4, -0.3), (-0.56, 0.05), (-0.5, 0.35), (-0.66, 0.62), (-0.5, 0.98), (-0.12, 0.88), (0.12, 0.92),
        (0.5, 0.98), (0.64, 0.6), (0.5, 0.34), (0.55, 0.05), (0.4, -0.3),
    ],
}  # fmt: skip
_STYLED = frozenset({"bob", "long", "wavy", "ponytail", "bun", "braids"})


def paint_hair_behind(canvas: Canvas, look: Look, head: Frame, *, flow: float) -> None:
    """What the body hides: drawn before it."""
    dark, t = toned(look.hair_color, -0.24), head.turn
    if look.hair in _BACKS:
        back = np.array(_BACKS[look.hair])
        back[:, 0] = back[:, 0] * (1 - 0.2 * t) - 0.17 * t - np.maximum(back[:, 1], 0) * flow * 0.5
        canvas.fill(head.place(smooth(back, steps=9)), color=dark, relief=0.02)
    elif look.hair == "ponytail":
        x = -0.3 - 0.14 * t
        tail = ribbon(
            [(x + 0.1, -0.35), (x - 0.2, -0.28), (x - 0.32 - flow * 0.4, 0.1), (x - 0.2 - flow, 0.62)],
            [0.16, 0.24, 0.25, 0.05],
            steps=9,
        )
        canvas.fill(head.place(tail), color=dark, relief=0.02)
    elif look.hair == "bun":
        canvas.fill(head.place(ellipse((-0.3 * t - 0.04, -0.66 + 0.24 * t), 0.2, 0.19)), color=dark, relief=0.02)


def paint_hair(canvas: Canvas, look: Look, head: Frame) -> None:
    """What lies on the head, over the face."""
    color, light = look.hair_color, toned(look.hair_color, 0.2)
    if look.hair == "bald":
        return
    hatted = look.headwear not in {"none", "headphones", "flowers", "crown"}
    (_paint_cap if hatted else _TOPS.get(look.hair, _paint_cap))(canvas, look, head)
    if look.hair not in {"buzz", "curly", "mohawk"} and not hatted:
        for strand in _strands(head.turn):
            canvas.fill(head.place(ribbon(strand, [0.004, 0.026, 0.004], steps=9)), color=light)
    if look.hair in {"long", "wavy", "bob"}:
        _paint_locks(canvas, look, head)
    if look.hair == "braids":
        _paint_braids(canvas, look, head)
    if look.hair == "bun" and head.detailed:
        canvas.fill(
            head.place(
                ribbon(
                    [
                        (-0.35 + 0.3 * head.turn, -0.05),
                        (-0.39 + 0.3 * head.turn, 0.12),
                        (-0.36 + 0.32 * head.turn, 0.26),
                    ],
                    [0.03, 0.024, 0.006],
                    steps=9,
                )
            ),
            color=color,
        )


def _cap(turn: float, *, volume: float = 1.0) -> Outline:
    cap = between(_CAP_FRONT, _CAP_PROFILE, turn)
    cap[:7] = cap[:7] * (volume, volume)
    return smooth(cap, steps=9)


def _paint_cap(canvas: Canvas, look: Look, head: Frame) -> None:
    canvas.fill(
        head.place(_cap(head.turn, volume=1.04 if look.hair in _STYLED else 1.0)),
        color=look.hair_color,
        relief=0.022 * head.scale / 0.158,
    )
    if look.hair == "short" and look.gender != "man":
        sweep = [
            (-0.2, -0.5),
            (0.08, -0.54),
            (0.34, -0.38),
            (0.39, -0.02),
            (0.33, -0.13),
            (0.2, -0.19),
            (0.02, -0.23),
            (-0.13, -0.35),
        ]
        temple = [(-0.2, -0.5), (-0.36, -0.3), (-0.4, -0.02), (-0.345, 0.1), (-0.32, -0.1), (-0.22, -0.3)]
        for lock in (temple, sweep) if head.turn < 0.55 else (sweep,):
            canvas.fill(
                head.place(smooth(_shifted(lock, head.turn), steps=9)), color=toned(look.hair_color, 0.09), relief=0.006
            )


def _paint_buzz(canvas: Canvas, look: Look, head: Frame) -> None:
    canvas.fill(head.place(_cap(head.turn, volume=0.93)), color=toned(look.hair_color, 0.06), relief=0.018)


def _paint_tousled(canvas: Canvas, look: Look, head: Frame) -> None:
    canvas.fill(head.place(_cap(head.turn)), color=look.hair_color, relief=0.02)
    tufts = (
        (-0.36, -0.3, -0.5, -0.42), (-0.22, -0.48, -0.3, -0.72), (0.0, -0.54, 0.04, -0.8), (0.2, -0.48, 0.34, -0.7),
        (0.34, -0.32, 0.52, -0.42), (0.2, -0.36, 0.3, -0.14), (0.0, -0.36, 0.04, -0.12), (-0.2, -0.34, -0.2, -0.1),
    )  # fmt: skip
    for x, y, tip_x, tip_y in tufts:
        moved = -0.08 * head.turn
        canvas.fill(
            head.place(
                ribbon(
                    [(x + moved, y), ((x + tip_x) / 2 + moved + 0.03, (y + tip_y) / 2), (tip_x + moved, tip_y)],
                    [0.26, 0.17, 0.01],
                    steps=9,
                )
            ),
            color=look.hair_color,
            relief=0.008,
        )


def _paint_curly(canvas: Canvas, look: Look, head: Frame) -> None:
    shift = -0.13 * head.turn
    ring = [(0.5 * np.cos(a) + shift, -0.2 + 0.46 * np.sin(a)) for a in np.linspace(np.pi * 0.93, np.pi * 2.07, 10)]
    balls = [head.place(ellipse((float(x), float(y)), 0.2, 0.2, points=18)) for x, y in ring]
    crown = head.place(_cap(head.turn, volume=1.04))
    canvas.fill(*balls, crown, color=look.hair_color, relief=0.024)
    for x, y in ring[1:-1:2] if head.detailed else []:
        canvas.fill(
            head.place(
                ribbon([(x - 0.08, y + 0.02), (x, y - 0.07), (x + 0.09, y + 0.0)], [0.004, 0.024, 0.004], steps=9)
            ),
            color=toned(look.hair_color, 0.18),
        )
    for x in (-0.24, -0.08, 0.08, 0.22):
        canvas.fill(
            head.place(ellipse((x + 0.12 * head.turn, -0.3), 0.11, 0.09, points=16)), color=toned(look.hair_color, 0.05)
        )


def _paint_mohawk(canvas: Canvas, look: Look, head: Frame) -> None:
    canvas.fill(head.place(_cap(head.turn, volume=0.92)), color=toned(look.skin, -0.2))
    t = head.turn
    for at in np.linspace(0, 1, 6):
        x, y = (0.22 - 0.6 * at) * t, -0.42 - 0.1 * np.sin(np.pi * at) + 0.1 * at * t
        tip = (x - 0.16 * at * t + 0.05 * t, y - 0.3)
        canvas.fill(
            head.place(ribbon([(x, y + 0.1), (float((x + tip[0]) / 2), y - 0.12), tip], [0.2, 0.2, 0.02], steps=9)),
            color=toned(look.hair_color, 0.04 * at),
            relief=0.008,
        )


_TOPS = {"buzz": _paint_buzz, "tousled": _paint_tousled, "curly": _paint_curly, "mohawk": _paint_mohawk}


def _shifted(points: list[Point], turn: float) -> Outline:
    return np.asarray(points) * (1 - 0.35 * turn, 1.0) + (0.12 * turn, 0.0)


def _strands(turn: float) -> list[list[Point]]:
    x = -0.1 * turn
    return [
        [(x - 0.3, -0.16), (x - 0.26, -0.36), (x - 0.08, -0.5)],
        [(x - 0.2, -0.22), (x - 0.12, -0.4), (x + 0.06, -0.5)],
        [(x + 0.2, -0.46), (x + 0.32, -0.36), (x + 0.37, -0.2)],
    ]


def _paint_locks(canvas: Canvas, look: Look, head: Frame) -> None:
    """Hair before the shoulders, framing the face."""
    t = head.turn
    low = {"bob": 0.4, "wavy": 0.86, "long": 1.1}[look.hair]
    sway = 0.1 if look.hair == "wavy" else 0.02
    near = -0.37 + 0.2 * t
    lock = ribbon(
        [(near + 0.06, -0.3), (near - 0.02, 0.0), (near - 0.05 - sway, low * 0.55), (near + 0.0 + sway * 0.4, low)],
        [0.12, 0.17, 0.19, 0.03 if look.hair != "bob" else 0.12],
        steps=9,
    )
    canvas.fill(head.place(lock), color=look.hair_color, relief=0.014)
    for shift in (-0.02, 0.04) if head.detailed else ():
        shine: list[Point] = [
            (near + shift, -0.16),
            (near - 0.05 + shift, low * 0.3),
            (near - 0.03 - sway * 0.6 + shift, low * 0.7),
        ]
        canvas.fill(head.place(ribbon(shine, [0.004, 0.02, 0.004], steps=9)), color=toned(look.hair_color, 0.16))
    if t < 0.5:
        far = 0.37 - 0.1 * t
        other = ribbon(
            [(far - 0.04, -0.3), (far + 0.02, 0.0), (far + 0.05 + sway, low * 0.5), (far, low * 0.94)],
            [0.08, 0.13, 0.15, 0.03 if look.hair != "bob" else 0.1],
            steps=9,
        )
        canvas.fill(head.place(other), color=toned(look.hair_color, -0.06), relief=0.014)


def _paint_braids(canvas: Canvas, look: Look, head: Frame) -> None:
    for side in (-1.0, 1.0) if head.turn < 0.55 else (-1.0,):
        x = side * 0.4 + (0.22 * head.turn if side < 0 else -0.1 * head.turn)
        for at in range(5):
            canvas.fill(
                head.place(ellipse((x + side * 0.03 * at, 0.16 + 0.15 * at), 0.095 - 0.008 * at, 0.1)),
                color=toned(look.hair_color, 0.05 * (at % 2)),
                relief=0.008,
            )
        canvas.fill(head.place(ellipse((x + side * 0.14, 0.87), 0.06, 0.05)), color=look.accent)
