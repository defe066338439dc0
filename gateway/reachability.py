"""The means of the moment: who is alive, asked of the bus every few seconds at most."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import get_args

from gateway.choice import reach_of
from gateway.planning import Means
from shared.contracts.base import Kind
from shared.contracts.order import ServiceCard
from shared.errors import BusAway

Cards = Callable[[], Awaitable[tuple[ServiceCard, ...]]]

ASK_EVERY_S = 2.0
PATIENCE_S = 1.0
KINDS = frozenset(get_args(Kind))


class Reachability:
    """Called, it gives `Means` with what is reachable now.

    While the bus, or everybody of a kind, is away, with what was known last, if need be by another gateway or before
    this one was started: a service that is being started again reaches what it reached before.
    """

    def __init__(
        self,
        means: Means,
        *,
        services: Cards,
        last_services: Cards,
        ask_every_s: float = ASK_EVERY_S,
    ) -> None:
        self._means = means
        self._services = services
        self._last_services = last_services
        self._ask_every_s = ask_every_s
        self._asked_at = -ask_every_s
        self._one_asks = asyncio.Lock()
        self._known = dict(means.reach)

    async def __call__(self) -> Means:
        async with self._one_asks:
            if self._means.now() - self._asked_at >= self._ask_every_s:
                await self._ask()
        return replace(self._means, reach=self._known)

    async def waits_for(self, kind: str, provider: str) -> str | None:
        """Why an order of this kind gets no further, in words for its user; None while somebody is there for it."""
        await self()
        reach = self._means.reach.get(kind)
        if reach is not None and provider in reach.providers:
            return None
        return f"waiting for a service that makes `{kind}` with `{provider}`: none is running"

    async def _ask(self) -> None:
        self._asked_at = self._means.now()
        try:
            async with asyncio.timeout(PATIENCE_S):
                alive = reach_of(await self._services())
                if not self._known.keys() | alive.keys() >= KINDS:
                    self._known = reach_of(await self._last_services()) | self._known
        except (BusAway, TimeoutError):
            return
        self._means = replace(self._means, reach=alive)
        self._known.update(alive)
