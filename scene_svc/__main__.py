from scene_svc.config import SceneConfig
from scene_svc.service import scene_service
from shared.runtime import run

run(scene_service, SceneConfig, "scene")
