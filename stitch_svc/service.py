"""Wiring: which command goes to which handler, with what."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

from shared.generation import Generation
from shared.runtime import House
from stitch_svc.config import StitchConfig
from stitch_svc.handlers import conform_clip, stitch_videos
from stitch_svc.providers import CONFORMERS, PROVIDERS, OpenProvider

HANDLERS = {"stitch_videos": stitch_videos, "conform_clip": conform_clip}


async def stitch_service(
    config: StitchConfig,
    house: House,
    *,
    opening: OpenProvider = PROVIDERS,
    conforming: OpenProvider = CONFORMERS,
) -> None:
    opened = {"stitch_videos": opening, "conform_clip": conforming}
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        for kind, makers in opened.items():
            providers = {name: await stack.enter_async_context(makers[name](house)) for name in config.slots}
            run = Generation(providers=providers, media=house.media, cheap_usd=config.cheap_usd)
            handler = partial(HANDLERS[kind], run=run)
            group.create_task(house.work(kind, handler, slots=config.slots, drain_s=config.drain_s))
