"""Orders go out fairly and within limits, committed before they are published."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.dispatch import Dispatcher, Limits, share, slots_of
from gateway.handlers import Applier
from gateway.history import line as waiting_line
from gateway.history.line import Lane
from gateway.history.records import NewJob, OrderRow
from gateway.history.store import History
from shared.catalog import Account
from shared.contracts.base import Kind
from shared.contracts.order import Order
from shared.errors import BusAway
from tests.factories import NOON, a_new_job, ended, throttled
from tests.fakes import RecordingBus, SteppingClock, card

LOCAL = Account()


def dispatcher_of(history: History, line: RecordingBus, **accounts: Account) -> Dispatcher:
    return Dispatcher(history, line, accounts={"local": LOCAL, **accounts})


async def accept(history: History, *new: NewJob) -> None:
    async with history.write() as tx:
        for job in new:
            await tx.insert_job(job)
            tx.tell("job.queued", job.job)


async def order_of(history: History, new: NewJob) -> OrderRow:
    async with history.read() as tx:
        order = await tx.order(new.orders[0].id)
    assert order is not None
    return order


async def test_an_order_is_committed_as_released_before_it_is_published(history: History, line: RecordingBus) -> None:
    line.cards = (card(),)
    new = a_new_job()
    await accept(history, new)
    await dispatcher_of(history, line).dispatch()
    (published,) = line.published
    assert (published.order_id, published.release) == (new.orders[0].id, 1)
    row = await order_of(history, new)
    assert (row.status, row.release, row.released_at) == ("released", 1, NOON)


async def test_an_order_that_could_not_be_published_is_published_with_the_next_turn(
    history: History, line: RecordingBus
) -> None:
    line.cards = (card(),)
    new = a_new_job()
    await accept(history, new)
    dispatcher = dispatcher_of(history, line)
    await dispatcher.dispatch()
    again = a_new_job()
    await accept(history, again)
    line.away = True
    with pytest.raises(BusAway):
        await dispatcher.dispatch()
    assert (await order_of(history, again)).status == "released"
    line.away = False
    await dispatcher.dispatch()
    assert [order.order_id for order in line.published] == [new.orders[0].id, again.orders[0].id]
    assert {order.release for order in line.published} == {1}


async def test_no_more_local_orders_are_out_than_there_are_hands(
    history: History, line: RecordingBus, applier: Applier
) -> None:
    line.cards = (card(slots=2),)
    new = [a_new_job(created_at=NOON + number) for number in range(4)]
    await accept(history, *new)
    dispatcher = dispatcher_of(history, line)
    await dispatcher.dispatch()
    await dispatcher.dispatch()
    assert [order.order_id for order in line.published] == [job.orders[0].id for job in new[:2]]
    await applier.apply([ended(new[1].orders[0])])
    await dispatcher.dispatch()
    assert line.published[-1].order_id == new[2].orders[0].id
    assert len(line.published) == 3


async def test_an_order_waits_for_a_service_and_says_so(history: History, line: RecordingBus) -> None:
    await accept(history, a_new_job())
    dispatcher = dispatcher_of(history, line)
    await dispatcher.dispatch()
    assert line.published == []
    assert dispatcher.waits_for("generate_video", "local", "local") == (
        "waiting for a service that makes `generate_video` with `local`: none is running"
    )
    line.cards = (card(),)
    later = dispatcher_of(history, line)
    await later.dispatch()
    assert len(line.published) == 1
    assert later.waits_for("generate_video", "local", "local") is None


async def test_a_paying_account_has_one_limit_for_all_its_kinds(history: History, line: RecordingBus) -> None:
    kinds: tuple[Kind, ...] = ("generate_video", "generate_character_reference", "generate_video")
    await accept(history, *(a_new_job(kind, provider="replicate", account="mine") for kind in kinds))
    await dispatcher_of(history, line, mine=Account(concurrency=2)).dispatch()
    assert len(line.published) == 2


async def test_an_account_is_not_asked_more_often_than_it_allows(
    history: History, line: RecordingBus, applier: Applier, clock: SteppingClock
) -> None:
    new = [a_new_job(provider="replicate", account="mine", created_at=NOON + number) for number in range(8)]
    await accept(history, *new)
    dispatcher = dispatcher_of(history, line, mine=Account(concurrency=50, per_minute=6))
    await dispatcher.dispatch()
    await applier.apply([ended(job.orders[0]) for job in new[:6]])
    await dispatcher.dispatch()
    assert len(line.published) == 6
    clock.pass_s(61)
    await dispatcher.dispatch()
    assert len(line.published) == 8


async def test_a_throttled_account_rests_and_then_goes_on(
    history: History, line: RecordingBus, applier: Applier, clock: SteppingClock
) -> None:
    first, second = (a_new_job(provider="replicate", account="mine", created_at=NOON + n) for n in range(2))
    await accept(history, first, second)
    dispatcher = dispatcher_of(history, line, mine=Account(concurrency=1))
    await dispatcher.dispatch()
    await applier.apply([throttled(first.orders[0], retry_after_s=30, at=NOON)])
    await dispatcher.dispatch()
    assert len(line.published) == 1
    clock.pass_s(31)
    await dispatcher.dispatch()
    assert (line.published[-1].order_id, line.published[-1].release) == (first.orders[0].id, 2)


async def test_a_burst_is_spread_over_the_minute(
    history: History, line: RecordingBus, applier: Applier, clock: SteppingClock
) -> None:
    kinds: tuple[Kind, ...] = ("generate_video", "generate_character_reference")
    new = [a_new_job(kind, provider="replicate", account="mine") for kind in kinds for _ in range(2)]
    await accept(history, *new)
    dispatcher = dispatcher_of(history, line, mine=Account(per_minute=6, burst=1))
    line.cards = tuple(card(kind, provider="replicate", slots=9) for kind in kinds)
    for went in (1, 1, 2):
        await dispatcher.dispatch()
        assert len(line.published) == went
        clock.pass_s(5.1)


async def test_a_throttled_account_is_asked_slowly_for_a_while(
    history: History, line: RecordingBus, applier: Applier, clock: SteppingClock
) -> None:
    line.cards = (card(provider="replicate", slots=3),)
    new = [a_new_job(provider="replicate", account="mine", created_at=NOON + number) for number in range(9)]
    await accept(history, *new)
    dispatcher = dispatcher_of(history, line)
    await dispatcher.dispatch()
    assert len(line.published) == 3
    await applier.apply([throttled(job.orders[0], retry_after_s=5, at=NOON) for job in new[:3]])
    clock.pass_s(5.1)
    await dispatcher.dispatch()
    assert len(line.published) == 4  # one at a time now
    await applier.apply([throttled(new[0].orders[0], release=2, retry_after_s=5, at=clock())])
    for went in (4, 5, 5, 6):  # and that was too fast still: every ten seconds
        clock.pass_s(5.1)
        await dispatcher.dispatch()
        assert len(line.published) == went
    clock.pass_s(600)
    await dispatcher.dispatch()
    assert len(line.published) == 7  # all hands: two of three are at work


async def test_nothing_goes_before_its_time_or_against_its_wish(
    history: History, line: RecordingBus, clock: SteppingClock
) -> None:
    line.cards = (card(),)
    early, unwanted = a_new_job(), a_new_job()
    early = NewJob(early.job, (replace(early.orders[0], not_before=NOON + 5),))
    unwanted = NewJob(unwanted.job, (replace(unwanted.orders[0], cancel_wished=True),))
    await accept(history, early, unwanted)
    dispatcher = dispatcher_of(history, line)
    await dispatcher.dispatch()
    assert line.published == []
    clock.pass_s(5)
    await dispatcher.dispatch()
    assert [order.order_id for order in line.published] == [early.orders[0].id]


async def test_two_gateways_release_an_order_once(history: History, line: RecordingBus) -> None:
    line.cards = (card(slots=20),)
    await accept(history, *(a_new_job() for _ in range(10)))
    await asyncio.gather(*(dispatcher_of(history, line).dispatch() for _ in range(3)))
    assert len(line.published) == 10
    assert {order.release for order in line.published} == {1}


async def test_a_long_line_of_one_space_does_not_hold_up_another(history: History, line: RecordingBus) -> None:
    line.cards = (card(slots=2),)
    await accept(history, *(a_new_job(space="busy", created_at=NOON + number) for number in range(20)))
    late = a_new_job(space="quiet", created_at=NOON + 1_000)
    await accept(history, late)
    await dispatcher_of(history, line).dispatch()
    assert late.orders[0].id in {order.order_id for order in line.published}


async def test_the_running_dispatcher_goes_at_every_commit(history: History, line: RecordingBus) -> None:
    line.cards = (card(slots=8),)
    heard: asyncio.Queue[Order] = asyncio.Queue()
    line.on_publish = heard.put_nowait
    task = asyncio.create_task(dispatcher_of(history, line).run())
    async with asyncio.timeout(20):
        for _ in range(2):
            new = a_new_job()
            await accept(history, new)
            assert (await heard.get()).order_id == new.orders[0].id
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_the_slots_of_all_that_are_alive_add_up() -> None:
    cards = (card(slots=2), card(slots=3), card("stitch_videos", slots=1))
    assert slots_of(cards) == {("generate_video", "local"): 5, ("stitch_videos", "local"): 1}


def test_an_account_nobody_configured_is_limited_by_slots() -> None:
    limits = Limits({}, {("generate_video", "local"): 3})
    assert limits.most(limits.place_of(Lane("generate_video", "local", "unknown", "local"))) == 3


QUEUES = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xy")),
    st.lists(st.uuids().map(str), max_size=6, unique=True),
    max_size=6,
)


@given(queues=QUEUES, room=st.integers(0, 12), turn=st.integers(0, 50))
def test_room_is_shared_so_that_no_space_gets_two_more_than_one_that_still_waits(
    queues: dict[tuple[str, str], list[str]], room: int, turn: int
) -> None:
    chosen = share(queues, room=room, turn=turn)
    assert len(chosen) == min(room, sum(map(len, queues.values())))
    assert len(chosen) == len(set(chosen))
    got = {space: [order for order in chosen if order in _of_space(queues, space)] for space in "abc"}
    for space, orders in got.items():
        if len(orders) < len(_of_space(queues, space)):
            assert all(len(other) <= len(orders) + 1 for other in got.values())


@given(queues=QUEUES, room=st.integers(1, 12), turn=st.integers(0, 50))
def test_within_one_line_the_first_goes_first(queues: dict[tuple[str, str], list[str]], room: int, turn: int) -> None:
    chosen = share(queues, room=room, turn=turn)
    for queue in queues.values():
        gone = [order for order in chosen if order in queue]
        assert gone == queue[: len(gone)]


def _of_space(queues: dict[tuple[str, str], list[str]], space: str) -> list[str]:
    return [order for (owner, _), queue in queues.items() if owner == space for order in queue]


async def test_every_release_gets_a_new_number(history: History) -> None:
    new = a_new_job()
    await accept(history, new)
    async with history.write() as tx:
        (first,) = await waiting_line.release(tx, [new.orders[0].id])
        assert await waiting_line.release(tx, [new.orders[0].id]) == []
        (second,) = await waiting_line.release_again(tx, first)
        assert await waiting_line.release_again(tx, first) == []
    assert (first.release, second.release) == (1, 2)
