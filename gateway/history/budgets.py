"""Hard caps: what a project, a key or a production may spend, and the refusal of what could pass it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.history import ledger
from gateway.history.ledger import Owner
from gateway.history.records import OrderRow, Production
from gateway.history.tables import productions
from shared.contracts.base import FREE, ErrorCode
from shared.errors import PermanentError


class Budgets(BaseModel):
    """The section `budgets` of gateway.yaml, in US dollars. None: no cap."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    projects: dict[str, Decimal] = Field(default_factory=dict)
    each_project_usd: Decimal | None = Field(None, ge=0)
    each_key_usd: Decimal | None = Field(None, ge=0)

    def of_project(self, project: str) -> Decimal | None:
        return self.projects.get(project, self.each_project_usd)


@dataclass(frozen=True, slots=True)
class Cap:
    """One cap that an order counts against."""

    owner: Owner
    name: str
    usd: Decimal


async def refuse_what_passes(
    connection: AsyncConnection, orders: Sequence[OrderRow], budgets: Budgets, *, freed: Decimal = FREE
) -> None:
    """Raises PermanentError BUDGET_EXCEEDED where `orders` could pass a cap; `freed` is given back by them."""
    wanted = sum((order.price_usd for order in orders), FREE)
    if wanted == FREE:
        return
    first = orders[0]
    caps = [*_configured(first.body.get("project"), first.space, budgets), *await _of_production(connection, first)]
    await _refuse(connection, caps, wanted, freed=freed)


async def refuse_film(connection: AsyncConnection, film: Production, estimated: Decimal, budgets: Budgets) -> None:
    """Raises PermanentError BUDGET_EXCEEDED where a film, all of it, could pass the cap of its project or key."""
    if estimated > FREE:
        await _refuse(connection, list(_configured(film.project, film.space, budgets)), estimated)


async def _refuse(connection: AsyncConnection, caps: Sequence[Cap], wanted: Decimal, *, freed: Decimal = FREE) -> None:
    for cap in caps:
        await _one_at_a_time(connection, cap)
        committed = sum(await ledger.spent(connection, cap.owner, cap.name), FREE) - freed
        if committed + wanted > cap.usd:
            raise over(cap, wanted=wanted, committed=committed)


async def _one_at_a_time(connection: AsyncConnection, cap: Cap) -> None:
    """Nobody else spends from the same cap until this is committed. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        key = func.hashtext(f"budget:{cap.owner}:{cap.name}")
        await connection.execute(select(func.pg_advisory_xact_lock(key)))


def over(cap: Cap, *, wanted: Decimal, committed: Decimal) -> PermanentError:
    passed = committed + wanted - cap.usd
    return PermanentError.of(
        ErrorCode.BUDGET_EXCEEDED,
        f"this could cost {wanted:f} USD, and {committed:f} of the {cap.usd:f} USD of {_NAMES[cap.owner]} "
        f"{cap.name} are spent or reserved: {passed:f} USD too much. Ask for less or "
        "for a cheaper model, or raise the budget",
    )


_NAMES: dict[Owner, str] = {"production_id": "production", "project": "project", "space": "key"}


def _configured(project: str | None, space: str, budgets: Budgets) -> Iterator[Cap]:
    if project is not None and (usd := budgets.of_project(project)) is not None:
        yield Cap("project", project, usd)
    if budgets.each_key_usd is not None:
        yield Cap("space", space, budgets.each_key_usd)


async def _of_production(connection: AsyncConnection, order: OrderRow) -> list[Cap]:
    if order.production_id is None:
        return []
    query = select(productions.c.budget_usd).where(productions.c.id == order.production_id)
    budget = (await connection.execute(query)).scalar_one_or_none()
    return [] if budget is None else [Cap("production_id", order.production_id, Decimal(budget))]
