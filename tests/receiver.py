"""A receiver of webhooks on loopback, with whatever manners a test gives it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from multidict import CIMultiDictProxy

PATIENCE_S = 10.0
"""A guard, never a wait: a test that reaches it has failed."""

Manners = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def polite(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=204)


@dataclass(frozen=True)
class Got:
    """One POST as it came in."""

    path: str
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Everything that came, in order. `manners` may be changed at any time."""

    manners: Manners = polite
    got: list[Got] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    port: int = 0
    _bell: asyncio.Condition = field(default_factory=asyncio.Condition)

    def url(self, path: str = "/hook", *, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def until(self, count: int) -> list[Got]:
        """The first `count` POSTs, once so many are there."""
        async with asyncio.timeout(PATIENCE_S), self._bell:
            await self._bell.wait_for(lambda: len(self.got) >= count)
        return self.got[:count]

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.got.append(Got(request.path_qs, request.headers, await request.read()))
            async with self._bell:
                self._bell.notify_all()
            return await self.manners(request)
        finally:
            self.at_once -= 1


@asynccontextmanager
async def receiving(manners: Manners = polite) -> AsyncIterator[Receiver]:
    receiver = Receiver(manners)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        receiver.port = runner.addresses[0][1]
        yield receiver
    finally:
        await runner.cleanup()
