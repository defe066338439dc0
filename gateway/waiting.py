"""Requests that wait for the end of a job or production: woken by its event, never by asking again."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.history.records import TERMINAL, EventRow, Job, Production

S = TypeVar("S", Job, Production)


class Waiting:
    """A listener of the feed that wakes whoever waits for the end of one job or production."""

    def __init__(self) -> None:
        self._waiters: defaultdict[str, set[asyncio.Future[None]]] = defaultdict(set)

    def hear(self, event: EventRow) -> None:
        """Wake those who wait for the one whose status this event tells."""
        if event.data.get("status") not in TERMINAL:
            return
        for waiter in self._waiters.get(_told_of(event), ()):
            if not waiter.done():
                waiter.set_result(None)

    async def until_ended(self, subject: S, *, within_s: float, look: Callable[[], Awaitable[S | None]]) -> S:
        """`subject` as it stands once it has ended, or as it stands after `within_s`.

        `look` reads it from the history; it is called after listening began, so that no end is missed.
        """
        waiter = asyncio.get_running_loop().create_future()
        self._waiters[subject.id].add(waiter)
        try:
            now = await look() or subject
            if not now.is_terminal:
                await asyncio.wait((waiter,), timeout=within_s)
                now = await look() or subject
        finally:
            self._forget(subject.id, waiter)
        return now

    def _forget(self, subject_id: str, waiter: asyncio.Future[None]) -> None:
        self._waiters[subject_id].discard(waiter)
        if not self._waiters[subject_id]:
            del self._waiters[subject_id]

    def __len__(self) -> int:
        return sum(map(len, self._waiters.values()))


def _told_of(event: EventRow) -> str:
    return str(event.data.get("job_id") or event.production_id)
