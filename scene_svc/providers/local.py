"""The storyteller of this machine: a seeded grammar, no key, no network."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scene_svc.grammar import write_scenes
from scene_svc.providers.base import SceneProvider, Script
from shared.config import WorkerConfig
from shared.contracts.order import Order
from shared.contracts.scene import CreateScenes
from shared.runtime import House


class LocalStoryteller:
    """Milliseconds of pure text work: a thread is enough."""

    call_timeout_s = 10.0

    async def write(self, order: Order) -> Script:
        command = order.command
        assert isinstance(command, CreateScenes)
        return Script(await asyncio.to_thread(write_scenes, command))


@asynccontextmanager
async def open_local(_house: House, _config: WorkerConfig) -> AsyncIterator[SceneProvider]:
    yield LocalStoryteller()
