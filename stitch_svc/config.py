"""What the stitch service alone can be told (configs/stitch.yaml)."""

from shared.config import WorkerConfig


class StitchConfig(WorkerConfig):
    """Nothing beyond what every worker knows, so far."""
