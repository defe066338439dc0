"""The bus: streams, buckets and subjects of DESIGN section 3 on one NATS connection."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, TypeVar

import nats
import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext, api
from nats.js.kv import KeyValue
from pydantic import TypeAdapter, ValidationError

from shared import tracing
from shared.bucket import BUS_TROUBLE, Bucket
from shared.contracts.base import Contract, OrderId
from shared.contracts.order import Announcement, CancelWish, Event, Order, Progress, ServiceCard
from shared.envelope import open_envelope, seal
from shared.errors import BusAway
from shared.inbox import Bury, Delivery, Inbox
from shared.logs import logger
from shared.metrics import BUS_CONNECTED, BUS_RECONNECTS, PUBLISH_SECONDS, timed
from shared.stopping import stop

M = TypeVar("M")

REQUEST_TIMEOUT_S = 2.0
RECONNECT_WAIT_S = 0.1
PREPARE_AGAIN_S = 1.0
SERVICE_CARD_TTL_S = 10.0
LAST_CARD_TTL_S = 7 * 86_400
NO_LIMIT = -1


def order_subject(kind: str, provider: str, order_id: str) -> str:
    return f"orders.{kind}.{provider}.{order_id}"


def _card_key(card: ServiceCard) -> str:
    return f"{card.instance}.{card.kind}"


def event_subject(kind: str, order_id: str, name: str) -> str:
    return f"events.{kind}.{order_id}.{name}"


class Bus:
    """One connection to NATS. Every call has a timeout; publishing is repeated under the same Msg-Id."""

    def __init__(self, client: Client, *, name: str, ack_wait_s: float) -> None:
        self.client = client
        self.name = name
        self.ack_wait_s = ack_wait_s
        self.jetstream: JetStreamContext = client.jetstream(timeout=REQUEST_TIMEOUT_S)
        self.executions: Bucket
        self.handles: Bucket
        self.control: Bucket
        self.cards: Bucket
        self.last_cards: Bucket
        self._inboxes: list[Inbox[Any]] = []
        self._consumers: list[tuple[str, str, str]] = []
        """Stream, name and subjects of those that we take from."""

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str, *, name: str, ack_wait_s: float = 20.0) -> AsyncIterator["Bus"]:
        """Connect (trying until the server is there), prepare streams and buckets, close at the end.

        A server that comes back may have lost its folder: what is missing is made again.
        """
        log = logger(__name__)
        inboxes: list[Inbox[Any]] = []
        came_back = asyncio.Event()

        async def reconnected() -> None:
            log.info("bus_reconnected")
            BUS_RECONNECTS.inc()
            BUS_CONNECTED.set(1)
            for inbox in inboxes:
                inbox.forget_requests()
            came_back.set()

        async def disconnected() -> None:
            log.info("bus_disconnected")
            BUS_CONNECTED.set(0)

        async def failed(error: Exception) -> None:
            log.debug("bus_trouble", error=str(error) or type(error).__name__)

        client = await nats.connect(
            url,
            name=name,
            reconnect_time_wait=RECONNECT_WAIT_S,
            max_reconnect_attempts=NO_LIMIT,
            connect_timeout=2,
            ping_interval=5,
            max_outstanding_pings=2,
            allow_reconnect=True,
            reconnected_cb=reconnected,
            disconnected_cb=disconnected,
            error_cb=failed,
        )
        bus = cls(client, name=name, ack_wait_s=ack_wait_s)
        bus._inboxes = inboxes
        try:
            await bus._prepare()
            BUS_CONNECTED.set(1)
            preparing = asyncio.create_task(bus._prepare_again_whenever(came_back))
            try:
                yield bus
            finally:
                await stop(preparing)
        finally:
            for inbox in inboxes:
                await inbox.close()
            with suppress(*BUS_TROUBLE, nats.errors.Error):
                await asyncio.wait_for(client.flush(1), 2)
            await client.close()

    @property
    def connected(self) -> bool:
        return bool(self.client.is_connected)

    async def publish_order(self, order: Order) -> None:
        """Release `order`: durable once this returns. Raises BusAway if nobody confirms it."""
        with tracing.span(
            f"release {order.command.kind}", kind="producer", parent=_trace(order),
            order_id=order.order_id, job_id=order.job_id, release=order.release,
        ):  # fmt: skip
            await self._publish(
                order_subject(order.command.kind, order.provider, order.order_id),
                order,
                message_id=f"{order.order_id}:{order.release}:order",
                kind=order.command.kind,
                trace=_trace(order),
            )

    async def publish_event(self, order: Order, event: Event) -> None:
        """Tell the history. Raises BusAway if nobody confirms it."""
        await self.publish_event_of(order.command.kind, event, trace=_trace(order))

    async def publish_event_of(self, kind: str, event: Event, *, trace: str | None = None) -> None:
        await self._publish(
            event_subject(kind, event.order_id, event.name),
            event,
            message_id=f"{event.order_id}:{event.release}:{event.name}",
            kind=kind,
            trace=trace,
        )

    async def publish_progress(self, progress: Progress) -> None:
        with suppress(*BUS_TROUBLE):
            await self.client.publish(f"progress.{progress.order_id}", progress.model_dump_json().encode())

    async def announce(self, announcement: Announcement) -> None:
        subject = f"announce.{announcement.production_id or announcement.job_id}"
        with suppress(*BUS_TROUBLE):
            await self.client.publish(subject, announcement.model_dump_json().encode())

    async def on_announcement(self, callback: Callable[[Announcement], None]) -> None:
        await self._listen("announce.*", Announcement, callback)

    async def on_progress(self, callback: Callable[[Progress], None]) -> None:
        await self._listen("progress.*", Progress, callback)

    async def wish_cancel(self, order_id: OrderId) -> None:
        """Write the wish to CONTROL and hint to whoever works on it. Idempotent."""
        wish = CancelWish(order_id=order_id)
        await self.control.put(order_id, wish.model_dump_json().encode())
        with suppress(*BUS_TROUBLE):
            await self.client.publish(f"cancel.{order_id}", b"")

    async def cancel_wished(self, order_id: OrderId) -> bool:
        return await self.control.get(order_id) is not None

    async def on_cancel_hint(self, callback: Callable[[OrderId], None]) -> None:
        async def heard(message: Msg) -> None:
            callback(OrderId(message.subject.rpartition(".")[2]))

        await self.client.subscribe("cancel.*", cb=heard)

    async def show_card(self, card: ServiceCard) -> None:
        """One process shows a card for each kind that it performs."""
        await self.cards.put(_card_key(card), card.model_dump_json().encode())

    async def remember_card(self, card: ServiceCard) -> None:
        """Keep what `card` reaches for the time when nobody of its kind is alive."""
        await self.last_cards.put(card.kind, card.model_dump_json().encode())

    async def withdraw_card(self, card: ServiceCard) -> None:
        with suppress(BusAway):
            await self.cards.delete(_card_key(card))

    async def services(self) -> tuple[ServiceCard, ...]:
        """Who is alive. Raises BusAway."""
        return await _cards_in(self.cards)

    async def last_services(self) -> tuple[ServiceCard, ...]:
        """Of each kind that ever had a service, the one that was started last, alive or not. Raises BusAway."""
        return await _cards_in(self.last_cards)

    async def order_waits(self, order: Order) -> bool:
        """Is the order's message still in the stream (waiting, or with a worker that has not acked)?"""
        subject = order_subject(order.command.kind, order.provider, order.order_id)
        try:
            await self.jetstream.get_last_msg("ORDERS", subject)
        except nats.js.errors.NotFoundError:
            return False
        except BUS_TROUBLE as error:
            raise BusAway(f"looking for {subject}") from error
        return True

    async def orders(self, kind: str, provider: str, *, bury: Bury | None = None) -> Inbox[Order]:
        """The orders of one kind and provider, shared by all workers for them. `bury` takes the unreadable."""
        name = f"{kind}-{provider}"
        await self._consumer("ORDERS", name, order_subject(kind, provider, "*"))
        return self._inbox("ORDERS", name, read=_reader(TypeAdapter(Order)), bury=bury or self.bury)

    async def events(self) -> Inbox[Event]:
        """What the services tell, shared by all gateways."""
        await self._consumer("EVENTS", "history", "events.>")
        adapter: TypeAdapter[Event] = TypeAdapter(Event)
        return self._inbox("EVENTS", "history", read=_reader(adapter), bury=self.bury)

    async def events_pending(self) -> int:
        """How many events no gateway has taken yet. Raises BusAway."""
        try:
            found = await self.jetstream.consumer_info("EVENTS", "history", timeout=REQUEST_TIMEOUT_S)
        except (nats.js.errors.NotFoundError, *BUS_TROUBLE) as error:
            raise BusAway("looking at the events") from error
        return int(found.num_pending or 0)

    async def bury(self, raw: Msg, reason: str) -> None:
        """Put a message nobody can read into DEAD and take it off its stream."""
        try:
            await self.write_letter(raw, reason)
        except BusAway:
            await Delivery(None, raw).nak(1.0)
        else:
            await Delivery(None, raw).ack()

    async def write_letter(self, raw: Msg, reason: str) -> None:
        """What could not be read and why, into DEAD. Raises BusAway."""
        letter = {
            "subject": raw.subject,
            "reason": reason[:4_000],
            "body": raw.data[:60_000].decode("utf-8", "replace"),
        }
        headers = {api.Header.MSG_ID.value: f"{raw.subject}:{raw.metadata.sequence.stream}:dead"}
        await self._send(f"dead.{raw.subject.split('.')[1]}", json.dumps(letter).encode(), headers)

    def _inbox(self, stream: str, durable: str, *, read: Callable[[Msg], M], bury: Bury) -> Inbox[M]:
        inbox = Inbox(self.client, stream, durable, read=read, bury=bury)
        self._inboxes.append(inbox)
        return inbox

    async def _listen(self, subject: str, contract: type[Any], callback: Callable[[Any], None]) -> None:
        async def heard(message: Msg) -> None:
            try:
                said = contract.model_validate_json(message.data)
            except ValidationError:
                logger(__name__).warning("hint_unreadable", subject=message.subject)
                return
            callback(said)

        await self.client.subscribe(subject, cb=heard)

    async def _publish(self, subject: str, body: Contract, *, message_id: str, kind: str, trace: str | None) -> None:
        headers = {api.Header.MSG_ID.value: message_id}
        if trace := tracing.traceparent() or trace:
            headers[tracing.HEADER] = trace
        await self._send(subject, seal(body, message_id=message_id, source=self.name, kind=kind), headers)

    async def _send(self, subject: str, payload: bytes, headers: dict[str, str], tries: int = 3) -> None:
        for attempt in range(1, tries + 1):
            try:
                with timed(PUBLISH_SECONDS.labels(subject.partition(".")[0])):
                    await self.jetstream.publish(subject, payload, headers=headers, timeout=REQUEST_TIMEOUT_S)
            except BUS_TROUBLE as error:
                if attempt == tries:
                    raise BusAway(f"publishing to {subject}") from error
            else:
                return

    async def _consumer(self, stream: str, name: str, subjects: str) -> None:
        config = api.ConsumerConfig(
            durable_name=name,
            filter_subject=subjects,
            ack_policy=api.AckPolicy.EXPLICIT,
            ack_wait=self.ack_wait_s,
            max_deliver=NO_LIMIT,
            max_ack_pending=100_000,
        )
        await _patiently(lambda: self.jetstream.add_consumer(stream, config))
        if (stream, name, subjects) not in self._consumers:
            self._consumers.append((stream, name, subjects))

    async def _prepare_again_whenever(self, came_back: asyncio.Event) -> None:
        """Until canceled. A server that goes meanwhile comes back once more."""
        while True:
            await came_back.wait()
            came_back.clear()
            try:
                await self._prepare()
                for stream, name, subjects in self._consumers:
                    await self._consumer(stream, name, subjects)
            except (*BUS_TROUBLE, nats.errors.Error) as error:
                logger(__name__).warning("bus_not_prepared", reason=str(error) or type(error).__name__)
                await asyncio.sleep(PREPARE_AGAIN_S)
                came_back.set()
            for inbox in self._inboxes:
                inbox.forget_requests()

    async def _prepare(self) -> None:
        for config in _STREAMS:
            await _patiently(partial(self._stream, config))
        self.executions = await self._bucket("EXECUTIONS", ttl_s=90 * 86_400)
        self.handles = await self._bucket("HANDLES", ttl_s=90 * 86_400)
        self.control = await self._bucket("CONTROL", ttl_s=7 * 86_400)
        self.cards = await self._bucket("SERVICES", ttl_s=SERVICE_CARD_TTL_S)
        self.last_cards = await self._bucket("SERVICES_SEEN", ttl_s=LAST_CARD_TTL_S)

    async def _stream(self, config: api.StreamConfig) -> None:
        try:
            await self.jetstream.add_stream(config)
        except nats.js.errors.BadRequestError:  # it is there with older limits
            await self.jetstream.update_stream(config)

    async def _bucket(self, name: str, *, ttl_s: float) -> Bucket:
        config = api.KeyValueConfig(bucket=name, history=1, ttl=ttl_s, storage=api.StorageType.FILE)

        async def make() -> KeyValue:
            try:
                return await self.jetstream.key_value(name)
            except nats.js.errors.BucketNotFoundError:
                return await self.jetstream.create_key_value(config)

        return Bucket(await _patiently(make))


_STREAMS = (
    api.StreamConfig(
        name="ORDERS",
        subjects=["orders.>"],
        retention=api.RetentionPolicy.WORK_QUEUE,
        storage=api.StorageType.FILE,
        duplicate_window=120,
    ),
    api.StreamConfig(
        name="EVENTS",
        subjects=["events.>"],
        retention=api.RetentionPolicy.LIMITS,
        storage=api.StorageType.FILE,
        max_age=7 * 86_400,
        max_bytes=1 << 30,
        duplicate_window=120,
    ),
    api.StreamConfig(
        name="DEAD", subjects=["dead.*"], storage=api.StorageType.FILE, max_age=30 * 86_400, max_bytes=1 << 28
    ),
)


async def _patiently(call: Callable[[], Awaitable[M]], *, tries: int = 30) -> M:
    """JetStream may still be waking up when the connection already stands."""
    for attempt in range(1, tries + 1):
        try:
            return await call()
        except BUS_TROUBLE:
            if attempt == tries:
                raise
            await asyncio.sleep(0.2)
    raise AssertionError("unreachable")


async def _cards_in(bucket: Bucket) -> tuple[ServiceCard, ...]:
    found = [await bucket.get(key) for key in await bucket.keys()]
    return tuple(ServiceCard.model_validate_json(entry[0]) for entry in found if entry and entry[0])


def _reader(adapter: TypeAdapter[M]) -> Callable[[Msg], M]:
    return lambda raw: adapter.validate_python(open_envelope(raw.data))


def _trace(order: Order) -> str:
    """W3C trace context: that of the request; else one trace per job, one parent span per order."""
    job, own = order.job_id.replace("-", ""), order.order_id.replace("-", "")
    return order.traceparent or f"00-{job:0>32.32}-{own:0>16.16}-01"
