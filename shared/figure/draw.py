"""A look drawn: posed, lit, cut out."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shared.figure.body import paint_body, proportions_of
from shared.figure.canvas import Canvas, View
from shared.figure.light import Light
from shared.figure.look import Look
from shared.figure.pose import Pose, Skeleton, carrying, skeleton, stance_of
from shared.figure.props import HELD_UP, HUNG

_BELOW = 0.03
"""How far under the ground is drawn, in standing heights."""
_TALL = frozenset({"umbrella", "balloon", "staff", "sword"})


@dataclass(frozen=True)
class Figure:
    """`rgba` is HxWx4, straight alpha; `feet` the pixel (x, y) that stands on the ground."""

    rgba: npt.NDArray[np.uint8]
    feet: tuple[int, int]


def draw_figure(look: Look, *, pose: Pose, height_px: int, light: Light, facing: int = 1, phase: float = 0.0) -> Figure:
    """Draw `look` so that it would stand `height_px` tall; cropped to what is visible.

    `facing` 1 looks to the right, -1 to the left. `phase` 0..1 is one cycle of walk, run or dance.
    """
    side, above = _reach(look)
    view = View(
        left=-side,
        top=-above,
        width_px=round(2 * side * height_px),
        height_px=round((above + _BELOW) * height_px),
        scale=height_px,
        mirrored=facing < 0,
    )
    canvas = paint_figure(look, pose=pose, view=view, light=light, phase=phase)
    box = canvas.painted()
    return Figure(rgba=canvas.finish(box), feet=(view.width_px // 2 - box[0], round(above * height_px) - box[1]))


def _reach(look: Look) -> tuple[float, float]:
    """How far to the side and how high anything of `look` can come in any pose, in standing heights."""
    if _TALL & set(look.accessories):
        return 0.8, 2.0
    return 0.68, 1.4


def paint_figure(
    look: Look, *, pose: Pose, view: View, light: Light, phase: float = 0.0, gaze: float | None = None
) -> Canvas:
    """`look` upon the part of its plane that `view` shows; `gaze` turns the head otherwise than the pose does."""
    bones = bones_of(look, pose=pose, phase=phase)
    if gaze is not None:
        bones = replace(bones, stance=replace(bones.stance, gaze=gaze))
    canvas = Canvas(view=view, light=light)
    paint_body(canvas, look, bones)
    return canvas


def bones_of(look: Look, *, pose: Pose, phase: float = 0.0) -> Skeleton:
    """The joints of `look` in `pose`, in standing heights from the ground under it."""
    stance = stance_of(pose, phase=phase, rest=look.stance)
    first = set(look.accessories[:1])
    if first & (HELD_UP | HUNG):
        stance = carrying(stance, pose, up=bool(first & HELD_UP))
    return skeleton(stance, proportions_of(look))
