"""The end of an order: waited for, fetched where that was asked, said, and its exit code."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scenebeat.client import Client
from scenebeat.client.answers import Job
from scenebeat.exits import FAILED, of_film
from scenebeat.operating import say
from scenebeat.remote.tables import money
from scenebeat.remote.voice import Voice
from shared.answers import ClipResult, CutResult, FinalVideo, PicturesResult, Production, ScenesResult

Options = argparse.Namespace
File = tuple[str, str]
"""Where it is at the gateway, and what to call it where only a folder was named."""


async def conclude(client: Client, job: Job[Any], options: Options, voice: Voice) -> int:
    """Wait for `job`, fetch what it made, say what became of it."""
    async with goes_on(job.job_id, lambda: client.cancel_job(job.job_id), options, voice):
        ended = await client.until_over(job, progress=voice.step)
    voice.rest()
    paths = await fetched(client, files_of(ended.result), options.out) if ended.result is not None else []
    for warning in dict.fromkeys(ended.warnings):
        say(f"note: {warning}")
    if ended.result is None:
        say(f"scenebeat: {ended.error.message if ended.error else f'job {ended.job_id} was {ended.status}'}")
        voice.result(ended, f"{ended.job_id}\t{ended.status}")
        return FAILED
    voice.result(ended, "\n".join([*_words(ended.result, client), *map(str, paths)]))
    return of_film(ended.status)


@asynccontextmanager
async def goes_on(order_id: str, call_off: Callable[[], Any], options: Options, voice: Voice) -> AsyncIterator[None]:
    """Whoever interrupts the wait is told how to take it up again; it is canceled only where that was asked for."""
    try:
        yield
    except asyncio.CancelledError:
        voice.rest()
        if options.cancel_on_interrupt:
            say(f"canceling {order_id} ...")
            await call_off()
        else:
            say(f"it goes on.\n{hints(order_id, options)}")
        raise


def hints(order_id: str, options: Options) -> str:
    """The commands that lead back to an order."""
    there = where(options)
    return f"  scenebeat watch {order_id}{there}    shows it\n  scenebeat cancel {order_id}{there}   stops it"


def where(options: Options) -> str:
    """The options that named the gateway, to be typed again."""
    return f" --url {options.url}" if options.url else f" --data {options.data}" if options.data else ""


def files_of(result: Any) -> list[File]:
    """What can be fetched of a result, or of the job or film it is of."""
    match result:
        case ScenesResult():
            return [(url, f"scenes-{result.scene_set_id}.{urlsplit(url).path.rpartition('.')[2]}")
                    for url in (result.output_files.json_, result.output_files.markdown)]  # fmt: skip
        case PicturesResult():
            return [(picture.url, Path(picture.path).name) for picture in result.images]
        case ClipResult() | CutResult() | FinalVideo():
            return [(result.video_url, Path(result.video_path).name)]
        case Job():
            return files_of(result.result)
        case Production():
            return files_of(result.final_video)
        case _:
            return []


async def fetched(client: Client, files: list[File], out: Path | None) -> list[Path]:
    """Fetch into the folder `out`, or into the file; several files under its name are numbered.

    Of files that differ by what they are, the one is taken that `out` ends like. Raises OSError.
    """
    if out is None:
        return []
    alike = [file for file in files if Path(file[1]).suffix == out.suffix]
    chosen = alike[:1] if len({Path(name).suffix for _, name in files}) > 1 and alike else files
    paths = [_place(out, name, number, of=len(chosen)) for number, (_, name) in enumerate(chosen, 1)]
    for path, (url, _) in zip(paths, chosen, strict=True):
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        await client.download(url, path)
    return paths


def _place(out: Path, name: str, number: int, *, of: int) -> Path:
    whole = out.expanduser().absolute()
    if whole.is_dir() or not out.suffix:
        return whole / name
    return whole if of == 1 else whole.with_stem(f"{whole.stem}-{number}")


def _words(result: Any, client: Client) -> list[str]:
    match result:
        case ScenesResult():
            scenes = enumerate(result.scenes, 1)
            told = [f"{number}. {scene.title or ''}\n   {scene.description}" for number, scene in scenes]
            return [*told, result.scene_set_id]
        case PicturesResult():
            missed = [f"picture {one.index + 1} failed: {one.message}" for one in result.failed_images]
            return [*missed, *(f"{picture.id}  {client.address(picture.url)}" for picture in result.images)]
        case ClipResult() | CutResult():
            facts = result.metadata
            size = f"{facts.duration_seconds or 0:.1f} s, {facts.width} x {facts.height}"
            made = f"{size}, {facts.model_used}, {money(facts.cost_usd)}"
            return [made, f"{result.video_id}  {client.address(result.video_url)}"]
        case _:
            return []
