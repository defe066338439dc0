"""What the scene service alone can be told (configs/scene.yaml)."""

from scene_svc.prompts import Prompts
from shared.config import WorkerConfig


class SceneConfig(WorkerConfig):
    prompts: Prompts | None = None
    """What a model is told to write; the storyteller of this machine needs none."""
