"""Applies events: each once per order, in one transaction with what the director makes of it; announced, then acked."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import exc, update

from gateway.cancel import Records, Wishes, withdraw
from gateway.direction import OrderPart, direct
from gateway.history.records import OrderRow
from gateway.history.store import History, Transaction
from gateway.history.tables import orders
from gateway.leftovers import Tidy
from gateway.metrics import note_applied
from gateway.settling import Follow, booked, settle
from shared import tracing
from shared.contracts.base import ErrorCode, Fault, StoredAsset
from shared.contracts.order import Ended, Event, Failed, Succeeded
from shared.contracts.scene import Scene
from shared.errors import BusAway
from shared.inbox import Delivery, Inbox
from shared.logs import logger

BATCH = 64
WAIT_S = 5.0
TROUBLE_DELAY_S = 1.0
GATHER_S = 0.01
"""After a turn: what comes meanwhile is applied together."""

DATABASE_AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, OSError, TimeoutError)
"""The database cannot do it now; anything else it raises is our own fault."""

ReadScenes = Callable[[StoredAsset], Awaitable[tuple[Scene, ...]]]
"""Reads `scenes.json` where the scenes were too many to travel. Raises FileNotFoundError or ValueError."""


class Applier:
    """The one door through which facts enter the history, whoever brings them: the bus, the reconciler, a cancel."""

    def __init__(
        self,
        history: History,
        *,
        order_part: OrderPart,
        read_scenes: ReadScenes,
        wishes: Wishes,
        records: Records,
        follow: Follow | None = None,
        tidy: Tidy | None = None,
    ) -> None:
        self._history = history
        self._order_part = order_part
        self._read_scenes = read_scenes
        self._wishes = wishes
        self._records = records
        self._follow = follow
        self._tidy = tidy
        self._log = logger(__name__)

    async def run(self, inbox: Inbox[Event]) -> None:
        """Take events and apply them, until canceled."""
        while True:
            if deliveries := await inbox.take(BATCH, within_s=WAIT_S):
                await self.attend(deliveries)
                await asyncio.sleep(GATHER_S)

    async def attend(self, deliveries: Sequence[Delivery[Event]]) -> None:
        """Apply and ack; while the database is away, ask for the same events again a little later."""
        try:
            named = [(f"apply {delivery.message.name}", delivery.traceparent) for delivery in deliveries]
            with tracing.spans(named, kind="consumer"):
                await self.apply(events := [delivery.message for delivery in deliveries])
        except DATABASE_AWAY as error:
            self._log.warning("database_away", error=str(error), events=len(deliveries))
            for delivery in deliveries:
                await delivery.nak(TROUBLE_DELAY_S)
            return
        note_applied(events)
        for delivery in deliveries:
            await delivery.ack()

    async def apply(self, events: Sequence[Event]) -> None:
        """Apply events together; one that our own code cannot stand fails its job alone. Raises DATABASE_AWAY."""
        try:
            withdrawn = await self._apply([await self._whole(event) for event in events])
        except DATABASE_AWAY:
            raise
        except Exception:  # noqa: BLE001 -- our own bug must not block the line; it is logged and fails its job
            self._log.exception("events_failed_by_a_bug", orders=[event.order_id for event in events])
            await self._apply_alone(events)
        else:
            await self.withdraw(withdrawn)
            if self._tidy:
                await self._tidy(events)

    async def withdraw(self, withdrawn: Iterable[OrderRow]) -> None:
        """Tell the workers of orders that were canceled, after the commit that says so."""
        try:
            await withdraw(withdrawn, wishes=self._wishes, records=self._records, apply=self.apply)
        except (BusAway, *DATABASE_AWAY) as error:  # the reconciler repeats it
            self._log.warning("withdrawal_waits", reason=str(error))

    async def _apply(self, events: Sequence[Event]) -> list[OrderRow]:
        async with self._history.write() as tx:
            moved = await settle(tx, events, follow=self._follow)
            return [order for film in sorted(moved) for order in await direct(tx, film, order_part=self._order_part)]

    async def _apply_alone(self, events: Sequence[Event]) -> None:
        if len(events) > 1:
            for event in events:
                await self.apply([event])
            return
        try:
            async with self._history.write() as tx:
                await _give_up(tx, events[0])
        except DATABASE_AWAY:
            raise
        except Exception:  # noqa: BLE001 -- the line goes on; the reconciler comes back to this order
            self._log.exception("giving_up_failed", order=events[0].order_id)

    async def _whole(self, event: Event) -> Event:
        """The event with its scenes, which may have been too many to travel."""
        if not isinstance(event, Ended) or not isinstance(event.outcome, Succeeded):
            return event
        result = event.outcome.result
        if result.kind != "create_scenes" or result.scenes:
            return event
        try:
            scenes = await self._read_scenes(result.json_file)
        except (FileNotFoundError, ValueError) as error:
            self._log.error("scenes_unreadable", key=result.json_file.key, error=str(error))
            return event.model_copy(update={"outcome": Failed(fault=UNREADABLE, cost_usd=event.outcome.cost_usd)})
        whole = event.outcome.model_copy(update={"result": result.model_copy(update={"scenes": scenes})})
        return event.model_copy(update={"outcome": whole})


UNREADABLE = Fault(
    code=ErrorCode.PROVIDER_BAD_OUTPUT, message="The scenes were written, but their file cannot be read. Retry the job."
)


async def _give_up(tx: Transaction, event: Event) -> None:
    """Fail the job and the production that `event` belongs to; what is still out for them is canceled."""
    order = await tx.order(event.order_id)
    if order is None:
        return
    error = _bug(order).model_dump(mode="json")
    if order.production_id is not None:
        await _fail_production(tx, order.production_id, error)
    if isinstance(event, Ended) and order.status != "ended":
        outcome = booked(order, event.outcome)
        ending = {"outcome": outcome.model_dump(mode="json"), "ended_at": event.at.timestamp()}
        await tx.update_order(order.id, status="ended", **ending)
        await tx.book(order, outcome.cost_usd)
    theirs = orders.c.job_id == order.job_id
    if order.production_id is not None:
        theirs |= orders.c.production_id == order.production_id
    await tx.connection.execute(update(orders).where(theirs, orders.c.status != "ended").values(cancel_wished=True))
    await _fail_job(tx, order.job_id, error)


async def _fail_production(tx: Transaction, production_id: str, error: dict[str, object]) -> None:
    production = await tx.production(production_id)
    now = tx.now()
    if production and await tx.update_production(production.id, status="failed", error=error, completed_at=now):
        tx.tell("production.updated", replace(production, status="failed", error=error, completed_at=now))


async def _fail_job(tx: Transaction, job_id: str, error: dict[str, object]) -> None:
    job = await tx.job(job_id)
    now = tx.now()
    if job and await tx.update_job(job.id, status="failed", error=error, completed_at=now):
        tx.tell("job.failed", replace(job, status="failed", error=error, completed_at=now))


def _bug(order: OrderRow) -> Fault:
    return Fault(
        code=ErrorCode.INTERNAL,
        message=f"Something went wrong inside the gateway. Quote order {order.id} when you report it.",
        backend=order.provider,
        model=order.model,
    )
