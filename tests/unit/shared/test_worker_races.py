"""Interleavings that could buy twice, lose what was bought or book a wrong amount."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from shared.bus import Bus
from shared.claim import Claim
from shared.contracts.base import FREE, ErrorCode, OrderId, utc_now
from shared.contracts.order import Order, Throttled
from shared.envelope import seal
from shared.errors import PermanentError, SubmissionUnknown, TransientError
from shared.errors import Throttled as ThrottledError
from shared.executions import Execution, Executions, Handle, Intent
from shared.generation import Generation
from shared.media.local import LocalMedia
from shared.worker import Performed, Worker
from tests.chaos.gate import Gate, Passing, Stop
from tests.conftest import TEST_ACK_WAIT_S
from tests.natsserver import NatsServer
from tests.unit.shared.orders import RecordingProvider, clip_order
from tests.unit.shared.test_worker import Told, working
from video_svc.handlers import generate_video

pytestmark = pytest.mark.asyncio

LOST = SubmissionUnknown.of(ErrorCode.PROVIDER_ERROR, "the connection broke")


@dataclass
class SlowProvider(RecordingProvider):
    """Takes the order at once; answers when `answers` is set."""

    call_timeout_s: float = 8.0
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def submit(self, order: Order) -> Handle:
        handle = await super().submit(order)
        self.taken.set()
        await self.answers.wait()
        return handle


@pytest.fixture
def media(tmp_path: Path) -> LocalMedia:
    return LocalMedia(tmp_path / "media")


@pytest.fixture
async def told(bus: Bus) -> Told:
    return Told(await bus.events())


async def record_of(bus: Bus, order: Order) -> Execution:
    record = await Executions(bus).read(order.order_id)
    assert record is not None
    return record


async def stolen(bus: Bus, order: Order, *, owner: str) -> None:
    """The lease passes to somebody else, as after a worker that stood still for too long."""
    executions = Executions(bus)
    while True:
        found = await executions.find(order.order_id)
        assert found is not None
        record, revision = found
        other = record.model_copy(update={"fence": record.fence + 1, "owner": owner, "lease_until": None})
        if await executions.replace(other, last=revision) is not None:
            return


async def test_a_call_under_way_is_written_down_although_the_lease_was_lost(
    bus: Bus, media: LocalMedia, told: Told
) -> None:
    provider, order = SlowProvider(), clip_order()
    await bus.publish_order(order)
    async with working(bus, provider, media):
        async with asyncio.timeout(10):
            await provider.taken.wait()
        await stolen(bus, order, owner="new")
        await asyncio.sleep(2 * TEST_ACK_WAIT_S / 3)  # its heartbeat finds the foreign fence meanwhile
        provider.answers.set()
        async with asyncio.timeout(10):
            while (await record_of(bus, order)).handle is None:
                await asyncio.sleep(0.02)
    record = await record_of(bus, order)
    assert record.handle is not None
    assert (record.owner, record.handle.id) == ("new", f"job-{order.order_id}")


async def test_a_call_under_way_while_draining_is_written_down(bus: Bus, media: LocalMedia, told: Told) -> None:
    provider, order = SlowProvider(), clip_order()
    await bus.publish_order(order)
    async with working(bus, provider, media) as worker:
        async with asyncio.timeout(10):
            await provider.taken.wait()
        worker.draining.set()
        await asyncio.sleep(2 * worker.drain_s)  # past the bound: what is under way was canceled by then
        provider.answers.set()
    record = await record_of(bus, order)
    assert record.handle is not None
    assert record.owner is None
    second = RecordingProvider()
    async with working(bus, second, media, owner="b"):
        assert (await told.ended(order)).outcome.status == "succeeded"
    assert second.submitted == []


async def test_the_next_worker_takes_the_handle_that_came_late(bus: Bus, media: LocalMedia, told: Told) -> None:
    """The first one stood still with its call under way, and wrote the answer down when the second was waiting."""
    executions, order, provider = Executions(bus), clip_order(), RecordingProvider()
    first = await executions.claim(order.order_id, owner="first", lease_s=0.1)
    intent = Intent(at=utc_now(), fence=first.fence, ends_by=utc_now() + timedelta(seconds=1.5))
    await first.amend(intent=intent, submissions=1)
    await bus.publish_order(order)
    async with working(bus, provider, media, owner="second"):
        async with asyncio.timeout(10):
            while (await record_of(bus, order)).owner != "second":
                await asyncio.sleep(0.02)
        await executions.attach(order.order_id, Handle(id="job-late"), intent=intent)
        ended = await told.ended(order)
    assert ended.outcome.status == "succeeded"
    assert provider.submitted == []
    assert "job-late" in provider.polled


@asynccontextmanager
async def behind_a_gate(server: NatsServer) -> AsyncIterator[tuple[Gate, Bus]]:
    """A bus of a worker's own, through a gate."""
    async with Gate(server.port).standing() as gate, Bus.connect(gate.url, name="w", ack_wait_s=2.0) as bus:
        yield gate, bus


def writes(name: str, *, gone: bool = False) -> "partial[bool]":
    """A record with that field is being written; `gone`: one without it, after one with it."""
    return partial(_writes, name.encode(), gone, [])


def _writes(name: bytes, gone: bool, before: list[bool], passing: Passing) -> bool:
    if not passing.subject.startswith("$KV.EXECUTIONS."):
        return False
    holds = b'"%s"' % name in passing.payload
    if gone and holds:
        before.append(True)
    return (bool(before) and not holds) if gone else holds


@pytest.mark.parametrize("answered", [False, True])
async def test_a_bus_that_dies_over_the_intent_leaves_no_doubt(
    nats_server: NatsServer, bus: Bus, media: LocalMedia, told: Told, *, answered: bool
) -> None:
    provider, order = RecordingProvider(), clip_order()
    async with behind_a_gate(nats_server) as (gate, own_bus):

        async def cut() -> None:
            gate.cut()

        gate.stops.append(Stop(writes("intent"), cut, answered=answered))
        await bus.publish_order(order)
        async with working(own_bus, provider, media):
            ended = await told.ended(order)
    assert gate.stops == []
    assert ended.outcome.status == "succeeded"
    assert ended.outcome.cost_usd == order.price_usd
    assert provider.submitted == [order.order_id]


@pytest.mark.parametrize("answered", [False, True])
async def test_a_bus_that_dies_over_a_refusal_leaves_no_doubt(
    nats_server: NatsServer, bus: Bus, media: LocalMedia, told: Told, *, answered: bool
) -> None:
    refused = PermanentError.of(ErrorCode.INVALID_REQUEST, "no such duration")
    provider, order = RecordingProvider(submit_error=refused), clip_order()
    async with behind_a_gate(nats_server) as (gate, own_bus):

        async def cut() -> None:
            gate.cut()

        gate.stops.append(Stop(writes("intent", gone=True), cut, answered=answered))
        await bus.publish_order(order)
        async with working(own_bus, provider, media):
            outcome = (await told.ended(order)).outcome
    assert gate.stops == []
    assert (outcome.status, outcome.cost_usd) == ("failed", FREE)
    assert provider.submitted == [order.order_id]


async def test_a_release_that_was_given_back_is_not_performed_when_it_comes_again(
    bus: Bus, media: LocalMedia, told: Told
) -> None:
    """The worker died before its ack: its order waits again, and may have been canceled as one that waits."""
    refusal = ThrottledError.of(ErrorCode.RATE_LIMITED, "slow down")
    provider, order = RecordingProvider(submit_error=refusal), clip_order()
    async with working(bus, provider, media):
        await bus.publish_order(order)
        await told.postponed(1)
        provider.submit_error = None
        told.events.clear()
        await bus.jetstream.publish(f"orders.generate_video.metered.{order.order_id}", await sealed(bus, order))
        async with asyncio.timeout(20):
            while await bus.order_waits(order):
                await asyncio.sleep(0.02)
        assert (await record_of(bus, order)).outcome is None
        assert len(provider.submitted) == 1
        await bus.publish_order(order.model_copy(update={"release": 2}))
        assert (await told.ended(order)).outcome.status == "succeeded"
    assert len(provider.submitted) == 2


async def sealed(bus: Bus, order: Order) -> bytes:
    """The very same message again; the bus itself would drop one of the same id."""
    return seal(order, message_id=f"{order.order_id}:again", source="test", kind=order.command.kind)


async def test_an_order_that_comes_twice_at_the_same_time_is_claimed_once(
    bus: Bus, media: LocalMedia, told: Told
) -> None:
    provider, order = RecordingProvider(hold=asyncio.Event()), clip_order()
    await bus.publish_order(order)
    await bus.publish_order(order.model_copy(update={"release": 2}))
    async with working(bus, provider, media):
        async with asyncio.timeout(10):
            await provider.first_poll.wait()
        assert provider.hold is not None
        provider.hold.set()
        assert (await told.ended(order)).outcome.status == "succeeded"
    assert provider.submitted == [order.order_id]
    assert (await record_of(bus, order)).claims == 1


async def test_a_cancel_between_two_downloads_books_what_is_made(bus: Bus, media: LocalMedia, told: Told) -> None:
    failing = asyncio.Event()

    @dataclass
    class Broken(RecordingProvider):
        async def fetch(self, output: object) -> AsyncIterator[bytes]:  # type: ignore[override]
            failing.set()
            raise TransientError.of(ErrorCode.PROVIDER_ERROR, "the file can't be had now")
            yield b""

    provider, order = Broken(), clip_order()
    await bus.publish_order(order)
    async with working(bus, provider, media):
        async with asyncio.timeout(10):
            await failing.wait()
        await bus.wish_cancel(order.order_id)
        outcome = (await told.ended(order)).outcome
    assert (outcome.status, outcome.cost_usd) == ("canceled", order.price_usd)


async def after_an_unknown_call(bus: Bus, order: Order) -> None:
    """One call for this cheap order was made before, and nobody knows what came of it."""
    held = await Executions(bus).claim(order.order_id, owner="dead", lease_s=0.1)
    await held.amend(intent=Intent(at=utc_now(), fence=held.fence, ends_by=utc_now()), submissions=1)


@pytest.mark.parametrize(
    ("error", "status", "calls"),
    [
        (PermanentError.of(ErrorCode.INVALID_REQUEST, "no"), "failed", 1),
        (LOST, "uncertain", 3),
    ],
)
async def test_every_cheap_call_of_unknown_fate_is_booked_whatever_came_of_the_last(
    bus: Bus, media: LocalMedia, told: Told, *, error: Exception, status: str, calls: int
) -> None:
    provider, order = RecordingProvider(submit_error=error, call_timeout_s=0.1), clip_order(price="0.002")
    await after_an_unknown_call(bus, order)
    await bus.publish_order(order)
    async with working(bus, provider, media):
        outcome = (await told.ended(order)).outcome
    assert outcome.status == status
    assert outcome.cost_usd == calls * Decimal("0.002")


async def test_a_canceled_cheap_order_books_its_unknown_call_too(bus: Bus, media: LocalMedia, told: Told) -> None:
    provider, order = RecordingProvider(hold=asyncio.Event()), clip_order(price="0.002")
    await after_an_unknown_call(bus, order)
    await bus.publish_order(order)
    async with working(bus, provider, media):
        async with asyncio.timeout(10):
            await provider.first_poll.wait()
        await bus.wish_cancel(order.order_id)
        outcome = (await told.ended(order)).outcome
    assert (outcome.status, outcome.cost_usd) == ("canceled", Decimal("0.002"))


async def uncertain_before(bus: Bus) -> Order:
    """A dear order that ended uncertain, and is booked with its price."""
    order = clip_order()
    await after_an_unknown_call(bus, order)
    return order


async def test_what_was_found_again_and_then_failed_is_not_booked_a_second_time(
    bus: Bus, media: LocalMedia, told: Told
) -> None:
    lost = PermanentError.of(ErrorCode.PROVIDER_BAD_OUTPUT, "the file is gone", charged=True)
    provider = RecordingProvider(findable=[Handle(id="job-found")], poll_error=lost)
    again = clip_order(retries=(await uncertain_before(bus)).order_id)
    async with working(bus, provider, media):
        await bus.publish_order(again)
        outcome = (await told.ended(again)).outcome
    assert outcome.status == "failed"
    assert (outcome.cost_usd, outcome.fault.charged) == (FREE, False)
    assert provider.submitted == []


async def test_the_retry_of_an_uncertain_order_buys_nothing_while_nobody_can_be_asked(
    bus: Bus, media: LocalMedia, told: Told
) -> None:
    class Silent(RecordingProvider):
        async def find(self, intent: Intent, order: Order) -> Sequence[Handle]:
            raise TransientError.of(ErrorCode.PROVIDER_ERROR, "the list can't be had")

    provider, again = Silent(), clip_order(retries=(await uncertain_before(bus)).order_id)
    run = Generation(providers={"metered": provider}, media=media, retry_s=0.01)
    worker = Worker(
        bus=bus,
        kind="generate_video",
        handler=partial(generate_video, run=run),
        slots={"metered": 1},
        owner="a",
        discard=lambda order: media.delete(order.command.keys[0]),
        drain_s=0.5,
    )
    task = asyncio.create_task(worker.run())
    await bus.publish_order(again)
    event = await told.until(lambda event: isinstance(event, Throttled))
    worker.draining.set()
    await task
    assert isinstance(event, Throttled)
    assert provider.submitted == []


async def test_an_order_that_took_too_long_costs_what_stopping_it_cost(bus: Bus, media: LocalMedia, told: Told) -> None:
    class Billed(RecordingProvider):
        async def cancel(self, handle: Handle) -> Decimal:
            return Decimal("1.20")

    provider, order = Billed(hold=asyncio.Event()), clip_order(longest_s=0.05)
    await bus.publish_order(order)
    async with working(bus, provider, media):
        outcome = (await told.ended(order)).outcome
    assert (outcome.status, outcome.cost_usd) == ("failed", Decimal("1.20"))


async def unreadable(bus: Bus, order: Order) -> None:
    await bus.jetstream.publish(f"orders.generate_video.metered.{order.order_id}", b'{"not": "an envelope"}')


async def test_an_order_that_had_begun_and_can_t_be_read_any_more_ends_uncertain(
    bus: Bus, media: LocalMedia, told: Told
) -> None:
    order = clip_order()
    await after_an_unknown_call(bus, order)
    await unreadable(bus, order)
    async with working(bus, RecordingProvider(), media):
        assert (await told.ended(order)).outcome.status == "uncertain"
    assert (await record_of(bus, order)).outcome is not None


async def test_an_unreadable_message_does_not_end_what_somebody_is_at_work_on(
    bus: Bus, media: LocalMedia, told: Told
) -> None:
    provider, order = RecordingProvider(hold=asyncio.Event()), clip_order()
    async with working(bus, provider, media):
        await bus.publish_order(order)
        async with asyncio.timeout(10):
            await provider.first_poll.wait()
        await unreadable(bus, order)
        async with asyncio.timeout(10):
            while not (await bus.jetstream.stream_info("DEAD")).state.messages:
                await asyncio.sleep(0.02)
        assert provider.hold is not None
        provider.hold.set()
        assert (await told.ended(order)).outcome.status == "succeeded"


class LateBus(Bus):
    """Answers the heartbeat's question, as nats-py does, in the very moment that the work ends."""

    asked: asyncio.Event
    answer: asyncio.Future[bool]

    async def cancel_wished(self, order_id: OrderId) -> bool:
        if not hasattr(self, "asked"):  # the look before the work begins
            self.asked, self.answer = asyncio.Event(), asyncio.get_running_loop().create_future()
            return False
        self.asked.set()
        return await asyncio.wait_for(asyncio.shield(self.answer), 60)


async def test_a_heartbeat_whose_answer_comes_as_the_work_ends_does_not_outlive_it(
    nats_server: NatsServer, bus: Bus, media: LocalMedia, told: Told
) -> None:
    order = clip_order()
    refused = PermanentError.of(ErrorCode.INVALID_REQUEST, "no such duration")
    async with LateBus.connect(nats_server.url, name="late", ack_wait_s=0.6) as late:
        assert isinstance(late, LateBus)

        async def handler(claim: Claim) -> Performed:
            await late.asked.wait()
            asyncio.get_running_loop().call_soon(late.answer.set_result, False)
            raise refused

        worker = Worker(
            bus=late,
            kind="generate_video",
            handler=handler,
            slots={"metered": 1},
            owner="a",
            discard=lambda order: media.delete(order.command.keys[0]),
            drain_s=0.5,
        )
        task = asyncio.create_task(worker.run())
        await bus.publish_order(order)
        assert (await told.ended(order, within_s=20)).outcome.status == "failed"
        worker.draining.set()
        await task
