"""What all parts of a film must share: size and rate, given or voted. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from stitch_svc.cut.probe import Clip
from stitch_svc.cut.recipe import CutRecipe

Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Target:
    """Even pixels and an exact rate in frames per second."""

    width: int
    height: int
    rate: Fraction

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    def frames(self, seconds: Fraction | float) -> int:
        """The frames that fill `seconds`, at least one."""
        return max(1, round(Fraction(seconds) * self.rate))

    def sample(self, frames: int, *, sample_rate: int) -> int:
        """Where the sound of frame `frames` starts, from the absolute time, so that rounding cannot add up."""
        return round(frames / self.rate * sample_rate)


def target_of(recipe: CutRecipe, clips: Sequence[Clip]) -> Target:
    """The recipe's wishes; what it leaves open is voted by the clips."""
    width, height = _size(recipe, vote((clip.display for clip in clips), larger=lambda size: size[0] * size[1]))
    rate = Fraction(recipe.fps) if recipe.fps else vote((clip.rate for clip in clips), larger=lambda rate: rate)
    return Target(width=width, height=height, rate=rate)


def vote(ballots: Iterable[Choice], *, larger: Callable[[Choice], Any]) -> Choice:
    """The most common ballot; a tie goes to the larger."""
    counted = Counter(ballots)
    return max(counted, key=lambda choice: (counted[choice], larger(choice)))


def _size(recipe: CutRecipe, voted: tuple[int, int]) -> tuple[int, int]:
    """Width and height; one alone brings the other along in the voted shape."""
    width, height = recipe.width, recipe.height
    if width is None and height is None:
        return voted
    shape = Fraction(*voted)
    return _even(width or (height or 0) * shape), _even(height or (width or 0) / shape)


def _even(pixels: Fraction | int) -> int:
    return max(16, 2 * round(Fraction(pixels) / 2))
