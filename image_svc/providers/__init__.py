"""Who draws references: name -> how it is opened for as long as the service lives."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from image_svc.providers.base import ImageProvider
from image_svc.providers.local import open_local
from shared.runtime import House

OpenProvider = Mapping[str, Callable[[House], AbstractAsyncContextManager[ImageProvider]]]

PROVIDERS: OpenProvider = {"local": open_local}
