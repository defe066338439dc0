"""The port of whoever joins or conforms clips."""

from typing import Protocol

from shared.generation import Provider


class CutProvider(Provider, Protocol):
    """Makes one film, or one conformed clip, per order.

    A cut: `Done.outputs` holds the MP4 with its facts, its poster and its contact sheet (JPEG; the last two only
    exist where the order names them), `Done.report` a `CutReport`. A conformed clip: the MP4 with its facts and its
    poster, the report is a `ClipReport`.
    """
