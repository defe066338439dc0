"""Wiring: which command goes to which handler, with what."""

from contextlib import AsyncExitStack
from functools import partial

from image_svc.config import ImageConfig
from image_svc.handlers import generate_reference
from image_svc.providers import PROVIDERS, OpenProvider
from shared.generation import Generation
from shared.runtime import House


async def image_service(config: ImageConfig, house: House, *, opening: OpenProvider = PROVIDERS) -> None:
    async with AsyncExitStack() as stack:
        providers = {name: await stack.enter_async_context(opening[name](house)) for name in config.slots}
        run = Generation(providers=providers, media=house.media, cheap_usd=config.cheap_usd)
        handler = partial(generate_reference, run=run)
        await house.work("generate_character_reference", handler, slots=config.slots, drain_s=config.drain_s)
