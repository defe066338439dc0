"""Hand-written stand-ins that record what they were told; for tests that need no real server."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from gateway.history.records import NewJob, Production
from gateway.storyboard import Want
from shared.contracts.base import Kind, OrderId
from shared.contracts.order import Announcement, Order, Outcome, ServiceCard
from shared.errors import BusAway
from shared.executions import Execution
from tests.factories import NOON, a_new_job

M = TypeVar("M")


@dataclass
class RecordingBus:
    """Orders, wishes and announcements as they came. `away` lets every call fail as the real bus does."""

    cards: tuple[ServiceCard, ...] = ()
    away: bool = False
    connected: bool = True
    published: list[Order] = field(default_factory=list)
    wishes: list[OrderId] = field(default_factory=list)
    announced: list[Announcement] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)
    on_publish: Callable[[Order], None] = lambda _order: None

    async def publish_order(self, order: Order) -> None:
        self._answer("publishing an order")
        self.published.append(order)
        self.waiting.add(order.order_id)
        self.on_publish(order)

    async def wish_cancel(self, order_id: OrderId) -> None:
        self._answer("wishing a cancel")
        self.wishes.append(order_id)

    async def events_pending(self) -> int:
        self._answer("looking at the events")
        return 0

    async def services(self) -> tuple[ServiceCard, ...]:
        self._answer("asking who is alive")
        return self.cards

    async def order_waits(self, order: Order) -> bool:
        self._answer("looking for an order")
        return order.order_id in self.waiting

    def announce(self, announcement: Announcement) -> None:
        self.announced.append(announcement)

    def _answer(self, doing: str) -> None:
        if self.away:
            raise BusAway(doing)


@dataclass
class RecordedExecutions:
    """Execution records in memory, with the one rule that counts: a record is created once."""

    records: dict[str, Execution] = field(default_factory=dict)

    async def read(self, order_id: OrderId) -> Execution | None:
        return self.records.get(order_id)

    async def close_unclaimed(self, order_id: OrderId, outcome: Outcome) -> bool:
        if order_id in self.records:
            return False
        self.records[order_id] = Execution(order_id=order_id, outcome=outcome)
        return True


@dataclass
class RecordedDelivery(Generic[M]):
    """A message in hand; remembers how it was answered."""

    message: M
    traceparent: str | None = None
    answers: list[str] = field(default_factory=list)

    async def ack(self) -> None:
        self.answers.append("ack")

    async def nak(self, delay_s: float = 0.0) -> None:
        self.answers.append(f"nak {delay_s:g}")


@dataclass
class SteppingClock:
    """A clock that stands still until it is told to go on."""

    at: float = NOON

    def __call__(self) -> float:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += seconds


def card(kind: Kind = "generate_video", *, slots: int = 2, provider: str = "local") -> ServiceCard:
    return ServiceCard(instance=f"{kind}-1", service=kind, kind=kind, providers={provider: ()}, slots={provider: slots})


def order_part(production: Production, want: Want) -> NewJob:
    """A part as one free order each; four portraits for the character."""
    number = production.settings["number_of_scenes"]
    return a_new_job(
        want.kind,
        orders=4 if want.kind == "generate_character_reference" else 1,
        space=production.space,
        production_id=production.id,
        part=want.part,
        scenes=number,
    )
