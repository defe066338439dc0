"""What the image service alone can be told (configs/image.yaml)."""

from shared.config import WorkerConfig


class ImageConfig(WorkerConfig):
    """Nothing beyond what every worker knows, so far."""
