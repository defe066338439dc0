"""Portraits by the image models of Replicate."""

from contextlib import AbstractAsyncContextManager

from image_svc.providers.base import ImageProvider
from shared.config import WorkerConfig
from shared.runtime import House
from shared.vendors.replicate.provider import open_replicate_provider

MOST_BYTES = 64 << 20


def open_replicate(house: House, config: WorkerConfig) -> AbstractAsyncContextManager[ImageProvider]:
    return open_replicate_provider(house, config, makes="image/*", most_bytes=MOST_BYTES)
