"""Look at the film after it was written: nothing leaves unseen."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, TypeAlias

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shared.contracts.base import MediaFacts
from stitch_svc.cut.loudness import Meter
from stitch_svc.cut.recipe import CutError
from stitch_svc.cut.sight import Sight
from stitch_svc.cut.sound import BLOCK, SAMPLE_RATE, clip_sound
from stitch_svc.cut.source import open_packets
from stitch_svc.cut.target import Target

AnyPacket: TypeAlias = "Packet[Stream]"
Range: TypeAlias = "tuple[int, int]"


@dataclass(frozen=True)
class Promise:
    """What the film must be. `rendered`: the frames made for this cut (begin, end), to be decoded; `full`: all are."""

    target: Target
    frames: int
    with_sound: bool
    rendered: tuple[Range, ...] = ()
    full: bool = False
    starts: tuple[tuple[int, str], ...] = ()
    """Where each part begins, and its name."""

    @property
    def seconds(self) -> Fraction:
        return self.frames / self.target.rate


@dataclass
class Track:
    """Time stamps of one stream as its packets carry them, in ticks of `tick` seconds."""

    tick: Fraction = Fraction(1)
    shown: list[int] = field(default_factory=list)
    decoded: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    last: int = 0

    def add(self, packet: AnyPacket) -> None:
        stamp = packet.pts or 0
        self.shown.append(stamp)
        self.decoded.append(packet.dts or 0)
        if packet.is_keyframe:
            self.keys.append(stamp)
        self.last = max(self.last, stamp + (packet.duration or 0))

    @property
    def end(self) -> Fraction:
        return self.last * self.tick

    @property
    def monotonic(self) -> bool:
        return all(before < after for before, after in pairwise(self.decoded))


@dataclass
class Decoded:
    """What came out of the decoder, by the numbers of the film's frames."""

    wanted: int = 0
    shown: int = 0
    broken: list[int] = field(default_factory=list)
    """Frames that did not come, or were made up in part."""


@dataclass(frozen=True)
class Inspection:
    """What was found in the finished file."""

    facts: MediaFacts
    drift_ms: float
    loudness_lufs: float | None
    report: dict[str, Any]


def inspect(path: Path, promise: Promise) -> Inspection:
    """Open the film anew and compare it with what was promised. Raises CutError for every difference."""
    try:
        with ThreadPoolExecutor(1) as beside, open_packets(path) as film:
            hearing = beside.submit(_heard, path, promise)
            picture, sound = _tracks(film)
            sight = Sight(promise.target.rate)
            decoded = _decoded(film, _ranges(picture, promise), sight=sight, promise=promise)
            size = film.streams.video[0].width, film.streams.video[0].height
            heard = hearing.result()
    except av.FFmpegError as error:
        raise CutError("The cut was written but cannot be read again.") from error
    drift = _count_drift(sound)
    _check(_promises(picture, sound, decoded, promise=promise, size=size, drift=drift))
    report = _report(picture, sound, decoded, promise=promise) | (heard.report() if heard else {})
    if promise.full:
        report |= sight.report()
    return Inspection(
        facts=_facts(picture, promise), drift_ms=drift, report=report,
        loudness_lufs=heard.integrated_lufs if heard else None,
    )  # fmt: skip


def _promises(
    picture: Track, sound: Track, decoded: Decoded, *, promise: Promise, size: Range, drift: float
) -> dict[str, bool]:
    """What is said of the film where the promise is not kept -> was it kept?"""
    late = abs(sound.end - promise.seconds)
    return {
        f"{len(picture.shown)} frames instead of {promise.frames}": len(picture.shown) == promise.frames,
        "frames off the grid": _on_grid(picture, promise.target),
        "time stamps that fall": picture.monotonic and sound.monotonic,
        f"{len(decoded.broken)} frames that do not decode{_where(decoded, promise)}": not decoded.broken,
        f"{decoded.shown} of {decoded.wanted} pictures that decode": decoded.shown == decoded.wanted,
        f"a picture of {size[0]}x{size[1]}": size == promise.target.size,
        f"{float(picture.end)} s of picture": picture.end == promise.seconds,
        f"{float(sound.end)} s of sound": not promise.with_sound or late <= 1 / promise.target.rate,
        f"sound that drifts by {drift} ms": drift < 1,
    }


def _where(decoded: Decoded, promise: Promise) -> str:
    """In which of its parts."""
    parts = [[name for start, name in promise.starts if start <= number] for number in decoded.broken]
    names = [begun[-1] for begun in parts if begun]
    return f" (in {', '.join(dict.fromkeys(names))})" if names else ""


def _check(promises: dict[str, bool]) -> None:
    if faults := [found for found, kept in promises.items() if not kept]:
        raise CutError(f"The cut was written but failed its check: it has {', '.join(faults)}.")


def _report(picture: Track, sound: Track, decoded: Decoded, *, promise: Promise) -> dict[str, Any]:
    return {
        "verified": "full" if promise.full else "quick",
        "frames_planned": promise.frames,
        "frames_counted": len(picture.shown),
        "frames_decoded": decoded.shown,
        "decode_errors": len(decoded.broken),
        "duration_planned_s": float(promise.seconds),
        "duration_video_s": float(picture.end),
        "duration_audio_s": float(sound.end) if promise.with_sound else None,
        "timestamps_monotonic": picture.monotonic and sound.monotonic,
    }


def _facts(picture: Track, promise: Promise) -> MediaFacts:
    return MediaFacts(
        width=promise.target.width, height=promise.target.height, duration_s=float(promise.seconds),
        fps=float(promise.target.rate), frames=len(picture.shown), has_audio=promise.with_sound,
    )  # fmt: skip


def _heard(path: Path, promise: Promise) -> Meter | None:
    """The sound as it comes out of the file."""
    if not promise.with_sound:
        return None
    meter = Meter()
    length = promise.target.sample(promise.frames, sample_rate=SAMPLE_RATE)
    for _ in meter.listen(clip_sound(path, start=Fraction(0), length=length)):
        pass
    return meter


def _tracks(film: InputContainer) -> tuple[Track, Track]:
    picture, sound = Track(), Track()
    tracks = {"video": picture, "audio": sound}
    for stream in film.streams:
        tracks[stream.type].tick = stream.time_base or Fraction(1)
    of_stream = [tracks[stream.type] for stream in film.streams]
    for packet in film.demux():
        if packet.pts is not None:
            of_stream[packet.stream_index].add(packet)
    return picture, sound


def _on_grid(picture: Track, target: Target) -> bool:
    step = 1 / (target.rate * picture.tick)
    numerator, denominator = step.as_integer_ratio()
    return all(stamp * denominator == number * numerator for number, stamp in enumerate(sorted(picture.shown)))


def _count_drift(sound: Track) -> float:
    """Milliseconds between where time stamps put the sound and where counting its samples does, at worst."""
    if not sound.shown:
        return 0.0
    exact = sound.tick * SAMPLE_RATE
    samples: Any = exact.numerator if exact.denominator == 1 else exact  # whole numbers are quick
    first = sound.shown[0]
    apart = max(abs((stamp - first) * samples - number * BLOCK) for number, stamp in enumerate(sound.shown))
    return float(apart * 1000 / SAMPLE_RATE)


def _ranges(picture: Track, promise: Promise) -> Sequence[Range]:
    """What is decoded, from key frame on: all of it, or what was rendered and the key frames next to the two ends."""
    if promise.full:
        return [(0, promise.frames)]
    keys = [round(key * picture.tick * promise.target.rate) for key in picture.keys]
    ends = [(key, key + 1) for key in (keys[0], keys[-1])] if keys else []
    return _merged(sorted((*promise.rendered, *ends)))


def _merged(ranges: Sequence[Range]) -> list[Range]:
    merged: list[Range] = []
    for begin, end in ranges:
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged


def _decoded(film: InputContainer, ranges: Sequence[Range], *, sight: Sight, promise: Promise) -> Decoded:
    stream = film.streams.video[0]
    stream.thread_type = "AUTO"
    stream.codec_context.skip_frame = "DEFAULT"
    frames_per_tick = (stream.time_base or Fraction(1)) * promise.target.rate
    found = Decoded()
    for begin, end in ranges:
        missing = set(range(begin, end))
        film.seek(round(begin / frames_per_tick), stream=stream)
        for picture in _pictures(film, stream, count=end - begin):
            number = round((picture.pts or 0) * frames_per_tick)
            if not picture.is_corrupt:
                missing.discard(number)
            found.shown += 1
            if promise.full:
                sight.look(picture)
        found.wanted += end - begin
        found.broken += sorted(missing)
    return found


def _pictures(film: InputContainer, stream: VideoStream, *, count: int) -> Iterator[VideoFrame]:
    """What comes out of the next `count` packets."""
    for packet in islice(film.demux(stream), count):
        yield from _shown(packet.decode)
    yield from _shown(lambda: stream.codec_context.decode(None))


def _shown(decode: Callable[[], list[VideoFrame]]) -> list[VideoFrame]:
    try:
        return decode()
    except av.FFmpegError:
        return []  # it will be missed
