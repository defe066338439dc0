"""The line of orders: who waits for what, how many are out, which accounts are held back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CTE, Column, ColumnElement, ScalarSelect, Select, bindparam, func, select, update

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


SLOWEST_PACE_S = 60.0
PACED_FOR = 12
"""For how many orders a learned pace is kept."""

LANE = (orders.c.kind, orders.c.provider, orders.c.account, orders.c.space)


def _lanes() -> Select[Any]:
    """All different lanes by a few steps in the index for each, however many orders wait in it.

    `DISTINCT` reads every entry of the index instead: with 100,000 orders waiting, at every turn. First the kinds are
    found, each as the least one above the one before; then in the same way the providers of each kind, and so on.
    """
    found: CTE | None = None
    for depth, column in enumerate(LANE):
        fixed = LANE[:depth]
        first = select(*(found.c if found is not None else ()), _least(column, fixed, found).label(column.name))
        if found is not None:
            first = first.where(found.c[fixed[-1].name].is_not(None))
        level = first.cte(f"of_{column.name}", recursive=True)
        last = level.c[column.name]
        following = select(*(level.c[known.name] for known in fixed), _least(column, fixed, level, above=last))
        found = level.union_all(following.where(last.is_not(None)))
    assert found is not None
    return select(*found.c).where(found.c[LANE[-1].name].is_not(None))


def _least(
    column: Column[str], fixed: Sequence[Column[str]], same: CTE | None, *, above: ColumnElement[str] | None = None
) -> ScalarSelect[str]:
    """The least value of `column` among those that wait and agree with `same` in the columns before it."""
    waiting = orders.alias()
    query = select(func.min(waiting.c[column.name])).where(waiting.c.status == "waiting")
    if same is not None:
        query = query.where(*(waiting.c[known.name] == same.c[known.name] for known in fixed))
    return (query if above is None else query.where(waiting.c[column.name] > above)).scalar_subquery()


_LANES = _lanes()
_NEXT_IN = (
    select(orders.c.id)
    .where(orders.c.status == "waiting", *(column == bindparam(column.name) for column in LANE))
    .where(orders.c.not_before <= bindparam("now"), orders.c.cancel_wished.is_(False))
    .order_by(orders.c.created_at, orders.c.job_id, orders.c.position)
    .limit(bindparam("most"))
)
_OUT = (orders.c.kind, orders.c.provider, orders.c.account)
_RELEASED = select(*_OUT, func.count()).where(orders.c.status == "released").group_by(*_OUT)
_HELD = select(accounts.c.name, accounts.c.held_until).where(accounts.c.held_until > bindparam("now"))
_PACES = select(accounts.c.name, accounts.c.pace_s).where(accounts.c.paced_until > bindparam("now"))
_SET_OUT = update(orders).where(orders.c.id == bindparam("order_id"))


async def lanes(tx: Transaction) -> list[Lane]:
    """Where at least one order waits, whether or not its time has come."""
    return [Lane(*row) for row in (await tx.connection.execute(_LANES)).all()]


async def next_in(tx: Transaction, lane: Lane, *, most: int) -> list[str]:
    """The ids of the first orders of a lane that may go now, in the order they were asked."""
    where = {column.name: getattr(lane, column.name) for column in LANE}
    found = await tx.connection.execute(_NEXT_IN, {**where, "now": tx.now(), "most": most})
    return list(found.scalars())


async def released(tx: Transaction) -> dict[tuple[str, str, str], int]:
    """(kind, provider, account) -> how many orders are out."""
    found = await tx.connection.execute(_RELEASED)
    return {(kind, provider, account): count for kind, provider, account, count in found}


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
    return {row.name: row.held_until for row in await tx.connection.execute(_HELD, {"now": tx.now()})}


async def paces(tx: Transaction) -> dict[str, float]:
    """Accounts that are asked slowly for now -> seconds between two orders."""
    return {row.name: row.pace_s for row in await tx.connection.execute(_PACES, {"now": tx.now()})}


async def hold_account(tx: Transaction, name: str, until: float, *, pace_s: float = 0.0) -> None:
    """Order nothing from the account before `until`, then one order every `pace_s` for a while; longer ones stay.

    A refusal although it was asked slowly already doubles the pace: it was not slow enough.
    """
    mine = select(accounts.c.held_until, accounts.c.pace_s, accounts.c.paced_until).where(accounts.c.name == name)
    known = (await tx.connection.execute(mine.with_for_update())).one_or_none()
    held, pace, paced_until = known or (0.0, 0.0, 0.0)
    if known is not None and until <= held:
        return
    if tx.now() < paced_until and held <= tx.now():
        pace_s = max(pace_s, 2 * pace)
    pace_s = min(pace_s, SLOWEST_PACE_S)
    values = {"held_until": until, "pace_s": pace_s, "paced_until": max(paced_until, until + PACED_FOR * pace_s)}
    if known is None:
        await tx.connection.execute(accounts.insert().values(name=name, **values))
    else:
        await tx.connection.execute(update(accounts).where(accounts.c.name == name).values(**values))


async def _release(tx: Transaction, found: Sequence[OrderRow]) -> list[OrderRow]:
    if not found:
        return []
    now = tx.now()
    values: list[dict[str, Any]] = [
        {"order_id": order.id, "status": "released", "release": order.release + 1, "released_at": now}
        for order in found
    ]
    await tx.connection.execute(_SET_OUT, values)
    return [replace(order, status="released", release=order.release + 1, released_at=now) for order in found]
