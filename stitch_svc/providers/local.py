"""The cutting table of this machine: no key, no network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from shared.contracts.base import AssetRef, ErrorCode, MediaFacts
from shared.contracts.order import Order
from shared.contracts.stitch import StitchVideos
from shared.errors import PermanentError
from shared.generation import Done, Output
from shared.localmodel import LocalModel, Recipe
from shared.media.base import MediaStore, local_copy
from shared.runtime import House
from stitch_svc.cut import CutRecipe
from stitch_svc.providers.base import CutProvider


@asynccontextmanager
async def open_local(house: House) -> AsyncIterator[CutProvider]:
    model = LocalModel(
        target="stitch_svc.cut:cut",
        scratch=house.scratch / "cuts",
        prepare=partial(_recipe, media=house.media),
        finish=_done,
        refusals={"CutError": ErrorCode.STITCH_FAILED},
    )
    try:
        yield model
    finally:
        await model.close()


async def _recipe(order: Order, scratch: Path, *, media: MediaStore) -> Recipe:
    command = order.command
    assert isinstance(command, StitchVideos)
    body = CutRecipe(
        clips=tuple([await _clip(media, clip, scratch) for clip in command.clips]),
        width=command.width,
        height=command.height,
        fps=command.fps,
        fit=command.fit,
        title=command.title,
        title_seconds=command.title_seconds,
        credits=command.credits,
        work_dir=scratch / "work",
    )
    return Recipe(body, "cut.mp4", "video/mp4")


async def _clip(media: MediaStore, clip: AssetRef, scratch: Path) -> Path:
    try:
        return await local_copy(media, clip.key, scratch)
    except FileNotFoundError as error:
        raise PermanentError.of(ErrorCode.NOT_FOUND, f"Clip {clip.asset_id} has no video any more.") from error


def _done(answer: dict[str, Any], output: Output) -> Done:
    facts = MediaFacts.model_validate(answer["facts"])
    return Done((Output(output.location, output.media_type, facts),), report=answer)
