"""Who writes scenes: name -> how it is opened for as long as the service lives."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from scene_svc.providers.base import SceneProvider
from scene_svc.providers.local import open_local
from shared.runtime import House

OpenProvider = Mapping[str, Callable[[House], AbstractAsyncContextManager[SceneProvider]]]

PROVIDERS: OpenProvider = {"local": open_local}
