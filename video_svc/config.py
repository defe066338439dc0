"""What the video service alone can be told (configs/video.yaml)."""

from shared.config import WorkerConfig


class VideoConfig(WorkerConfig):
    """Nothing beyond what every worker knows, so far."""
