"""Clips by the video models of Replicate."""

from contextlib import AbstractAsyncContextManager

from shared.config import WorkerConfig
from shared.runtime import House
from shared.vendors.replicate.provider import open_replicate_provider
from video_svc.providers.base import VideoProvider

MOST_BYTES = 4 << 30


def open_replicate(house: House, config: WorkerConfig) -> AbstractAsyncContextManager[VideoProvider]:
    return open_replicate_provider(house, config, makes="video/mp4", most_bytes=MOST_BYTES)
