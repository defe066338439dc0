"""What only one of all gateways does, every so often: whoever comes first once it is due holds a lease on it."""

from uuid import uuid4

from sqlalchemy import update

from gateway.history.rows import insert
from gateway.history.store import History
from gateway.history.tables import chores


class Chore:
    """One chore as one gateway sees it."""

    def __init__(self, history: History, name: str, *, every_s: float, lease_s: float) -> None:
        self._history = history
        self._name = name
        self._every_s = every_s
        self._lease_s = lease_s
        self._lease: str | None = None

    async def take(self) -> bool:
        """True when it is due and nobody else is at it: it is ours for the time of the lease."""
        mine = str(uuid4())
        async with self._history.write() as tx:
            now = tx.now()
            fresh = {"name": self._name, "lease": None, "leased_until": 0.0, "done_at": 0.0}
            await insert(tx.connection, chores, [fresh], unless_known_by="name")
            due = (chores.c.name == self._name, chores.c.leased_until <= now, chores.c.done_at <= now - self._every_s)
            taken = update(chores).where(*due).values(lease=mine, leased_until=now + self._lease_s)
            is_ours = (await tx.connection.execute(taken)).rowcount == 1
        self._lease = mine if is_ours else None
        return is_ours

    async def keep(self) -> None:
        """Still at it. Raises Lost where somebody else has taken over meanwhile."""
        if not await self._set(leased_until=self._history.now() + self._lease_s):
            raise Lost(self._name)

    async def done(self) -> None:
        await self._set(lease=None, leased_until=0.0, done_at=self._history.now())

    async def _set(self, **columns: object) -> bool:
        mine = update(chores).where(chores.c.name == self._name, chores.c.lease == self._lease)
        async with self._history.write() as tx:
            return (await tx.connection.execute(mine.values(**columns))).rowcount == 1


class Lost(Exception):
    """The lease ran out, and another gateway goes on with the chore."""
