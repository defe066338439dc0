"""A conformed file belongs to every film that shows its clip; one that none shows goes with the order that made it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from gateway.history.store import History, Transaction
from gateway.history.tables import orders
from shared.contracts.order import Ended, Event, Order
from shared.contracts.stitch import ConformClip
from shared.logs import logger
from shared.media.base import MediaStore

DELETE_WITHIN_S = 2.0

Tidy = Callable[[Sequence[Event]], Awaitable[None]]
"""Told of events once they are applied; may be told twice."""


def tidier(history: History, media: MediaStore) -> Tidy:
    """Deletes what orders left that ended without a result: nobody else may, as the file may be another film's."""

    async def tidy(events: Sequence[Event]) -> None:
        lost = [event.order_id for event in events if isinstance(event, Ended) and event.outcome.status != "succeeded"]
        for key in await _conformed_by(history, lost):
            async with history.write() as tx:  # no order for the same file can be accepted meanwhile
                if await _is_nobodys(tx, key):
                    await _delete(media, key)

    return tidy


async def _delete(media: MediaStore, key: str) -> None:
    """A file that stays is a pity, and no reason to apply nothing any more."""
    try:
        async with asyncio.timeout(DELETE_WITHIN_S):  # nobody else writes to the history meanwhile
            await media.delete(key)
    except OSError as error:
        logger(__name__).warning("leftover_stays", key=key, reason=str(error))


async def _conformed_by(history: History, order_ids: Sequence[str]) -> list[str]:
    if not order_ids:
        return []
    async with history.read() as tx:
        rows = [await tx.order(order_id) for order_id in order_ids]
    return [key for row in rows if row is not None and (key := _key(row.body))]


async def _is_nobodys(tx: Transaction, key: str) -> bool:
    if await tx.asset_by_key(key):
        return False
    query = select(orders.c.body).where(orders.c.kind == "conform_clip", orders.c.status != "ended")
    bodies = (await tx.connection.execute(query)).scalars()
    return all(_key(body) != key for body in bodies)


def _key(body: Mapping[str, Any]) -> str | None:
    command = Order.model_validate(body).command
    return command.key if isinstance(command, ConformClip) else None
