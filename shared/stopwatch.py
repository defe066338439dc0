"""Every call to a provider, how it ended and how long it took: counted, and in debug mode logged."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from shared import tracing
from shared.logs import logger
from shared.metrics import PROVIDER_SECONDS


@contextmanager
def timed_call(step: str, **about: Any) -> Iterator[None]:
    """Log the block as one call: `step` is what was asked of the provider (submit, poll, fetch ...)."""
    began, ended = monotonic(), "well"
    try:
        with tracing.span(f"{step} {about.get('provider', '')}".strip(), kind="client", **about):
            yield
    except BaseException as error:
        ended = type(error).__name__
        raise
    finally:
        seconds = monotonic() - began
        PROVIDER_SECONDS.labels(step, about.get("provider", ""), "well" if ended == "well" else "badly").observe(
            seconds
        )
        ms = round(seconds * 1000)
        logger(__name__).debug("provider_call", step=step, **about, ended=ended, ms=ms)
