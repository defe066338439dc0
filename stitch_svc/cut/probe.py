"""What a clip is: measured from its packets, not believed from its header."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from stitch_svc.cut.recipe import CutError
from stitch_svc.cut.source import open_packets
from stitch_svc.cut.timing import Timing, timing_of

MAX_SIDE_PX = 8192
MAX_PIXELS = 8192 * 4320
MAX_BYTES = 8 << 30
MAX_STREAMS = 16
MIN_SIDE_PX = 16
MAX_CLIP_S = 3600
MAX_RATE = 240
IDR_NAL = 5
NAL_LENGTH_BYTES = 4
MEASURED = "scenebeat"
"""The tag of a conformed file."""
EIGHT_BITS_420 = bytes.fromhex("fdf8f800")
"""How the avcC of a High profile says so."""


@dataclass(frozen=True)
class Clip:
    """One source file. Sizes in pixels, times in seconds, `rate` in frames per second.

    `display` is the picture as it is to be seen (turned, square pixels, even sides). `copyable`: its packets can be
    put into a film as they are. `oddity` says why not. `ranks`: each packet's place in order of showing.
    """

    path: Path
    name: str
    display: tuple[int, int]
    rate: Fraction
    ranks: tuple[int, ...]
    start: Fraction
    duration: Fraction
    avcc: bytes
    has_audio: bool
    oddity: str | None
    groups: tuple[int, ...] = ()
    """The frames at which a closed group of pictures starts."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """The tags of the file."""

    @property
    def copyable(self) -> bool:
        return self.oddity is None


def probe(path: Path, *, place: int, name: str | None = None) -> Clip:
    """Look into the clip at `place` (from 0). Raises CutError naming it when no film can contain it."""
    name = name or f"Clip {place + 1} ({path.stem})"
    try:
        _check_file(path, name=name)
        with open_packets(path) as container:
            return _look(container, path=path, name=name)
    except (av.FFmpegError, OSError, ArithmeticError) as error:  # headers with impossible numbers divide by zero
        raise CutError(f"{name} cannot be read as an MP4 or QuickTime video; is it complete?") from error


def _check_file(path: Path, *, name: str) -> None:
    size = path.stat().st_size
    if size == 0:
        raise CutError(f"{name} is empty: the file has no bytes.")
    if size > MAX_BYTES:
        raise CutError(f"{name} has {size >> 20} MiB; at most {MAX_BYTES >> 20} can be cut.")


def _look(container: InputContainer, *, path: Path, name: str) -> Clip:
    if not container.streams.video:
        raise CutError(f"{name} has no video stream.")
    if container.streams.video[0].codec_context is None:
        raise CutError(f"{name} holds pictures in a format that cannot be decoded here.")
    if len(container.streams) > MAX_STREAMS:
        raise CutError(f"{name} has {len(container.streams)} streams; at most {MAX_STREAMS} can be cut.")
    stream = container.streams.video[0]
    _check_size(stream, name=name)
    _check_complete(container, path=path, name=name)
    timing, groups = _timing(container, stream, name=name)
    frame = _as_conformed(container, stream) or _first_frame(container, stream, name=name)
    return Clip(
        path=path,
        name=name,
        display=_display(stream, frame),
        rate=timing.rate,
        ranks=timing.ranks,
        start=timing.start,
        duration=timing.duration,
        avcc=bytes(stream.codec_context.extradata or b""),
        has_audio=bool(container.streams.audio),
        oddity=_oddity(stream, frame, timing),
        groups=groups,
        notes=container.metadata,
    )


def _check_size(stream: VideoStream, *, name: str) -> None:
    width, height = stream.codec_context.width, stream.codec_context.height
    if max(width, height) > MAX_SIDE_PX:
        raise CutError(f"{name} is {width}x{height}; at most {MAX_SIDE_PX}x{MAX_SIDE_PX} can be cut.")
    if width * height > MAX_PIXELS:
        raise CutError(f"{name} has {width * height} pixels a frame; at most {MAX_PIXELS} can be cut.")
    if min(width, height) < MIN_SIDE_PX:
        raise CutError(f"{name} is {width}x{height}; each side needs at least {MIN_SIDE_PX} pixels.")


def _check_complete(container: InputContainer, *, path: Path, name: str) -> None:
    size = path.stat().st_size
    for stream in (*container.streams.video[:1], *container.streams.audio[:1]):
        end = max((entry.pos + entry.size for entry in stream.index_entries), default=0)
        if end > size:
            raise CutError(f"{name} is cut short: {size} bytes are there, its index needs {end}.")


def _timing(container: InputContainer, stream: VideoStream, *, name: str) -> tuple[Timing, tuple[int, ...]]:
    stamps: list[int] = []
    groups: list[int] = []
    whole, last_duration = True, 0
    tick = stream.time_base or Fraction(1, 90_000)
    most = MAX_CLIP_S // tick
    for packet in container.demux(stream):
        if packet.pts is None:
            continue
        if packet.is_discard:  # an edit list hides it
            whole = False
            continue
        if packet.is_keyframe and _starts_with_idr(bytes(packet)):
            groups.append(len(stamps))
        if not stamps:
            whole = whole and bool(groups)
        stamps.append(packet.pts)
        whole = whole and not packet.is_corrupt
        last_duration = packet.duration or last_duration
        if len(stamps) > MAX_CLIP_S * MAX_RATE or packet.pts - stamps[0] > most:
            raise CutError(f"{name} is longer than {MAX_CLIP_S // 60} minutes, the most one clip may have.")
    if not stamps:
        raise CutError(f"{name} has a video stream without a single frame.")
    timing = timing_of(stamps, tick=tick, average=stream.average_rate, last_duration=last_duration, whole=whole)
    return timing, tuple(groups)


def _starts_with_idr(payload: bytes) -> bool:
    return any(kind == IDR_NAL for kind in _nal_kinds(payload))


def _nal_kinds(payload: bytes) -> Iterator[int]:
    position = 0
    while position + NAL_LENGTH_BYTES < len(payload):
        yield payload[position + NAL_LENGTH_BYTES] & 0x1F
        position += NAL_LENGTH_BYTES + int.from_bytes(payload[position : position + NAL_LENGTH_BYTES], "big")


def _as_conformed(container: InputContainer, stream: VideoStream) -> VideoFrame | None:
    """What the pictures of a clip that was conformed are like, without decoding one."""
    context = stream.codec_context
    if MEASURED in container.metadata and bytes(context.extradata or b"").endswith(EIGHT_BITS_420):
        return VideoFrame(context.width, context.height, "yuv420p")
    return None


def _first_frame(container: InputContainer, stream: VideoStream, *, name: str) -> VideoFrame:
    container.seek(0)
    stream.codec_context.skip_frame = "DEFAULT"
    first = next(container.demux(stream))
    frames = [*first.decode(), *stream.codec_context.decode(None)]  # alone: a decoder waits for pictures to reorder
    if not frames:
        container.seek(0)
        frames = [*islice(container.decode(stream), 1)]
    if not frames:
        raise CutError(f"{name} holds no picture that can be decoded.")
    return frames[0]


def _display(stream: VideoStream, frame: VideoFrame) -> tuple[int, int]:
    width, height = Fraction(frame.width) * (stream.sample_aspect_ratio or 1), Fraction(frame.height)
    if frame.rotation % 180:
        width, height = height, width
    return _even(width), _even(height)


def _even(pixels: Fraction) -> int:
    return min(MAX_SIDE_PX, max(2, 2 * round(pixels / 2)))


def _oddity(stream: VideoStream, frame: VideoFrame, timing: Timing) -> str | None:
    """Why the packets cannot be copied, or None."""
    context = stream.codec_context
    checks = {
        f"codec {context.name}": context.name == "h264" and context.codec_tag == "avc1",
        f"pixel format {frame.format.name}": frame.format.name == "yuv420p",
        "pixels that are not square": (stream.sample_aspect_ratio or 1) == 1,
        f"turned by {frame.rotation} degrees": frame.rotation % 360 == 0,
        "odd size": frame.width % 2 == 0 and frame.height % 2 == 0,
        "uneven frame times": timing.steady,
        "hidden or broken frames": timing.whole,
    }
    return next((reason for reason, fine in checks.items() if not fine), None)
