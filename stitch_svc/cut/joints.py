"""The seconds between two clips, rendered so that they stand beside copied packets; kept for the next cut."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from av.video.frame import VideoFrame

from stitch_svc.cut.encoding import FULL_RANGE, Encoding, write_video
from stitch_svc.cut.probe import Clip
from stitch_svc.cut.source import open_clip
from stitch_svc.cut.target import Target
from stitch_svc.cut.timeline import Joint
from stitch_svc.cut.transitions import blended


@dataclass(frozen=True)
class Meeting:
    """What is rendered between two bodies: `leaving` from frame `begin` on, the joint, `entering` up to frame `end`."""

    leaving: Clip
    entering: Clip
    joint: Joint
    begin: int
    end: int

    @property
    def frames(self) -> int:
        return len(self.leaving.ranks) - self.begin + self.end - self.joint.frames

    def key(self, digests: tuple[str, str], *, target: Target, encoding: Encoding) -> str:
        """The same for everything that renders to the same bytes."""
        told = f"{digests} {self.joint.type} {self.joint.frames} {self.begin} {self.end} {target} {encoding}"
        return hashlib.sha256(told.encode()).hexdigest()


def render(meeting: Meeting, *, to: Path, target: Target, encoding: Encoding, on_frame: Callable[[], None]) -> None:
    """Write the meeting's frames, without sound, to `to`."""
    write_video(_frames(meeting, encoding=encoding), to=to, target=target, encoding=encoding, on_frame=on_frame)


def _frames(meeting: Meeting, *, encoding: Encoding) -> Iterator[VideoFrame]:
    length, shared = len(meeting.leaving.ranks), meeting.joint.frames
    leaving = frames_between(meeting.leaving, meeting.begin, length)
    entering = frames_between(meeting.entering, 0, meeting.end)
    alone = (next(leaving) for _ in range(length - shared - meeting.begin))
    full_range = encoding.tags.colour_range == FULL_RANGE
    between = blended(leaving, entering, kind=meeting.joint.type, count=shared, full_range=full_range)
    return chain(alone, between, entering)


def frames_between(clip: Clip, begin: int, end: int) -> Iterator[VideoFrame]:
    """Decode the frames `begin` to `end` (exclusive) of a clip of even frame times."""
    with open_clip(clip.path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        tick = stream.time_base or 1
        group = max((first for first in clip.groups if first <= begin), default=0)
        container.seek(int((clip.start + (group + 0.25) / clip.rate) / tick), stream=stream, backward=True)
        for frame in container.decode(stream):
            number = round(((frame.pts or 0) * tick - clip.start) * clip.rate)
            if number >= end:
                return
            if number >= begin:
                yield frame
