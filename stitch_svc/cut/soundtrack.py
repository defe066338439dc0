"""The film's sound, clip after clip: joints cross with equal power, hard cuts do not click, both ends fade."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from stitch_svc.cut.song import Song
from stitch_svc.cut.sound import FADE, SAMPLE_RATE, Samples, clip_sound, silence

FADE_IN = SAMPLE_RATE // 100
FADE_OUT = SAMPLE_RATE // 4
"""Samples at the two ends of the film."""


@dataclass(frozen=True)
class Voice:
    """What is heard of one clip, in samples of the film; `path` is None where it is silent.

    `start` is the time of its first picture, in seconds. `rise` and `fall` are shared with the clips around it.
    """

    path: Path | None
    start: Fraction
    begin: int
    end: int
    rise: int = 0
    fall: int = 0

    @property
    def length(self) -> int:
        return self.end - self.begin


def film_sound(voices: Sequence[Voice], *, song: Song | None = None) -> Iterator[Samples]:
    """The voices over each other, as long as the last one's end, with a song beneath them where there is one."""
    length = voices[-1].end
    position = 0
    heard = _overlapped(voices)
    for block in song.under(heard) if song else heard:
        yield block * _ends(position, block.shape[1], length)
        position += block.shape[1]


def _overlapped(voices: Sequence[Voice]) -> Iterator[Samples]:
    """Each voice waits with its fall until the next one has come in under it."""
    falling: Samples = np.zeros((2, 0), np.float32)
    for voice in voices:
        position, held = 0, []
        for block in _heard(voice):
            under = falling[:, position : position + block.shape[1]]
            block[:, : under.shape[1]] += under
            alone = max(0, min(block.shape[1], voice.length - voice.fall - position))
            position += block.shape[1]
            yield block[:, :alone]
            held.append(block[:, alone:])
        falling = np.concatenate(held, axis=1)


def _heard(voice: Voice) -> Iterator[Samples]:
    blocks: Iterable[Samples] = silence(voice.length)
    if voice.path is not None:
        blocks = clip_sound(voice.path, start=voice.start, length=voice.length)
    position = 0
    for block in blocks:
        yield block * _gain(voice, position, block.shape[1])
        position += block.shape[1]


def _gain(voice: Voice, position: int, count: int) -> npt.NDArray[np.float32]:
    """Equal power where the voice shares its time, else a ramp too short to hear."""
    inside = position >= max(voice.rise, FADE) and position + count <= voice.length - max(voice.fall, FADE)
    if inside:
        return np.ones(1, np.float32)
    index = np.arange(position, position + count) + 0.5
    rising = _ramp(index, voice.rise)
    falling = _ramp(voice.length - index, voice.fall)
    return np.asarray(rising * falling, np.float32)


def _ramp(index: npt.NDArray[np.floating[Any]], shared: int) -> npt.NDArray[np.floating[Any]]:
    if shared:
        return np.asarray(np.sin(np.clip(index / shared, 0, 1) * (np.pi / 2)))
    return np.clip(index / FADE, 0, 1)


def _ends(position: int, count: int, length: int) -> npt.NDArray[np.float32]:
    """The film itself rises and falls; most of it is left as it is."""
    if position >= FADE_IN and position + count <= length - FADE_OUT:
        return np.ones(1, np.float32)
    index = np.arange(position, position + count) + 0.5
    return np.clip(np.minimum(index / FADE_IN, (length - index) / FADE_OUT), 0, 1).astype(np.float32)
