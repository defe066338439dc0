"""The daily sweep: one of all gateways removes what is over."""

import asyncio

from gateway.handlers import DATABASE_AWAY
from gateway.history.chores import Chore, Lost
from gateway.history.store import History
from gateway.lifecycle.prune import Report, prune
from gateway.lifecycle.retention import Retention
from shared.logs import logger
from shared.media.base import MediaStore

LOOK_EVERY_S = 300.0
LEASE_S = 600.0

log = logger(__name__)


class Sweeper:
    """Looks every few minutes whether a sweep is due. One that was cut off is taken up by whoever looks next."""

    def __init__(self, history: History, media: MediaStore, retention: Retention) -> None:
        self._history = history
        self._media = media
        self._retention = retention
        self._chore = Chore(history, "sweep", every_s=retention.sweep_every_h * 3600, lease_s=LEASE_S)

    async def run(self, *, look_every_s: float = LOOK_EVERY_S) -> None:
        """Sweep until canceled. Trouble with the database or the store is waited out."""
        while True:
            try:
                await self.sweep_if_due()
            except (*DATABASE_AWAY, Lost) as error:  # StorageAway is an OSError, as those are
                log.warning("sweep_interrupted", reason=str(error))
            await asyncio.sleep(look_every_s)

    async def sweep_if_due(self) -> Report | None:
        """What the sweep did; None where it is not due, or another gateway's."""
        if not await self._chore.take():
            return None
        report = await prune(
            self._history, self._media, self._retention, dry_run=self._retention.dry_run, breath=self._chore.keep
        )
        await self._chore.done()
        log.info("swept", **report.body())
        return report
