"""A song in place of the clips' sound or beneath it; it gives way while they are heard, if asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from stitch_svc.cut.plan import SUNG
from stitch_svc.cut.recipe import CutError, CutRecipe
from stitch_svc.cut.sound import SAMPLE_RATE, Samples, song_sound
from stitch_svc.cut.source import open_song

CELL = SAMPLE_RATE // 100
"""How finely the song follows the clips, in samples."""
HEARD = 10 ** (-45 / 20)
"""Clips louder than this (RMS of a cell) are heard."""
DUCKED = 10 ** (-12 / 20)
GIVES_WAY_S, COMES_BACK_S = 0.08, 0.6
"""Time constants: quick enough for a word, too slow to pump."""
END = SAMPLE_RATE
"""Samples over which a song falls that is longer than the film."""


def check_song(recipe: CutRecipe) -> None:
    """Raises CutError where a song is asked for and there is none that can be played."""
    if recipe.audio not in SUNG:
        return
    if recipe.song is None:
        raise CutError(f"A cut with `{recipe.audio}` for its sound needs a song.")
    try:
        with open_song(recipe.song) as container:
            playable = any(container.decode(container.streams.audio[0]))
    except (av.FFmpegError, OSError, IndexError) as error:
        raise CutError("The song cannot be read as WAV, FLAC, Ogg, MP4 or MP3; is it complete?") from error
    if not playable:
        raise CutError("The song holds no sound that can be decoded.")


def song_of(recipe: CutRecipe, *, length: int) -> "Song | None":
    """The song of a film of `length` samples, if it has one."""
    if recipe.audio not in SUNG or recipe.song is None:
        return None
    gain, clip_gain = (10 ** (decibels / 20) for decibels in (recipe.song_gain_db, recipe.clip_gain_db))
    return Song(recipe.song, length, gain=gain, clip_gain=clip_gain, ducks=recipe.audio == "duck")


@dataclass
class Song:
    """A song laid over `length` samples of film, from its start; silence follows where it is shorter."""

    path: Path
    length: int
    gain: float = 1.0
    clip_gain: float = 1.0
    ducks: bool = False
    _position: int = 0
    _ahead: Samples = field(default_factory=lambda: np.zeros((2, 0), np.float32))
    _held: float = 1.0

    def under(self, clips: Iterator[Samples]) -> Iterator[Samples]:
        """The film's sound with the song in it, block by block."""
        playing = song_sound(self.path, length=self.length)
        for block in clips:
            song = self._next(playing, block.shape[1]) * self._falling(block.shape[1])
            way = self._way(block) if self.ducks else np.ones(1, np.float32)
            self._position += block.shape[1]
            yield np.asarray(block * np.float32(self.clip_gain) + song * way * np.float32(self.gain), np.float32)

    def _next(self, playing: Iterator[Samples], count: int) -> Samples:
        parts, there = [self._ahead], self._ahead.shape[1]
        while there < count:
            parts.append(next(playing))
            there += parts[-1].shape[1]
        joined = np.concatenate(parts, axis=1)
        self._ahead = joined[:, count:]
        return joined[:, :count]

    def _falling(self, count: int) -> npt.NDArray[np.float32]:
        left = self.length - self._position - np.arange(count)
        return np.asarray(np.clip(left / END, 0, 1), np.float32)

    def _way(self, clips: Samples) -> npt.NDArray[np.float32]:
        """The gain that the clips leave to the song, for every sample of a block."""
        edges = np.arange(0, clips.shape[1], CELL)
        loud = np.sqrt(np.add.reduceat((clips.astype(np.float64) ** 2).mean(axis=0), edges) / CELL) > HEARD
        before, gains = self._held, []
        for heard in loud.tolist():
            wanted, pace_s = (DUCKED, GIVES_WAY_S) if heard else (1.0, COMES_BACK_S)
            before += (wanted - before) * (1 - float(np.exp(-CELL / SAMPLE_RATE / pace_s)))
            gains.append(before)
        points = np.array([self._held, *gains])
        self._held = before
        places = np.append(edges, clips.shape[1])
        return np.asarray(np.interp(np.arange(clips.shape[1]), places, points), np.float32)
