"""Things a character carries: in the far hand, the near hand, or on the body."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from shared.figure.canvas import Canvas
from shared.figure.frame import Frame
from shared.figure.look import Look
from shared.figure.outline import Outline, Point, ellipse, polygon, ribbon, smooth
from shared.figure.pose import Skeleton
from shared.figure.tones import mixed, toned

HELD_UP = frozenset({"umbrella", "lantern", "flower", "microphone", "book", "camera", "balloon", "staff", "violin"})
"""Things for a lifted hand."""
HUNG = frozenset({"suitcase", "skateboard", "cane"})
"""Things for an arm that hangs."""
_WOOD = (150, 92, 52)
_IRON = (70, 68, 78)
Painter = Callable[[Canvas, Look, Frame], None]


def paint_carried(canvas: Canvas, look: Look, bones: Skeleton, *, layer: str) -> None:
    """Draw what belongs to `layer`: `back`, `body`, `far` hand or `near` hand."""
    hands = {"far": bones.far_hand, "near": bones.near_hand}
    for at, thing in enumerate(look.accessories):
        where = _WORN.get(thing) or ("far" if at % 2 == 0 else "near")
        if where == layer:
            origin = hands.get(layer) or bones.chest
            _PAINTERS[thing](canvas, look, Frame(origin=origin, scale=1.0, tilt=math.radians(bones.stance.lean)))


_WORN = {"guitar": "body", "backpack": "back", "necklace": "body", "tie": "body", "shield": "near", "bag": "body"}


def _guitar(canvas: Canvas, look: Look, frame: Frame) -> None:
    tilt = Frame(origin=frame.point(0.0, 0.2), scale=1.0, tilt=frame.tilt - 0.42)
    strap = ribbon([frame.point(-0.09, 0.0), frame.point(0.0, 0.1), frame.point(0.06, 0.16)], [0.016] * 3)
    canvas.fill(strap, color=toned(look.accent, -0.5))
    body = [
        (-0.2, 0.0),
        (-0.15, -0.085),
        (-0.07, -0.055),
        (0.0, -0.066),
        (0.04, -0.02),
        (0.04, 0.03),
        (0.0, 0.07),
        (-0.07, 0.06),
        (-0.15, 0.09),
    ]
    canvas.fill(
        tilt.place(polygon([(0.02, -0.011), (0.33, -0.011), (0.33, 0.011), (0.02, 0.013)])),
        color=toned(_WOOD, -0.45),
        relief=0.004,
    )
    canvas.fill(
        tilt.place(polygon([(0.32, -0.02), (0.39, -0.024), (0.39, 0.02), (0.32, 0.018)])), color=toned(_WOOD, -0.2)
    )
    canvas.fill(tilt.place(smooth(body, steps=9)), color=mixed(look.accent, _WOOD, 0.35), relief=0.016)
    canvas.fill(tilt.place(ellipse((-0.04, 0.0), 0.028, 0.028)), color=(50, 34, 30))
    canvas.fill(
        tilt.place(polygon([(-0.145, -0.025), (-0.13, -0.025), (-0.13, 0.025), (-0.145, 0.025)])), color=(50, 34, 30)
    )
    canvas.fill(tilt.place(ribbon([(-0.14, 0), (0.36, 0)], [0.004, 0.004], steps=2)), color=(236, 226, 206))


def _umbrella(canvas: Canvas, look: Look, frame: Frame) -> None:
    frame = replace(frame, tilt=frame.tilt - 0.2)
    canvas.fill(frame.place(ribbon([(0, 0.05), (0, -0.62)], [0.011, 0.011], steps=2)), color=_IRON)
    canvas.fill(frame.place(_dome(-0.3, 0.3)), color=look.accent, relief=0.02)
    canvas.fill(frame.place(_dome(-0.1, 0.1)), color=toned(look.accent, 0.14))
    canvas.fill(frame.place(ribbon([(0, -0.7), (0, -0.76)], [0.012, 0.006], steps=2)), color=_IRON)


def _dome(left: float, right: float) -> Outline:
    """A canopy from `left` to `right`, its hem scalloped every 0.2."""
    around = np.linspace(math.pi, 2 * math.pi, 24)
    middle, half = (left + right) / 2, (right - left) / 2
    top = np.stack([middle + half * np.cos(around), -0.5 + 0.23 * np.sin(around)], axis=1)
    along = np.linspace(right, left, 24)
    hem = np.stack([along, -0.5 - 0.022 * np.abs(np.cos((along - 0.1) / 0.2 * math.pi + math.pi / 2))], axis=1)
    return np.concatenate([top, hem])


def _lantern(canvas: Canvas, look: Look, frame: Frame) -> None:
    canvas.fill(frame.place(ribbon([(-0.03, 0.075), (0, 0.035), (0.03, 0.075)], [0.007] * 3)), color=_IRON)
    canvas.fill(
        frame.place(smooth([(-0.036, 0.09), (0.036, 0.09), (0.04, 0.165), (-0.04, 0.165)], steps=9)),
        color=(255, 214, 120),
        glow=1.0,
    )
    canvas.fill(frame.place(ellipse((0, 0.132), 0.015, 0.024)), color=(255, 250, 226), glow=1.0)
    for y in (0.082, 0.166):
        canvas.fill(frame.place(polygon([(-0.04, y), (0.04, y), (0.044, y + 0.016), (-0.044, y + 0.016)])), color=_IRON)
    canvas.fill(frame.place(ribbon([(0, 0.09), (0, 0.166)], [0.005, 0.005], steps=2)), color=_IRON)


def _sword(canvas: Canvas, look: Look, frame: Frame) -> None:
    tilted = Frame(origin=frame.origin, scale=1.0, tilt=frame.tilt + 0.5)
    canvas.fill(
        tilted.place(polygon([(-0.013, -0.03), (-0.013, -0.46), (0, -0.5), (0.013, -0.46), (0.013, -0.03)])),
        color=(206, 214, 226),
        relief=0.005,
    )
    canvas.fill(tilted.place(ribbon([(-0.055, -0.02), (0.055, -0.02)], [0.018, 0.018], steps=2)), color=look.accent)
    canvas.fill(tilted.place(ribbon([(0, -0.02), (0, 0.075)], [0.018, 0.02], steps=2)), color=(74, 48, 40))


def _staff(canvas: Canvas, look: Look, frame: Frame) -> None:
    canvas.fill(
        frame.place(ribbon([(0.01, 0.42), (0, 0), (0.005, -0.42)], [0.016, 0.018, 0.02], steps=9)),
        color=_WOOD,
        relief=0.004,
    )
    canvas.fill(frame.place(ellipse((0.005, -0.45), 0.034, 0.034)), color=look.accent, glow=0.8)


def _violin(canvas: Canvas, look: Look, frame: Frame) -> None:
    tilted = Frame(origin=frame.origin, scale=0.8, tilt=frame.tilt - 1.15)
    body = [
        (-0.2, 0.0),
        (-0.15, -0.085),
        (-0.08, -0.05),
        (0.0, -0.07),
        (0.03, 0.0),
        (0.0, 0.07),
        (-0.08, 0.05),
        (-0.15, 0.085),
    ]
    canvas.fill(tilted.place(polygon([(0.0, -0.014), (0.22, -0.01), (0.22, 0.01), (0.0, 0.014)])), color=(54, 36, 32))
    canvas.fill(tilted.place(smooth(body, steps=9)), color=(172, 88, 42), relief=0.012)


def _backpack(canvas: Canvas, look: Look, frame: Frame) -> None:
    pack = [(-0.2, 0.02), (-0.06, -0.01), (0.02, 0.02), (0.03, 0.24), (-0.08, 0.27), (-0.21, 0.24), (-0.23, 0.12)]
    canvas.fill(frame.place(smooth(pack, steps=9)), color=look.accent, relief=0.02)
    canvas.fill(
        frame.place(smooth([(-0.235, 0.14), (-0.17, 0.13), (-0.16, 0.22), (-0.23, 0.22)], steps=9)),
        color=toned(look.accent, -0.2),
    )


def _bag(canvas: Canvas, look: Look, frame: Frame) -> None:
    leather = mixed(look.accent, (110, 70, 46), 0.6)
    canvas.fill(
        frame.place(ribbon([(0.07, 0.0), (-0.02, 0.16), (-0.1, 0.3)], [0.014] * 3)), color=toned(leather, -0.25)
    )
    canvas.fill(
        frame.place(smooth([(-0.17, 0.29), (-0.05, 0.28), (-0.03, 0.39), (-0.17, 0.4)], steps=9)),
        color=leather,
        relief=0.014,
    )
    canvas.fill(
        frame.place(polygon([(-0.165, 0.29), (-0.05, 0.285), (-0.05, 0.33), (-0.16, 0.335)])),
        color=toned(leather, -0.2),
    )


def _book(canvas: Canvas, look: Look, frame: Frame) -> None:
    canvas.fill(
        frame.place(polygon([(-0.045, -0.02), (0.04, -0.035), (0.055, 0.07), (-0.03, 0.085)])), color=(240, 230, 208)
    )
    canvas.fill(
        frame.place(polygon([(-0.05, -0.024), (0.034, -0.04), (0.046, 0.066), (-0.036, 0.082)])),
        color=look.accent,
        relief=0.008,
    )


def _camera(canvas: Canvas, look: Look, frame: Frame) -> None:
    canvas.fill(
        frame.place(smooth([(-0.045, 0.0), (0.045, 0.0), (0.048, 0.06), (-0.048, 0.06)], steps=3)),
        color=(48, 46, 54),
        relief=0.006,
    )
    canvas.fill(frame.place(ellipse((0.004, 0.03), 0.025, 0.025)), color=(120, 126, 140))
    canvas.fill(frame.place(ellipse((0.004, 0.03), 0.016, 0.016)), color=(40, 62, 98))


def _microphone(canvas: Canvas, look: Look, frame: Frame) -> None:
    canvas.fill(frame.place(ribbon([(-0.004, 0.05), (0.012, -0.05)], [0.014, 0.02], steps=2)), color=(44, 42, 50))
    canvas.fill(frame.place(ellipse((0.016, -0.07), 0.022, 0.026)), color=(176, 182, 194), relief=0.006)


def _balloon(canvas: Canvas, look: Look, frame: Frame) -> None:
    canvas.fill(frame.place(ribbon([(0, 0.02), (0.02, -0.16), (0.03, -0.32)], [0.004] * 3)), color=(230, 226, 220))
    canvas.fill(
        frame.place(smooth([(0.03, -0.32), (-0.06, -0.44), (-0.02, -0.56), (0.08, -0.56), (0.12, -0.44)], steps=9)),
        color=look.accent,
        relief=0.024,
    )
    canvas.fill(frame.place(ellipse((0.07, -0.52), 0.012, 0.022, tilt=-0.5)), color=toned(look.accent, 0.6))


def _flower(canvas: Canvas, look: Look, frame: Frame) -> None:
    canvas.fill(frame.place(ribbon([(0, 0.06), (0.005, -0.02), (0.02, -0.1)], [0.008] * 3)), color=(76, 132, 72))
    petals = [
        frame.place(ellipse((0.02 + 0.024 * math.cos(a), -0.12 + 0.024 * math.sin(a)), 0.021, 0.021, points=14))
        for a in np.linspace(0, 5.03, 5)
    ]
    canvas.fill(*petals, color=look.accent, relief=0.004)
    canvas.fill(frame.place(ellipse((0.02, -0.12), 0.014, 0.014, points=14)), color=(250, 214, 106))


def _skateboard(canvas: Canvas, look: Look, frame: Frame) -> None:
    canvas.fill(
        frame.place(ribbon([(-0.03, -0.16), (0.0, 0.0), (0.02, 0.2)], [0.07, 0.066, 0.07], steps=9)),
        color=look.accent,
        relief=0.012,
    )
    for x, y in ((-0.052, -0.1), (-0.03, 0.14)):
        canvas.fill(frame.place(ellipse((x, y), 0.017, 0.017, points=14)), color=(240, 236, 226))


def _suitcase(canvas: Canvas, look: Look, frame: Frame) -> None:
    leather = mixed(look.accent, (120, 74, 48), 0.65)
    canvas.fill(frame.place(ribbon([(-0.03, 0.05), (0, 0.02), (0.03, 0.05)], [0.012] * 3)), color=toned(leather, -0.5))
    canvas.fill(
        frame.place(smooth([(-0.1, 0.05), (0.1, 0.05), (0.105, 0.19), (-0.105, 0.19)], steps=3)),
        color=leather,
        relief=0.014,
    )
    for x in (-0.055, 0.055):
        canvas.fill(frame.place(ribbon([(x, 0.048), (x, 0.192)], [0.014, 0.014], steps=2)), color=toned(leather, -0.4))


def _necklace(canvas: Canvas, look: Look, frame: Frame) -> None:
    way: list[Point] = [frame.point(-0.05, -0.01), frame.point(0.012, 0.07), frame.point(0.07, -0.01)]
    canvas.fill(ribbon(way, [0.006] * 3), color=toned(look.accent, 0.2))
    canvas.fill(ellipse(way[1], 0.013, 0.015), color=look.accent, glow=0.4)


def _tie(canvas: Canvas, look: Look, frame: Frame) -> None:
    canvas.fill(
        frame.place(polygon([(0.005, 0.0), (0.03, 0.0), (0.038, 0.13), (0.018, 0.16), (0.0, 0.13)])),
        color=look.accent,
        relief=0.006,
    )


def _shield(canvas: Canvas, look: Look, frame: Frame) -> None:
    outline = smooth([(-0.1, -0.12), (0.0, -0.14), (0.1, -0.12), (0.095, 0.02), (0.0, 0.15), (-0.095, 0.02)], steps=9)
    canvas.fill(frame.place(outline), color=(150, 156, 170), relief=0.01)
    canvas.fill(frame.place(outline * 0.82), color=look.accent, relief=0.014)


def _cane(canvas: Canvas, look: Look, frame: Frame) -> None:
    canvas.fill(
        frame.place(
            ribbon([(-0.05, 0.02), (-0.02, -0.03), (0.01, 0.0), (0.03, 0.4)], [0.015, 0.015, 0.015, 0.012], steps=9)
        ),
        color=toned(_WOOD, -0.3),
    )


_PAINTERS: dict[str, Painter] = {
    "guitar": _guitar, "umbrella": _umbrella, "lantern": _lantern, "sword": _sword, "staff": _staff, "violin": _violin,
    "backpack": _backpack, "bag": _bag, "book": _book, "camera": _camera, "microphone": _microphone,
    "balloon": _balloon, "flower": _flower, "skateboard": _skateboard, "suitcase": _suitcase, "necklace": _necklace,
    "tie": _tie, "shield": _shield, "cane": _cane,
}  # fmt: skip
