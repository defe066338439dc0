"""Wiring: which command goes to which handler, with what."""

from contextlib import AsyncExitStack
from functools import partial

from scene_svc.config import SceneConfig
from scene_svc.handlers import create_scenes
from scene_svc.providers import PROVIDERS, OpenProvider
from shared.openings import open_providers
from shared.runtime import House


async def scene_service(config: SceneConfig, house: House, *, opening: OpenProvider = PROVIDERS) -> None:
    async with AsyncExitStack() as stack:
        opened = await open_providers(stack, opening, house, config)
        handler = partial(create_scenes, providers=opened.providers, media=house.media, cheap_usd=config.cheap_usd)
        await house.work("create_scenes", handler, slots=opened.slots, drain_s=config.drain_s, refusals=opened.refusals)
