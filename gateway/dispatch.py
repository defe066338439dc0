"""Which waiting order may go now: fair between spaces, within what workers and accounts can take."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Protocol

from gateway.handlers import DATABASE_AWAY
from gateway.history import line
from gateway.history.line import Lane
from gateway.history.records import OrderRow
from gateway.history.store import History, Transaction
from shared.catalog import Account
from shared.contracts.order import Order, ServiceCard
from shared.errors import BusAway
from shared.logs import logger

MOST_AT_ONCE = 64
MOST_REMEMBERED = 20_000
LOOK_EVERY_S = 1.0
RATE_WINDOW_S = 60.0
TROUBLE_PAUSE_S = 0.5
DISPATCHERS = 0x5CE4EBEB
"""The lock that dispatchers of several gateways hold, one after the other."""
GATHER_S = 0.005
"""After a turn: what is committed meanwhile is released together."""


class OrderLine(Protocol):
    """What dispatch needs of the bus. Both raise BusAway."""

    async def publish_order(self, order: Order) -> None: ...

    async def services(self) -> tuple[ServiceCard, ...]: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where orders compete for room: an account with a limit of its own, or the workers' slots for a kind."""

    kind: str
    provider: str
    account: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be out at once. `slots`: (kind, provider) -> slots of the workers that are alive."""

    accounts: Mapping[str, Account]
    slots: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def place_of(self, lane: Lane) -> Place:
        """An account's concurrency is shared by all its kinds; slots are each kind's own."""
        if self._concurrency(lane.account) is not None:
            return Place("", lane.provider, lane.account)
        return Place(lane.kind, lane.provider, lane.account)

    def most(self, place: Place) -> int:
        concurrency = self._concurrency(place.account)
        return self.slots.get((place.kind, place.provider), 0) if concurrency is None else concurrency

    def rates(self, place: Place) -> list[tuple[int, float]]:
        """(orders, seconds): no more than so many may go out in any so many seconds."""
        account = self.accounts.get(place.account)
        if account is None or account.per_minute is None:
            return []
        rates = [(account.per_minute, RATE_WINDOW_S)]
        if account.burst is not None:
            rates.append((account.burst, RATE_WINDOW_S * account.burst / account.per_minute))
        return rates

    def _concurrency(self, account: str) -> int | None:
        return self.accounts[account].concurrency if account in self.accounts else None


class Turns:
    """Which space was served when, of each place, as this gateway remembers it; as many as it can bear."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._last: OrderedDict[tuple[Place, str], int] = OrderedDict()
        self._turn = 0

    def in_order(self, place: Place, lanes: Iterable[Lane]) -> list[tuple[str, list[Lane]]]:
        """The spaces with their lanes: who was never served first, who was served last at the end."""
        spaces: dict[str, list[Lane]] = {}
        for lane in sorted(lanes, key=lambda lane: (lane.space, lane.kind)):
            spaces.setdefault(lane.space, []).append(lane)
        return sorted(spaces.items(), key=lambda item: self._last.get((place, item[0]), 0))

    def served(self, place: Place, spaces: Iterable[str]) -> None:
        for space in spaces:
            self._turn += 1
            self._last[place, space] = self._turn
            self._last.move_to_end((place, space))
        while len(self._last) > self._most:
            self._last.popitem(last=False)


def alternating(queues: Iterable[Sequence[str]]) -> list[str]:
    """One of each queue, then another of each."""
    return [order for order in chain.from_iterable(zip_longest(*queues)) if order is not None]


class Dispatcher:
    """Releases waiting orders to the bus: committed first, published then, under a new release number."""

    def __init__(
        self,
        history: History,
        line: OrderLine,
        *,
        accounts: Mapping[str, Account],
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self.limits = Limits(accounts)
        self.wake = asyncio.Event()
        self._history = history
        self._line = line
        self._unpublished: list[OrderRow] = []
        self._look_every_s = look_every_s
        self._turns = Turns()
        self._slots_until = 0.0
        self._log = logger(__name__)

    async def run(self) -> None:
        """Release what may go whenever something was committed, and every so often, until canceled."""
        self._history.after_commit.append(lambda _: self.wake.set())
        while True:
            self.wake.clear()
            try:
                await self.dispatch()
                await asyncio.sleep(GATHER_S)
            except (BusAway, *DATABASE_AWAY) as error:
                self._log.warning("dispatch_waits", reason=str(error))
                await asyncio.sleep(TROUBLE_PAUSE_S)
            await _rung(self.wake, within_s=self._look_every_s)

    async def dispatch(self) -> None:
        """Release what may go now. Raises BusAway: what was released stays so and is published with the next turn."""
        await self._publish_all(self._unpublished)
        async with self._history.glance() as tx:
            lanes = await line.lanes(tx)
        if not lanes:
            return
        await self._count_slots()
        self._unpublished += await self._release(lanes)
        await self._publish_all(self._unpublished)

    async def _release(self, lanes: Sequence[Lane]) -> list[OrderRow]:
        """What goes now, by the limits; no other gateway counts what is out meanwhile."""
        async with self._history.alone(DISPATCHERS):
            async with self._history.glance() as tx:
                chosen = await self._choose(tx, lanes)
            if not chosen:
                return []
            async with self._history.write() as tx:
                released = await line.release(tx, chosen)
        return released

    async def publish(self, order: OrderRow) -> None:
        """Put a released order on the bus; the same release twice is one message. Raises BusAway."""
        await self._line.publish_order(as_order(order))

    def waits_for(self, kind: str, provider: str, account: str) -> str | None:
        """Why an order of this kind does not go, in words for its user; None when only others are before it."""
        place = self.limits.place_of(Lane(kind, provider, account, ""))
        if self.limits.most(place) > 0:
            return None
        return f"waiting for a service that makes `{kind}` with `{provider}`: none is running"

    async def _choose(self, tx: Transaction, lanes: Sequence[Lane]) -> list[str]:
        by_place: dict[Place, list[Lane]] = {}
        for lane in lanes:
            by_place.setdefault(self.limits.place_of(lane), []).append(lane)
        held, out = await line.held_accounts(tx), await line.released(tx)
        paces, chosen, gone = await line.paces(tx), list[str](), Counter[str]()
        for place in (place for place in by_place if place.account not in held):
            room = min(MOST_AT_ONCE, self.limits.most(place) - _out_of(place, out))
            rates = self.limits.rates(place)
            if place.account in paces:
                rates.append((1, paces[place.account]))
            for most, window_s in rates if room > 0 else ():
                recent = await line.released_since(tx, place.account, tx.now() - window_s)
                room = min(room, most - recent - gone[place.account])
            found = await self._choose_for(tx, place, by_place[place], room)
            gone[place.account] += len(found)
            chosen += found
        return chosen

    async def _choose_for(self, tx: Transaction, place: Place, lanes: Sequence[Lane], room: int) -> list[str]:
        """The space that was served longest ago goes first, and each space gets one before any gets two."""
        if room <= 0:
            return []
        queues: dict[str, list[str]] = {}
        for space, mine in self._turns.in_order(place, lanes):
            waiting = alternating([await line.next_in(tx, lane, most=room) for lane in mine])
            if waiting:
                queues[space] = waiting
            if len(queues) == room:  # the others have to wait anyway, and there may be thousands of them
                break
        self._turns.served(place, queues)
        return alternating(queues.values())[:room]

    async def _count_slots(self) -> None:
        """Ask who is alive, at most once a second."""
        now = asyncio.get_running_loop().time()
        if now >= self._slots_until:
            self.limits = Limits(self.limits.accounts, slots_of(await self._line.services()))
            self._slots_until = now + LOOK_EVERY_S

    async def _publish_all(self, released: list[OrderRow]) -> None:
        """Publish side by side; what was published leaves the list."""
        results = await asyncio.gather(*(self.publish(order) for order in released), return_exceptions=True)
        failed = [(order, error) for order, error in zip(released, results, strict=True) if error is not None]
        released[:] = [order for order, _ in failed]
        for _, error in failed:
            raise error


def slots_of(cards: Iterable[ServiceCard]) -> dict[tuple[str, str], int]:
    """(kind, provider) -> slots of everybody alive."""
    slots: dict[tuple[str, str], int] = {}
    for card in cards:
        for provider, count in card.slots.items():
            slots[card.kind, provider] = slots.get((card.kind, provider), 0) + count
    return slots


def as_order(row: OrderRow) -> Order:
    """The order as it goes on the bus."""
    return Order.model_validate({**row.body, "release": row.release})


def _out_of(place: Place, out: Mapping[tuple[str, str, str], int]) -> int:
    return sum(
        count for (kind, _, account), count in out.items() if account == place.account and place.kind in ("", kind)
    )


async def _rung(bell: asyncio.Event, *, within_s: float) -> None:
    try:
        async with asyncio.timeout(within_s):
            await bell.wait()
    except TimeoutError:
        pass
