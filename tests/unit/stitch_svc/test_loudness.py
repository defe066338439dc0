"""The film's sound at its loudness: one gain, peaks under the ceiling, silence left alone."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from shared.contracts.stitch import Transition
from stitch_svc.cut import film
from stitch_svc.cut.limiter import CEILING, Level, level_for
from stitch_svc.cut.loudness import UNFILLED, Meter, integrated
from stitch_svc.cut.sound import SAMPLE_RATE, Samples
from stitch_svc.cut.soundtrack import Voice, film_sound
from stitch_svc.cut.spool import spooled
from tests.unit.stitch_svc.conftest import CuttingRoom, Shoot

SECONDS = 6


def tone(amplitude: float, *, hz: float = 997.0, seconds: float = SECONDS) -> Samples:
    wave = amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)
    return np.repeat(wave[None].astype(np.float32), 2, axis=0)


def blocks(sound: Samples, size: int = 10_000) -> Iterator[Samples]:
    for begin in range(0, sound.shape[1], size):
        yield sound[:, begin : begin + size]


def metered(sound: Samples) -> Meter:
    meter = Meter()
    assert sum(block.shape[1] for block in meter.listen(blocks(sound))) == sound.shape[1]
    return meter


def levelled(sound: Samples, target_lufs: float) -> Samples:
    meter = metered(sound)
    level = level_for(loudness_lufs=meter.integrated_lufs, target_lufs=target_lufs, peaks=meter.cells)
    return np.concatenate(list(level.apply(blocks(sound, 7_001))), axis=1)


def test_a_tone_of_minus_23_lufs_is_measured_as_such() -> None:
    """EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS is -23 LUFS."""
    meter = metered(tone(10 ** (-23 / 20), hz=1000))
    assert meter.integrated_lufs == pytest.approx(-23, abs=0.1)
    assert meter.true_peak_dbtp == pytest.approx(-23, abs=0.2)


def test_peaks_between_samples_are_found() -> None:
    """A sine of a quarter of the sample rate whose samples all miss its peaks by 3 dB."""
    wave = np.sin(np.pi / 2 * np.arange(SECONDS * SAMPLE_RATE) + np.pi / 4).astype(np.float32) * np.float32(0.5)
    assert np.abs(wave).max() == pytest.approx(0.5 / 2**0.5, abs=0.001)
    inside = metered(np.stack((wave, wave))).cells[100:-100]  # it starts with a jump, which overshoots
    assert inside.max() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("amplitude", [0.01, 0.1, 0.9])
def test_any_tone_comes_to_its_target(amplitude: float) -> None:
    assert metered(levelled(tone(amplitude), -18)).integrated_lufs == pytest.approx(-18, abs=0.1)


def test_peaks_stay_under_the_ceiling_and_nothing_pumps() -> None:
    sound = tone(0.05)
    for at in range(1, SECONDS):
        sound[:, at * SAMPLE_RATE : at * SAMPLE_RATE + 200] *= 16
    louder = levelled(sound, -16)
    assert metered(louder).cells.max() <= CEILING * 1.02
    gain = np.abs(louder).max(axis=0)
    between = [gain[int((at + 0.1) * SAMPLE_RATE) : int((at + 0.9) * SAMPLE_RATE)].max() for at in range(1, SECONDS)]
    assert max(between) == pytest.approx(min(between), rel=0.01), "the gain is the same away from the peaks"


def test_silence_stays_silent() -> None:
    assert level_for(loudness_lufs=None, target_lufs=-14, peaks=np.zeros(10, np.float32)) == Level()
    hiss = np.random.default_rng(1).normal(0, 1e-4, (2, SECONDS * SAMPLE_RATE)).astype(np.float32)
    assert np.array_equal(levelled(hiss, -14), hiss)


def test_without_a_target_nothing_is_touched() -> None:
    assert level_for(loudness_lufs=-30, target_lufs=None, peaks=np.ones(10, np.float32)) == Level()


def test_silent_stretches_are_found() -> None:
    sound = tone(0.3)
    sound[:, 2 * SAMPLE_RATE : 3 * SAMPLE_RATE] = 0
    sound[:, 4 * SAMPLE_RATE : 4 * SAMPLE_RATE + SAMPLE_RATE // 4] = 0
    (only,) = metered(sound).silent()
    assert (only.begin, only.end) == pytest.approx((2, 3), abs=0.01)


def test_a_cut_has_the_loudness_it_was_asked_for(room: CuttingRoom, clip: Shoot) -> None:
    report = room.cut(*[clip()] * 4, loudness_lufs=-23)
    assert report.loudness_lufs == pytest.approx(-23, abs=0.6)
    assert report.quality_report["true_peak_dbtp"] <= -1


def test_a_silent_film_stays_silent(room: CuttingRoom, clip: Shoot) -> None:
    silent = clip("silent", seconds_of_sound=0.4)
    report = room.cut(silent, loudness_lufs=-14)
    assert report.loudness_lufs is None
    assert report.quality_report["silent"] == [[0.0, 1.0]]


def test_a_film_without_sound_can_be_asked_for(room: CuttingRoom, clip: Shoot) -> None:
    assert room.cut(clip(), audio="none").facts.has_audio is False


def test_voices_that_share_their_time_make_the_sound_shorter() -> None:
    first = Voice(None, Fraction(0), begin=0, end=999, fall=10)
    second = Voice(None, Fraction(0), begin=989, end=1988, rise=10)
    assert sum(block.shape[1] for block in film_sound((first, second))) == 1988


def test_sounds_measured_apart_are_as_loud_as_measured_together() -> None:
    """But for the moments that lie across two of them: R128 itself allows 0.5 LU."""
    parts = [tone(amplitude, hz=hz) for amplitude, hz in ((0.3, 440), (0.02, 997), (0.1, 220), (0.00002, 300))]
    together = metered(np.concatenate(parts, axis=1)).integrated_lufs
    apart = [moment for part in parts for moment in metered(part).moments[UNFILLED:]]
    assert integrated(apart) == pytest.approx(together, abs=0.2)
    assert integrated([]) is None
    assert integrated([-80.0, -100.0]) is None


@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_the_level_told_by_conformed_clips_is_the_level_heard(
    room: CuttingRoom, clip: Shoot, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = [room.conformed(clip(name, frames=48)) for name in ("one", "two")]
    joints = (Transition(type="crossfade", seconds=seconds),) if seconds else ()
    heard_whole: list[Path] = []

    def listening(blocks: Iterable[Samples], *, to: Path) -> None:
        heard_whole.append(to)
        spooled(blocks, to=to)

    monkeypatch.setattr(film, "spooled", listening)
    told = room.cut(*ready, loudness_lufs=-30, transitions=joints)
    assert not heard_whole
    assert told.loudness_lufs == pytest.approx(-30, abs=0.5)
    assert told.quality_report["sound_limited_ms"] == 0
    loud = room.cut(*ready, loudness_lufs=-10, transitions=joints)
    assert heard_whole, "where the limiter has to know the peaks, it listens"
    assert loud.quality_report["sound_limited_ms"] > 0
    assert loud.quality_report["true_peak_dbtp"] <= -1
