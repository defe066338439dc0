"""Where pictures are cut out of clips: runs in a child process, which alone loads the codecs."""

from collections import deque
from pathlib import Path

import av
from PIL import Image

from shared.children import Report
from shared.contracts.base import MediaFacts
from video_svc.lastframe import Clip

LAST_SECONDS = 2.0


def cut_out_last(recipe: Clip, *, out: Path, progress: Report) -> MediaFacts:
    """Write the last picture of the clip to `out` as PNG."""
    with av.open(recipe.source, format="mp4") as container:
        video = container.streams.video[0]
        if video.duration is not None and video.time_base is not None:
            near_end = video.duration - int(LAST_SECONDS / float(video.time_base))
            container.seek(max(0, near_end), stream=video)
        last = deque(container.decode(video), maxlen=1).pop()
    picture = Image.fromarray(last.to_ndarray(format="rgb24"))
    picture.save(out, "PNG")
    return MediaFacts(width=picture.width, height=picture.height)
