"""API keys as the history keeps them: an id that anybody may know, a hash, a space, limits; and what they sign with."""

import secrets as randomness
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete, func, select, update

from gateway.history.rows import as_columns, as_record, insert, written
from gateway.history.tables import api_keys, jobs, secrets, tickets
from gateway.history.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One key. `hash` is SHA-256 of the whole key; a limit that is None is the one of the configuration."""

    id: str
    hash: str
    name: str
    space: str
    created_at: float
    revoked_at: float | None = None
    budget_usd: Decimal | None = None
    """A day, in UTC."""
    requests_per_minute: int | None = None
    jobs_in_flight: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Opens one socket, once. `key_id` is None where the gateway asked for no key."""

    hash: str
    space: str
    expires_at: float
    key_id: str | None = None


async def find(tx: Transaction, key_id: str) -> ApiKey | None:
    row = (await tx.connection.execute(select(api_keys).where(api_keys.c.id == key_id))).mappings().one_or_none()
    return None if row is None else as_record(ApiKey, row)


async def all_of(tx: Transaction) -> list[ApiKey]:
    """Every key there ever was, oldest first."""
    return await tx.all(ApiKey, select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id))


async def were_made(tx: Transaction) -> bool:
    """Was there ever a key? Revoked ones stay, so that the last one's end opens nothing."""
    return (await tx.connection.execute(select(api_keys.c.id).limit(1))).first() is not None


async def still_good(tx: Transaction, key_ids: Collection[str]) -> set[str]:
    """Those of `key_ids` that are not revoked."""
    query = select(api_keys.c.id).where(api_keys.c.id.in_(key_ids), api_keys.c.revoked_at.is_(None))
    return set((await tx.connection.execute(query)).scalars())


async def put(tx: Transaction, key: ApiKey) -> None:
    """Write the key down, unless one of its id is there already."""
    await insert(tx.connection, api_keys, [as_columns(key)], unless_known_by="id")


async def change(tx: Transaction, key_id: str, **columns: object) -> None:
    await tx.connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(written(columns)))


async def jobs_in_flight(tx: Transaction, key_id: str) -> int:
    """How many jobs of the key have not ended, parts of films included."""
    under_way = jobs.c.status.in_(("queued", "running", "canceling"))
    query = select(func.count()).select_from(jobs).where(jobs.c.key_id == key_id, under_way)
    return int((await tx.connection.execute(query)).scalar_one())


async def secret(tx: Transaction, name: str) -> bytes:
    """What all gateways sign with under that name; made by whoever asks first."""
    fresh = {"name": name, "value": randomness.token_hex(32), "created_at": tx.now()}
    await insert(tx.connection, secrets, [fresh], unless_known_by="name")
    query = select(secrets.c.value).where(secrets.c.name == name)
    return bytes.fromhex((await tx.connection.execute(query)).scalar_one())


async def put_ticket(tx: Transaction, ticket: Ticket) -> None:
    """Write the ticket down; those that nobody used in time go."""
    await tx.connection.execute(delete(tickets).where(tickets.c.expires_at <= tx.now()))
    await tx.connection.execute(tickets.insert().values(as_columns(ticket)))


async def take_ticket(tx: Transaction, hashed: str) -> Ticket | None:
    """The ticket, which is gone with this: whoever comes second finds nothing."""
    gone = delete(tickets).where(tickets.c.hash == hashed, tickets.c.expires_at > tx.now())
    row = (await tx.connection.execute(gone.returning(*tickets.c))).mappings().one_or_none()
    return None if row is None else as_record(Ticket, row)
