"""Open sockets of keys that are revoked, closed soon after, by every gateway for its own."""

import asyncio

from aiohttp import WSCloseCode

from gateway.handlers import DATABASE_AWAY
from gateway.history import keys
from gateway.history.store import History
from gateway.keys.doors import Doors
from gateway.sockets import Client, Hub
from shared.logs import logger

LOOK_EVERY_S = 2.0
REVOKED = b"this API key is revoked"


class Watch:
    """Looks after the sockets that are open."""

    def __init__(self, history: History, hub: Hub, doors: Doors) -> None:
        self._history = history
        self._hub = hub
        self._doors = doors

    async def run(self, *, every_s: float = LOOK_EVERY_S) -> None:
        """Until canceled."""
        while True:
            await asyncio.sleep(every_s)
            try:
                unwanted = await self._unwanted()
            except DATABASE_AWAY as error:  # nobody can revoke anything either
                logger(__name__).warning("socket_watch_waits", reason=str(error))
                continue
            closings = (client.socket.close(code=WSCloseCode.POLICY_VIOLATION, message=REVOKED) for client in unwanted)
            await asyncio.gather(*closings, return_exceptions=True)

    async def _unwanted(self) -> list[Client]:
        clients = list(self._hub.clients)
        if not clients or not await self._doors.is_locked():
            return []
        async with self._history.glance() as tx:
            good = await keys.still_good(tx, {client.key_id for client in clients if client.key_id})
        return [client for client in clients if client.key_id not in good]
