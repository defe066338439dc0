"""The cutting table of this machine: no key, no network."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from shared.contracts.base import AssetRef, ErrorCode, MediaFacts
from shared.contracts.order import Order
from shared.contracts.stitch import ConformClip, StitchVideos
from shared.errors import PermanentError
from shared.generation import Done, Output
from shared.localmodel import LocalModel, Recipe
from shared.media.base import MediaStore, local_copy
from shared.runtime import House
from stitch_svc.cut import ClipRecipe, CutRecipe
from stitch_svc.providers.base import CutProvider

REFUSALS = {"CutError": ErrorCode.STITCH_FAILED}
POSTER, CONTACT_SHEET = "poster.jpg", "contact_sheet.jpg"
COPIES_AT_ONCE = 4


@asynccontextmanager
async def open_cuts(house: House) -> AsyncIterator[CutProvider]:
    """Joins clips; what it renders between them stays on a shelf that the service's processes here share."""
    model = LocalModel(
        target="stitch_svc.cut.limited:cut",
        scratch=house.scratch / "cuts",
        prepare=partial(_cut, media=house.media, shelf=house.scratch.parent / "shelf"),
        finish=_cut_done,
        refusals=REFUSALS,
    )
    try:
        yield model
    finally:
        await model.close()


@asynccontextmanager
async def open_conforming(house: House) -> AsyncIterator[CutProvider]:
    """Brings single clips into the shape of their film."""
    model = LocalModel(
        target="stitch_svc.cut.limited:conform_clip",
        scratch=house.scratch / "conformed",
        prepare=partial(_clip, media=house.media),
        finish=_clip_done,
        refusals=REFUSALS,
    )
    try:
        yield model
    finally:
        await model.close()


async def _cut(order: Order, scratch: Path, *, media: MediaStore, shelf: Path) -> Recipe:
    command = order.command
    assert isinstance(command, StitchVideos)
    body = CutRecipe(
        clips=await _copies(media, command.clips, scratch),
        digests=tuple(clip.sha256 for clip in command.clips),
        width=command.width,
        height=command.height,
        fps=command.fps,
        fit=command.fit,
        title=command.title,
        title_seconds=command.title_seconds,
        credits=command.credits,
        transitions=command.transitions,
        audio=command.audio,
        song=await _copy(media, command.song, scratch, what="Song") if command.song else None,
        song_gain_db=command.song_gain_db,
        clip_gain_db=command.clip_gain_db,
        loudness_lufs=command.loudness_lufs,
        verify=command.verify,
        poster=scratch / POSTER if command.poster_id else None,
        contact_sheet=scratch / CONTACT_SHEET if command.contact_sheet_id else None,
        shelf=shelf,
        work_dir=scratch / "work",
    )
    return Recipe(body, "cut.mp4", "video/mp4")


async def _clip(order: Order, scratch: Path, *, media: MediaStore) -> Recipe:
    command = order.command
    assert isinstance(command, ConformClip)
    ready = await local_copy(media, command.key, scratch) if await media.stat(command.key) else None
    body = ClipRecipe(
        clip=await _copy(media, command.clip, scratch),
        name=f"Clip {command.clip.asset_id}",
        width=command.width,
        height=command.height,
        fps=command.fps,
        fit=command.fit,
        ready=ready,
        poster=scratch / POSTER,
        work_dir=scratch / "work",
    )
    return Recipe(body, "conformed.mp4", "video/mp4")


async def _copies(media: MediaStore, clips: Sequence[AssetRef], scratch: Path) -> tuple[Path, ...]:
    """A file for every clip, some fetched at a time; one that is shown twice is fetched once."""
    room = asyncio.Semaphore(COPIES_AT_ONCE)

    async def copied(clip: AssetRef) -> Path:
        async with room:
            return await _copy(media, clip, scratch)

    unique = {clip.key: clip for clip in clips}
    paths = dict(zip(unique, await asyncio.gather(*map(copied, unique.values())), strict=True))
    return tuple(paths[clip.key] for clip in clips)


async def _copy(media: MediaStore, asset: AssetRef, scratch: Path, *, what: str = "Clip") -> Path:
    try:
        return await local_copy(media, asset.key, scratch)
    except FileNotFoundError as error:
        raise PermanentError.of(ErrorCode.NOT_FOUND, f"{what} {asset.asset_id} has no file any more.") from error


def _cut_done(answer: dict[str, Any], output: Output) -> Done:
    """The film; behind it the poster and the contact sheet, for whoever asked for them."""
    film = Output(output.location, output.media_type, MediaFacts.model_validate(answer["facts"]))
    return Done((film, _beside(output, POSTER), _beside(output, CONTACT_SHEET)), report=answer)


def _clip_done(answer: dict[str, Any], output: Output) -> Done:
    """The clip, wherever it lies, and its poster."""
    facts = MediaFacts.model_validate(answer["facts"])
    clip = Output(answer["path"], output.media_type, facts)
    return Done((clip, _beside(output, POSTER)), report=answer)


def _beside(output: Output, name: str) -> Output:
    return Output(str(Path(output.location).with_name(name)), "image/jpeg")
