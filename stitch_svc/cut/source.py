"""The one way a clip is opened: a local MP4 or QuickTime file and nothing it points at."""

from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

FORMAT = "mov"
"""A playlist renamed to .mp4 is not this, so its entries are never fetched."""
SONGS = {"wav": (8, b"WAVE"), "flac": (0, b"fLaC"), "ogg": (0, b"OggS"), "mov": (4, b"ftyp")}
"""libav's name of the format -> where its sign stands; what has none of them can only be an MP3."""
OPTIONS = {"protocol_whitelist": "file"}


LAZY = {"skip_frame": "all"}
"""For the probe of the container: libav decodes a picture only to learn its format, 35 ms at 1080p against 1.5."""
MOST_LAZY = 16
"""Streams."""


def open_clip(path: Path) -> InputContainer:
    """Open to decode. Raises av.FFmpegError for whatever is no MP4."""
    return av.open(str(path), format=FORMAT, options=OPTIONS, metadata_errors="ignore")


def open_song(path: Path) -> InputContainer:
    """Open a song by what its first bytes say it is. Raises av.FFmpegError for whatever is none."""
    with path.open("rb") as file:
        start = file.read(12)
    kind = next((kind for kind, (place, sign) in SONGS.items() if start[place:].startswith(sign)), "mp3")
    return av.open(str(path), format=kind, options=OPTIONS, metadata_errors="ignore")


def open_packets(path: Path) -> InputContainer:
    """Open without looking at any picture: for packets, and for sound. Raises as `open_clip`."""
    lazy: Any = [LAZY] * MOST_LAZY  # PyAV's stub says strings
    try:
        return av.open(str(path), format=FORMAT, options=OPTIONS, stream_options=lazy, metadata_errors="ignore")
    except ValueError:  # it has no streams to apply the options to
        return open_clip(path)
