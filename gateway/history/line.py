"""The line of orders: who waits for what, how many are out, which accounts are held back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, func, select, update

from gateway.history.records import OrderRow
from gateway.history.tables import accounts, orders
from gateway.history.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Lane:
    """Orders that may take each other's place: same kind, provider, account, and asked in the same space."""

    kind: str
    provider: str
    account: str
    space: str


LANE = (orders.c.kind, orders.c.provider, orders.c.account, orders.c.space)


async def lanes(tx: Transaction) -> list[Lane]:
    """Where at least one order waits, whether or not its time has come."""
    query = select(*LANE).where(orders.c.status == "waiting").distinct()
    return [Lane(*row) for row in (await tx.connection.execute(query)).all()]


async def next_in(tx: Transaction, lane: Lane, *, most: int) -> list[str]:
    """The ids of the first orders of a lane that may go now, in the order they were asked."""
    query = (
        select(orders.c.id)
        .where(orders.c.status == "waiting", *(column == getattr(lane, column.name) for column in LANE))
        .where(orders.c.not_before <= tx.now(), orders.c.cancel_wished.is_(False))
        .order_by(orders.c.created_at, orders.c.job_id, orders.c.position)
        .limit(most)
    )
    return list((await tx.connection.execute(query)).scalars())


async def released(tx: Transaction) -> dict[tuple[str, str, str], int]:
    """(kind, provider, account) -> how many orders are out."""
    same = (orders.c.kind, orders.c.provider, orders.c.account)
    query = select(*same, func.count()).where(orders.c.status == "released").group_by(*same)
    return {(kind, provider, account): count for kind, provider, account, count in await tx.connection.execute(query)}


async def released_since(tx: Transaction, account: str, since: float) -> int:
    """How many orders of `account` went out since then, ended ones included."""
    query = select(func.count()).where(orders.c.account == account, orders.c.released_at > since)
    return int((await tx.connection.execute(query)).scalar_one())


async def release(tx: Transaction, order_ids: Sequence[str]) -> list[OrderRow]:
    """Move those that still wait to `released`, under a new release number; how they stand now."""
    waiting = select(orders).where(orders.c.id.in_(order_ids), orders.c.status == "waiting")
    found = {order.id: order for order in await tx.all(OrderRow, waiting.with_for_update(skip_locked=True))}
    return await _release(tx, [found[order_id] for order_id in order_ids if order_id in found])


async def release_again(tx: Transaction, order: OrderRow) -> list[OrderRow]:
    """Release an order that vanished, unless something has happened to it meanwhile."""
    same = select(orders).where(
        orders.c.id == order.id, orders.c.status == "released", orders.c.release == order.release
    )
    return await _release(tx, await tx.all(OrderRow, same.with_for_update()))


async def out_since_before(tx: Transaction, before: float, *, most: int) -> list[OrderRow]:
    """Orders that are out and were released before `before`, or that are to be canceled, longest first."""
    query = select(orders).where(
        orders.c.status == "released", (orders.c.released_at < before) | orders.c.cancel_wished
    )
    return await tx.all(OrderRow, query.order_by(orders.c.released_at).limit(most))


async def unwanted(tx: Transaction, *, most: int) -> list[OrderRow]:
    """Orders that wait although somebody wished them canceled."""
    query = select(orders).where(orders.c.status == "waiting", orders.c.cancel_wished)
    return await tx.all(OrderRow, query.limit(most))


async def held_accounts(tx: Transaction) -> dict[str, float]:
    """Accounts that nothing may be ordered from now -> until when."""
    query = select(accounts.c.name, accounts.c.held_until).where(accounts.c.held_until > tx.now())
    return {row.name: row.held_until for row in await tx.connection.execute(query)}


async def hold_account(tx: Transaction, name: str, until: float) -> None:
    """Order nothing from the account before `until`; a longer hold stays."""
    mine = select(accounts.c.held_until).where(accounts.c.name == name)
    held = (await tx.connection.execute(mine.with_for_update())).scalar_one_or_none()
    if held is None:
        await tx.connection.execute(accounts.insert().values(name=name, held_until=until))
    elif held < until:
        await tx.connection.execute(update(accounts).where(accounts.c.name == name).values(held_until=until))


async def _release(tx: Transaction, found: Sequence[OrderRow]) -> list[OrderRow]:
    if not found:
        return []
    query = update(orders).where(orders.c.id == bindparam("order_id"))
    now = tx.now()
    values: list[dict[str, Any]] = [
        {"order_id": order.id, "status": "released", "release": order.release + 1, "released_at": now}
        for order in found
    ]
    await tx.connection.execute(query, values)
    return [replace(order, status="released", release=order.release + 1, released_at=now) for order in found]
