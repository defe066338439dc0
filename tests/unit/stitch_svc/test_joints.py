"""Between clips: what is rendered is right, what is not is copied, and nothing is rendered twice."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import get_args

import av
import numpy as np
import numpy.typing as npt
import pytest

from shared.contracts.stitch import Transition, TransitionType
from tests.unit.stitch_svc.conftest import CuttingRoom, Shoot
from tests.unit.stitch_svc.footage import beeps, flashes, payloads

KINDS = [kind for kind in get_args(TransitionType) if kind != "cut"]
Picture = npt.NDArray[np.float64]


def pictures(path: Path) -> list[npt.NDArray[np.uint8]]:
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="yuv420p").astype(np.uint8) for frame in film.decode(video=0)]


def psnr(one: npt.NDArray[np.uint8], other: Picture) -> float:
    return float(10 * np.log10(255**2 / max(1e-9, ((one.astype(float) - other) ** 2).mean())))


def joined(kind: TransitionType, *, seconds: float = 0.5, count: int = 1) -> tuple[Transition, ...]:
    return (Transition(type=kind, seconds=seconds),) * count


def test_bodies_are_bit_identical_and_crossfades_match_a_reference_blend(room: CuttingRoom, clip: Shoot) -> None:
    clips = [room.conformed(clip("scene", frames=48, hue=hue)) for hue in (60, 120, 180)]
    report = room.cut(*clips, transitions=joined("crossfade", count=2), verify="full")
    shown, sources = pictures(room.film), [pictures(each) for each in clips]
    assert len(shown) == report.facts.frames == 3 * 48 - 2 * 12
    film, copied = set(payloads(room.film)), [payloads(each)[12:36] for each in clips]
    assert film.issuperset(copied[0] + copied[1] + copied[2])
    for place in range(3):
        start = place * 36
        assert all((shown[start + frame] == sources[place][frame]).all() for frame in range(12, 36))
    assert min(_worst(shown, sources, kind_at=[36, 72])) >= 35


def _worst(
    shown: Sequence[npt.NDArray[np.uint8]], sources: Sequence[list[npt.NDArray[np.uint8]]], *, kind_at: Sequence[int]
) -> list[float]:
    found = []
    for start, (before, after) in zip(kind_at, pairwise(sources), strict=True):
        for step in range(12):
            at = (step + 1) / 13
            found.append(psnr(shown[start + step], before[36 + step] * (1 - at) + after[step] * at))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_transition_begins_with_one_clip_and_ends_with_the_other(
    room: CuttingRoom, clip: Shoot, kind: TransitionType
) -> None:
    first, second = (room.conformed(clip("scene", frames=48, hue=hue)) for hue in (20, 220))
    room.cut(first, second, transitions=joined(kind, seconds=1))
    shown = [picture[180:].mean() for picture in pictures(room.film)]
    before, after = pictures(first)[30][180:].mean(), pictures(second)[30][180:].mean()
    assert len(shown) == 48 + 48 - 24
    assert shown[24] == pytest.approx(before, abs=3)
    assert shown[47] == pytest.approx(after, abs=3)
    middle = pictures(room.film)[35][:180].mean()
    assert (middle < 30) == (kind == "fade_black")
    assert (middle > 200) == (kind == "fade_white")


@pytest.mark.parametrize("kind", ["wipe_left", "slide_left"])
def test_left_is_the_way_it_moves(room: CuttingRoom, clip: Shoot, kind: TransitionType) -> None:
    first, second = (room.conformed(clip("scene", frames=48, hue=hue)) for hue in (20, 220))
    room.cut(first, second, transitions=joined(kind, seconds=1))
    blue = pictures(room.film)[30][180:225].reshape(90, 160)
    assert blue[45, 150] > blue[45, 80] + 20


def test_sparse_key_frames_cost_more_rendering_and_lose_no_frame(room: CuttingRoom, clip: Shoot) -> None:
    sparse = clip("sparse", frames=60)
    assert len(_groups(sparse)) == 1
    report = room.cut(sparse, sparse, sparse, transitions=joined("crossfade", count=2), verify="full")
    assert report.copied_streams
    assert report.facts.frames == 3 * 60 - 24
    assert len(flashes(room.film)) == 3


def _groups(path: Path) -> list[int]:
    with av.open(str(path)) as film:
        packets = [packet for packet in film.demux(video=0) if packet.pts is not None]
    return [number for number, packet in enumerate(packets) if packet.is_keyframe]


def test_transitions_that_do_not_fit_are_shortened_and_said_so(room: CuttingRoom, clip: Shoot) -> None:
    long, short, two = clip("long", frames=48), clip("short", frames=13), clip("two", frames=2, layout=None)
    report = room.cut(long, short, two, transitions=joined("crossfade", seconds=1, count=2), verify="full")
    assert [(made.type, made.seconds) for made in report.transitions] == [("crossfade", 0.25), ("cut", 0.0)]
    assert report.quality_report["transitions_shortened"] == {
        "1-2": "1.00 s asked, 0.25 s made: the clips are too short",
        "2-3": "1.00 s asked, a cut made: the clips are too short",
    }
    assert report.facts.frames == 48 + 13 + 2 - 6


def test_another_order_renders_only_the_joints_that_changed(room: CuttingRoom, clip: Shoot) -> None:
    one, two, three = (room.conformed(clip("scene", frames=36, hue=hue)) for hue in (60, 120, 180))
    names = {one: "one", two: "two", three: "three"}

    def again(*clips: Path, kinds: tuple[TransitionType, ...]) -> int:
        wishes = tuple(Transition(type=kind, seconds=0.25) for kind in kinds)
        digests = tuple(names[clip] for clip in clips)
        report = room.cut(*clips, transitions=wishes, digests=digests, shelf=room.folder.parent / "shelf")
        return int(report.quality_report["pieces_reused"])

    assert again(one, two, three, kinds=("crossfade", "crossfade")) == 0
    assert again(one, two, three, kinds=("crossfade", "crossfade")) == 2
    assert again(one, two, three, kinds=("crossfade", "wipe_left")) == 1
    assert again(two, three, one, kinds=("crossfade", "crossfade")) == 1, "two still meets three"
    assert again(two, three, one, kinds=("crossfade", "crossfade")) == 2


def test_loose_clips_are_conformed_once(room: CuttingRoom, clip: Shoot) -> None:
    odd, plain = clip("portrait", size=(180, 320)), clip()
    shelf = room.folder.parent / "shelf"
    wishes = {"width": 320, "height": 180, "digests": ("odd", "plain"), "shelf": shelf}
    assert room.cut(odd, plain, **wishes).quality_report["pieces_reused"] == 0
    first = room.film.read_bytes()
    assert room.cut(odd, plain, **wishes).quality_report["pieces_reused"] == 1
    assert room.film.read_bytes() == first


def test_ntsc_clips_cross_on_their_own_grid(room: CuttingRoom, clip: Shoot) -> None:
    ntsc = clip("ntsc", rate=Fraction(30_000, 1001), frames=45)
    report = room.cut(ntsc, ntsc, transitions=joined("crossfade"), verify="full")
    assert report.facts.frames == 90 - 15
    assert [round(beep - flash, 3) for flash, beep in zip(flashes(room.film), beeps(room.film), strict=True)] == [0, 0]
