"""Who makes clips: name -> how it is opened for as long as the service lives."""

from collections.abc import Mapping

from shared.openings import Open
from video_svc.providers.base import VideoProvider
from video_svc.providers.gemini import open_gemini
from video_svc.providers.local import open_local
from video_svc.providers.replicate import open_replicate
from video_svc.providers.vertex import open_vertex

OpenProvider = Mapping[str, Open[VideoProvider]]

PROVIDERS: OpenProvider = {
    "local": open_local,
    "replicate": open_replicate,
    "gemini": open_gemini,
    "vertex": open_vertex,
}
