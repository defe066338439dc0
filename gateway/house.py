"""What the routes work with: one value, put together in `service.py`, within reach of every request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, get_args

from aiohttp import web

from gateway.accept import Acceptance
from gateway.copies import Copies
from gateway.editing import Editing
from gateway.feed import Feed
from gateway.history.store import History
from gateway.keys.doors import Doors
from gateway.live import Live
from gateway.protection import Protection
from gateway.render import Urls
from gateway.room import Room
from gateway.sockets import Hub, SocketBounds
from gateway.stopping import Stopping
from gateway.waiting import Waiting
from gateway.webhooks.rules import WebhookRules
from shared.contracts.base import Kind
from shared.contracts.order import ServiceCard
from shared.media.base import MediaStore


class Line(Protocol):
    """What the routes need of the bus."""

    @property
    def connected(self) -> bool: ...

    async def services(self) -> tuple[ServiceCard, ...]: ...

    async def events_pending(self) -> int: ...


WaitsFor = Callable[[str, str], Awaitable[str | None]]
"""(kind, provider) -> why such an order gets no further; None while somebody is there for it."""


@dataclass(frozen=True, kw_only=True)
class House:
    """The gateway's collaborators. `service.py` connects them and runs `feed.run`, `live.run` and `hub.sweep`."""

    history: History
    bus: Line
    media: MediaStore
    acceptance: Acceptance
    editing: Editing
    stopping: Stopping
    feed: Feed
    live: Live
    hub: Hub
    waiting: Waiting
    copies: Copies
    waits_for: WaitsFor
    doors: Doors
    urls: Urls = field(default_factory=Urls)
    room: Room = field(default_factory=Room)
    webhooks: WebhookRules = field(default_factory=WebhookRules)
    protection: Protection = field(default_factory=Protection)
    sockets: SocketBounds = field(default_factory=SocketBounds)
    max_body_bytes: int = 8 << 20
    needed: tuple[Kind, ...] = get_args(Kind)
    """The kinds that must have a live service before the gateway calls itself ready."""

    def urls_of(self, space: str) -> Urls:
        """Addresses for those who may see what is in `space`."""
        return self.urls.signed_by(partial(self.doors.signed, space=space)) if self.doors.locked else self.urls

    def connect(self) -> None:
        """Let all who listen hear the feed. What is live goes last: its end is told before it is forgotten."""
        self.feed.listen(self.hub.hear)
        self.feed.listen(self.waiting.hear)
        self.feed.listen(self.live.hear)
        self.live.watch(self.hub.watch)
        self.stopping.watch(self.live.note)


HOUSE: web.AppKey[House] = web.AppKey("house", House)
