"""The film's sound, rebuilt once: each clip's samples at the place its first frame gives them."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.packet import Packet

from stitch_svc.cut.source import open_packets

SAMPLE_RATE = 48_000
BLOCK = 1024
"""Samples in one AAC packet."""
FADE = SAMPLE_RATE * 5 // 1000
"""Samples of the ramp at a joint, so that no cut clicks."""

GATHERED = 16 * BLOCK

GAP = SAMPLE_RATE * 20 // 1000
"""Samples that time stamps may be ahead of the count before sound is taken to be missing."""

Samples: TypeAlias = npt.NDArray[np.float32]
"""Shape (2, n), -1..1, 48 kHz."""


def clip_sound(path: Path, *, start: Fraction, length: int) -> Iterator[Samples]:
    """Exactly `length` samples of the clip's first sound track, from its first picture on, else silence."""
    position = 0
    for block in _gathered(_from(_decoded(path), start=start)):
        taken = block[:, : length - position]
        position += taken.shape[1]
        yield taken
        if position == length:
            return
    yield from silence(length - position)


def silence(length: int) -> Iterator[Samples]:
    """`length` silent samples, in blocks of a second."""
    for begin in range(0, length, SAMPLE_RATE):
        yield np.zeros((2, min(SAMPLE_RATE, length - begin)), np.float32)


def audio_frames(blocks: Iterable[Samples]) -> Iterator[AudioFrame]:
    """Frames of one AAC packet each, numbered by the samples before them."""
    for number, block in enumerate(_regrouped(blocks)):
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, number * BLOCK, Fraction(1, SAMPLE_RATE)
        yield frame


def _regrouped(blocks: Iterable[Samples]) -> Iterator[Samples]:
    rest: Samples = np.zeros((2, 0), np.float32)
    for block in blocks:
        joined = np.concatenate((rest, block), axis=1)
        whole = joined.shape[1] // BLOCK * BLOCK
        yield from (joined[:, begin : begin + BLOCK] for begin in range(0, whole, BLOCK))
        rest = joined[:, whole:]
    if rest.shape[1]:
        yield rest


def _gathered(blocks: Iterable[Samples]) -> Iterator[Samples]:
    """The same sound in larger blocks: what follows costs by the block."""
    held: list[Samples] = []
    samples = 0
    for block in blocks:
        held.append(block)
        samples += block.shape[1]
        if samples >= GATHERED:
            yield np.concatenate(held, axis=1)
            held, samples = [], 0
    if held:
        yield np.concatenate(held, axis=1)


def _decoded(path: Path) -> Iterator[tuple[int, Samples]]:
    """Blocks of stereo sound, each with the place of its first sample on the file's own clock."""
    with open_packets(path) as container:
        if not container.streams.audio:
            return
        track = container.streams.audio[0]
        if (track.format.name, track.layout.name, track.rate) == ("fltp", "stereo", SAMPLE_RATE):
            for packet in container.demux(track):
                yield from _blocks(_readable(packet))
            return
        layout = "mono" if track.channels == 1 else "stereo"  # libav's own mono to stereo is 3 dB softer
        resampler = AudioResampler(format="fltp", layout=layout, rate=SAMPLE_RATE)
        for packet in container.demux(track):
            for frame in _readable(packet):
                yield from _blocks(resampler.resample(frame))
        yield from _blocks(resampler.resample(None))


def _readable(packet: "Packet[AudioStream]") -> list[AudioFrame]:
    try:
        return packet.decode()
    except av.FFmpegError:
        return []  # its time stays silent: `_from` sees the gap


def _blocks(frames: Sequence[AudioFrame]) -> Iterator[tuple[int, Samples]]:
    for frame in frames:
        channels = frame.to_ndarray().astype(np.float32, copy=False)
        yield _stamp(frame), channels if channels.shape[0] == 2 else np.repeat(channels, 2, axis=0)


def _stamp(frame: AudioFrame) -> int:
    """In samples; nearly always it is counted so already."""
    tick, stamp = frame.time_base or Fraction(1, SAMPLE_RATE), frame.pts or 0
    return stamp if tick.denominator == SAMPLE_RATE and tick.numerator == 1 else round(stamp * tick * SAMPLE_RATE)


def _from(blocks: Iterable[tuple[int, Samples]], *, start: Fraction) -> Iterator[Samples]:
    """Only what sounds from `start` on; silence before it and in its gaps. Within `GAP` samples are counted."""
    position: int | None = None
    origin = round(start * SAMPLE_RATE)
    for stamp, block in blocks:
        stamped = stamp - origin
        if position is None:
            yield from silence(stamped)
            position = stamped
        elif stamped - position > GAP:
            yield from silence(stamped - max(0, position))
            position = stamped
        skipped = min(max(0, -position), block.shape[1])
        position += block.shape[1]
        yield block[:, skipped:]
