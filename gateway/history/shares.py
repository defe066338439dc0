"""Links that films are shared by, in the history: found by the hash of their secret."""

from sqlalchemy import delete, select

from gateway.history.records import Share
from gateway.history.rows import as_columns
from gateway.history.tables import shares
from gateway.history.transaction import Transaction


async def add_share(tx: Transaction, share: Share) -> None:
    """Keep it; what has ended of the same production goes."""
    over = (shares.c.production_id == share.production_id, shares.c.expires_at <= tx.now())
    await tx.connection.execute(delete(shares).where(*over))
    await tx.connection.execute(shares.insert(), [as_columns(share)])


async def shares_of(tx: Transaction, production_id: str) -> list[Share]:
    """Those that still work, oldest first."""
    query = select(shares).where(shares.c.production_id == production_id, shares.c.expires_at > tx.now())
    return await tx.all(Share, query.order_by(shares.c.created_at, shares.c.id))


async def share_by_hash(tx: Transaction, token_hash: str) -> Share | None:
    """The link with this secret, while it works."""
    query = select(shares).where(shares.c.token_hash == token_hash, shares.c.expires_at > tx.now())
    found = await tx.all(Share, query)
    return found[0] if found else None


async def revoke_shares(tx: Transaction, production_id: str, *, share_id: str | None = None) -> int:
    """End one link of a production, or all of them; how many there were."""
    query = delete(shares).where(shares.c.production_id == production_id)
    if share_id is not None:
        query = query.where(shares.c.id == share_id)
    return (await tx.connection.execute(query)).rowcount
