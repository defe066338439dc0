"""The one way a clip is opened: a local MP4 or QuickTime file and nothing it points at."""

from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

FORMAT = "mov"
"""A playlist renamed to .mp4 is not this, so its entries are never fetched."""
OPTIONS = {"protocol_whitelist": "file"}


LAZY = {"skip_frame": "all"}
"""For the probe of the container: libav decodes a picture only to learn its format, 35 ms at 1080p against 1.5."""
MOST_LAZY = 16
"""Streams."""


def open_clip(path: Path) -> InputContainer:
    """Open to decode. Raises av.FFmpegError for whatever is no MP4."""
    return av.open(str(path), format=FORMAT, options=OPTIONS, metadata_errors="ignore")


def open_packets(path: Path) -> InputContainer:
    """Open without looking at any picture: for packets, and for sound. Raises as `open_clip`."""
    lazy: Any = [LAZY] * MOST_LAZY  # PyAV's stub says strings
    try:
        return av.open(str(path), format=FORMAT, options=OPTIONS, stream_options=lazy, metadata_errors="ignore")
    except ValueError:  # it has no streams to apply the options to
        return open_clip(path)
