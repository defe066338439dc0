"""Arms and legs, hands and shoes."""

import math

from shared.figure.canvas import Canvas
from shared.figure.frame import Frame
from shared.figure.look import Look, Rgb
from shared.figure.outline import Outline, Point, ellipse, ribbon, smooth
from shared.figure.pose import Skeleton
from shared.figure.tones import toned

_SLEEVED = {"robe": 1.9, "spacesuit": 1.5, "armor": 1.1, "coat": 1.14, "long_coat": 1.14}
"""How much wider than the arm the sleeve falls, at the wrist."""
_FAR = -0.16
"""How much darker the side away from us is."""


def paint_leg(canvas: Canvas, look: Look, bones: Skeleton, *, far: bool, width: float) -> None:
    hip, knee, foot = (
        (bones.far_hip, bones.far_knee, bones.far_foot) if far else (bones.near_hip, bones.near_knee, bones.near_foot)
    )
    color, skin = (toned(c, _FAR if far else 0) for c in (_leg_color(look), look.skin))
    bare = look.lower in {"shorts", "skirt", "dress"} and look.outer not in {"armor", "spacesuit", "robe"}
    shape = leg_outline(hip, knee, foot, width=width, trousers=not bare)
    canvas.fill(shape, color=skin if bare else color, relief=0.014)
    if bare and look.lower == "shorts":
        canvas.fill(ribbon([hip, knee], [width * 1.1, width * 0.96], caps=False), color=color, relief=0.014)
    paint_shoe(canvas, look, bones, far=far, width=width)


def leg_outline(hip: Point, knee: Point, foot: Point, *, width: float, trousers: bool) -> Outline:
    calf = (knee[0] * 0.62 + foot[0] * 0.38, knee[1] * 0.62 + foot[1] * 0.38)
    thigh = ((hip[0] + knee[0]) / 2, (hip[1] + knee[1]) / 2)
    shape = (1.0, 0.94, 0.76, 0.72, 0.6) if trousers else (0.9, 0.8, 0.56, 0.58, 0.34)
    return ribbon([hip, thigh, knee, calf, foot], [width * share for share in shape], steps=9)


def _leg_color(look: Look) -> Rgb:
    return look.outer_color if look.outer in {"armor", "spacesuit"} else look.lower_color


def paint_shoe(canvas: Canvas, look: Look, bones: Skeleton, *, far: bool, width: float) -> None:
    knee, foot = (bones.far_knee, bones.far_foot) if far else (bones.near_knee, bones.near_foot)
    turn = bones.stance.turn
    length = max(0.62, turn * 1.15) if far else -0.55 + 2.1 * turn
    length = math.copysign(max(abs(length), 0.5), length)
    shin = math.atan2(foot[0] - knee[0], max(foot[1] - knee[1], 1e-6)) if foot[1] > knee[1] else math.pi / 2
    lifted = min(1.0, max(0.0, (-foot[1] - 0.05) * 14))
    frame = Frame(origin=foot, scale=width / 0.098, tilt=-shin * lifted, mirrored=length < 0)
    color = toned(look.shoes_color, _FAR if far else 0.06)
    reach = 0.104 * abs(length) * 0.8
    shoe = [
        (-0.03, -0.022), (0.026, -0.024), (reach * 0.5, -0.004), (reach, 0.008), (reach + 0.004, 0.023),
        (-0.032, 0.025), (-0.036, 0.004),
    ]  # fmt: skip
    canvas.fill(frame.place(smooth(shoe, steps=9)), color=color, relief=0.006)
    canvas.fill(
        frame.place([(-0.034, 0.019), (reach + 0.004, 0.019), (reach, 0.027), (-0.034, 0.027)]),
        color=toned(color, -0.5),
    )
    if look.lower in {"skirt", "dress"} or look.outer == "armor":
        boot = ribbon([(foot[0], foot[1]), _towards(foot, knee, 0.42)], [width * 0.5, width * 0.62], caps=False)
        canvas.fill(boot, color=color, relief=0.01)


def _towards(start: Point, goal: Point, share: float) -> Point:
    return (start[0] + (goal[0] - start[0]) * share, start[1] + (goal[1] - start[1]) * share)


def paint_arm(canvas: Canvas, look: Look, bones: Skeleton, *, far: bool, width: float, sleeve: Rgb) -> None:
    shoulder, elbow, hand = (
        (bones.far_shoulder, bones.far_elbow, bones.far_hand)
        if far
        else (bones.near_shoulder, bones.near_elbow, bones.near_hand)
    )
    color, skin = (toned(c, _FAR if far else 0) for c in (sleeve, look.skin))
    cuff = width * 0.7 * (_SLEEVED.get(look.outer, 1.0))
    bare = short_sleeved(look)
    if bare:
        canvas.fill(ribbon([elbow, hand], [width * 0.66, width * 0.46], steps=9), color=skin, relief=0.01)
    paint_hand(canvas, _glove(look, skin), elbow, hand, size=width / 0.07)
    upper = ((shoulder[0] + elbow[0]) / 2, (shoulder[1] + elbow[1]) / 2)
    spine = [shoulder, upper, elbow] if bare else [shoulder, upper, elbow, _towards(hand, elbow, 0.02)]
    widths = [width * 1.04, width * 0.98, width * 0.86] if bare else [width * 1.04, width * 0.98, width * 0.88, cuff]
    canvas.fill(
        ribbon(spine, widths, steps=9, caps=False),
        ellipse(shoulder, width * 0.52, width * 0.52),
        color=color,
        relief=0.014,
    )
    if not bare:
        canvas.fill(
            ribbon([_towards(hand, elbow, 0.1), hand], [cuff, cuff * 1.02], steps=3, caps=False),
            color=toned(color, -0.18),
        )


def short_sleeved(look: Look) -> bool:
    return look.outer == "none" and (look.top == "tshirt" or look.lower in {"dress", "long_dress"})


def _glove(look: Look, skin: Rgb) -> Rgb:
    return toned(look.outer_color, -0.3) if look.outer in {"armor", "spacesuit"} else skin


def paint_hand(canvas: Canvas, skin: Rgb, elbow: Point, wrist: Point, *, size: float) -> None:
    """A relaxed hand: palm, fingers together, thumb apart."""
    angle = math.atan2(wrist[1] - elbow[1], wrist[0] - elbow[0]) - math.pi / 2
    frame = Frame(origin=wrist, scale=size, tilt=angle)
    palm = [
        (-0.014, -0.012), (0.014, -0.012), (0.021, 0.012), (0.019, 0.032), (0.012, 0.056), (-0.004, 0.06),
        (-0.015, 0.04), (-0.018, 0.014),
    ]  # fmt: skip
    thumb = ribbon([(0.012, 0.004), (0.026, 0.018), (0.026, 0.034)], [0.014, 0.013, 0.009], steps=9)
    canvas.fill(frame.place(smooth(palm, steps=9)), frame.place(thumb), color=skin, relief=0.006)
    if frame.scale * canvas.view.scale > 900:
        for x in (-0.005, 0.005):
            canvas.fill(
                frame.place(ribbon([(x, 0.034), (x, 0.055)], [0.0014, 0.0014], steps=2)), color=toned(skin, -0.25)
            )
