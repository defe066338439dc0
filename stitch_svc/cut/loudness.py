"""How loud it is: EBU R128 loudness, true peak, and the stretches where nothing sounds."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.filter import Graph

from stitch_svc.cut.sound import SAMPLE_RATE, Samples
from stitch_svc.cut.stretches import Stretch, stretches

CELL = SAMPLE_RATE // 1000
"""Samples in one millisecond: how finely peaks are known."""
OVERSAMPLING = 4
"""As BS.1770 asks for at 48 kHz."""
FLOOR_LUFS = -70.0
"""The absolute gate of BS.1770: at or below it there is nothing to measure."""
NOTHING_LUFS = -120.0
SILENT = 10 ** (-60 / 20)
"""Peaks below -60 dBFS are silence."""
INTEGRATED, MOMENTARY = "lavfi.r128.I", "lavfi.r128.M"
UNFILLED = 3
"""Of the first momentary values, one each 100 ms, so many know less than their 400 ms."""
QUIETER_LU = 10.0
"""The relative gate of BS.1770."""


@dataclass
class Meter:
    """Listens to a stream of sound; `cells` are the true peaks of its milliseconds, 1.0 being full scale."""

    heard: int = 0
    moments: list[float] = field(default_factory=list)
    """Loudness of the last 400 ms, every 100 ms."""
    _told: Mapping[str, str] = field(default_factory=dict)
    _peaks: list[npt.NDArray[np.float32]] = field(default_factory=list)
    _rest: npt.NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))

    def __post_init__(self) -> None:
        self._graph = _r128()
        self._finer = AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE * OVERSAMPLING)

    def listen(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """The same blocks, heard on their way; its end ends the measurement."""
        for block in blocks:
            if block.shape[1]:
                self._hear(block)
            yield block
        self._take(self._finer.resample(None))
        if self._rest.size:
            self._peaks.append(self._rest.max(keepdims=True))

    @property
    def integrated_lufs(self) -> float | None:
        """None where there is nothing to measure."""
        value = float(self._told.get(INTEGRATED, FLOOR_LUFS))
        return value if value > FLOOR_LUFS else None

    @property
    def cells(self) -> npt.NDArray[np.float32]:
        return np.concatenate(self._peaks) if self._peaks else np.zeros(0, np.float32)

    @property
    def true_peak_dbtp(self) -> float | None:
        peak = float(self.cells.max(initial=0.0))
        return round(20 * float(np.log10(peak)), 2) if peak > 0 else None

    def silent(self) -> tuple[Stretch, ...]:
        return stretches(self.cells < SILENT, rate=Fraction(SAMPLE_RATE, CELL))

    def report(self) -> dict[str, Any]:
        loudness = self.integrated_lufs
        return {
            "loudness_lufs": None if loudness is None else round(loudness, 2),
            "true_peak_dbtp": self.true_peak_dbtp,
            "silent": [stretch.told() for stretch in self.silent()],
        }

    def _hear(self, block: Samples) -> None:
        frame = sound_frame(block, at=self.heard)
        self.heard += block.shape[1]
        self._graph.push(frame)
        self._take(self._finer.resample(frame))
        while True:
            try:
                told = self._graph.pull().metadata
            except (av.BlockingIOError, av.EOFError):
                return
            if told:
                self._told = told
                self.moments.append(_moment(told[MOMENTARY]))

    def _take(self, finer: Iterable[AudioFrame]) -> None:
        loudest = [np.abs(frame.to_ndarray()).max(axis=0) for frame in finer]
        joined = np.concatenate((self._rest, *loudest))
        step = CELL * OVERSAMPLING
        whole = len(joined) // step * step
        self._peaks.append(joined[:whole].reshape(-1, step).max(axis=1))
        self._rest = joined[whole:]


def _moment(told: str) -> float:
    """In silence the filter's rounding may leave less than nothing, whose logarithm is no number."""
    return max(NOTHING_LUFS, round(float(told), 2)) if math.isfinite(float(told)) else NOTHING_LUFS


def integrated(moments: Sequence[float]) -> float | None:
    """The integrated loudness of sounds measured apart, from the moments of all (those that know their 400 ms)."""
    power = 10 ** (np.asarray(moments, np.float64) / 10)
    loud = power[power > 10 ** (FLOOR_LUFS / 10)]
    gated = loud[loud > loud.mean() * 10 ** (-QUIETER_LU / 10)] if loud.size else loud
    return 10 * float(np.log10(gated.mean())) if gated.size else None


def sound_frame(block: Samples, *, at: int) -> AudioFrame:
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(block, np.float32), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, at, Fraction(1, SAMPLE_RATE)
    return frame


def _r128() -> Graph:
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=SAMPLE_RATE, format="fltp", layout="stereo", time_base=Fraction(1, SAMPLE_RATE)
    )
    meter, sink = graph.add("ebur128", "metadata=1:framelog=quiet"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    return graph
