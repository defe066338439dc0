"""The worker loop on a real nats-server: at most one paid call per order, whatever happens."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from shared.bus import Bus
from shared.contracts.base import FREE, ErrorCode, utc_now
from shared.contracts.order import Ended, Event, Order, Started, Throttled
from shared.errors import BusAway, PermanentError, SubmissionUnknown, TransientError
from shared.errors import Throttled as ThrottledError
from shared.executions import Executions, Handle, Intent
from shared.generation import Generation
from shared.inbox import Inbox
from shared.media.local import LocalMedia
from shared.worker import Worker
from tests.natsserver import NatsServer
from tests.unit.shared.orders import RecordingProvider, clip_order
from video_svc.handlers import generate_video

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def working(
    bus: Bus, provider: RecordingProvider, media: LocalMedia, *, owner: str = "a"
) -> AsyncIterator[Worker]:
    run = Generation(providers={"metered": provider}, media=media)

    async def discard(order: Order) -> None:
        for key in order.command.keys:
            await media.delete(key)

    worker = Worker(
        bus=bus,
        kind="generate_video",
        handler=partial(generate_video, run=run),
        slots={"metered": 4},
        owner=owner,
        discard=discard,
        drain_s=0.5,
    )
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.draining.set()
        await task


class Told:
    """Reads EVENTS like the history does."""

    def __init__(self, inbox: Inbox[Event]) -> None:
        self.inbox = inbox
        self.events: list[Event] = []

    async def until(self, wanted: Callable[[Event], bool], *, within_s: float = 60) -> Event:
        async with asyncio.timeout(within_s):
            while True:
                for event in self.events:
                    if wanted(event):
                        return event
                for delivery in await self.inbox.take(8, within_s=1):
                    self.events.append(delivery.message)
                    await delivery.ack()

    async def postponed(self, release: int) -> None:
        await self.until(lambda event: isinstance(event, Throttled) and event.release == release)

    async def ended(self, order: Order, *, within_s: float = 60) -> Ended:
        found = await self.until(
            lambda event: isinstance(event, Ended) and event.order_id == order.order_id, within_s=within_s
        )
        assert isinstance(found, Ended)
        return found


async def one_chunk() -> AsyncIterator[bytes]:
    yield b"the new owner's clip"


async def taken_off(bus: Bus, order: Order) -> None:
    """The server takes an acked order off its stream in its own time."""
    async with asyncio.timeout(5):
        while await bus.order_waits(order):
            await asyncio.sleep(0.01)


@pytest.fixture
def media(tmp_path: Path) -> LocalMedia:
    return LocalMedia(tmp_path / "media")


@pytest.fixture
async def told(bus: Bus) -> Told:
    return Told(await bus.events())


async def test_an_order_is_performed_once_and_told(bus: Bus, media: LocalMedia, told: Told) -> None:
    provider, order = RecordingProvider(), clip_order()
    await bus.publish_order(order)
    async with working(bus, provider, media):
        ended = await told.ended(order)
    assert ended.outcome.status == "succeeded"
    assert provider.submitted == [order.order_id]
    assert any(isinstance(event, Started) for event in told.events)
    assert await media.stat(order.command.keys[0]) is not None
    await taken_off(bus, order)


async def test_a_released_again_order_does_not_pay_twice(bus: Bus, media: LocalMedia, told: Told) -> None:
    provider, order = RecordingProvider(), clip_order()
    async with working(bus, provider, media):
        await bus.publish_order(order)
        await told.ended(order)
        again = order.model_copy(update={"release": 2})
        await bus.publish_order(again)
        await told.until(lambda event: isinstance(event, Ended) and event.release == 2)
    assert provider.submitted == [order.order_id]


async def test_a_handle_is_polled_again_and_never_submitted_again(bus: Bus, media: LocalMedia, told: Told) -> None:
    provider, order = RecordingProvider(), clip_order()
    held = await Executions(bus).claim(order.order_id, owner="dead", lease_s=0.2)
    await held.amend(intent=Intent(at=utc_now(), fence=held.fence, ends_by=utc_now()), submissions=1)
    await held.record_handle(Handle(id="job-earlier"))
    await bus.publish_order(order)
    async with working(bus, provider, media):
        ended = await told.ended(order)
    assert ended.outcome.status == "succeeded"
    assert provider.submitted == []
    assert "job-earlier" in provider.polled


async def test_an_intent_without_a_handle_ends_uncertain_when_dear(bus: Bus, media: LocalMedia, told: Told) -> None:
    provider, order = RecordingProvider(), clip_order()
    held = await Executions(bus).claim(order.order_id, owner="dead", lease_s=0.2)
    await held.amend(intent=Intent(at=utc_now(), fence=held.fence, ends_by=utc_now()), submissions=1)
    await bus.publish_order(order)
    async with working(bus, provider, media):
        ended = await told.ended(order)
    assert ended.outcome.status == "uncertain"
    assert ended.outcome.fault.code is ErrorCode.SUBMISSION_UNCERTAIN
    assert provider.submitted == []


async def test_the_retry_of_an_uncertain_order_looks_first_and_then_submits(
    bus: Bus, media: LocalMedia, told: Told
) -> None:
    uncertain = clip_order()
    held = await Executions(bus).claim(uncertain.order_id, owner="dead", lease_s=0.2)
    await held.amend(intent=Intent(at=utc_now(), fence=held.fence, ends_by=utc_now()), submissions=1)
    found, new = clip_order(retries=uncertain.order_id), clip_order(retries=uncertain.order_id)
    provider = RecordingProvider(findable=[Handle(id="job-found")])
    async with working(bus, provider, media):
        await bus.publish_order(found)
        adopted = (await told.ended(found)).outcome
        assert (adopted.status, adopted.cost_usd) == (
            "succeeded",
            FREE,
        )  # the uncertain order was booked with its price
        assert provider.submitted == []
        provider.findable = []
        await bus.publish_order(new)
        assert (await told.ended(new)).outcome.status == "succeeded"
        assert provider.submitted == [new.order_id]


@pytest.mark.parametrize(("price", "cost"), [("0", "0"), ("0.002", "0.004")])
async def test_what_costs_next_to_nothing_is_sent_again_and_booked_twice(
    bus: Bus, media: LocalMedia, told: Told, price: str, cost: str
) -> None:
    provider, order = RecordingProvider(), clip_order(price=price)
    held = await Executions(bus).claim(order.order_id, owner="dead", lease_s=0.2)
    await held.amend(intent=Intent(at=utc_now(), fence=held.fence, ends_by=utc_now()), submissions=1)
    await bus.publish_order(order)
    async with working(bus, provider, media):
        ended = await told.ended(order)
    assert ended.outcome.status == "succeeded"
    assert provider.submitted == [order.order_id]
    assert str(ended.outcome.cost_usd.normalize()) == cost


async def test_a_found_job_is_adopted_unless_another_order_owns_it(bus: Bus, media: LocalMedia, told: Told) -> None:
    mine, other = clip_order(), clip_order()
    executions = Executions(bus)
    for order in (mine, other):
        held = await executions.claim(order.order_id, owner="dead", lease_s=0.2)
        await held.amend(intent=Intent(at=utc_now(), fence=held.fence, ends_by=utc_now()), submissions=1)
    provider = RecordingProvider(findable=[Handle(id="job-found")])
    async with working(bus, provider, media):
        await bus.publish_order(mine)
        assert (await told.ended(mine)).outcome.status == "succeeded"
        await bus.publish_order(other)
        assert (await told.ended(other)).outcome.status == "uncertain"
    assert provider.submitted == []


async def lost(bus: Bus, order: Order) -> None:
    """Its worker died over the call."""
    held = await Executions(bus).claim(order.order_id, owner="dead", lease_s=0.2)
    await held.amend(intent=Intent(at=utc_now(), fence=held.fence, ends_by=utc_now()), submissions=1)


async def test_of_jobs_that_look_the_same_the_one_that_is_nobodys_is_adopted(
    bus: Bus, media: LocalMedia, told: Told
) -> None:
    mine, sibling, executions = clip_order(), clip_order(), Executions(bus)
    await lost(bus, mine)
    others, left = Handle(id="job-others"), Handle(id="job-left")
    await executions.own_handle(mine.provider, others, sibling.order_id)
    provider = RecordingProvider(findable=[others, left])
    async with working(bus, provider, media):
        await bus.publish_order(mine)
        assert (await told.ended(mine)).outcome.status == "succeeded"
    assert provider.submitted == []
    assert await executions.owner_of(mine.provider, left) == mine.order_id


async def test_two_that_look_the_same_and_are_nobodys_prove_nothing(bus: Bus, media: LocalMedia, told: Told) -> None:
    order = clip_order()
    await lost(bus, order)
    provider = RecordingProvider(findable=[Handle(id="job-one"), Handle(id="job-two")])
    async with working(bus, provider, media):
        await bus.publish_order(order)
        assert (await told.ended(order)).outcome.status == "uncertain"
    assert provider.submitted == []


async def test_a_job_that_was_entered_for_the_order_before_its_worker_died_is_its_own(
    bus: Bus, media: LocalMedia, told: Told
) -> None:
    order = clip_order()
    await lost(bus, order)
    entered = Handle(id="job-entered")
    await Executions(bus).own_handle(order.provider, entered, order.order_id)
    provider = RecordingProvider(findable=[Handle(id="job-of-a-twin"), entered])
    async with working(bus, provider, media):
        await bus.publish_order(order)
        assert (await told.ended(order)).outcome.status == "succeeded"
    assert set(provider.polled) == {"job-entered"}


async def test_a_proven_refusal_gives_the_order_back_clean(bus: Bus, media: LocalMedia, told: Told) -> None:
    refusal = ThrottledError.of(ErrorCode.RATE_LIMITED, "slow down")
    refusal.retry_after_s = 7.0
    provider, order = RecordingProvider(submit_error=refusal), clip_order()
    await bus.publish_order(order)
    async with working(bus, provider, media):
        event = await told.until(lambda event: isinstance(event, Throttled))
        assert isinstance(event, Throttled)
        assert event.retry_after_s == 7.0
        record = await Executions(bus).read(order.order_id)
        assert record is not None
        assert (record.intent, record.owner, record.outcome) == (None, None, None)
        assert record.claims == 0  # waiting one's turn is no attempt
        provider.submit_error = None
        await bus.publish_order(order.model_copy(update={"release": 2}))
        assert (await told.ended(order)).outcome.status == "succeeded"
    assert len(provider.submitted) == 2


async def test_being_asked_to_wait_a_dozen_times_is_no_failure(bus: Bus, media: LocalMedia, told: Told) -> None:
    refusal = ThrottledError.of(ErrorCode.RATE_LIMITED, "slow down")
    provider, order = RecordingProvider(submit_error=refusal), clip_order()
    async with working(bus, provider, media):
        for release in range(1, 13):
            await bus.publish_order(order.model_copy(update={"release": release}))
            await told.postponed(release)
        provider.submit_error = None
        await bus.publish_order(order.model_copy(update={"release": 13}))
        assert (await told.ended(order)).outcome.status == "succeeded"


async def test_a_provider_that_is_never_there_is_given_up_with_its_own_words(
    bus: Bus, media: LocalMedia, told: Told
) -> None:
    gone = TransientError.of(ErrorCode.PROVIDER_ERROR, "the provider is not there")
    provider, order = RecordingProvider(submit_error=gone), clip_order()
    async with working(bus, provider, media):
        for release in range(1, 11):
            await bus.publish_order(order.model_copy(update={"release": release}))
            await (told.postponed(release) if release < 10 else told.ended(order))
        ended = await told.ended(order)
    assert ended.outcome.status == "failed"
    assert ended.outcome.fault.message == "the provider is not there"


async def test_a_worker_that_lost_its_lease_spares_the_new_owners_file(bus: Bus, media: LocalMedia, told: Told) -> None:
    broken = PermanentError.of(ErrorCode.PROVIDER_ERROR, "no")
    provider, order = RecordingProvider(hold=asyncio.Event()), clip_order()
    await bus.publish_order(order)
    async with working(bus, provider, media):
        async with asyncio.timeout(10):
            await provider.first_poll.wait()
        found = await Executions(bus).find(order.order_id)
        assert found is not None
        stolen = found[0].model_copy(update={"fence": found[0].fence + 1, "owner": "new"})
        assert await Executions(bus).replace(stolen, last=found[1]) is not None
        await media.put(order.command.keys[0], one_chunk(), media_type="video/mp4")
        provider.poll_error = broken
    assert await media.stat(order.command.keys[0]) is not None
    record = await Executions(bus).read(order.order_id)
    assert record is not None
    assert (record.owner, record.outcome) == ("new", None)


async def test_an_order_that_comes_again_while_it_is_performed_is_not_taken_twice(
    bus: Bus, media: LocalMedia, told: Told
) -> None:
    provider, order = RecordingProvider(hold=asyncio.Event()), clip_order()
    async with working(bus, provider, media):
        await bus.publish_order(order)
        async with asyncio.timeout(10):
            await provider.first_poll.wait()
        await bus.publish_order(order.model_copy(update={"release": 2}))  # as a stalled worker gets its own back
        await asyncio.sleep(0.5)  # room for the second delivery to do its harm
        assert provider.hold is not None
        provider.hold.set()
        assert (await told.ended(order)).outcome.status == "succeeded"
    assert provider.submitted == [order.order_id]
    record = await Executions(bus).read(order.order_id)
    assert record is not None
    assert record.claims == 1


async def test_an_unknown_submission_of_a_dear_order_is_not_repeated(bus: Bus, media: LocalMedia, told: Told) -> None:
    broken = SubmissionUnknown.of(ErrorCode.PROVIDER_ERROR, "the connection broke")
    provider, order = RecordingProvider(submit_error=broken), clip_order()
    await bus.publish_order(order)
    async with working(bus, provider, media):
        ended = await told.ended(order)
    assert ended.outcome.status == "uncertain"
    assert provider.submitted == [order.order_id]


async def test_a_broken_download_is_downloaded_again_not_bought_again(bus: Bus, media: LocalMedia, told: Told) -> None:
    provider, order = RecordingProvider(), clip_order()
    provider.download_error = ThrottledError.of(ErrorCode.PROVIDER_ERROR, "504 of the result")
    await bus.publish_order(order)
    async with working(bus, provider, media):
        assert (await told.ended(order)).outcome.status == "succeeded"
    assert provider.submitted == [order.order_id]


async def test_a_cancel_wish_reaches_the_provider_and_leaves_no_file(bus: Bus, media: LocalMedia, told: Told) -> None:
    provider, order = RecordingProvider(hold=asyncio.Event()), clip_order()
    await bus.publish_order(order)
    async with working(bus, provider, media):
        await told.until(lambda event: isinstance(event, Started))
        await bus.wish_cancel(order.order_id)
        ended = await told.ended(order)
    assert ended.outcome.status == "canceled"
    assert provider.canceled == [f"job-{order.order_id}"] or provider.submitted == []
    assert await media.stat(order.command.keys[0]) is None


async def test_a_wish_before_the_claim_means_it_never_starts(bus: Bus, media: LocalMedia, told: Told) -> None:
    provider, order = RecordingProvider(), clip_order()
    await bus.wish_cancel(order.order_id)
    await bus.publish_order(order)
    async with working(bus, provider, media):
        assert (await told.ended(order)).outcome.status == "canceled"
    assert provider.submitted == []


async def test_a_draining_worker_hands_over_and_the_next_re_attaches(bus: Bus, media: LocalMedia, told: Told) -> None:
    first, second, order = RecordingProvider(hold=asyncio.Event()), RecordingProvider(), clip_order()
    await bus.publish_order(order)
    async with working(bus, first, media, owner="first"):
        async with asyncio.timeout(10):
            await first.first_poll.wait()
    async with working(bus, second, media, owner="second"):
        assert (await told.ended(order, within_s=5)).outcome.status == "succeeded"
    assert (first.submitted, second.submitted) == ([order.order_id], [])
    record = await Executions(bus).read(order.order_id)
    assert record is not None
    assert record.claims == 1


async def test_work_goes_on_while_the_bus_is_away(
    bus: Bus, media: LocalMedia, told: Told, nats_server: NatsServer
) -> None:
    provider, order = RecordingProvider(hold=asyncio.Event()), clip_order()
    await bus.publish_order(order)
    async with working(bus, provider, media):
        await told.until(lambda event: isinstance(event, Started))
        async with asyncio.timeout(10):
            await provider.first_poll.wait()
        nats_server.kill()
        assert provider.hold is not None
        provider.hold.set()
        await nats_server.start()
        assert (await told.ended(order)).outcome.status == "succeeded"
    assert provider.submitted == [order.order_id]


async def test_a_bus_that_comes_back_without_its_folder_is_made_anew(
    bus: Bus, media: LocalMedia, told: Told, nats_server: NatsServer
) -> None:
    provider, order = RecordingProvider(), clip_order()
    async with working(bus, provider, media):
        await asyncio.to_thread(nats_server.kill)
        await asyncio.to_thread(shutil.rmtree, nats_server.folder / "store")
        await nats_server.start()
        async with asyncio.timeout(10):
            while not await _is_whole(bus):
                await asyncio.sleep(0.02)
        await bus.publish_order(order)
        assert (await told.ended(order)).outcome.status == "succeeded"


async def _is_whole(bus: Bus) -> bool:
    with suppress(BusAway):
        return await bus.last_services() == ()
    return False


async def test_a_bug_in_a_handler_ends_its_order_and_not_the_worker(bus: Bus, media: LocalMedia, told: Told) -> None:
    provider, bad, good = RecordingProvider(submit_error=ZeroDivisionError("a bug")), clip_order(), clip_order()
    async with working(bus, provider, media):
        await bus.publish_order(bad)
        ended = await told.ended(bad)
        assert ended.outcome.status == "failed"
        assert ended.outcome.fault.code is ErrorCode.INTERNAL
        assert "ZeroDivision" not in ended.outcome.fault.message
        provider.submit_error = None
        await bus.publish_order(good)
        assert (await told.ended(good)).outcome.status == "succeeded"


async def test_ten_claims_without_an_outcome_are_enough(bus: Bus, media: LocalMedia, told: Told) -> None:
    provider, order = RecordingProvider(), clip_order()
    for turn in range(10):
        await Executions(bus).claim(order.order_id, owner=f"dead-{turn}", lease_s=-1)
    await bus.publish_order(order)
    async with working(bus, provider, media):
        ended = await told.ended(order)
    assert ended.outcome.status == "failed"
    assert provider.submitted == []


async def test_an_unreadable_order_ends_internal_and_lies_in_dead(bus: Bus, media: LocalMedia, told: Told) -> None:
    provider, order = RecordingProvider(), clip_order()
    await bus.jetstream.publish(f"orders.generate_video.metered.{order.order_id}", b'{"not": "an envelope"}')
    async with working(bus, provider, media):
        ended = await told.ended(order)
    assert ended.outcome.status == "failed"
    letter = await bus.jetstream.get_last_msg("DEAD", "dead.generate_video")
    assert letter.data is not None
    assert order.order_id.encode() in letter.data
    await taken_off(bus, order)
