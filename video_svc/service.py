"""Wiring: which command goes to which handler, with what."""

from contextlib import AsyncExitStack
from functools import partial

from shared.generation import Generation
from shared.runtime import House
from video_svc.config import VideoConfig
from video_svc.handlers import generate_video
from video_svc.providers import PROVIDERS, OpenProvider


async def video_service(config: VideoConfig, house: House, *, opening: OpenProvider = PROVIDERS) -> None:
    async with AsyncExitStack() as stack:
        providers = {name: await stack.enter_async_context(opening[name](house)) for name in config.slots}
        run = Generation(providers=providers, media=house.media, cheap_usd=config.cheap_usd)
        handler = partial(generate_video, run=run)
        await house.work("generate_video", handler, slots=config.slots, drain_s=config.drain_s)
