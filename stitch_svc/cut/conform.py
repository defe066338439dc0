"""One clip into the film's size and rate: exactly the frames its time needs, encoded once."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame

from shared.contracts.stitch import Fit
from stitch_svc.cut.encoding import Encoding, write_video
from stitch_svc.cut.picture import fitted
from stitch_svc.cut.probe import Clip
from stitch_svc.cut.recipe import CutError
from stitch_svc.cut.sight import Sight
from stitch_svc.cut.source import open_clip
from stitch_svc.cut.target import Target

MOST_DAMAGE = 0.25
"""Of a clip's frames: with more missing it is no longer that clip."""


@dataclass
class Damage:
    """Packets that would not decode (the picture before them was held), or only with pictures made up in part."""

    packets: int = 0


def conform(
    clip: Clip,
    *,
    target: Target,
    fit: Fit,
    encoding: Encoding,
    to: Path,
    on_frame: Callable[[], None],
    sight: Sight | None = None,
) -> Damage:
    """Write the picture of `clip` to `to`, `target.frames(clip.duration)` frames long."""
    damage = Damage()
    with open_clip(clip.path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        chosen = frames_at(
            decoded(container, damage), start=clip.start, rate=target.rate, count=target.frames(clip.duration)
        )
        frames = fitted(chosen, target=target, fit=fit, pixel_shape=stream.sample_aspect_ratio)
        seen = sight.watch(frames) if sight else frames
        written = write_video(seen, to=to, target=target, encoding=encoding, on_frame=on_frame)
    if written == 0:
        raise CutError(f"{clip.name} holds no picture that can be decoded.")
    if damage.packets > len(clip.ranks) * MOST_DAMAGE:
        raise CutError(f"{clip.name} is damaged: {damage.packets} of its {len(clip.ranks)} frames cannot be decoded.")
    return damage


def decoded(container: InputContainer, damage: Damage) -> Iterator[VideoFrame]:
    """Every picture there is; libav hides what it can, and only says so on the picture."""
    for packet in container.demux(container.streams.video[0]):
        try:
            pictures = packet.decode()
        except av.FFmpegError:
            damage.packets += 1
            continue
        damage.packets += sum(picture.is_corrupt for picture in pictures)
        yield from pictures


def frames_at(frames: Iterable[VideoFrame], *, start: Fraction, rate: Fraction, count: int) -> Iterator[VideoFrame]:
    """`count` frames at `rate`: each time the one that shows in the middle of the slot; the last one is held."""
    shown: VideoFrame | None = None
    made = 0
    for frame in frames:
        since_start = _time(frame) - start
        while shown is not None and made < count and (made + Fraction(1, 2)) / rate < since_start:
            yield shown
            made += 1
        shown = frame
    for _ in range(count - made if shown is not None else 0):
        yield shown  # type: ignore[misc]  # checked in the range


def _time(frame: VideoFrame) -> Fraction:
    return Fraction(frame.pts or 0) * (frame.time_base or 1)
