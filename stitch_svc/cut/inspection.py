"""Look at the film after it was written: nothing leaves unseen."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from shared.contracts.base import MediaFacts
from stitch_svc.cut.assemble import VideoPacket
from stitch_svc.cut.recipe import CutError
from stitch_svc.cut.sound import BLOCK, SAMPLE_RATE
from stitch_svc.cut.source import open_clip
from stitch_svc.cut.target import Target

AnyPacket: TypeAlias = "Packet[Stream]"


@dataclass
class Track:
    """Time stamps of one stream as its packets carry them, in seconds."""

    times: list[Fraction] = field(default_factory=list)
    decode_times: list[Fraction] = field(default_factory=list)
    end: Fraction = Fraction(0)

    def add(self, packet: AnyPacket) -> None:
        self.times.append((packet.pts or 0) * packet.time_base)
        self.decode_times.append((packet.dts or 0) * packet.time_base)
        self.end = max(self.end, self.times[-1] + (packet.duration or 0) * packet.time_base)

    @property
    def monotonic(self) -> bool:
        return all(before < after for before, after in pairwise(self.decode_times))


@dataclass
class Decoded:
    """The time stamps of pictures that came out of the decoder, and how many packets it refused."""

    stamps: set[int] = field(default_factory=set)
    errors: int = 0

    def take(self, packets: Iterator[VideoPacket]) -> None:
        for packet in packets:
            try:
                self.stamps.update(frame.pts or 0 for frame in packet.decode())
            except av.FFmpegError:
                self.errors += 1


@dataclass(frozen=True)
class Inspection:
    """What was found in the finished file."""

    facts: MediaFacts
    drift_ms: float
    report: dict[str, object]


def inspect(path: Path, *, target: Target, frames: int, with_sound: bool) -> Inspection:
    """Open the film anew and compare it with the plan. Raises CutError for every difference."""
    try:
        with open_clip(path) as film:
            return _inspect(film, target=target, frames=frames, with_sound=with_sound)
    except av.FFmpegError as error:
        raise CutError("The cut was written but cannot be read again.") from error


def _inspect(film: InputContainer, *, target: Target, frames: int, with_sound: bool) -> Inspection:
    picture, sound = _tracks(film)
    stream = film.streams.video[0]
    decoded = _decode_ends(film, stream)
    last_shown = max(decoded.stamps, default=0) * (stream.time_base or 0)
    planned = frames / target.rate
    drift = _count_drift(sound)
    checks = {
        f"{len(picture.times)} frames instead of {frames}": len(picture.times) == frames,
        "frames off the grid": _on_grid(picture, target),
        "time stamps that fall": picture.monotonic and sound.monotonic,
        f"{decoded.errors} packets that do not decode": decoded.errors == 0,
        "a last picture that does not decode": last_shown == (frames - 1) / target.rate,
        f"a picture of {stream.width}x{stream.height}": (stream.width, stream.height) == target.size,
        f"{float(picture.end)} s of picture instead of {float(planned)} s": picture.end == planned,
        f"{float(sound.end)} s of sound": not with_sound or abs(sound.end - planned) <= 1 / target.rate,
        f"sound that drifts by {drift} ms": drift < 1,
    }
    faults = [found for found, fine in checks.items() if not fine]
    if faults:
        raise CutError(f"The cut was written but failed its check: it has {', '.join(faults)}.")
    facts = MediaFacts(
        width=target.width, height=target.height, duration_s=float(planned), fps=float(target.rate),
        frames=len(picture.times), has_audio=with_sound,
    )  # fmt: skip
    report: dict[str, object] = {
        "frames_planned": frames,
        "frames_counted": len(picture.times),
        "frames_decoded": len(decoded.stamps),
        "decode_errors": decoded.errors,
        "duration_planned_s": float(planned),
        "duration_video_s": float(picture.end),
        "duration_audio_s": float(sound.end) if with_sound else None,
        "timestamps_monotonic": picture.monotonic and sound.monotonic,
    }
    return Inspection(facts=facts, drift_ms=drift, report=report)


def _tracks(film: InputContainer) -> tuple[Track, Track]:
    picture, sound = Track(), Track()
    for packet in film.demux():
        if packet.pts is not None:
            (picture if packet.stream.type == "video" else sound).add(packet)
    return picture, sound


def _on_grid(picture: Track, target: Target) -> bool:
    return all(time == number / target.rate for number, time in enumerate(sorted(picture.times)))


def _count_drift(sound: Track) -> float:
    """Milliseconds between where time stamps put the sound and where counting its samples does, at worst."""
    if not sound.times:
        return 0.0
    counted = (sound.times[0] + Fraction(number * BLOCK, SAMPLE_RATE) for number in range(len(sound.times)))
    return float(max(abs(time - count) for time, count in zip(sound.times, counted, strict=True)) * 1000)


def _decode_ends(film: InputContainer, stream: VideoStream) -> Decoded:
    """Decode the first and the last group of pictures."""
    stream.thread_type = "AUTO"
    found = Decoded()
    film.seek(0, stream=stream)
    found.take(_first_group(film, stream))
    film.seek(stream.duration or 0, stream=stream)
    found.take(film.demux(stream))
    return found


def _first_group(film: InputContainer, stream: VideoStream) -> Iterator[VideoPacket]:
    for number, packet in enumerate(film.demux(stream)):
        if number and packet.is_keyframe:
            return
        yield packet
