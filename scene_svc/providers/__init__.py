"""Who writes scenes: name -> how it is opened for as long as the service lives."""

from collections.abc import Mapping

from scene_svc.providers.base import SceneProvider
from scene_svc.providers.gemini import open_gemini
from scene_svc.providers.local import open_local
from shared.openings import Open

OpenProvider = Mapping[str, Open[SceneProvider]]

PROVIDERS: OpenProvider = {"local": open_local, "gemini": open_gemini}
