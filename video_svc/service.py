"""Wiring: which command goes to which handler, with what."""

from contextlib import AsyncExitStack
from functools import partial

from shared.generation import Generation
from shared.openings import open_providers
from shared.pictures import look_into
from shared.runtime import House
from video_svc.config import VideoConfig
from video_svc.handlers import generate_video
from video_svc.providers import PROVIDERS, OpenProvider


async def video_service(config: VideoConfig, house: House, *, opening: OpenProvider = PROVIDERS) -> None:
    async with AsyncExitStack() as stack:
        opened = await open_providers(stack, opening, house, config)
        run = Generation(
            providers=opened.providers,
            media=house.media,
            cheap_usd=config.cheap_usd,
            look=partial(look_into, target="video_svc.look:look", scratch=house.scratch),
        )
        handler = partial(generate_video, run=run, scratch=house.scratch)
        await house.work(
            "generate_video", handler, slots=opened.slots, drain_s=config.drain_s, refusals=opened.refusals
        )
