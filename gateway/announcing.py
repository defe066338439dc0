"""Announcements on their way to the bus: committed first, told without anybody waiting for it."""

import asyncio
from collections.abc import Awaitable, Callable

from shared.contracts.order import Announcement

MOST_WAITING = 10_000


class Announcer:
    """Sends what was announced in order. Announcements are hints: those that find no room are dropped."""

    def __init__(self, send: Callable[[Announcement], Awaitable[None]]) -> None:
        self._send = send
        self._waiting: asyncio.Queue[Announcement] = asyncio.Queue(MOST_WAITING)

    def announce(self, announcement: Announcement) -> None:
        if not self._waiting.full():
            self._waiting.put_nowait(announcement)

    async def run(self) -> None:
        """Send until canceled."""
        while True:
            await self._send(await self._waiting.get())
