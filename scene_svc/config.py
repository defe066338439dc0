"""What the scene service alone can be told (configs/scene.yaml)."""

from shared.config import WorkerConfig


class SceneConfig(WorkerConfig):
    """Nothing beyond what every worker knows, so far."""
