"""Wiring: which command goes to which handler, with what."""

from contextlib import AsyncExitStack
from functools import partial

from shared.generation import Generation
from shared.runtime import House
from stitch_svc.config import StitchConfig
from stitch_svc.handlers import stitch_videos
from stitch_svc.providers import PROVIDERS, OpenProvider


async def stitch_service(config: StitchConfig, house: House, *, opening: OpenProvider = PROVIDERS) -> None:
    async with AsyncExitStack() as stack:
        providers = {name: await stack.enter_async_context(opening[name](house)) for name in config.slots}
        run = Generation(providers=providers, media=house.media, cheap_usd=config.cheap_usd)
        handler = partial(stitch_videos, run=run)
        await house.work("stitch_videos", handler, slots=config.slots, drain_s=config.drain_s)
