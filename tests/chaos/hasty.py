"""`python -m tests.chaos.hasty image|video`: the service as it is shipped, but its calls to providers end sooner.

A killed worker's call is only looked for once it must have ended: 75 s and more with the shipped bounds. A clip that
the tests' own server makes in a third of a second is first asked for after three seconds with Gemini's shipped ones.
"""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Protocol, TypeVar

from image_svc.config import ImageConfig
from image_svc.providers import PROVIDERS as IMAGE_PROVIDERS
from image_svc.service import image_service
from shared.config import WorkerConfig
from shared.openings import Open
from shared.runtime import House, run
from video_svc.config import VideoConfig
from video_svc.providers import PROVIDERS as VIDEO_PROVIDERS
from video_svc.providers.gemini import GeminiClips
from video_svc.service import video_service

CALL_S = 12.0
FIRST_POLL_S = 0.5


class Bounded(Protocol):
    call_timeout_s: float


P = TypeVar("P", bound=Bounded)


def sooner(opening: Mapping[str, Open[P]]) -> dict[str, Open[P]]:
    """The same providers, each with `CALL_S` for a call."""
    return {name: partial(_opened, open_provider) for name, open_provider in opening.items()}


@asynccontextmanager
async def _opened(open_provider: Open[P], house: House, config: WorkerConfig) -> AsyncIterator[P]:
    async with open_provider(house, config) as provider:
        provider.call_timeout_s = CALL_S
        if isinstance(provider, GeminiClips):
            provider.first_poll_s = FIRST_POLL_S
        yield provider


if __name__ == "__main__":
    if sys.argv[1] == "image":
        run(partial(image_service, opening=sooner(IMAGE_PROVIDERS)), ImageConfig, "image")
    else:
        run(partial(video_service, opening=sooner(VIDEO_PROVIDERS)), VideoConfig, "video")
