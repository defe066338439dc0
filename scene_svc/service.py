"""Wiring: which command goes to which handler, with what."""

from contextlib import AsyncExitStack
from functools import partial

from scene_svc.config import SceneConfig
from scene_svc.handlers import create_scenes
from scene_svc.providers import PROVIDERS, OpenProvider
from shared.runtime import House


async def scene_service(config: SceneConfig, house: House, *, opening: OpenProvider = PROVIDERS) -> None:
    async with AsyncExitStack() as stack:
        providers = {name: await stack.enter_async_context(opening[name](house)) for name in config.slots}
        handler = partial(create_scenes, providers=providers, media=house.media, cheap_usd=config.cheap_usd)
        await house.work("create_scenes", handler, slots=config.slots, drain_s=config.drain_s)
