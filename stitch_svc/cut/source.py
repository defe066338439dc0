"""The one way a clip is opened: a local MP4 or QuickTime file and nothing it points at."""

from pathlib import Path

import av
from av.container import InputContainer

FORMAT = "mov"
"""A playlist renamed to .mp4 is not this, so its entries are never fetched."""
OPTIONS = {"protocol_whitelist": "file"}


def open_clip(path: Path) -> InputContainer:
    """Open for reading. Raises av.FFmpegError for whatever is no MP4."""
    return av.open(str(path), format=FORMAT, options=OPTIONS, metadata_errors="ignore")
