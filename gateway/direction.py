"""Carries out what the director decides, inside the transaction that made it necessary."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gateway.cancel import cancel_jobs
from gateway.director import is_filmed, plan, shown_cut, told_of_shots
from gateway.history.records import TERMINAL, Job, NewJob, OrderRow, Production
from gateway.history.store import Transaction
from gateway.results import JobResult
from gateway.reuse import repeated
from gateway.storyboard import Film, Plan, Want, shot_of
from gateway.viewing import film_of
from shared.contracts.scene import ScenesCreated
from shared.errors import ServiceError

OrderPart = Callable[[Production, Want], NewJob]
"""Turns what the director wants into a job with its orders. Raises ServiceError where that cannot be ordered."""


async def direct(tx: Transaction, production_id: str, *, order_part: OrderPart, asked: bool = False) -> list[OrderRow]:
    """Let the director look at a production and do what he says; the orders to withdraw after the commit.

    `asked`: somebody waits for the answer, so what cannot be ordered raises its ServiceError and ends no film.
    """
    production = await tx.production(production_id)
    if production is None:
        return []
    if production.is_terminal:
        await _show_cut(tx, production)
        return []
    film = await read_film(tx, production)
    decided, new = await _decide(tx, film, production, order_part, asked=asked)
    withdrawn: list[OrderRow] = []
    if decided.stop:
        jobs = await tx.jobs_of(production_id)
        withdrawn = await cancel_jobs(tx, [job for job in jobs if job.status in {"queued", "running"}])
        film = await read_film(tx, production)
        decided, new = await _decide(tx, film, production, order_part, asked=asked)
    await _order(tx, production, new)
    await _write_down(tx, production, decided)
    if any(ordered.job.is_terminal for ordered in new):  # made before: what follows from it can begin
        withdrawn += await direct(tx, production_id, order_part=order_part, asked=asked)
    return withdrawn


async def stop_job(tx: Transaction, job: Job, *, order_part: OrderPart) -> list[OrderRow]:
    """Cancel one job that is not terminal; the orders to withdraw after the commit."""
    withdrawn = await cancel_jobs(tx, [job])
    if job.production_id is not None:
        withdrawn += await direct(tx, job.production_id, order_part=order_part)
    return withdrawn


async def stop_production(tx: Transaction, production: Production, *, order_part: OrderPart) -> list[OrderRow]:
    """Cancel a production that is not terminal, with all its jobs; the orders to withdraw after the commit.

    A new clip of a scene that waits to begin is not wanted any more: nothing may order it later, unasked.
    """
    film = await read_film(tx, production)
    for number, take in ((number, film.take(number)) for number in film.numbers):
        if take.wanted and take.basis and not is_filmed(film, number, take):
            await tx.update_version(production.id, number, take.version, wanted=False)
    await tx.update_production(production.id, cancel_wished=True)
    return await direct(tx, production.id, order_part=order_part)


async def read_film(tx: Transaction, production: Production) -> Film:
    """The production as the director sees it: a cut that was deleted is none."""
    film = film_of(production, await tx.versions_of(production.id), await tx.jobs_of(production.id))
    video_id = shown_cut(film)
    if video_id is None or await tx.asset(video_id) is not None:
        return film
    return replace(film, parts={name: part for name, part in film.parts.items() if not part.shows(video_id)})


def accepted_warnings(film: Film) -> tuple[str, ...]:
    """What a film that has ended told, but for what it told of its shots: those may change."""
    of_shots = set(told_of_shots(film))
    return tuple(warning for warning in film.warnings if warning not in of_shots)


async def _decide(
    tx: Transaction, film: Film, production: Production, order_part: OrderPart, *, asked: bool
) -> tuple[Plan, list[NewJob]]:
    """The plan and its orders; a want that cannot be ordered or paid ends the film, for that reason."""
    decided = plan(film)
    try:
        planned = [order_part(production, want) for want in decided.wanted]
        new = [await _made_before(tx, part) for part in planned] if film.settings.reuse else planned
        await tx.afford(*(order for job in new for order in job.orders))
        return decided, new
    except ServiceError as error:
        if asked:
            raise
        return plan(replace(film, refusal=error.fault)), []


async def _made_before(tx: Transaction, new: NewJob) -> NewJob:
    """The part as the very same one that was made earlier, at no cost, where there is one."""
    if new.job.fingerprint is None:
        return new
    earlier = await tx.made_before(new.job.space, new.job.fingerprint)
    return repeated(new, earlier) if earlier else new


async def _order(tx: Transaction, production: Production, new: list[NewJob]) -> None:
    for ordered in new:
        await tx.insert_job(ordered)
        await tx.reserve(*ordered.orders)
        tx.tell("job.succeeded" if ordered.job.is_terminal else "job.queued", ordered.job)
        if ordered.job.part == "scenes" and ordered.job.is_terminal:
            await _write_scenes(tx, production, ordered.job)
        await assign_clip(tx, ordered.job)


async def assign_clip(tx: Transaction, job: Job) -> None:
    """A job that makes a clip of a scene, or its stand-in, is that of its version."""
    part = job.part or ""
    if job.production_id and part.partition("/")[0] in {"clip", "filler"}:
        number, version = shot_of(part)
        await tx.update_version(job.production_id, number, version, clip_job_id=job.id)


async def _write_scenes(tx: Transaction, production: Production, job: Job) -> None:
    for made in JobResult.model_validate(job.result).made:
        if isinstance(made, ScenesCreated) and not await tx.scenes_of(production.id):
            await tx.put_scenes(production.id, made.scenes)


async def _show_cut(tx: Transaction, production: Production) -> None:
    """A film that is over stays so; but what it shows is the cut of it as it stands, once there is that."""
    video_id = shown_cut(await read_film(tx, production)) if production.final_video_id else None
    if video_id is None or video_id == production.final_video_id:
        return
    await tx.edit_production(production.id, final_video_id=video_id)
    tx.tell("production.updated", replace(production, final_video_id=video_id))


async def _write_down(tx: Transaction, production: Production, decided: Plan) -> None:
    """Change the production's row where it differs, and tell."""
    stands = _columns(decided)
    if all(getattr(production, name) == value for name, value in stands.items()):
        return
    now = tx.now()
    if decided.status != "queued" and production.started_at is None:
        stands["started_at"] = now
    if decided.status in TERMINAL:
        stands["completed_at"] = now
    await tx.update_production(production.id, **stands)
    tx.tell("production.updated", replace(production, **stands))


def _columns(decided: Plan) -> dict[str, Any]:
    return {
        "status": decided.status,
        "stage": decided.stage,
        "reference": decided.reference.model_dump(mode="json") if decided.reference else None,
        "final_video_id": decided.final_video_id,
        "error": decided.error.model_dump(mode="json") if decided.error else None,
        "warnings": list(decided.warnings),
    }
