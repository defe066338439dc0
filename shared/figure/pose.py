"""How a body can hold itself: joints in units of its standing height, ground at y = 0, up is negative."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from shared.figure.outline import Point


class Pose(StrEnum):
    STANDING = "standing"
    WALKING = "walking"
    RUNNING = "running"
    SITTING = "sitting"
    REACHING = "reaching"
    LOOKING_BACK = "looking_back"
    ARMS_RAISED = "arms_raised"
    DANCING = "dancing"
    KNEELING = "kneeling"


@dataclass(frozen=True, kw_only=True)
class Stance:
    """Angles in degrees: 0 hangs straight down, positive swings forward (to +x). Bends add to the upper part's angle.

    `turn` 0 faces us .. 1 is a profile; `gaze` the same for the head, -1 looks back over the shoulder.
    """

    near_arm: tuple[float, float] = (-8, 14)
    far_arm: tuple[float, float] = (10, 12)
    near_leg: tuple[float, float] = (-3, -2)
    far_leg: tuple[float, float] = (5, -4)
    lean: float = 0.0
    turn: float = 0.35
    gaze: float = 0.45
    tilt: float = 0.0
    lift: float = 0.0
    flow: float = 0.0
    seated: float = 0.0
    """How far the cloth blows backwards, 0..1."""


@dataclass(frozen=True, kw_only=True)
class Skeleton:
    """Joint positions of one body; `near` is the side towards us. `head` is the middle of the head."""

    hip: Point
    chest: Point
    neck: Point
    head: Point
    near_shoulder: Point
    far_shoulder: Point
    near_elbow: Point
    far_elbow: Point
    near_hand: Point
    far_hand: Point
    near_hip: Point
    far_hip: Point
    near_knee: Point
    far_knee: Point
    near_foot: Point
    far_foot: Point
    head_height: float
    stance: Stance


@dataclass(frozen=True, kw_only=True)
class Proportions:
    """Lengths as shares of the standing height."""

    head: float = 0.158
    neck: float = 0.008
    torso: float = 0.292
    thigh: float = 0.262
    shin: float = 0.255
    arm: float = 0.185
    forearm: float = 0.165
    shoulders: float = 0.118
    hips: float = 0.062


def at_rest(choice: int) -> Stance:
    """Four ways to stand still, each of its own outline."""
    return (
        Stance(),
        Stance(near_arm=(-48, 92), far_arm=(14, 8), near_leg=(-9, -1), far_leg=(12, -6), lean=-2, tilt=-4, turn=0.2),
        Stance(near_arm=(-44, 88), far_arm=(44, -88), near_leg=(-13, 2), far_leg=(13, -2), lean=1, turn=0.12, gaze=0.5),
        Stance(near_arm=(-14, 20), far_arm=(62, 74), near_leg=(-2, -4), far_leg=(18, -16), lean=-3, tilt=4, turn=0.5),
    )[choice % 4]


def stance_of(pose: Pose, *, phase: float, rest: int = 0) -> Stance:
    """The angles of `pose`; `phase` 0..1 is one cycle of walk, run or dance, and a breath of the others."""
    swing = math.sin(2 * math.pi * phase)
    if pose is Pose.WALKING:
        return _stride(phase, reach=27, bend=42, arms=26, elbow=18, lean=3, bounce=0.008)
    if pose is Pose.RUNNING:
        return _stride(phase, reach=44, bend=88, arms=48, elbow=84, lean=13, bounce=0.028)
    if pose is Pose.DANCING:
        return _dance(phase)
    still = _STILL.get(pose) or at_rest(rest)
    return replace(still, tilt=still.tilt + swing * 1.2, lift=still.lift + 0.003 * swing)


def _stride(
    phase: float, *, reach: float, bend: float, arms: float, elbow: float, lean: float, bounce: float
) -> Stance:
    a = 2 * math.pi * phase
    swing = math.sin(a)

    def leg(at: float) -> tuple[float, float]:
        flight = max(0.0, math.cos(at))
        return reach * math.sin(at) + 6, -bend * flight**1.3 - 4

    return Stance(
        near_leg=leg(a), far_leg=leg(a + math.pi),
        near_arm=(-arms * swing, elbow + 8 * swing), far_arm=(arms * swing, elbow - 8 * swing),
        lean=lean, turn=0.78, gaze=0.72, lift=bounce * math.cos(2 * a), flow=0.25 + lean / 18,
    )  # fmt: skip


def _dance(phase: float) -> Stance:
    a = 2 * math.pi * phase
    sway, twice = math.sin(a), math.sin(2 * a)
    return Stance(
        near_arm=(-118 - 22 * sway, -28 + 12 * twice), far_arm=(128 - 26 * sway, 34 + 14 * twice),
        near_leg=(-16 + 8 * sway, -6 - 12 * max(0.0, -sway)), far_leg=(24 + 10 * sway, -34 - 24 * max(0.0, sway)),
        lean=7 * sway, tilt=-9 * sway, turn=0.3, gaze=0.4, lift=-0.012 * abs(twice), flow=0.3 * sway,
    )  # fmt: skip


_STILL = {
    Pose.SITTING: Stance(near_leg=(84, -84), far_leg=(72, -60), near_arm=(28, 34), far_arm=(18, 58), lean=-4, turn=0.7,
                         gaze=0.6, tilt=3, seated=1.0),
    Pose.REACHING: Stance(near_arm=(-24, 10), far_arm=(112, 4), near_leg=(-20, -4), far_leg=(20, -14), lean=9,
                          turn=0.7, gaze=0.75, tilt=-12, flow=0.2),
    Pose.LOOKING_BACK: Stance(near_arm=(-14, 16), far_arm=(16, 20), near_leg=(-12, -6), far_leg=(14, -4), lean=1,
                              turn=0.8, gaze=-0.65, tilt=2, flow=0.35),
    Pose.ARMS_RAISED: Stance(near_arm=(-148, -14), far_arm=(150, 12), near_leg=(-13, 2), far_leg=(14, -2), lean=-3,
                             turn=0.1, gaze=0.2, tilt=-8),
    Pose.KNEELING: Stance(near_leg=(8, -96), far_leg=(84, -84), near_arm=(10, 26), far_arm=(44, 52), lean=5, turn=0.75,
                          gaze=0.65, tilt=8, seated=0.5),
}  # fmt: skip


_AT_EASE = frozenset({Pose.STANDING, Pose.WALKING, Pose.SITTING, Pose.LOOKING_BACK, Pose.KNEELING})


def carrying(stance: Stance, pose: Pose, *, up: bool) -> Stance:
    """The far hand lifted with an umbrella or a lantern, or hanging with a suitcase. Busy arms stay as they are."""
    return replace(stance, far_arm=(22, 92) if up else (12, 8)) if pose in _AT_EASE else stance


def skeleton(stance: Stance, body: Proportions) -> Skeleton:
    """Where every joint comes to lie; the lowest foot or knee touches the ground."""
    spread = 1 - 0.62 * stance.turn
    hip: Point = (0.0, 0.0)
    near_hip, far_hip = (-body.hips * spread, 0.0), (body.hips * spread, 0.0)
    near_knee, near_foot = _chain(near_hip, stance.near_leg, body.thigh, body.shin)
    far_knee, far_foot = _chain(far_hip, stance.far_leg, body.thigh, body.shin)
    up = _swung(hip, 180 - stance.lean, body.torso)
    across = math.radians(stance.lean)
    reach = body.shoulders * spread
    drop = 0.034
    near_shoulder = (up[0] - reach * math.cos(across), up[1] - reach * math.sin(across) + drop)
    far_shoulder = (up[0] + reach * math.cos(across), up[1] + reach * math.sin(across) + drop)
    near_elbow, near_hand = _chain(near_shoulder, stance.near_arm, body.arm, body.forearm)
    far_elbow, far_hand = _chain(far_shoulder, stance.far_arm, body.arm, body.forearm)
    neck = _swung(up, 180 - stance.lean * 1.1, body.neck)
    head = _swung(neck, 180 - stance.lean * 0.7, body.head * 0.46)
    lowest = max(near_foot[1], far_foot[1], near_knee[1] + 0.03, far_knee[1] + 0.03) + _SOLE
    dy = -lowest - stance.lift

    def placed(p: Point) -> Point:
        return (p[0], p[1] + dy)

    return Skeleton(
        hip=placed(hip), chest=placed(up), neck=placed(neck), head=placed(head),
        near_shoulder=placed(near_shoulder), far_shoulder=placed(far_shoulder),
        near_elbow=placed(near_elbow), far_elbow=placed(far_elbow),
        near_hand=placed(near_hand), far_hand=placed(far_hand),
        near_hip=placed(near_hip), far_hip=placed(far_hip),
        near_knee=placed(near_knee), far_knee=placed(far_knee),
        near_foot=placed(near_foot), far_foot=placed(far_foot),
        head_height=body.head, stance=stance,
    )  # fmt: skip


_SOLE = 0.026
"""From the ankle to the ground."""


def _chain(start: Point, angles: tuple[float, float], first: float, second: float) -> tuple[Point, Point]:
    middle = _swung(start, angles[0], first)
    return middle, _swung(middle, angles[0] + angles[1], second)


def _swung(start: Point, degrees: float, length: float) -> Point:
    a = math.radians(degrees)
    return (start[0] + math.sin(a) * length, start[1] + math.cos(a) * length)
