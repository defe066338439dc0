"""Thirty flashes, thirty beeps: on every way a clip can take into a film they stay together, to the last one."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import pytest

from shared.contracts.stitch import Transition, TransitionType
from stitch_svc.cut import CutReport
from tests.unit.stitch_svc.conftest import CuttingRoom, Shoot
from tests.unit.stitch_svc.footage import beeps, flashes, hear

CLIPS, FRAMES = 30, 37
UNEVEN: tuple[tuple[int, str, float], ...] = (
    (48_000, "stereo", 0.06), (44_100, "stereo", -0.04), (44_100, "mono", 0.06), (48_000, "5.1", -0.03)
)  # fmt: skip
"""Sample rate, layout, and how much longer than the picture the sound is, in seconds."""
KINDS: list[TransitionType] = [kind for kind in get_args(TransitionType) if kind not in {"cut", "fade_white"}]
"""A fade through white would be one more flash."""
OTHER = {"preset": "medium", "crf": "30"}

Footage = Callable[..., list[Path]]


@pytest.fixture
def footage(clip: Shoot) -> Footage:
    """Thirty places filled with four clips of one picture and uneven sound."""

    def shot(**looks: Any) -> list[Path]:
        clips = [
            clip(f"{layout}-{rate}", sample_rate=rate, layout=layout, **({"frames": FRAMES} | looks),
                 seconds_of_sound=float(looks.get("frames", FRAMES) / looks.get("rate", Fraction(24))) + late)
            for rate, layout, late in UNEVEN
        ]  # fmt: skip
        return [clips[number % len(clips)] for number in range(CLIPS)]

    return shot


def ready(room: CuttingRoom, clips: list[Path]) -> list[Path]:
    """As the director hands them to the cut."""
    made = {clip: room.conformed(clip) for clip in dict.fromkeys(clips)}
    return [made[clip] for clip in clips]


def copied(room: CuttingRoom, footage: Footage) -> CutReport:
    return room.cut(*footage())


def conformed(room: CuttingRoom, footage: Footage) -> CutReport:
    return room.cut(*ready(room, footage()))


def encoded_within_the_cut(room: CuttingRoom, footage: Footage) -> CutReport:
    return room.cut(*footage(rate=Fraction(48), frames=2 * FRAMES), fps=24)


def mixed(room: CuttingRoom, footage: Footage) -> CutReport:
    clips = [*footage()[:16], *footage(options=OTHER)[:14]]
    return room.cut(*clips)


def at_ntsc_rate(room: CuttingRoom, footage: Footage) -> CutReport:
    return room.cut(*footage(rate=Fraction(30_000, 1001), frames=FRAMES))


def levelled(room: CuttingRoom, footage: Footage) -> CutReport:
    return room.cut(*footage(), loudness_lufs=-16)


def between_cards(room: CuttingRoom, footage: Footage) -> CutReport:
    return room.cut(*footage(), title="Before", credits="After", title_seconds=1)


PATHS = (copied, conformed, encoded_within_the_cut, mixed, at_ntsc_rate, levelled, between_cards)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_every_flash_has_its_beep(
    room: CuttingRoom, footage: Footage, path: Callable[[CuttingRoom, Footage], CutReport]
) -> None:
    together(room, path(room, footage))


@pytest.mark.parametrize("kinds", [["crossfade"], KINDS], ids=["crossfades", "all kinds"])
def test_every_flash_has_its_beep_through_29_transitions(
    room: CuttingRoom, footage: Footage, kinds: list[TransitionType]
) -> None:
    joints = tuple(Transition(type=kinds[number % len(kinds)], seconds=0.5) for number in range(CLIPS - 1))
    report = room.cut(*ready(room, footage()), transitions=joints)
    assert report.facts.frames == CLIPS * FRAMES - (CLIPS - 1) * 12
    together(room, report)


def together(room: CuttingRoom, report: CutReport) -> None:
    """By time stamp, and by counting samples from the start of the file."""
    seen, heard = flashes(room.film), beeps(room.film)
    assert len(seen) == CLIPS
    _, start = hear(room.film)
    by_stamp = [(beep - flash) * 1000 for flash, beep in zip(seen, heard, strict=True)]
    by_count = [offset - float(start) * 1000 for offset in by_stamp]
    assert max(map(abs, by_stamp)) < 1
    assert max(map(abs, by_count)) < 1
    assert report.audio_video_drift_ms < 1
