"""The portrait painter of this machine: no key, no network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from image_svc.portrait import PortraitRecipe
from image_svc.providers.base import ImageProvider
from shared.config import WorkerConfig
from shared.contracts.base import MediaFacts
from shared.contracts.image import EXTENSIONS, GenerateReference
from shared.contracts.order import Order
from shared.generation import Done, Output
from shared.localmodel import LocalModel, Recipe
from shared.runtime import House

MEDIA_TYPES = {extension: media_type for media_type, extension in EXTENSIONS.items()}


@asynccontextmanager
async def open_local(house: House, _config: WorkerConfig) -> AsyncIterator[ImageProvider]:
    model = LocalModel(
        target="image_svc.portrait.draw:draw_portrait",
        scratch=house.scratch / "portraits",
        prepare=_recipe,
        finish=_done,
    )
    try:
        yield model
    finally:
        await model.close()


async def _recipe(order: Order, scratch: Path) -> Recipe:
    command = order.command
    assert isinstance(command, GenerateReference)
    body = PortraitRecipe(
        description=command.character_description,
        seed=command.seed or 0,
        index=command.index,
        aspect_ratio=command.aspect_ratio,
        output_format=command.output_format,
    )
    return Recipe(body, f"portrait.{command.output_format}", MEDIA_TYPES[command.output_format])


def _done(answer: dict[str, Any], output: Output) -> Done:
    facts = MediaFacts.model_validate(answer)
    return Done((Output(output.location, output.media_type, facts),))
