"""Removing a production, a job or a file: the bytes first, then the record, under one lock.

Whatever dies in between leaves a record whose bytes are gone, which the next sweep finds and removes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update

from gateway.history.records import Asset, Job, Production
from gateway.history.store import Transaction
from gateway.history.tables import assets, idempotency_keys, jobs, orders, productions, scenes, shares
from gateway.lifecycle.use import needed, shown_elsewhere
from shared.media.base import MediaStore


@dataclass(frozen=True, slots=True)
class Gone:
    """What a removal took away; nothing where something still needs it."""

    records: int = 0
    size_bytes: int = 0

    def __add__(self, other: "Gone") -> "Gone":
        return Gone(self.records + other.records, self.size_bytes + other.size_bytes)


async def remove_asset(tx: Transaction, asset: Asset, *, media: MediaStore | None) -> Gone:
    """Remove a file and its record, unless something needs it. Without `media` it is only looked at."""
    job = await tx.job(asset.job_id) if asset.job_id else None
    film = await tx.production(asset.production_id) if asset.production_id else None
    if (job is not None and not job.is_terminal) or (film is not None and asset.kind != "copy"):
        return Gone()
    if await needed(tx, [asset.id]) or await shown_elsewhere(tx, asset.key, beside=""):
        return Gone()
    belongings = await _belongings(tx, asset)
    if media is not None:
        await remove_files(tx, [*belongings, asset], media)
    return Gone(1, sum(one.size_bytes for one in (*belongings, asset)))


async def remove_job(tx: Transaction, job: Job, *, media: MediaStore | None) -> Gone:
    """Remove a job that has ended with what it made, unless something needs it or it is part of a film."""
    made = await tx.assets_of(job.id)
    if not job.is_terminal or job.production_id is not None or await needed(tx, [one.id for one in made]):
        return Gone()
    if media is not None:
        await remove_files(tx, made, media)
        await tx.delete_job(job.id)
    return Gone(1, sum(one.size_bytes for one in made))


async def remove_production(tx: Transaction, film: Production, *, media: MediaStore | None) -> Gone:
    """Remove a production that has ended, with its jobs and all they made; what others show stays, as theirs."""
    if not film.is_terminal or any(not job.is_terminal for job in await tx.jobs_of(film.id)):
        return Gone()
    query = select(assets).where(
        or_(
            assets.c.production_id == film.id,
            assets.c.job_id.in_(select(jobs.c.id).where(jobs.c.production_id == film.id)),
        )
    )
    made = await tx.all(Asset, query)
    kept = await _kept(tx, film, made)
    going = [asset for asset in made if asset.id not in kept]
    if media is not None:
        await remove_files(tx, going, media)
        await _remove_records(tx, film, kept=kept)
    return Gone(1, sum(asset.size_bytes for asset in going))


async def _kept(tx: Transaction, film: Production, made: Sequence[Asset]) -> set[str]:
    kept = await needed(tx, [asset.id for asset in made], beside=film.id)
    conformed = [asset for asset in made if asset.kind == "conformed"]
    return kept | {one.id for one in conformed if await shown_elsewhere(tx, one.key, beside=film.id)}


async def _remove_records(tx: Transaction, film: Production, *, kept: set[str]) -> None:
    """Rows that name others go before those they name."""
    run, theirs = tx.connection.execute, select(jobs.c.id).where(jobs.c.production_id == film.id)
    await run(update(assets).where(assets.c.id.in_(kept)).values(job_id=None, production_id=None))
    await run(delete(orders).where(orders.c.job_id.in_(theirs)))
    known = or_(idempotency_keys.c.production_id == film.id, idempotency_keys.c.job_id.in_(theirs))
    await run(delete(idempotency_keys).where(known))
    await run(delete(jobs).where(jobs.c.production_id == film.id))
    await run(delete(scenes).where(scenes.c.production_id == film.id))
    await run(delete(shares).where(shares.c.production_id == film.id))
    await run(delete(productions).where(productions.c.id == film.id))


async def _belongings(tx: Transaction, asset: Asset) -> list[Asset]:
    """What goes with an asset: a video's stills, a picture's copies, a scene set's other file."""
    prefixes = [f"posters/{asset.id}.", f"contact_sheets/{asset.id}.", f"copies/{asset.id}/"]
    if asset.kind == "scenes":
        prefixes.append(asset.key.rpartition("/")[0] + "/scenes.")
    beside = or_(*(assets.c.key.startswith(prefix, autoescape=True) for prefix in prefixes))
    return await tx.all(Asset, select(assets).where(beside, assets.c.id != asset.id, assets.c.space == asset.space))


async def remove_files(tx: Transaction, going: Sequence[Asset], media: MediaStore) -> None:
    """Whoever else wants to write waits for this: a store that is away is not waited for."""
    for asset in going:
        await media.delete(asset.key, waits=False)
    await tx.connection.execute(delete(assets).where(assets.c.id.in_([asset.id for asset in going])))
