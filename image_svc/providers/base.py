"""The port of whoever draws references."""

from typing import Protocol

from shared.generation import Provider


class ImageProvider(Provider, Protocol):
    """Draws one picture per order: `Done.outputs` holds exactly one PNG, JPEG or WebP.

    `Done.report` may say `seed` (what the model really used) and `prompt` (what it really read).
    """
