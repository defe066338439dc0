"""Links that show a film to whoever has them: unguessable, ending, and only their hash is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import uuid4

from gateway.history.records import Production, Share
from gateway.history.shares import add_share, share_by_hash, shares_of
from gateway.history.store import History, Transaction
from shared.contracts.base import ErrorCode
from shared.errors import PermanentError

SECRET_BYTES = 32
LONGEST_TOKEN = 100
MOST_SHARES = 50
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Shared:
    """A link as it is told once: its secret is known to nobody afterwards."""

    share: Share
    token: str

    @property
    def path(self) -> str:
        return f"/s/{self.token}"


async def share_film(tx: Transaction, film: Production, *, days: float) -> Shared:
    """Raises PermanentError CONFLICT for a production that has no film to show, or too many links."""
    if film.final_video_id is None or await tx.asset(film.final_video_id) is None:
        raise PermanentError.of(ErrorCode.CONFLICT, f"production {film.id} is {film.status} and has no film to share")
    if len(await shares_of(tx, film.id)) >= MOST_SHARES:
        raise PermanentError.of(
            ErrorCode.CONFLICT, f"production {film.id} has {MOST_SHARES} links: DELETE some of them first"
        )
    token, now = secrets.token_urlsafe(SECRET_BYTES), tx.now()
    share = Share(
        id=str(uuid4()),
        token_hash=_hash(token),
        production_id=film.id,
        space=film.space,
        created_at=now,
        expires_at=now + days * DAY_S,
    )
    await add_share(tx, share)
    return Shared(share, token)


async def shared_film(history: History, token: str) -> Production:
    """The film of a link. Raises PermanentError NOT_FOUND for any that does not work, whatever the reason."""
    if len(token) <= LONGEST_TOKEN:
        async with history.read() as tx:
            share = await share_by_hash(tx, _hash(token))
            film = await tx.production(share.production_id) if share else None
        if film is not None and film.final_video_id is not None:
            return film
    raise PermanentError.of(ErrorCode.NOT_FOUND, "this link does not work, or does not work any more")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
