"""The camera of each shot: what was asked stays, what was left open varies."""

import re
from dataclasses import dataclass
from typing import Literal

from scene_svc.grammar.language import clean, shortened, with_article, words

Axis = Literal["height", "size", "move"]

SIZES = ("extreme wide shot", "wide shot", "full shot", "medium shot", "medium close-up", "close-up")
HEIGHTS = ("eye-level", "low-angle", "eye-level", "high-angle")
MOVES = (
    "slow dolly in",
    "slow pan",
    "gentle handheld drift",
    "smooth tracking move",
    "slow crane up",
    "locked-off frame",
    "slow pull back",
    "slow half orbit",
)
_AXIS_WORDS: dict[Axis, str] = {
    "size": "wide long full medium close closeup close-up macro establishing detail portrait",
    "height": "low high eye overhead aerial bird's-eye birds-eye top-down worm's-eye dutch pov drone level shoulder "
    "profile",
    "move": "tracking handheld dolly pan tilt crane zoom static orbit push pull steadicam follow following locked "
    "moving gimbal whip circling",
}
_NO_CHOICE = words("varied various mixed mix dynamic any default auto different changing variety")
MAX_ASKED_CHARS = 120


@dataclass(frozen=True)
class Shot:
    """One shot's camera: `angle` as a list for `camera_angle`, `prose` as a noun phrase for a description."""

    angle: str
    prose: str


class Camera:
    """Answers every scene with a shot that keeps to `asked` and varies what `asked` leaves open.

    Several wishes for the same thing ("wide and close-up") take turns.
    """

    def __init__(self, asked: str, *, turn: int) -> None:
        self._asked = _wishes(asked)
        self._turn = turn

    def shot(self, index: int, *, size: str) -> Shot:
        """The shot of scene `index` (from 0); `size` is what the story would like."""
        free: dict[Axis, str] = {
            "height": HEIGHTS[(index + self._turn) % len(HEIGHTS)],
            "size": size,
            "move": MOVES[(index * 3 + self._turn) % len(MOVES)],
        }
        asked = {axis: wishes[index % len(wishes)] for axis, wishes in self._asked.items() if wishes}
        spoken = _axes(set(re.findall(r"[\w'-]+", " ".join(asked.values()).casefold())))
        left_open = {str(axis): words for axis, words in free.items() if axis not in spoken}
        return _written({"height": "", "size": "", "move": "", **left_open, **asked})


def _wishes(asked: str) -> dict[str, list[str]]:
    """The asked camera by axis; what fits no axis is kept as `other`, word by word."""
    wishes: dict[str, list[str]] = {"height": [], "size": [], "move": [], "other": []}
    for part in re.split(r"\s*[,;/+\n]\s*|\s+and\s+|\s+&\s+", clean(shortened(asked, limit=MAX_ASKED_CHARS))):
        words = set(re.findall(r"[\w'-]+", part.casefold()))
        if part and not words & _NO_CHOICE:
            wishes[next(iter(_axes(words)), "other")].append(part)
    if len(wishes["other"]) > 1:
        wishes["other"] = [", ".join(wishes["other"])]
    return wishes


def _axes(words: set[str]) -> list[str]:
    """The axes a wish speaks of: "low angle tracking shot" says both height and move."""
    split = words | {piece for word in words for piece in word.split("-")}
    return [axis for axis, known in _AXIS_WORDS.items() if split & set(known.split())]


def _written(parts: dict[str, str]) -> Shot:
    height, size, move, other = parts["height"], parts["size"], parts["move"], parts.get("other")
    angle = ", ".join(part for part in (size, height, move, other) if part)
    return Shot(angle=angle, prose=_prose(height, size, move, other))


def _prose(height: str, size: str, move: str, other: str | None) -> str:
    """ "a low-angle wide shot with a slow pan"; other words of the user's stand in brackets."""
    angle = re.sub(r"^(low|high|eye)[ -](angle|level)$", r"\1-\2", height, flags=re.IGNORECASE).casefold()
    head = " ".join(part for part in (angle if angle in HEIGHTS else "", _singular(size) or "shot") if part)
    framed = head if re.search(r"shot|close|portrait|detail|view", head, re.IGNORECASE) else f"{head} shot"
    extras = (height if angle not in HEIGHTS else "", other or "", move if move not in MOVES else "")
    noted = ", ".join(_singular(part) for part in extras if part)
    shot = with_article(f"{framed} ({noted})" if noted else framed)
    return f"{shot} with {with_article(move)}" if move in MOVES else shot


def _singular(words: str) -> str:
    return re.sub(r"(shot|close-up|closeup|angle|view)s$", r"\1", words)
