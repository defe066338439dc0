"""To the target loudness by one gain for the whole film; where peaks would pass the ceiling, they alone give way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stitch_svc.cut.loudness import CELL
from stitch_svc.cut.sound import Samples

CEILING = 10 ** (-1.3 / 20)
"""-1 dBTP, with what the AAC encoder may add to a peak left free."""
QUIETEST_LUFS = -60.0
"""What is quieter is silence with noise in it, and stays as it is."""
MOST_GAIN_DB = 30.0
REACH = 20
"""Milliseconds before and after a peak in which the gain goes down and comes back."""

Gains = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """One gain for all, and what is taken back around each millisecond (1 at most)."""

    gain: float = 1.0
    relief: Gains | None = None

    @property
    def limited_ms(self) -> int:
        return 0 if self.relief is None else int((self.relief < 0.999).sum())

    def apply(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        position = 0
        for block in blocks:
            yield self._levelled(block, position)
            position += block.shape[1]

    def _levelled(self, block: Samples, position: int) -> Samples:
        if self.relief is None:
            return block if self.gain == 1 else block * np.float32(self.gain)
        index = (np.arange(position, position + block.shape[1]) + 0.5) / CELL - 0.5
        relief = np.interp(index, np.arange(len(self.relief)), self.relief)
        return np.asarray(block * (relief * self.gain).astype(np.float32), np.float32)


def level_for(*, loudness_lufs: float | None, target_lufs: float | None, peaks: npt.NDArray[np.float32]) -> Level:
    """`peaks`: the true peak of every millisecond, as measured. Without a target nothing is touched."""
    if target_lufs is None or loudness_lufs is None or loudness_lufs < QUIETEST_LUFS:
        return Level()
    gain = 10 ** (min(target_lufs - loudness_lufs, MOST_GAIN_DB) / 20)
    if peaks.max(initial=0.0) * gain <= CEILING:
        return Level(gain)
    return Level(gain, relief(peaks.astype(np.float64) * gain))


def relief(peaks: Gains) -> Gains:
    """A smooth gain that brings every peak to the ceiling: the least needed around, averaged over less than that."""
    needed = np.minimum(1.0, CEILING / np.maximum(peaks, 1e-9))
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(needed, REACH, constant_values=1.0), 2 * REACH + 1)
    least = windows.min(axis=1)
    window = np.hanning(2 * REACH + 1)[1:-1]
    return np.convolve(np.pad(least, REACH - 1, mode="edge"), window / window.sum(), mode="valid")
