"""A whole body on a canvas, back to front."""

import math

from shared.figure import animal, face, hair, headwear, mantle, robot, torso
from shared.figure.canvas import Canvas
from shared.figure.frame import Frame
from shared.figure.limbs import paint_arm, paint_hand, paint_leg, paint_shoe
from shared.figure.look import Look, Rgb
from shared.figure.outline import Point, ribbon
from shared.figure.pose import Proportions, Skeleton
from shared.figure.props import paint_carried
from shared.figure.tones import toned
from shared.figure.trunk import Trunk

_ARM = 0.066
_LEG = 0.098
_DETAIL_PX = 100
"""Heads smaller than this get dots for eyes."""


def proportions_of(look: Look) -> Proportions:
    """Lengths by age, kind and build; the sum from sole to crown stays about 1."""
    if look.kind == "animal":
        return Proportions(
            head=0.235, neck=-0.008, torso=0.28, thigh=0.21, shin=0.21, arm=0.165, forearm=0.145, shoulders=0.104
        )
    if look.kind == "robot":
        wide = {"slim": 0.104, "average": 0.126, "broad": 0.15}[look.build]
        return Proportions(
            head=0.215, neck=0.014, torso=0.27, thigh=0.22, shin=0.22, arm=0.17, forearm=0.16, shoulders=wide, hips=0.06
        )
    if look.age == "child":
        return Proportions(
            head=0.232, torso=0.27, thigh=0.215, shin=0.215, arm=0.155, forearm=0.14, shoulders=0.094, hips=0.05
        )
    wide = {"slim": 0.92, "average": 1.0, "broad": 1.2}[look.build] * {"woman": 0.9, "man": 1.06, "neutral": 1.0}[
        look.gender
    ]
    return Proportions(head=0.17, shoulders=0.116 * wide, torso=0.288, thigh=0.258, shin=0.25)


def paint_body(canvas: Canvas, look: Look, bones: Skeleton) -> None:
    """Everything of `look` on `bones`: what hangs behind, far side, trunk, head, near side."""
    body = proportions_of(look)
    head, thick = head_frame(canvas, bones), _thickness(look)
    mantle.paint_behind(canvas, look, bones)
    paint_carried(canvas, look, bones, layer="back")
    if look.kind == "animal":
        animal.paint_tail(canvas, look, bones)
    if look.kind == "person":
        hair.paint_hair_behind(canvas, look, head, flow=max(bones.stance.flow, 0.0))
    headwear.paint_headwear_behind(canvas, look, head)
    paint_carried(canvas, look, bones, layer="far")
    _paint_arm(canvas, look, bones, far=True, thick=thick)
    for far in (True, False):
        _paint_leg(canvas, look, bones, far=far, thick=thick)
    _paint_trunk(canvas, look, bones, body, thick=thick)
    paint_neck(canvas, look, bones, head)
    paint_head(canvas, look, head)
    mantle.paint_neckwear(canvas, look, bones)
    paint_carried(canvas, look, bones, layer="body")
    torso.paint_pauldrons(canvas, look, bones)
    paint_carried(canvas, look, bones, layer="near")
    _paint_arm(canvas, look, bones, far=False, thick=thick)


def head_frame(canvas: Canvas, bones: Skeleton) -> Frame:
    stance = bones.stance
    return Frame(
        origin=bones.head, scale=bones.head_height, tilt=math.radians(stance.tilt + stance.lean * 0.6),
        mirrored=stance.gaze < 0, turn=abs(stance.gaze), detailed=bones.head_height * canvas.view.scale > _DETAIL_PX,
    )  # fmt: skip


def paint_neck(canvas: Canvas, look: Look, bones: Skeleton, head: Frame) -> None:
    width = {"slim": 0.05, "average": 0.056, "broad": 0.068}[look.build] * (1.1 if look.gender == "man" else 0.94)
    color = toned(look.skin, -0.45) if look.kind == "robot" else toned(look.skin, -0.14)
    bare = look.outer == "none" and (look.top in {"shirt", "tshirt"} or look.lower in {"dress", "long_dress"})
    foot: Point = (bones.chest[0] + 0.004, bones.chest[1] + (0.026 if bare else 0.008))
    neck = ribbon([foot, head.point(-0.06 * head.turn, 0.2)], [width * 1.3, width], steps=9)
    canvas.fill(neck, color=color, relief=0.0)
    if look.kind == "person":
        canvas.darken(
            head.place(face.head_outline(Frame(origin=(0.03, 0.16), scale=1.0, turn=head.turn))),
            within=[neck],
            strength=0.6,
        )


def paint_head(canvas: Canvas, look: Look, head: Frame) -> None:
    if look.kind == "robot":
        robot.paint_robot_head(canvas, look, head)
    elif look.kind == "animal":
        animal.paint_animal_head(canvas, look, head)
    else:
        face.paint_head(canvas, look, head)
        hair.paint_hair(canvas, look, head)
        face.paint_near_ear(canvas, look, head)
    if look.eyewear != "none" and look.kind != "robot":
        face.paint_eyewear(canvas, look, head)
    headwear.paint_headwear(canvas, look, head)


def _thickness(look: Look) -> float:
    thick = {"slim": 0.9, "average": 1.0, "broad": 1.18}[look.build] * (1.06 if look.gender == "man" else 0.96)
    return thick * {"spacesuit": 1.34, "armor": 1.1}.get(look.outer, 1.0) * (0.92 if look.age == "child" else 1.0)


def _paint_arm(canvas: Canvas, look: Look, bones: Skeleton, *, far: bool, thick: float) -> None:
    if look.kind == "robot" and look.outer == "none":
        joints = (
            (bones.far_shoulder, bones.far_elbow, bones.far_hand)
            if far
            else (bones.near_shoulder, bones.near_elbow, bones.near_hand)
        )
        robot.paint_robot_limb(canvas, look, joints, width=_ARM * thick, far=far)
        paint_hand(canvas, toned(look.skin, -0.4), joints[1], joints[2], size=1.1)
        return
    paint_arm(canvas, look, bones, far=far, width=_ARM * thick, sleeve=_sleeve(look))


def _paint_leg(canvas: Canvas, look: Look, bones: Skeleton, *, far: bool, thick: float) -> None:
    if look.kind == "robot" and look.outer == "none":
        joints = (
            (bones.far_hip, bones.far_knee, bones.far_foot)
            if far
            else (bones.near_hip, bones.near_knee, bones.near_foot)
        )
        robot.paint_robot_limb(canvas, look, joints, width=_LEG * thick * 0.8, far=far)
        paint_shoe(canvas, look, bones, far=far, width=_LEG * thick)
        return
    paint_leg(canvas, look, bones, far=far, width=_LEG * thick)


def _paint_trunk(canvas: Canvas, look: Look, bones: Skeleton, body: Proportions, *, thick: float) -> None:
    if look.kind == "robot" and look.outer == "none":
        robot.paint_robot_trunk(canvas, look, bones, width=_LEG * thick)
        return
    trunk = Trunk(bones, body, girth=thick)
    torso.paint_trunk(canvas, look, bones, trunk, width=_LEG * thick)


def _sleeve(look: Look) -> Rgb:
    return look.top_color if look.outer == "none" else look.outer_color
