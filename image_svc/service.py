"""Wiring: which command goes to which handler, with what."""

from contextlib import AsyncExitStack
from functools import partial

from image_svc.config import ImageConfig
from image_svc.handlers import generate_reference
from image_svc.providers import PROVIDERS, OpenProvider
from shared.generation import Generation
from shared.openings import open_providers
from shared.pictures import look_into
from shared.runtime import House


async def image_service(config: ImageConfig, house: House, *, opening: OpenProvider = PROVIDERS) -> None:
    async with AsyncExitStack() as stack:
        opened = await open_providers(stack, opening, house, config)
        run = Generation(
            providers=opened.providers,
            media=house.media,
            cheap_usd=config.cheap_usd,
            look=partial(look_into, target="shared.darkroom:look", scratch=house.scratch),
        )
        handler = partial(generate_reference, run=run)
        await house.work(
            "generate_character_reference",
            handler,
            slots=opened.slots,
            drain_s=config.drain_s,
            refusals=opened.refusals,
        )
