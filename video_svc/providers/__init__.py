"""Who makes clips: name -> how it is opened for as long as the service lives."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from shared.runtime import House
from video_svc.providers.base import VideoProvider
from video_svc.providers.local import open_local

OpenProvider = Mapping[str, Callable[[House], AbstractAsyncContextManager[VideoProvider]]]

PROVIDERS: OpenProvider = {"local": open_local}
