"""What a cut does to pictures and sound, measured by decoding the finished file: decibels, bits and milliseconds."""

import asyncio
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import get_args

import av
import numpy as np
import numpy.typing as npt

from bench.machine import conditions
from bench.stitch import SIZES, conformed, shot, with_us
from shared.contracts.stitch import Transition, TransitionType

HEIGHT = 720
JOINT = 12
"""Frames."""
CLIPS, CLIP_FRAMES = 30, 37
Picture = npt.NDArray[np.uint8]


async def bench(folder: Path) -> str:
    return await asyncio.to_thread(_bench, folder)


def _bench(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    return "\n".join([f"pictures: {conditions()}", *_joints(folder), _colour(folder), *_offsets(folder)])


def _joints(folder: Path) -> Iterator[str]:
    """Crossfades against a blend of our own in floating point; everything else against the clips, bit for bit."""
    clips = [conformed(clip, HEIGHT) for clip in shot(folder, HEIGHT, count=3)]
    film = folder / "joints.mp4"
    with_us(clips, film, JOINT / 24)
    shown, sources = [*_decoded(film)], [[*_decoded(clip)] for clip in clips]
    step = len(sources[0]) - JOINT
    found = [
        _psnr(shown[place * step + at], before[at - JOINT] * (1 - share) + after[at] * share)
        for place, (before, after) in enumerate(pairwise(sources), start=1)
        for at, share in ((at, (at + 1) / (JOINT + 1)) for at in range(JOINT))
    ]
    yield f"  crossfades of {HEIGHT}p: {min(found):.1f} dB at worst, {np.mean(found):.1f} on average (goal >= 35)"
    held = [_bodies_alike(shown[place * step :], source) for place, source in enumerate(sources)]
    all_of_them = sum(len(source) - 2 * JOINT for source in sources)
    yield f"  bodies: {sum(held)} of {all_of_them} frames bit-identical (goal all)"


def _bodies_alike(shown: Sequence[Picture], source: Sequence[Picture]) -> int:
    return sum(np.array_equal(shown[at], source[at]) for at in range(JOINT, len(source) - JOINT))


def _colour(folder: Path) -> str:
    """An untagged clip into the house format, luma and chroma as they are stored."""
    from tests.unit.stitch_svc.footage import Footage, shoot

    footage = Footage(size=SIZES[HEIGHT], frames=24, hue=200, options={"preset": "medium", "crf": "4"})
    plain = shoot(folder / "untagged.mp4", footage)
    pairs = zip(_decoded(plain), _decoded(conformed(plain, HEIGHT)), strict=True)
    found = [_psnr(after, before.astype(np.float64)) for before, after in pairs]
    return f"  colour of an untagged clip through conforming: {min(found):.1f} dB at worst (goal >= 45)"


def _offsets(folder: Path) -> Iterator[str]:
    kinds: list[TransitionType] = [kind for kind in get_args(TransitionType) if kind not in {"cut", "fade_white"}]
    crossed: list[TransitionType] = ["crossfade"] * (CLIPS - 1)
    mixed: Sequence[TransitionType] = tuple(kinds[number % len(kinds)] for number in range(CLIPS - 1))
    yield _together("copied", _offset_ms(folder, ready=False))
    yield _together("conformed", _offset_ms(folder, ready=True))
    yield _together("29 crossfades", _offset_ms(folder, ready=True, joints=crossed))
    yield _together("29 transitions of all kinds", _offset_ms(folder, ready=True, joints=mixed))


def _together(name: str, worst: tuple[float, float]) -> str:
    by_stamp, by_count = worst
    return (
        f"  flash and beep, {CLIPS} clips, {name}: {by_stamp:.3f} ms by time stamp, {by_count:.3f} by count (goal < 1)"
    )


def _offset_ms(folder: Path, *, ready: bool, joints: Sequence[TransitionType] = ()) -> tuple[float, float]:
    from stitch_svc.cut import CutRecipe, cut
    from tests.unit.stitch_svc.footage import beeps, flashes, hear

    clips = [conformed(clip, 180) if ready else clip for clip in _uneven(folder)]
    film = folder / "offsets.mp4"
    recipe = CutRecipe(
        clips=tuple(clips[number % len(clips)] for number in range(CLIPS)),
        transitions=tuple(Transition(type=kind, seconds=JOINT / 24) for kind in joints),
        work_dir=folder / "work",
    )
    cut(recipe, out=film, progress=lambda fraction, stage: None)
    start = float(hear(film)[1])
    apart = [(beep - flash) * 1000 for flash, beep in zip(flashes(film), beeps(film), strict=True)]
    assert len(apart) == CLIPS, "a flash was lost"
    return max(map(abs, apart)), max(abs(one - start * 1000) for one in apart)


def _uneven(folder: Path) -> list[Path]:
    from tests.unit.stitch_svc.footage import Footage, shoot

    made = []
    for rate, layout, late in ((48_000, "stereo", 0.06), (44_100, "stereo", -0.04), (44_100, "mono", 0.06)):
        seconds = float(Fraction(CLIP_FRAMES, 24)) + late
        footage = Footage(frames=CLIP_FRAMES, sample_rate=rate, layout=layout, seconds_of_sound=seconds)
        made.append(shoot(folder / f"uneven-{rate}-{layout}.mp4", footage))
    return made


def _decoded(path: Path) -> Iterator[Picture]:
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            yield frame.to_ndarray(format="yuv420p").astype(np.uint8, copy=False)


def _psnr(one: Picture, other: npt.NDArray[np.float64]) -> float:
    return float(10 * np.log10(255**2 / max(1e-9, float(((one.astype(np.float64) - other) ** 2).mean()))))
