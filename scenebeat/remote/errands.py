"""`jobs`, `films`, `watch`, `approve`, `choose`, `cancel`, `retry`, `export`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scenebeat.client import Client, NotFound
from scenebeat.client.answers import Job
from scenebeat.client.watching import Told
from scenebeat.exits import AT_GATE, DONE, FAILED, USAGE, of_film
from scenebeat.film import Film, describe
from scenebeat.gates import AtGate, Porter
from scenebeat.operating import say
from scenebeat.remote.ends import conclude, fetched, files_of, goes_on, hints, where
from scenebeat.remote.tables import ago, money, printable
from scenebeat.remote.voice import Voice
from scenebeat.screen import Screen, open_screen
from shared.answers import Production

Options = argparse.Namespace

SHORT = {
    "create_scenes": "scenes",
    "generate_character_reference": "character",
    "generate_video": "clip",
    "conform_clip": "conform",
    "stitch_videos": "cut",
}
TELLING = ("prompt", "idea", "title", "character_description")
FILTERS = ("status", "project", "q", "limit", "cursor")


async def jobs(client: Client, options: Options, voice: Voice) -> int:
    if options.id is not None:
        job = await client.job(options.id)
        voice.result(job, "\n".join(_told(job)))
        return DONE
    wanted = {**_filters(options), "kind": options.kind, "production_id": options.film}
    page = await client.jobs(**wanted)
    rows = [_job_row(job) for job in page.items]
    empty = "no jobs like that" if _is_narrow(wanted) else 'no jobs yet: scenebeat clip "a pier at dusk" orders one'
    voice.list_(page, ("ID", "KIND", "STATUS", "AGE", "COST", "WHAT"), rows, empty=empty)
    _say_more(page.next_cursor, options)
    return DONE


async def films(client: Client, options: Options, voice: Voice) -> int:
    page = await client.productions(**_filters(options))
    rows = [_film_row(film) for film in page.items]
    empty = 'no films yet: scenebeat make "IDEA" --character "..." makes one'
    empty = "no films like that" if _is_narrow(_filters(options)) else empty
    voice.list_(page, ("ID", "STATUS", "DONE", "AGE", "COST", "WHAT"), rows, empty=empty)
    _say_more(page.next_cursor, options)
    return DONE


async def watch(client: Client, options: Options, voice: Voice) -> int:
    order = await _found(client, options.id)
    if isinstance(order, Job) and not voice.as_json:
        return await conclude(client, order, options, voice)
    return await _followed(client, order, options, voice)


async def approve(client: Client, options: Options, voice: Voice) -> int:
    film = await client.continue_production(options.id, gate=options.gate)
    if options.no_wait:
        voice.result(film, f"{film.production_id}\t{film.status}")
        return DONE
    return await _followed(client, film, options, voice)


async def choose(client: Client, options: Options, voice: Voice) -> int:
    if options.portrait is not None:
        image_id = await _portrait(client, options.id, options.portrait)
        if image_id is None:
            say(f"scenebeat: the film has no portrait {options.portrait}: `scenebeat watch {options.id}` shows them")
            return USAGE
        film = await client.choose_character(options.id, image_id)
    elif options.scene is not None and options.version is not None:
        film = await client.choose_version(options.id, options.scene, options.version)
    else:
        say("scenebeat: say --portrait N, or --scene N --version V")
        return USAGE
    voice.result(film, f"{film.production_id}\t{film.status}")
    return DONE


async def cancel(client: Client, options: Options, voice: Voice) -> int:
    try:
        stopped: Job[Any] | Production = await client.cancel_job(options.id)
    except NotFound:
        stopped = await client.cancel_production(options.id)
    voice.result(stopped, f"{options.id}\t{stopped.status}")
    return DONE


async def retry(client: Client, options: Options, voice: Voice) -> int:
    try:
        job = await client.retry_job(options.id)
    except NotFound:
        return await _retry_film(client, options, voice)
    if options.no_wait:
        voice.result(job, f"{job.job_id}\n{hints(job.job_id, options)}")
        return DONE
    return await conclude(client, job, options, voice)


async def _retry_film(client: Client, options: Options, voice: Voice) -> int:
    film = await client.retry_production(options.id)
    if options.no_wait:
        voice.result(film, f"{film.production_id}\t{film.status}")
        return DONE
    return await _followed(client, film, options, voice)


async def export(client: Client, options: Options, voice: Voice) -> int:
    file = (options.out or Path(f"film-{options.id}.{options.format}")).expanduser().absolute()
    if file.is_dir():
        file = file / f"film-{options.id}.{options.format}"
    size = await client.export_production(options.id, file, as_=options.format)
    voice.result({"file": str(file), "size_bytes": size}, str(file))
    return DONE


async def _portrait(client: Client, film_id: str, said: str) -> str | None:
    """The id of a portrait that was said by its number among the film's own, or by its id; None: there is none."""
    if not said.isdecimal():
        return said
    candidates = (await client.production(film_id)).character.candidates
    return candidates[int(said) - 1].id if 0 < int(said) <= len(candidates) else None


async def _followed(client: Client, order: Job[Any] | Production, options: Options, voice: Voice) -> int:
    """To its end; or to its next gate, where that was asked for."""
    try:
        if voice.as_json or isinstance(order, Job):
            return await _told_in_lines(client, order, options, voice)
        with open_screen(sys.stderr) as screen:
            ended = await _shown(client, order, screen, options, voice)
    except AtGate:
        return AT_GATE
    return await _film_over(client, ended, options, voice)


async def _shown(client: Client, order: Production, screen: Screen, options: Options, voice: Voice) -> Production:
    film, porter = Film(), _porter(client, options, screen.say)
    film.take(order)
    screen.show(film)

    def show(told: Told) -> None:
        film.learn(told)
        screen.show(film)
        porter.look(told)

    porter.look(order)
    async with goes_on(options.id, lambda: client.cancel_production(options.id), options, voice):
        return await client.until_over(order, progress=show)


def _porter(client: Client, options: Options, speak: Callable[[str], None]) -> Porter:
    return Porter(client.url, where(options), speak, leaves=options.leave_at_gate)


async def _told_in_lines(client: Client, order: Job[Any] | Production, options: Options, voice: Voice) -> int:
    """A JSON line for every change; the last one is the whole."""
    call_off = client.cancel_job if isinstance(order, Job) else client.cancel_production
    porter = _porter(client, options, say)

    def tell(told: Told) -> None:
        voice.line(told)
        porter.look(told)

    tell(order)
    async with goes_on(options.id, lambda: call_off(options.id), options, voice):
        ended = await client.until_over(order, progress=tell)
    voice.line(ended)
    await fetched(client, files_of(ended), options.out)
    return of_film(ended.status)


async def _film_over(client: Client, film: Production, options: Options, voice: Voice) -> int:
    for warning in dict.fromkeys(film.warnings):
        say(f"note: {warning}")
    if film.final_video is None:
        say(f"scenebeat: {film.error.message if film.error else f'the film {film.status}: there is nothing to show'}")
        return FAILED
    paths = await fetched(client, files_of(film), options.out)
    made = f"{describe(film.final_video)}, {money(film.cost.actual_usd)}"
    voice.result(film, "\n".join([made, client.address(film.final_video.video_url), *map(str, paths)]))
    return of_film(film.status)


async def _found(client: Client, order_id: str) -> Job[Any] | Production:
    """The job, else the film, of this id. Raises NotFound."""
    try:
        return await client.job(order_id)
    except NotFound:
        return await client.production(order_id)


def _filters(options: Options) -> dict[str, Any]:
    return {name: getattr(options, name) for name in FILTERS}


def _is_narrow(wanted: dict[str, Any]) -> bool:
    return any(value is not None for name, value in wanted.items() if name != "limit")


def _say_more(cursor: str | None, options: Options) -> None:
    if cursor is not None and not options.json and sys.stdout.isatty():
        say(f"more: --cursor {cursor}")


def _job_row(job: Job[Any]) -> tuple[str, ...]:
    kind, cost = SHORT.get(job.kind, job.kind), job.cost.actual_usd
    return job.job_id, kind, job.status, ago(job.created_at), money(cost), _what(job.request)


def _film_row(film: Production) -> tuple[str, ...]:
    what = film.title or _what(film.request)
    done = f"{film.progress.fraction:.0%}"
    return film.production_id, film.status, done, ago(film.created_at), money(film.cost.actual_usd), what


def _what(request: dict[str, Any]) -> str:
    """The words that tell most of an order."""
    if videos := request.get("video_ids"):
        return f"{len(videos)} videos"
    return next((str(request[name]) for name in TELLING if request.get(name)), "")


def _told(job: Job[Any]) -> list[str]:
    """One job for people."""
    lines = [f"{job.job_id}  {job.kind}  {job.status}  {job.progress.fraction:.0%}", printable(_what(job.request))]
    lines += [f"note: {warning}" for warning in job.warnings]
    if job.error:
        lines.append(f"{job.error.error_code}: {job.error.message}")
    lines += [f"made: {url}" for url, _ in files_of(job.result)]
    return [line for line in lines if line]
