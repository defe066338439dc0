"""Who draws references: name -> how it is opened for as long as the service lives."""

from collections.abc import Mapping

from image_svc.providers.base import ImageProvider
from image_svc.providers.gemini import open_gemini
from image_svc.providers.local import open_local
from image_svc.providers.replicate import open_replicate
from shared.openings import Open

OpenProvider = Mapping[str, Open[ImageProvider]]

PROVIDERS: OpenProvider = {"local": open_local, "replicate": open_replicate, "gemini": open_gemini}
