"""Parts to film: picture packets on one frame grid, sound encoded once, merged in time as they flow."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.stream import VideoStream

from stitch_svc.cut.encoding import TICKS_PER_FRAME
from stitch_svc.cut.recipe import CutError
from stitch_svc.cut.sound import SAMPLE_RATE, Samples, audio_frames, clip_sound, faded, silence
from stitch_svc.cut.source import open_clip
from stitch_svc.cut.target import Target

AUDIO_BIT_RATE = 192_000
AUDIO_OPTIONS = {"aac_coder": "fast"}
"""Half the time of libav's default coder (a fifth on tones); within 1 dB of it on chords, 15 dB better on tones."""
VideoPacket: TypeAlias = "Packet[VideoStream]"
FilmPacket: TypeAlias = "Packet[VideoStream] | Packet[AudioStream]"


@dataclass(frozen=True)
class Sound:
    """Where a part's sound comes from; `start` is the time of its first picture there, in seconds."""

    path: Path
    start: Fraction


@dataclass(frozen=True)
class Part:
    """A stretch of the film whose packets are copied from `path`. `ranks`: each one's place in order of showing."""

    path: Path
    ranks: tuple[int, ...]
    avcc: bytes
    sound: Sound | None = None

    @property
    def frames(self) -> int:
        return len(self.ranks)

    @property
    def reorder(self) -> int:
        """How far decoding runs ahead of showing, in frames."""
        return max(order - rank for order, rank in enumerate(self.ranks))


def assemble(
    parts: Sequence[Part], *, to: Path, target: Target, with_sound: bool, on_frame: Callable[[], None]
) -> None:
    """Write the parts, all of the same avcC, one after the other; as long as their frames, to the tick."""
    if len({part.avcc for part in parts}) > 1:
        raise CutError("The parts of the cut were encoded in ways that cannot be joined.")
    with av.open(str(to), "w", format="mp4", options={"movflags": "+faststart"}) as film:
        with open_clip(parts[0].path) as first:
            picture = film.add_stream_from_template(first.streams.video[0])
        picture.time_base = Fraction(1, target.rate.numerator * TICKS_PER_FRAME)
        flows: list[Iterator[FilmPacket]] = [_picture(parts, stream=picture, target=target, on_frame=on_frame)]
        if with_sound:
            sound = film.add_stream("aac", rate=SAMPLE_RATE, options=AUDIO_OPTIONS, layout="stereo")
            sound.bit_rate = AUDIO_BIT_RATE
            flows.append(_encoded(film_sound(parts, target=target), stream=sound))
        film.start_encoding()
        for packet in heapq.merge(*flows, key=_time):
            film.mux_one(packet)


def film_sound(parts: Sequence[Part], *, target: Target) -> Iterator[Samples]:
    """The whole film's sound, part after part, each as long as the frame grid makes it."""
    frames = 0
    for part in parts:
        begin = target.sample(frames, sample_rate=SAMPLE_RATE)
        frames += part.frames
        length = target.sample(frames, sample_rate=SAMPLE_RATE) - begin
        if part.sound is None:
            yield from silence(length)
        else:
            blocks = clip_sound(part.sound.path, start=part.sound.start, length=length)
            yield from faded(blocks, length=length)


def _picture(
    parts: Sequence[Part], *, stream: VideoStream, target: Target, on_frame: Callable[[], None]
) -> Iterator[FilmPacket]:
    """Every packet stamped anew: shown at its rank among all frames, decoded in file order, one delay for the film."""
    ticks = TICKS_PER_FRAME * target.rate.denominator
    delay = max(part.reorder for part in parts)
    tick = Fraction(1, target.rate.numerator * TICKS_PER_FRAME)
    before = 0
    for part in parts:
        for order, packet in enumerate(_video_packets(part.path)):
            packet.stream = stream
            packet.time_base = tick
            packet.pts = (before + part.ranks[order]) * ticks
            packet.dts = (before + order - delay) * ticks
            packet.duration = ticks
            yield packet
            on_frame()
        before += part.frames


def _video_packets(path: Path) -> Iterator[VideoPacket]:
    with open_clip(path) as container:
        for packet in container.demux(container.streams.video[0]):
            if packet.pts is not None:
                yield packet


def _encoded(sound: Iterator[Samples], *, stream: AudioStream) -> Iterator[FilmPacket]:
    for frame in audio_frames(sound):
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _time(packet: FilmPacket) -> float:
    return float((packet.dts or 0) * packet.time_base)
