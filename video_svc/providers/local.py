"""The animatic artist of this machine: no key, no network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from shared.config import WorkerConfig
from shared.contracts.base import ErrorCode, MediaFacts
from shared.contracts.order import Order
from shared.contracts.video import GenerateVideo
from shared.errors import PermanentError
from shared.generation import Done, Output
from shared.localmodel import LocalModel, Recipe
from shared.media.base import MediaStore, local_copy
from shared.runtime import House
from video_svc.animatic import ClipRecipe
from video_svc.providers.base import VideoProvider


@asynccontextmanager
async def open_local(house: House, _config: WorkerConfig) -> AsyncIterator[VideoProvider]:
    model = LocalModel(
        target="video_svc.animatic:render_clip",
        scratch=house.scratch / "clips",
        prepare=partial(_recipe, media=house.media),
        finish=_done,
    )
    try:
        yield model
    finally:
        await model.close()


async def _recipe(order: Order, scratch: Path, *, media: MediaStore) -> Recipe:
    command = order.command
    assert isinstance(command, GenerateVideo)
    body = ClipRecipe(
        prompt=command.scene or command.prompt,
        negative_prompt=command.negative_prompt,
        width=command.width,
        height=command.height,
        fps=command.fps,
        duration_s=command.duration_s,
        seed=command.seed or 0,
        generate_audio=command.generate_audio,
        reference_path=await _reference(command, scratch, media),
        stand_in=command.stand_in,
        cue=command.cue,
    )
    return Recipe(body, "clip.mp4", "video/mp4")


async def _reference(command: GenerateVideo, scratch: Path, media: MediaStore) -> Path | None:
    if command.reference is None:
        return None
    try:
        return await local_copy(media, command.reference.key, scratch)
    except FileNotFoundError as error:
        raise PermanentError.of(
            ErrorCode.NOT_FOUND, f"The character reference {command.reference.asset_id} has no picture any more."
        ) from error


def _done(answer: dict[str, Any], output: Output) -> Done:
    facts = MediaFacts.model_validate(answer)
    return Done((Output(output.location, output.media_type, facts),))
