"""What a stored clip is: looked into in a child process, which alone loads the codecs."""

from pathlib import Path

import av

from shared.children import Report
from shared.contracts.base import MediaFacts
from shared.pictures import Look, Unreadable


def look(recipe: Look, *, out: Path, progress: Report) -> MediaFacts:
    """Facts of the MP4 file `out`, after its first picture was decoded. Raises Unreadable."""
    try:
        with av.open(out, format="mp4") as container:
            return _facts(container)
    except av.FFmpegError as error:
        raise Unreadable("its bytes are no MP4 video") from error


def _facts(container: av.container.InputContainer) -> MediaFacts:
    if not container.streams.video:
        raise Unreadable("it holds no pictures")
    video = container.streams.video[0]
    if next(container.decode(video), None) is None:
        raise Unreadable("it holds no pictures")
    rate = float(video.average_rate) if video.average_rate else None
    duration_s = _duration_s(video, container)
    return MediaFacts(
        width=video.width,
        height=video.height,
        duration_s=duration_s,
        fps=round(rate, 3) if rate else None,
        frames=video.frames or (round(duration_s * rate) if duration_s and rate else None),
        has_audio=bool(container.streams.audio),
    )


def _duration_s(video: av.VideoStream, container: av.container.InputContainer) -> float | None:
    """The pictures' own length; the container's (microseconds) is only the next best."""
    if video.duration is not None and video.time_base is not None:
        return round(float(video.duration * video.time_base), 3)
    return round(container.duration / 1e6, 3) if container.duration else None
