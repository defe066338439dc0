"""Carries out what the director decides, inside the transaction that made it necessary."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gateway.cancel import cancel_jobs
from gateway.cutlist import cut_of, newest_cut
from gateway.director import plan
from gateway.films import FilmSettings
from gateway.history.records import TERMINAL, Job, NewJob, OrderRow, Production
from gateway.history.store import Transaction
from gateway.results import JobResult
from gateway.storyboard import Film, Part, Plan, Want
from shared.contracts.base import AssetRef, Fault
from shared.contracts.scene import Scene
from shared.errors import ServiceError

OrderPart = Callable[[Production, Want], NewJob]
"""Turns what the director wants into a job with its orders. Raises ServiceError where that cannot be ordered."""


async def direct(tx: Transaction, production_id: str, *, order_part: OrderPart) -> list[OrderRow]:
    """Let the director look at a production and do what he says; the orders to withdraw after the commit."""
    production = await tx.production(production_id)
    if production is None:
        return []
    if production.is_terminal:
        await _show_newest_cut(tx, production)
        return []
    film = await read_film(tx, production)
    decided, new = await _decide(tx, film, production, order_part)
    withdrawn: list[OrderRow] = []
    if decided.stop:
        jobs = await tx.jobs_of(production_id)
        withdrawn = await cancel_jobs(tx, [job for job in jobs if job.status in {"queued", "running"}])
        film = await read_film(tx, production)
        decided, new = await _decide(tx, film, production, order_part)
    await _order(tx, production, new)
    await _write_down(tx, production, decided)
    return withdrawn


async def stop_job(tx: Transaction, job: Job, *, order_part: OrderPart) -> list[OrderRow]:
    """Cancel one job that is not terminal; the orders to withdraw after the commit."""
    withdrawn = await cancel_jobs(tx, [job])
    if job.production_id is not None:
        withdrawn += await direct(tx, job.production_id, order_part=order_part)
    return withdrawn


async def stop_production(tx: Transaction, production_id: str, *, order_part: OrderPart) -> list[OrderRow]:
    """Cancel a production that is not terminal, with all its jobs; the orders to withdraw after the commit."""
    await tx.update_production(production_id, cancel_wished=True)
    return await direct(tx, production_id, order_part=order_part)


async def read_film(tx: Transaction, production: Production) -> Film:
    """The production as the director sees it."""
    parts = {job.part: _part(job) for job in await tx.jobs_of(production.id) if job.part}
    scenes = await tx.scenes_of(production.id)
    return Film(
        settings=FilmSettings.model_validate(production.settings),
        status=production.status,
        stage=production.stage,
        cancel_wished=production.cancel_wished,
        scenes=tuple(Scene.model_validate(version.scene) for version in scenes),
        reference=AssetRef.model_validate(production.reference) if production.reference else None,
        parts=parts,
        warnings=tuple(production.warnings),
    )


def _part(job: Job) -> Part:
    made = JobResult.model_validate(job.result).made if job.result else ()
    return Part(
        status=job.status,
        made=tuple(result.stored[0].ref for result in made),
        last_frame=next((frame.ref for result in made if (frame := getattr(result, "last_frame", None))), None),
        fault=Fault.model_validate(job.error) if job.error else None,
    )


async def _decide(
    tx: Transaction, film: Film, production: Production, order_part: OrderPart
) -> tuple[Plan, list[NewJob]]:
    """The plan and its orders; a want that cannot be ordered or paid ends the film, for that reason."""
    decided = plan(film)
    try:
        new = [order_part(production, want) for want in decided.wanted]
        await tx.afford(*(order for job in new for order in job.orders))
        return decided, new
    except ServiceError as error:
        return plan(replace(film, refusal=error.fault)), []


async def _order(tx: Transaction, production: Production, new: list[NewJob]) -> None:
    for ordered in new:
        await tx.insert_job(ordered)
        await tx.reserve(*ordered.orders)
        tx.tell("job.queued", ordered.job)
        part, _, number = (ordered.job.part or "").partition("/")
        if part in {"clip", "filler"}:
            await tx.assign_clip(production.id, int(number), ordered.job.id)


async def _show_newest_cut(tx: Transaction, production: Production) -> None:
    """A film that is over stays so; but what it shows is its newest cut."""
    job = newest_cut(await tx.jobs_of(production.id)) if production.final_video_id else None
    made = cut_of(job) if job else None
    if made is None or made.video.asset_id == production.final_video_id:
        return
    await tx.show_cut(production.id, made.video.asset_id)
    tx.tell("production.updated", replace(production, final_video_id=made.video.asset_id))


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
