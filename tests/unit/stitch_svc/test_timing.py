"""Rates are named as a film maker would, and the frames of a slot are those that show in its middle."""

from fractions import Fraction

import pytest
from av.video.frame import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from stitch_svc.cut.conform import frames_at
from stitch_svc.cut.target import Target, vote
from stitch_svc.cut.timing import timing_of, usual_rate


@pytest.mark.parametrize(
    ("measured", "named"),
    [
        ("23.976", Fraction(24_000, 1001)),
        ("24.0001", Fraction(24)),
        ("29.97", Fraction(30_000, 1001)),
        ("59.94", Fraction(60_000, 1001)),
        ("12", Fraction(12)),
        ("24.5", Fraction(49, 2)),
    ],
)
def test_a_measured_rate_gets_its_usual_name(measured: str, named: Fraction) -> None:
    assert usual_rate(Fraction(measured)) == named


def test_millisecond_stamps_are_still_a_steady_24() -> None:
    stamps = [round(number * 1000 / 24) for number in range(240)]
    timing = timing_of(stamps, tick=Fraction(1, 1000), average=None, last_duration=42, whole=True)
    assert (timing.steady, timing.rate, timing.duration) == (True, Fraction(24), Fraction(10))


def test_stamps_that_wander_are_not_steady() -> None:
    stamps = [0, 40, 80, 160, 170, 240, 280]
    assert not timing_of(stamps, tick=Fraction(1, 1000), average=None, last_duration=40, whole=True).steady


def test_places_are_read_from_file_order_whatever_the_first_stamp() -> None:
    timing = timing_of([7, 10, 8, 9, 11], tick=Fraction(1, 24), average=None, last_duration=1, whole=True)
    assert timing.ranks == (0, 3, 1, 2, 4)
    assert timing.steady


@given(
    source=st.fractions(min_value=5, max_value=120, max_denominator=1001),
    wanted=st.fractions(min_value=5, max_value=120, max_denominator=1001),
    frames=st.integers(1, 60),
)
def test_a_conformed_clip_has_its_frames_and_keeps_their_time(source: Fraction, wanted: Fraction, frames: int) -> None:
    count = Target(width=16, height=16, rate=wanted).frames(frames / source)
    shown = list(frames_at(_film(source, frames), start=Fraction(0), rate=wanted, count=count))
    assert len(shown) == count
    for number, frame in enumerate(shown):
        begins = Fraction(frame.pts or 0) * (frame.time_base or 1)
        middle = (number + Fraction(1, 2)) / wanted
        assert begins <= middle
        assert middle < begins + 1 / source or frame.pts == frames - 1


@given(st.lists(st.integers(1, 400), min_size=1, max_size=50), st.sampled_from([Fraction(24), Fraction(30_000, 1001)]))
def test_the_place_of_sound_never_drifts_from_the_frames(lengths: list[int], rate: Fraction) -> None:
    target = Target(width=16, height=16, rate=rate)
    before = 0
    for length in lengths:
        before += length
        assert abs(target.sample(before, sample_rate=48_000) - before / rate * 48_000) <= Fraction(1, 2)


def test_a_vote_goes_to_the_most_common_and_a_tie_to_the_larger() -> None:
    assert vote([1, 1, 9], larger=lambda number: number) == 1
    assert vote([1, 1, 9, 9], larger=lambda number: number) == 9


def _film(rate: Fraction, frames: int) -> list[VideoFrame]:
    made = [VideoFrame(16, 16, "gray") for _ in range(frames)]
    for number, frame in enumerate(made):
        frame.pts, frame.time_base = number, 1 / rate
    return made
