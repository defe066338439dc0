"""How pictures are encoded, and how to encode so that a foreign clip's packets may stand beside ours."""

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO

import av
from av.container import OutputContainer
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from stitch_svc.cut.probe import Clip
from stitch_svc.cut.source import open_clip
from stitch_svc.cut.target import Target

BT709 = 1
TV_RANGE = 1
FULL_RANGE = 2
THREADS = 2
"""Fixed, so that the same cut has the same bytes on every machine."""
REPEATABLE = {"mbtree": "0"}
"""x264's macroblock tree made other bytes of the same pictures every time at 320x180 (not at 640x368)."""
TICKS_PER_FRAME = 512
HOUSE_OPTIONS = (("preset", "veryfast"), ("crf", "18"), ("profile", "high"), ("x264-params", "stitchable=1"))
"""Stitchable: the parameter sets don't depend on the quality, so that others may meet them at their own."""
X264_BANNER = b"x264 - core"
ECHOED = ("cabac", "ref", "subme", "psy", "psy_rd", "trellis", "8x8dct", "bframes", "b_pyramid", "weightb", "weightp",
          "constrained_intra", "crf")  # fmt: skip
"""The x264 options that show in the parameter sets (SPS and PPS), by the names x264 signs its streams with."""


@dataclass(frozen=True)
class Tags:
    """The colour description of a stream, as ITU-T H.273 numbers, and its pixel shape (None: not said)."""

    primaries: int = BT709
    transfer: int = BT709
    matrix: int = BT709
    colour_range: int = TV_RANGE
    square: bool = False


@dataclass(frozen=True)
class Encoding:
    """One way to run libx264. Two parts may be joined by copying when their avcC bytes are the same."""

    options: tuple[tuple[str, str], ...] = HOUSE_OPTIONS
    tags: Tags = Tags()


HOUSE = Encoding()


def write_video(
    frames: Iterable[VideoFrame], *, to: Path | IO[bytes], target: Target, encoding: Encoding,
    on_frame: Callable[[], None] = lambda: None,
) -> int:  # fmt: skip
    """Encode yuv420p frames of the target's size to an MP4 without sound; returns how many they were."""
    count = 0
    with av.open(str(to) if isinstance(to, Path) else to, "w", format="mp4") as container:
        stream = _video_stream(container, target=target, encoding=encoding)
        for frame in frames:
            frame.pts, frame.time_base = count, 1 / target.rate
            frame.pict_type = PictureType.NONE  # a decoded frame would force its old type on the encoder
            container.mux(stream.encode(frame))
            count += 1
            on_frame()
        container.mux(stream.encode(None))
    return count


def _video_stream(container: OutputContainer, *, target: Target, encoding: Encoding) -> VideoStream:
    half_second = str(max(1, round(target.rate / 2)))
    groups = {"g": half_second, "keyint_min": "1", "sc_threshold": "0", "flags": "+cgop"}
    options = {**dict(encoding.options), **groups, **REPEATABLE}
    stream = container.add_stream("libx264", rate=target.rate, options=options)
    stream.width, stream.height, stream.pix_fmt = target.width, target.height, "yuv420p"
    context, tags = stream.codec_context, encoding.tags
    context.color_primaries, context.color_trc = tags.primaries, tags.transfer
    context.colorspace, context.color_range = tags.matrix, tags.colour_range
    context.thread_count, context.thread_type = THREADS, "FRAME"
    if tags.square:
        context.sample_aspect_ratio = Fraction(1)
    return stream


def encoding_like(clip: Clip, *, target: Target) -> Encoding | None:
    """The encoding whose parts carry the clip's own avcC bytes, or None when we cannot make such."""
    candidates = (_signed(clip.path), HOUSE)
    return next((each for each in candidates if each and avcc_of(each, target=target) == clip.avcc), None)


def avcc_of(encoding: Encoding, *, target: Target) -> bytes:
    """The parameter sets this encoding writes, learned from one grey frame."""
    grey = VideoFrame(target.width, target.height, "yuv420p")
    for plane in grey.planes:
        plane.update(b"\x80" * plane.buffer_size)
    buffer = io.BytesIO()
    write_video([grey], to=buffer, target=target, encoding=encoding)
    buffer.seek(0)
    with av.open(buffer, format="mov") as container:
        return bytes(container.streams.video[0].codec_context.extradata or b"")


def _signed(path: Path) -> Encoding | None:
    """The encoding a stream says it was made with: x264 signs its first picture with its options."""
    with open_clip(path) as container:
        stream = container.streams.video[0]
        payload = bytes(next(container.demux(stream)))
        context = stream.codec_context
        tags = Tags(
            primaries=context.color_primaries,
            transfer=context.color_trc,
            matrix=context.colorspace,
            colour_range=context.color_range,
            square=bool(context.sample_aspect_ratio),
        )
    start = payload.find(X264_BANNER)
    if start < 0:
        return None
    signature = payload[start : payload.find(b"\0", start)].decode("ascii", "replace")
    said = dict(re.findall(r"(\w+)=(\S+)", signature))
    wanted = ":".join(f"{name.replace('_', '-')}={said[name].replace(':', ',')}" for name in ECHOED if name in said)
    return Encoding(options=(("x264-params", wanted),), tags=tags) if "crf" in said else None
