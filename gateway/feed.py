"""The feed: every committed event, in order of seq, handed once to all who listen in this gateway."""

import asyncio
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from gateway.history.records import EventRow
from gateway.history.store import Committed, History
from shared.logs import logger

Listener = Callable[[EventRow], None]

PAGE = 500
TROUBLE_PAUSE_S = 1.0
GATHER_S = 0.01
"""After a look: what is committed meanwhile is handed out together."""

log = logger(__name__)


class Feed:
    """Hears what is committed here and reads what was committed elsewhere, woken by announcements and every so often.

    Listeners are called in the order they joined; they neither block nor raise.
    """

    def __init__(self, history: History, *, ask_every_s: float = 1.0) -> None:
        self.position = 0
        self._history = history
        self._ask_every_s = ask_every_s
        self._listeners: list[Listener] = []
        self._committed: list[EventRow] = []
        """Here, and not handed out yet."""
        self._moved = asyncio.Event()

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def start(self) -> None:
        """Begin after what is committed now: earlier events are read from the history by whoever needs them."""
        async with self._history.read() as tx:
            self.position = await tx.newest_seq()

    async def run(self) -> None:
        """Hand out events until canceled. Trouble with the database is waited out."""
        self._history.after_commit.append(self._hear)
        while True:
            newest = await self._history.wait_for_change(self.position, self._ask_every_s)
            try:
                if newest <= self.position or not self._hand_out_committed(newest):
                    await self.catch_up()
                await asyncio.sleep(GATHER_S)
            except DBAPIError as error:
                log.warning("feed_waits_for_database", error=str(error.orig))
                await asyncio.sleep(TROUBLE_PAUSE_S)

    async def catch_up(self) -> None:
        """Hand out everything committed so far."""
        while True:
            async with self._history.glance() as tx:
                events = await tx.events_after(self.position, space=None, limit=PAGE)
            self._hand_out(events)
            if len(events) < PAGE:
                return

    async def reach(self, seq: int) -> None:
        """Return once everything up to `seq` (which is committed) was handed out."""
        while self.position < seq:
            await self._moved.wait()

    def _hear(self, committed: Committed) -> None:
        self._committed += committed.events

    def _hand_out_committed(self, newest: int) -> bool:
        """False when others have committed too: all is read then."""
        events, self._committed = [event for event in self._committed if event.seq > self.position], []
        if [event.seq for event in events] != list(range(self.position + 1, newest + 1)):
            return False
        self._hand_out(events)
        return True

    def _hand_out(self, events: list[EventRow]) -> None:
        for event in events:
            if event.seq <= self.position:
                continue
            self.position = event.seq
            for listener in self._listeners:
                listener(event)
        if events:
            self._moved.set()
            self._moved = asyncio.Event()
