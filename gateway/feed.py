"""The feed: every committed event read once, in order of seq, and handed to all who listen in this gateway."""

import asyncio
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from gateway.history.records import EventRow
from gateway.history.store import History
from shared.logs import logger

Listener = Callable[[EventRow], None]

PAGE = 500
TROUBLE_PAUSE_S = 1.0
GATHER_S = 0.01
"""After a look: what is committed meanwhile is read together."""

log = logger(__name__)


class Feed:
    """Reads what was committed since `position`, woken by commits and announcements, and asks anyway every so often.

    Listeners are called in the order they joined; they neither block nor raise.
    """

    def __init__(self, history: History, *, ask_every_s: float = 1.0) -> None:
        self.position = 0
        self._history = history
        self._ask_every_s = ask_every_s
        self._listeners: list[Listener] = []
        self._moved = asyncio.Event()

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def start(self) -> None:
        """Begin after what is committed now: earlier events are read from the history by whoever needs them."""
        async with self._history.read() as tx:
            self.position = await tx.newest_seq()

    async def run(self) -> None:
        """Hand out events until canceled. Trouble with the database is waited out."""
        while True:
            await self._history.wait_for_change(self.position, self._ask_every_s)
            try:
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
