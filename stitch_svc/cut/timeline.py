"""Where every part of a film lies, to the frame: joints made as long as the clips allow. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.contracts.stitch import Transition, TransitionType

SHORTEST = 2
"""Frames: a transition shorter than this cannot be seen and becomes a cut."""


@dataclass(frozen=True)
class Joint:
    """How two clips meet: they share `frames` frames, none at a cut."""

    type: TransitionType = "cut"
    frames: int = 0
    asked: int = 0

    def told(self, rate: Fraction) -> Transition:
        return Transition(type=self.type, seconds=float(self.frames / rate))


@dataclass(frozen=True)
class Body:
    """The frames of a clip that are copied: `begin` to `end` (exclusive), whole groups of pictures."""

    begin: int
    end: int


def plan_joints(lengths: Sequence[int], wished: Sequence[Transition], *, rate: Fraction) -> tuple[Joint, ...]:
    """One joint between every two clips of `lengths` frames; each clip keeps one frame that it shares with none."""
    wished = (*wished, *[Transition()] * (len(lengths) - 1 - len(wished)))[: len(lengths) - 1]
    asked = [0 if wish.type == "cut" else round(Fraction(wish.seconds) * rate) for wish in wished]
    around = [*zip([0, *asked], [*asked, 0], strict=True)]
    joints = []
    for place, (wish, frames) in enumerate(zip(wished, asked, strict=True)):
        room = min(_share(lengths[side], frames, sum(around[side])) for side in (place, place + 1))
        given = min(frames, room)
        joints.append(Joint(wish.type, given, frames) if given >= SHORTEST else Joint("cut", 0, frames))
    return tuple(joints)


def _share(length: int, frames: int, claimed: int) -> int:
    """What a clip can give to a joint of `frames`, where its two joints claim `claimed`."""
    return (length - 1) * frames // claimed if claimed else 0


def body_of(length: int, groups: Sequence[int], *, entering: int, leaving: int) -> Body:
    """The whole groups of pictures between two joints; `groups` are the frames at which one starts."""
    begin, end = 0, length
    if entering:
        later = bisect_left(groups, entering)
        begin = groups[later] if later < len(groups) else length
    if leaving:
        earlier = bisect_right(groups, length - leaving)
        end = groups[earlier - 1] if earlier else 0
    if begin < end:
        return Body(begin, end)
    alone = length - leaving if entering else 0  # no whole group: all of it belongs to one of the joints
    return Body(alone, alone)


def beginnings(lengths: Sequence[int], joints: Sequence[Joint]) -> tuple[int, ...]:
    """The frame of the film at which each clip starts."""
    starts = [0]
    for length, joint in zip(lengths, joints, strict=False):
        starts.append(starts[-1] + length - joint.frames)
    return tuple(starts[: len(lengths)])
