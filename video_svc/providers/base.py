"""The port of whoever makes clips."""

from typing import Protocol

from shared.generation import Provider


class VideoProvider(Provider, Protocol):
    """Makes one clip per order: `Done.outputs` holds exactly one MP4 with its facts.

    `Done.report` may say `seed` (what the model really used) and `reference_sent` (false, with `reference_reason`).
    """
