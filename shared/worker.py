"""Take -> claim -> perform -> settle: the one loop every service runs, with the one blind catch."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from nats.aio.msg import Msg

from shared import tracing
from shared.bus import Bus
from shared.claim import BUS_RETRY_S, Claim, OrderCanceled
from shared.contracts.base import FREE, ErrorCode, Fault, OrderId, Usd
from shared.contracts.order import (
    Canceled,
    Ended,
    Event,
    Failed,
    Order,
    Outcome,
    Result,
    Started,
    Succeeded,
    Uncertain,
)
from shared.contracts.order import Throttled as ThrottledEvent
from shared.errors import BusAway, PermanentError, ServiceError, SubmissionUnknown, Throttled, TransientError
from shared.executions import (
    AlreadyEnded,
    AlreadyPostponed,
    Executions,
    HeldElsewhere,
    LostLease,
)
from shared.inbox import Delivery, Inbox
from shared.logs import bound_contextvars, logger
from shared.media.base import StorageAway
from shared.metrics import IN_HAND, POSTPONED, note_outcome
from shared.stopping import stop

MOST_CLAIMS = 10
PROGRESS_EVERY_S = 2.0
FIRST_PROGRESS_S = 0.5
TRANSIENT_RETRY_S = 5.0
STORAGE_RETRY_S = 5.0
PULL_S = 2.0


@dataclass(frozen=True)
class Performed:
    """What a handler hands back: the result and what it really cost."""

    result: Result
    cost_usd: Usd = FREE


Handler = Callable[[Claim], Awaitable[Performed]]
"""One command in, its result out. Raises what shared.errors says; anything else is a bug."""


@dataclass
class Worker:
    """Performs the orders of one kind.

    `slots` is how many at once for each provider; `owner` names this process in leases;
    `discard` removes what an order may have stored before it failed or was canceled.
    """

    bus: Bus
    kind: str
    handler: Handler
    slots: Mapping[str, int]
    owner: str
    discard: Callable[[Order], Awaitable[None]]
    drain_s: float = 5.0
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    busy: int = 0

    def __post_init__(self) -> None:
        self._executions = Executions(self.bus)
        self._claims: dict[OrderId, Claim] = {}
        self._in_hand: set[OrderId] = set()
        self._log = logger(__name__)

    @property
    def lease_s(self) -> float:
        return self.bus.ack_wait_s

    async def run(self) -> None:
        """Work until `draining` is set; then hand over what does not end within `drain_s`."""
        await self.bus.on_cancel_hint(self._hear_cancel)
        async with asyncio.TaskGroup() as group:
            for provider, slots in self.slots.items():
                group.create_task(self._serve(provider, slots))

    def _hear_cancel(self, order_id: OrderId) -> None:
        if claim := self._claims.get(order_id):
            claim.cancel_wished.set()

    async def _serve(self, provider: str, slots: int) -> None:
        inbox = await self.bus.orders(self.kind, provider, bury=self._bury)
        running: set[asyncio.Task[None]] = set()
        try:
            while not self.draining.is_set():
                await self._pull(inbox, running, free=slots - len(running))
        finally:
            await inbox.close()
            await self._hand_over(running)

    async def _pull(self, inbox: Inbox[Order], running: set[asyncio.Task[None]], *, free: int) -> None:
        """Take as many orders as hands are free, or wait until one is."""
        told = asyncio.ensure_future(self.draining.wait())
        try:
            if free <= 0:
                await asyncio.wait({told, *running}, return_when=asyncio.FIRST_COMPLETED)
                return
            take = asyncio.ensure_future(inbox.take(free, within_s=PULL_S))
            await asyncio.wait({told, take}, return_when=asyncio.FIRST_COMPLETED)
            if not take.done():
                take.cancel()
                return
            for delivery in take.result():
                task = asyncio.create_task(self._attend(delivery))
                running.add(task)
                task.add_done_callback(running.discard)
        finally:
            told.cancel()

    async def _hand_over(self, running: set[asyncio.Task[None]]) -> None:
        if running:
            await asyncio.wait(running, timeout=self.drain_s if self.draining.is_set() else 0)
        await stop(*running)

    async def _attend(self, delivery: Delivery[Order]) -> None:
        """One delivery from claim to ack. Never raises; whatever dies in here is delivered again."""
        order = delivery.message
        self.busy += 1
        in_hand = IN_HAND.labels(self.kind, order.provider)
        in_hand.inc()
        about = {"order_id": order.order_id, "job_id": order.job_id, "request_id": order.request_id}
        with (
            bound_contextvars(
                order=order.order_id, job=order.job_id, production=order.production_id, request_id=order.request_id
            ),
            tracing.span(
                f"perform {self.kind}", kind="consumer", parent=delivery.traceparent,
                provider=order.provider, model=order.model, **about,
            ),
        ):  # fmt: skip
            try:
                await self._claim_and_perform(delivery)
            except HeldElsewhere as held:
                await delivery.nak(min(held.wait_s + 0.1, self.lease_s))
            except LostLease:
                self._log.warning("lease_lost")
            except BusAway as error:
                self._log.warning("bus_away", doing=str(error))
            except OSError as error:  # the media store: the outcome stands and is repeated with the next delivery
                self._log.error("media_trouble", reason=str(error))
            finally:
                self.busy -= 1
                in_hand.dec()

    async def _claim_and_perform(self, delivery: Delivery[Order]) -> None:
        order = delivery.message
        if order.order_id in self._in_hand:  # it came again because this process stood still for longer than its lease
            raise HeldElsewhere(self.lease_s)
        self._in_hand.add(order.order_id)
        try:
            held = await self._executions.claim(
                order.order_id,
                owner=self.owner,
                lease_s=self.lease_s,
                release=order.release,
                fresh=order.release == 1,
            )
            await self._perform_claimed(Claim(order, held, self._executions, lease_s=self.lease_s), delivery)
        except AlreadyEnded as ended:
            await self._tell(order, ended.outcome, delivery)
        except AlreadyPostponed as postponed:
            await self._publish(order, postponed.event)
            await delivery.ack()
        finally:
            self._in_hand.discard(order.order_id)

    async def _perform_claimed(self, claim: Claim, delivery: Delivery[Order]) -> None:
        self._claims[claim.order_id] = claim
        try:
            outcome = await self._attempt(claim, delivery)
            if outcome is not None:
                await self._settle(claim, outcome, delivery)
        finally:
            del self._claims[claim.order_id]

    async def _attempt(self, claim: Claim, delivery: Delivery[Order]) -> Outcome | None:
        """The outcome, or None when the order went back to wait."""
        if claim.record.claims > MOST_CLAIMS:
            return Failed(fault=self._given_up(claim))
        if await self.bus.cancel_wished(claim.order_id):
            claim.cancel_wished.set()
        await self.bus.publish_event(
            claim.order,
            Started(
                order_id=claim.order_id, release=claim.order.release, attempt=claim.record.claims, worker=self.owner
            ),
        )
        started = time.monotonic()
        self._log.info("order_started", kind=self.kind, provider=claim.order.provider, attempt=claim.record.claims)
        self._log.debug("order_received", model=claim.order.model, command=claim.order.command.model_dump(mode="json"))
        try:
            outcome = await self._perform_under_lease(claim, delivery)
        except asyncio.CancelledError:
            await asyncio.shield(self._release(claim, delivery))
            raise
        except StorageAway as away:
            self._log.warning("storage_away", reason=str(away), retry_after_s=STORAGE_RETRY_S)
            await self._release(claim, delivery, after_s=STORAGE_RETRY_S)
            return None
        except TransientError as error:
            if claim.record.claims >= MOST_CLAIMS:
                return Failed(fault=error.fault)
            await self._postpone(claim, error, delivery)
            return None
        why = {} if isinstance(outcome, Succeeded | Canceled) else outcome.fault.model_dump(include={"code", "message"})
        note_outcome(claim.order, outcome, seconds=time.monotonic() - started)
        self._log.info("order_ended", outcome=outcome.status, seconds=round(time.monotonic() - started, 3), **why)
        return outcome

    async def _perform_under_lease(self, claim: Claim, delivery: Delivery[Order]) -> Outcome:
        """Perform while a second task keeps lease and delivery alive; losing the lease stops the work."""
        work = asyncio.create_task(self._perform(claim))
        beat = asyncio.create_task(self._beat(claim, delivery))
        try:
            await asyncio.wait({work, beat}, return_when=asyncio.FIRST_COMPLETED)
            if beat.done():
                beat.result()
            return await work
        finally:
            await stop(work, beat)

    async def _perform(self, claim: Claim) -> Outcome:
        """The handler's result as an outcome. The one blind catch of the services lives here."""
        try:
            done = await self.handler(claim)
        except OrderCanceled as canceled:
            return Canceled(cost_usd=claim.booked_usd(canceled.cost_usd))
        except SubmissionUnknown as unknown:
            return Uncertain(fault=unknown.fault, cost_usd=claim.booked_usd(claim.order.price_usd))
        except PermanentError as error:
            return _failed(claim, error)
        except (ServiceError, LostLease, BusAway, StorageAway):
            raise
        except Exception:  # noqa: BLE001 -- the one blind catch: a bug ends its order, never the worker
            self._log.exception("order_failed_by_a_bug")
            return Failed(fault=_bug(claim.order))
        return Succeeded(result=done.result, cost_usd=claim.booked_usd(done.cost_usd))

    async def _beat(self, claim: Claim, delivery: Delivery[Order]) -> None:
        """Extend the lease and look for a cancel wish every third of it; send progress more often.

        A wish is hinted at besides (`_hear_cancel`); this look finds the one whose hint was lost.
        """
        pace_s = min(PROGRESS_EVERY_S, self.lease_s / 3)
        renew_at, told = time.monotonic() + self.lease_s / 3, None
        while True:
            await asyncio.sleep(pace_s if told else min(pace_s, FIRST_PROGRESS_S))
            if time.monotonic() >= renew_at:
                renew_at = time.monotonic() + self.lease_s / 3 - pace_s
                await self._renew(claim, delivery)
            if claim.progress is not None:
                told = claim.progress
                await self.bus.publish_progress(told)

    async def _renew(self, claim: Claim, delivery: Delivery[Order]) -> None:
        """Raises LostLease. The bus being away is not a lost lease."""
        try:
            await delivery.in_progress()
            await claim.held.extend(self.lease_s)
            if await self.bus.cancel_wished(claim.order_id):
                claim.cancel_wished.set()
        except BusAway:
            self._log.warning("bus_away", doing="heartbeat")

    async def _settle(self, claim: Claim, outcome: Outcome, delivery: Delivery[Order]) -> None:
        """Write the outcome under the fence, then tell. The bus being away only delays it."""
        while True:
            try:
                await claim.held.amend(outcome=outcome, owner=None, lease_until=None)
                break
            except BusAway:
                await asyncio.sleep(BUS_RETRY_S)
        await self._tell(claim.order, outcome, delivery)

    async def _tell(self, order: Order, outcome: Outcome, delivery: Delivery[Order]) -> None:
        """The outcome stands: whoever repeats it may do so any number of times."""
        if outcome.status != "succeeded":
            await self.discard(order)
        await self._publish(order, Ended(order_id=order.order_id, release=order.release, outcome=outcome))
        await delivery.ack()

    async def _publish(self, order: Order, event: Event) -> None:
        while True:
            try:
                return await self.bus.publish_event(order, event)
            except BusAway:
                await asyncio.sleep(BUS_RETRY_S)

    async def _postpone(self, claim: Claim, error: TransientError, delivery: Delivery[Order]) -> None:
        """A proven refusal: give the order back to the dispatcher, clean. To be asked to wait is no failed attempt."""
        retry_after_s, spared = (error.retry_after_s, 1) if isinstance(error, Throttled) else (TRANSIENT_RETRY_S, 0)
        POSTPONED.labels(self.kind, claim.order.provider).inc()
        self._log.info("order_postponed", reason=error.fault.message, retry_after_s=retry_after_s)
        event = ThrottledEvent(
            order_id=claim.order_id, release=claim.order.release, retry_after_s=retry_after_s, fault=error.fault
        )
        await claim.held.amend(
            intent=claim.record.intent if claim.record.handle else None,
            owner=None,
            lease_until=None,
            claims=claim.record.claims - spared,
            postponed=event,
        )
        await self._publish(claim.order, event)
        await delivery.ack()

    async def _release(self, claim: Claim, delivery: Delivery[Order], *, after_s: float = 0.0) -> None:
        """Draining, or the store is away: the next worker may have it, and this was no attempt of the order's own."""
        try:
            async with asyncio.timeout(2.0):
                await claim.held.amend(owner=None, lease_until=None, claims=claim.record.claims - 1)
                await delivery.nak(after_s)
        except (BusAway, LostLease, TimeoutError) as error:
            self._log.warning("hand_over_unfinished", reason=str(error))

    async def _bury(self, raw: Msg, reason: str) -> None:
        """An order nobody can read ends INTERNAL, by the id in its subject; uncertain where it had begun."""
        order_id = OrderId(raw.subject.rpartition(".")[2])
        try:
            await self.bus.write_letter(raw, reason)
            outcome = await self._executions.close_unreadable(order_id)
            await self.bus.publish_event_of(self.kind, Ended(order_id=order_id, outcome=outcome))
        except HeldElsewhere as held:  # who could read it is still at work on it
            await Delivery(None, raw).nak(min(held.wait_s + 0.1, self.lease_s))
        except BusAway:
            await Delivery(None, raw).nak(1.0)
        else:
            await Delivery(None, raw).ack()

    def _given_up(self, claim: Claim) -> Fault:
        return Fault(
            code=ErrorCode.INTERNAL,
            message=f"The service died {MOST_CLAIMS} times while working on this order, so it was given up.",
            backend=claim.order.provider,
            model=claim.order.model,
        )


def _failed(claim: Claim, error: PermanentError) -> Failed:
    """Failed, with what it costs all the same."""
    own = error.cost_usd
    if own is None:
        own = claim.order.price_usd if error.fault.charged else FREE
    cost_usd = claim.booked_usd(own)
    return Failed(fault=error.fault.model_copy(update={"charged": cost_usd > FREE}), cost_usd=cost_usd)


def _bug(order: Order) -> Fault:
    return Fault(
        code=ErrorCode.INTERNAL,
        message=f"Something went wrong inside the service. Quote order {order.order_id} when you report it.",
        backend=order.provider,
        model=order.model,
    )
