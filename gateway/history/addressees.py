"""Who is told of an event outside: the receiver its order named, and the one its space has for everything."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import bindparam, select

from gateway.history.connection import Connection
from gateway.history.records import EventRow
from gateway.history.rows import as_columns
from gateway.history.tables import deliveries, webhooks

DeliveryStatus = Literal["pending", "delivered", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one receiver. `failed`: given up."""

    id: str
    space: str
    url: str
    host: str
    seq: int
    type: str
    subject: str
    created_at: float
    job_id: str | None = None
    production_id: str | None = None
    status: DeliveryStatus = "pending"
    attempts: int = 0
    not_before: float = 0.0
    leased_until: float = 0.0
    lease: str | None = None
    answer: int | None = None
    error: str | None = None
    attempted_at: float | None = None
    ended_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """What a space has of its own: the secret that signs for it, and where everything of it is told by default."""

    space: str
    secret: str
    created_at: float
    url: str | None = None
    previous_secret: str | None = None
    previous_until: float = 0.0

    def secrets(self, now: float) -> tuple[str, ...]:
        """Who signs now: the newest first, and the one before until it is taken back."""
        old = self.previous_secret
        return (self.secret, old) if old is not None and now < self.previous_until else (self.secret,)


_URLS_OF = select(webhooks.c.space, webhooks.c.url).where(
    webhooks.c.space.in_(bindparam("spaces", expanding=True)), webhooks.c.url.is_not(None)
)


async def enqueue(connection: Connection, told: Sequence[tuple[EventRow, str | None]]) -> bool:
    """Write down who is to be told of events: their own receiver, and the space's for all but parts of films.

    False where nobody is.
    """
    by_default = await _default_urls(connection, {event.space for event, _ in told})
    rows = [
        as_columns(_delivery(event, url))
        for event, own in told
        for url in dict.fromkeys((own, None if _is_part(event) else by_default.get(event.space)))
        if url is not None
    ]
    if rows:
        await connection.execute(deliveries.insert(), rows)
    return bool(rows)


def _is_part(event: EventRow) -> bool:
    return event.job_id is not None and event.production_id is not None


async def _default_urls(connection: Connection, spaces: Collection[str]) -> Mapping[str, str]:
    found = await connection.execute(_URLS_OF, {"spaces": list(spaces)})
    return {row.space: row.url for row in found}


def _delivery(event: EventRow, url: str) -> Delivery:
    return Delivery(
        id=str(uuid4()),
        space=event.space,
        url=url,
        host=(urlsplit(url).hostname or "")[:255],
        seq=event.seq,
        type=event.type,
        subject=event.job_id or event.production_id or "",
        job_id=event.job_id,
        production_id=event.production_id,
        created_at=event.at,
        not_before=event.at,
    )
