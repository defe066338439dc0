"""The film's sound, rebuilt once: each clip's samples at the place its first frame gives them."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from stitch_svc.cut.source import open_packets, open_song

SAMPLE_RATE = 48_000
BLOCK = 1024
"""Samples in one AAC packet."""
FADE = SAMPLE_RATE * 5 // 1000
"""Samples of the ramp at a joint, so that no cut clicks."""

GATHERED = 16 * BLOCK

PCM = "pcm_s16le"
PCM_BYTES = 4
"""Of one moment, left and right."""
TOGETHER = 16
"""Packets."""
MIXED_DOWN = 1 / (1 + 2**0.5)
"""What more than two channels are turned down by: centre and surrounds come on top of left and right at -3 dB each."""

GAP = SAMPLE_RATE * 20 // 1000
"""Samples that time stamps may be ahead of the count before sound is taken to be missing."""

Samples: TypeAlias = npt.NDArray[np.float32]
"""Shape (2, n), -1..1, 48 kHz."""


def clip_sound(path: Path, *, start: Fraction, length: int) -> Iterator[Samples]:
    """Exactly `length` samples of the clip's first sound track, from its first picture on, else silence."""
    yield from _exactly(length, _gathered(_from(_decoded(path), start=start)))


def song_sound(path: Path, *, length: int) -> Iterator[Samples]:
    """Exactly `length` samples of a song, from its start, else silence."""
    with open_song(path) as container:
        yield from _exactly(length, _gathered(_from(_track(container), start=Fraction(0))))


def _exactly(length: int, blocks: Iterable[Samples]) -> Iterator[Samples]:
    position = 0
    for block in blocks:
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
    """Frames numbered by the samples before them; the encoder's packets are cut from them by libav."""
    tick, position = Fraction(1, SAMPLE_RATE), 0
    for block in blocks:
        if not block.shape[1]:
            continue
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, position, tick
        position += block.shape[1]
        yield frame


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
        yield from _track(container)


def _track(container: InputContainer) -> Iterator[tuple[int, Samples]]:
    if not container.streams.audio:
        return
    track = container.streams.audio[0]
    place = _placing(track.time_base or Fraction(1, SAMPLE_RATE))
    packets = container.demux(track)
    if (track.layout.name, track.rate) != ("stereo", SAMPLE_RATE):
        yield from _resampled(packets, track)
    elif track.codec_context.name == PCM:
        yield from _unpacked(packets, place)
    elif track.format.name == "fltp":
        yield from ((place(frame.pts), _planes(frame)) for packet in packets for frame in _readable(packet))
    else:
        yield from _resampled(packets, track)


def _resampled(packets: Iterable["Packet[AudioStream]"], track: AudioStream) -> Iterator[tuple[int, Samples]]:
    layout = "mono" if track.channels == 1 else "stereo"  # libav's own mono to stereo is 3 dB softer
    gain = np.float32(1 if track.channels <= 2 else MIXED_DOWN)
    resampler = AudioResampler(format="fltp", layout=layout, rate=SAMPLE_RATE)
    for packet in packets:
        for frame in _readable(packet):
            for made in resampler.resample(frame):
                yield made.pts or 0, _planes(made) * gain
    for made in resampler.resample(None):
        yield made.pts or 0, _planes(made) * gain


def _readable(packet: "Packet[AudioStream]") -> list[AudioFrame]:
    try:
        return packet.decode()
    except av.FFmpegError:
        return []  # its time stays silent: `_from` sees the gap


def _planes(frame: AudioFrame) -> Samples:
    """As `to_ndarray`, in a third of its time; one channel becomes two."""
    count, planes = frame.samples, frame.planes
    block = np.empty((2, count), np.float32)
    for side in (0, 1):
        block[side] = np.frombuffer(planes[min(side, len(planes) - 1)], np.float32, count)  # type: ignore[call-overload]
    return block


def _unpacked(
    packets: Iterable["Packet[AudioStream]"], place: Callable[[int | None], int]
) -> Iterator[tuple[int, Samples]]:
    """Sixteen bits a sample, side by side: what conformed clips carry. Packets that follow each other are one block."""
    there = (packet for packet in packets if packet.pts is not None)
    while group := [*islice(there, TOGETHER)]:
        raw, stamp = [bytes(packet) for packet in group], place(group[0].pts)
        if place(group[-1].pts) - stamp == sum(map(len, raw[:-1])) // PCM_BYTES:
            yield stamp, _spread(b"".join(raw))
        else:
            yield from ((place(packet.pts), _spread(each)) for packet, each in zip(group, raw, strict=True))


def _spread(raw: bytes) -> Samples:
    return np.multiply(np.frombuffer(raw, np.int16).reshape(-1, 2).T, np.float32(1 / 32768), dtype=np.float32)


def _placing(tick: Fraction) -> Callable[[int | None], int]:
    """Time stamps in samples; nearly always they are counted so already."""
    samples = tick * SAMPLE_RATE
    if samples.denominator == 1:
        return lambda stamp: (stamp or 0) * samples.numerator
    return lambda stamp: round((stamp or 0) * samples)


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
