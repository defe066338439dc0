"""Hard caps: what a project, a space, a key's day or a production may spend, and the refusal of what could pass it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from gateway.history import ledger
from gateway.history.connection import Connection
from gateway.history.ledger import Owner
from gateway.history.records import OrderRow, Production
from gateway.history.tables import api_keys, productions
from shared.contracts.base import FREE, ErrorCode
from shared.errors import PermanentError

DAY_S = 24 * 3600


class Budgets(BaseModel):
    """The section `budgets` of gateway.yaml, in US dollars. None: no cap."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    projects: dict[str, Decimal] = Field(default_factory=dict)
    each_project_usd: Decimal | None = Field(None, ge=0)
    each_key_usd: Decimal | None = Field(None, ge=0)
    """Of everything that was ever ordered in one space."""
    each_key_day_usd: Decimal | None = Field(None, ge=0)
    """Of what is ordered with one key in one day, in UTC, where the key has no budget of its own."""

    def of_project(self, project: str) -> Decimal | None:
        return self.projects.get(project, self.each_project_usd)


@dataclass(frozen=True, slots=True)
class Cap:
    """One cap that an order counts against: of all that was ordered, or only `since` then, or only in one `space`."""

    owner: Owner
    name: str
    usd: Decimal
    space: str | None = None
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Buyer:
    """Whose caps count."""

    space: str
    project: str | None
    key_id: str | None


async def refuse_what_passes(
    connection: Connection, orders: Sequence[OrderRow], budgets: Budgets, *, now: float, freed: Decimal = FREE
) -> None:
    """Raises PermanentError BUDGET_EXCEEDED where `orders` could pass a cap; `freed` is given back by them."""
    wanted = sum((order.price_usd for order in orders), FREE)
    if wanted == FREE:
        return
    first = orders[0]
    buyer = Buyer(first.space, first.body.get("project"), first.key_id)
    caps = [*await _caps(connection, buyer, budgets, now=now), *await _of_production(connection, first)]
    await _refuse(connection, caps, wanted, freed=freed)


async def refuse_film(
    connection: Connection, film: Production, estimated: Decimal, budgets: Budgets, *, now: float
) -> None:
    """Raises PermanentError BUDGET_EXCEEDED where a film, all of it, could pass the cap of its project or key."""
    if estimated > FREE:
        buyer = Buyer(film.space, film.project, film.key_id)
        await _refuse(connection, await _caps(connection, buyer, budgets, now=now), estimated)


async def _refuse(connection: Connection, caps: Sequence[Cap], wanted: Decimal, *, freed: Decimal = FREE) -> None:
    for cap in caps:
        spent = await ledger.spent(connection, cap.owner, cap.name, space=cap.space, ordered_since=cap.since)
        committed = sum(spent, FREE) - freed
        if committed + wanted > cap.usd:
            raise over(cap, wanted=wanted, committed=committed)


def over(cap: Cap, *, wanted: Decimal, committed: Decimal) -> PermanentError:
    passed = committed + wanted - cap.usd
    return PermanentError.of(
        ErrorCode.BUDGET_EXCEEDED,
        f"this could cost {wanted:f} USD, and {committed:f} of the {cap.usd:f} USD of {_NAMES[cap.owner]} "
        f"{cap.name} are spent or reserved: {passed:f} USD too much. Ask for less or "
        "for a cheaper model, or raise the budget",
    )


_NAMES: dict[Owner, str] = {
    "production_id": "production",
    "project": "project",
    "space": "space",
    "key_id": "a day of key",
}


async def _caps(connection: Connection, buyer: Buyer, budgets: Budgets, *, now: float) -> list[Cap]:
    return [*_configured(buyer, budgets), *await _of_key(connection, buyer.key_id, budgets, now=now)]


def _configured(buyer: Buyer, budgets: Budgets) -> Iterator[Cap]:
    if buyer.project is not None and (usd := budgets.of_project(buyer.project)) is not None:
        yield Cap("project", buyer.project, usd, space=buyer.space)
    if budgets.each_key_usd is not None:
        yield Cap("space", buyer.space, budgets.each_key_usd)


async def _of_key(connection: Connection, key_id: str | None, budgets: Budgets, *, now: float) -> list[Cap]:
    """An order counts on the day it was placed, with what it cost, or may cost while it is under way."""
    if key_id is None:
        return []
    query = select(api_keys.c.budget_usd).where(api_keys.c.id == key_id)
    own = (await connection.execute(query)).scalar_one_or_none()
    usd = budgets.each_key_day_usd if own is None else Decimal(own)
    return [] if usd is None else [Cap("key_id", key_id, usd, since=midnight(now))]


def midnight(now: float) -> float:
    """When today began, in UTC."""
    return now - now % DAY_S


async def _of_production(connection: Connection, order: OrderRow) -> list[Cap]:
    if order.production_id is None:
        return []
    query = select(productions.c.budget_usd).where(productions.c.id == order.production_id)
    budget = (await connection.execute(query)).scalar_one_or_none()
    return [] if budget is None else [Cap("production_id", order.production_id, Decimal(budget))]
