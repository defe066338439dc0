"""What still needs an asset: an order under way, or a production that was given it."""

from collections.abc import Collection

from sqlalchemy import Text, cast, or_, select

from gateway.history.store import Transaction
from gateway.history.tables import assets, jobs, orders, productions
from shared.contracts.base import ErrorCode
from shared.errors import PermanentError


async def needed(tx: Transaction, asset_ids: Collection[str], *, beside: str | None = None) -> set[str]:
    """Those of `asset_ids` that an unfinished order, a production, or a job that reuses them names.

    The production `beside` doesn't count.
    """
    found: set[str] = set()
    named = (*await _films_that_name(tx, asset_ids, beside), *await _made_again(tx, asset_ids, beside))
    for text in (*await _orders_under_way(tx, beside), *named):
        found |= {asset_id for asset_id in asset_ids if asset_id in text}
    return found


def still_needed(what: str) -> PermanentError:
    """The refusal to remove `what`, an asset or a job that made some."""
    return PermanentError.of(
        ErrorCode.CONFLICT,
        f"{what} is needed by others: a film that was given it, a job that took it over by `reuse`, "
        "or an order under way. Delete those first",
    )


async def shown_elsewhere(tx: Transaction, key: str, *, beside: str) -> bool:
    """Does a film other than `beside` show the clip that was conformed as `key`?"""
    query = select(jobs.c.id).where(
        jobs.c.kind == "conform_clip",
        jobs.c.production_id != beside,
        cast(jobs.c.result, Text).contains(key, autoescape=True),
    )
    return (await tx.connection.execute(query.limit(1))).first() is not None


async def _orders_under_way(tx: Transaction, beside: str | None) -> list[str]:
    query = select(cast(orders.c.body, Text)).where(orders.c.status != "ended")
    if beside is not None:
        query = query.where(or_(orders.c.production_id.is_(None), orders.c.production_id != beside))
    return list((await tx.connection.execute(query)).scalars())


async def _films_that_name(tx: Transaction, asset_ids: Collection[str], beside: str | None) -> list[str]:
    """A film names what it was ordered with and the character that was chosen for it."""
    texts = (cast(productions.c.request, Text), cast(productions.c.reference, Text))
    named = [text.contains(asset_id, autoescape=True) for asset_id in asset_ids for text in texts]
    if not named:
        return []
    query = select(*texts).where(or_(*named))
    if beside is not None:
        query = query.where(productions.c.id != beside)
    return [" ".join(filter(None, row)) for row in (await tx.connection.execute(query)).all()]


async def _made_again(tx: Transaction, asset_ids: Collection[str], beside: str | None) -> list[str]:
    """The results of jobs that took theirs from an earlier one, which had their fingerprint; all where it is gone."""
    result = cast(jobs.c.result, Text)
    named = [result.contains(asset_id, autoescape=True) for asset_id in asset_ids]
    if not named:
        return []
    query = select(result).where(cast(jobs.c.plan, Text).contains("reused_from"), or_(*named))
    makers = select(jobs.c.space, jobs.c.fingerprint).join(assets, assets.c.job_id == jobs.c.id)
    found = (await tx.connection.execute(makers.where(assets.c.id.in_(asset_ids)))).all()
    if len(found) == len(asset_ids):
        same = {row.fingerprint for row in found if row.fingerprint is not None}
        query = query.where(jobs.c.space.in_({row.space for row in found}), jobs.c.fingerprint.in_(same))
    if beside is not None:
        query = query.where(or_(jobs.c.production_id.is_(None), jobs.c.production_id != beside))
    return list((await tx.connection.execute(query)).scalars())
