"""How long a store that is away is waited for, and that it is said."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.logs import logger
from shared.media.base import StorageAway, StorageInterrupted

T = TypeVar("T")

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
SAY_EVERY_S = 30.0


class Patience:
    """One operation's: `pause` between two tries, until `within_s` is over.

    It starts afresh with `renew`, whenever the operation got on.
    """

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._said_at = -SAY_EVERY_S
        self.renew()

    def renew(self) -> None:
        self._began = time.monotonic()
        self._pause_s = FIRST_PAUSE_S

    async def pause(self, away: StorageAway) -> None:
        """Wait before the next try. Raises `away` when there is to be none."""
        if isinstance(away, StorageInterrupted):
            raise away
        now = time.monotonic()
        if now - self._began + self._pause_s > self._within_s:
            raise away
        if now - self._said_at >= SAY_EVERY_S:
            self._said_at = now
            logger(__name__).warning("storage_away", reason=str(away))
        await asyncio.sleep(self._pause_s)
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)


async def patiently(call: Callable[[], Awaitable[T]], *, within_s: float) -> T:
    """What `call` answers, asked again while the store is away. Raises StorageAway after `within_s`."""
    patience = Patience(within_s)
    while True:
        try:
            return await call()
        except StorageAway as away:
            await patience.pause(away)
