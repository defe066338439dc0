"""The camera: how large the figure is seen, from where, and how the view moves."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from video_svc.animatic.plate import Frame, Point, Sway
from video_svc.animatic.recipe import ClipRecipe, seed_of

Named = TypeVar("Named", bound=StrEnum)
Matrix = npt.NDArray[np.float64]
"""2x3: rest coordinates of the frame -> pixels of the picture."""


class Size(StrEnum):
    EXTREME_WIDE = "extreme wide"
    WIDE = "wide"
    FULL = "full"
    MEDIUM = "medium"
    CLOSE = "close-up"


class Move(StrEnum):
    DOLLY_IN = "dolly in"
    DOLLY_OUT = "dolly out"
    PAN = "pan"
    TRACK = "track"
    TILT = "tilt"
    CRANE = "crane"
    HANDHELD = "handheld"
    PUSH_ROLL = "push with roll"
    STATIC = "static"


class Angle(StrEnum):
    EYE = "eye level"
    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True)
class Shot:
    size: Size
    move: Move
    angle: Angle


SIZES: Mapping[Size, str] = {
    Size.EXTREME_WIDE: r"extreme (?:wide|long)|establishing|aerial|drone|bird'?s[- ]eye|panorama|panoramic",
    Size.CLOSE: r"extreme close|(?<!medium[ -])close[- ]?up|macro|tight shot|on (?:her|his) face",
    Size.MEDIUM: r"medium[- ](?:close|shot)|mid[- ]shot|waist|over[- ]the[- ]shoulder|two[- ]shot|cowboy shot|bust",
    Size.FULL: r"full[- ](?:shot|body|length)|medium[- ](?:wide|long)",
    Size.WIDE: r"\bwide|long shot",
}
IMPLIED_SIZES: Mapping[Size, str] = {
    Size.FULL: r"low[- ]angle|tracking|steadicam|follow shot",
    Size.WIDE: r"high[- ]angle|overhead|top[- ]down|crane",
}
"""What a camera that names no size is usually used for."""
MOVES: Mapping[Move, str] = {
    Move.DOLLY_OUT: r"dolly(?:ing)? (?:out|back)|pull(?:s|ing)?[- ](?:out|back)|zoom(?:s|ing)? out|reveal",
    Move.DOLLY_IN: r"dolly|push(?:es|ing)?[- ]in|zoom|moves? in|creep(?:s|ing)? in",
    Move.TRACK: r"track(?:s|ing)|steadicam|follow(?:s|ing)? shot|gimbal|truck(?:s|ing)? (?:left|right)|side[- ]on",
    Move.CRANE: r"crane|jib|boom|aerial|drone|bird'?s[- ]eye|ris(?:es|ing) shot|overhead|top[- ]down",
    Move.TILT: r"tilt",
    Move.HANDHELD: r"hand[- ]?held|shaky|documentary style|verit[eé]",
    Move.PUSH_ROLL: r"dutch|canted|roll(?:s|ing) camera|spinning|vertigo|orbit|arc shot",
    Move.PAN: r"\bpan(?:s|ning|orama|oramic)?\b|sweep(?:s|ing)? (?:shot|left|right|across)|whip",
    Move.STATIC: r"static|locked[- ]off|tripod|still camera|fixed camera",
}
ANGLES: Mapping[Angle, str] = {
    Angle.LOW: r"low[- ]angle|worm'?s[- ]eye|from below|looking up at",
    Angle.HIGH: r"high[- ]angle|aerial|drone|overhead|bird'?s[- ]eye|top[- ]down|from above|looking down on",
}
_SIZES_IN_TURN = (Size.WIDE, Size.FULL, Size.MEDIUM, Size.EXTREME_WIDE, Size.FULL, Size.CLOSE)
_MOVES_IN_TURN = (
    Move.DOLLY_IN,
    Move.PAN,
    Move.HANDHELD,
    Move.CRANE,
    Move.DOLLY_OUT,
    Move.PUSH_ROLL,
    Move.TILT,
    Move.STATIC,
)


def read_shot(recipe: ClipRecipe) -> Shot:
    """The shot asked for; what is left open changes from scene to scene. The cue's words count before the prompt's."""
    film = recipe.film
    texts = ((film.camera_angle or "").casefold(), recipe.prompt.casefold())
    turn = seed_of(film.film_seed, "shot") % 6 + film.index
    return Shot(
        _first(SIZES, texts) or _first(IMPLIED_SIZES, texts) or _SIZES_IN_TURN[turn % len(_SIZES_IN_TURN)],
        _first(MOVES, texts) or _MOVES_IN_TURN[turn % len(_MOVES_IN_TURN)],
        _first(ANGLES, texts) or Angle.EYE,
    )


def _first(table: Mapping[Named, str], texts: tuple[str, ...]) -> Named | None:
    for text in texts:
        for choice, pattern in table.items():
            if re.search(pattern, text):
                return choice
    return None


@dataclass(frozen=True)
class View:
    """One moment of the camera: zoom, shift in pixels of the figure's plane, roll in degrees."""

    zoom: float
    x: float
    y: float
    roll: float = 0.0


@dataclass(frozen=True)
class Camera:
    """A move through the scene. `side` is -1 or 1 and mirrors what goes sideways; `seed` shakes the hand."""

    frame: Frame
    shot: Shot
    side: int = 1
    seed: int = 0

    def at(self, share: float) -> View:
        """The view when `share` 0..1 of the clip has passed."""
        wide, tall = self.frame.width, self.frame.height
        eased = share * share * (3 - 2 * share)
        swing = (eased - 0.5) * self.side
        views = {
            Move.DOLLY_IN: View(1.0 + 0.16 * eased, 0.03 * wide * swing, 0.0),
            Move.DOLLY_OUT: View(1.16 - 0.16 * eased, -0.03 * wide * swing, 0.0),
            Move.PAN: View(1.06, 0.17 * wide * swing, 0.0),
            Move.TRACK: View(1.05, 0.22 * wide * swing, 0.004 * tall * math.sin(share * 9)),
            Move.TILT: View(1.06 + 0.03 * eased, 0.03 * wide * swing, (eased - 0.6) * 0.12 * tall),
            Move.CRANE: View(1.13 - 0.1 * eased, 0.04 * wide * swing, (0.5 - eased) * -0.09 * tall - 0.02 * tall),
            Move.HANDHELD: self._in_hand(share, swing),
            Move.PUSH_ROLL: View(1.03 + 0.13 * eased, 0.03 * wide * swing, 0.0, (eased - 0.6) * 1.6 * self.side),
            Move.STATIC: View(1.02 + 0.045 * eased, 0.045 * wide * swing, 0.0),
        }
        return views[self.shot.move]

    def _in_hand(self, share: float, swing: float) -> View:
        """Three slow waves that never meet, on a slow walk forward: a breathing hand, no earthquake."""
        turn = (self.seed % 628) / 100
        x = math.sin(7 * share + turn) + 0.5 * math.sin(17 * share + 2 * turn)
        y = math.sin(9 * share + 1.3 * turn) + 0.4 * math.sin(21 * share + turn)
        roll = 0.25 * math.sin(6 * share + turn)
        wide, tall = self.frame.width, self.frame.height
        return View(1.05 + 0.07 * share, (0.007 * x + 0.04 * swing) * wide, 0.007 * y * tall, roll)

    @property
    def nearness(self) -> float:
        """How much larger the scenery at the figure's plane is seen than in a full shot."""
        return {Size.MEDIUM: 1.2, Size.CLOSE: 1.4}.get(self.shot.size, 1.0)

    def matrix(self, share: float, depth: float) -> Matrix:
        """Where scenery `depth` deep is seen."""
        view = self.at(share)
        zoom = 1 + (view.zoom * self.nearness - 1) * min(1.35, max(0.1, depth))
        return self._seen(view, zoom, depth)

    def figure_matrix(self, share: float) -> Matrix:
        """Where the figure is seen, which was drawn in its size of a full zoom of 1."""
        view = self.at(share)
        return self._seen(view, view.zoom, 1.0)

    def _seen(self, view: View, zoom: float, depth: float) -> Matrix:
        centre = (self.frame.width * 0.5, self.frame.height * 0.52)
        shift = (-view.x * depth, -view.y * depth)
        return turned(view.roll, zoom, about=centre, shift=shift)


def turned(roll: float, zoom: float = 1.0, *, about: Point, shift: Point = (0.0, 0.0)) -> Matrix:
    """Turn (degrees) and zoom about a point, then shift (pixels)."""
    angle = math.radians(roll)
    cos, sin = zoom * math.cos(angle), zoom * math.sin(angle)
    x, y = about
    return np.array([[cos, -sin, x - cos * x + sin * y + shift[0]], [sin, cos, y - sin * x - cos * y + shift[1]]])


def swayed(sway: Sway, time_s: float) -> Matrix:
    """Where a swaying plate is at a moment."""
    swing = math.sin(2 * math.pi * (time_s / sway.period_s + sway.phase))
    across = math.cos(2 * math.pi * (time_s / sway.period_s * 1.3 + sway.phase))
    shift = (sway.x * swing + sway.drift * time_s, sway.y * across)
    return turned(sway.roll * swing, about=sway.pivot or (0.0, 0.0), shift=shift)


def then(first: Matrix, second: Matrix) -> Matrix:
    """Both, one after the other."""
    return np.hstack([second[:, :2] @ first[:, :2], second[:, :2] @ first[:, 2:] + second[:, 2:]])


def halved(matrix: Matrix) -> Matrix:
    """The same view where plates and picture have half their size."""
    return then(then(np.array([[2, 0, 0.5], [0, 2, 0.5]]), matrix), np.array([[0.5, 0, -0.25], [0, 0.5, -0.25]]))
