"""When a clip's frames show: its rate, and whether it keeps to that rate's grid. Pure."""

from dataclasses import dataclass
from fractions import Fraction

NTSC = Fraction(1000, 1001)
COMMON_RATES = tuple(sorted({Fraction(rate) * scale for rate in (24, 25, 30, 48, 50, 60) for scale in (1, NTSC)}))
RATE_TOLERANCE = Fraction(1, 2000)
"""Relative; half the distance between 24 and 23.976 frames per second."""
GRID_TOLERANCE = Fraction(1, 20)
"""Of a frame: a time stamp nearer to the grid than this stands on it (coarse time bases round)."""


@dataclass(frozen=True)
class Timing:
    """Presentation order of a stream: first time stamp, places, rate and whether they keep to its grid."""

    start: Fraction
    ranks: tuple[int, ...]
    """For every packet in file order, its place in order of showing."""
    rate: Fraction
    duration: Fraction
    steady: bool
    whole: bool
    """No edit list hides a part of it, and it starts with an IDR picture."""


def timing_of(
    stamps: list[int], *, tick: Fraction, average: Fraction | None, last_duration: int, whole: bool
) -> Timing:
    """From the time stamps in file order, in units of `tick` seconds."""
    ranked = sorted(stamps)
    first, count = ranked[0], len(ranked)
    rank = {stamp: index for index, stamp in enumerate(ranked)}
    span = (ranked[-1] - first) * tick
    rate = usual_rate((count - 1) / span) if span else usual_rate(average or Fraction(1) / (last_duration * tick or 1))
    steady = len(rank) == count and _keep_to_grid([stamp - first for stamp in ranked], step=1 / (rate * tick))
    return Timing(
        start=first * tick,
        ranks=tuple(rank[stamp] for stamp in stamps),
        rate=rate,
        duration=count / rate if steady else span + (last_duration * tick or 1 / rate),
        steady=steady,
        whole=whole,
    )


def _keep_to_grid(stamps: list[int], *, step: Fraction) -> bool:
    """In whole numbers: fractions are slow."""
    slack = int(max(step * GRID_TOLERANCE, Fraction(1)) * step.denominator)
    return all(abs(stamp * step.denominator - number * step.numerator) <= slack for number, stamp in enumerate(stamps))


def usual_rate(rate: Fraction) -> Fraction:
    """The rate a film maker would have named for this measured one: 24, 24000/1001, 25 ... or a whole number."""
    near = min(abs(usual - rate) for usual in _usual(rate))
    named = next(usual for usual in _usual(rate) if abs(usual - rate) == near)
    return named if near <= named * RATE_TOLERANCE else rate.limit_denominator(1001) or rate


def _usual(rate: Fraction) -> tuple[Fraction, ...]:
    return (*COMMON_RATES, Fraction(max(1, round(rate))))
