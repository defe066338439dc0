"""Orders go out fairly and within limits, committed before they are published."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.dispatch import Dispatcher, Limits, Place, Turns, alternating, slots_of
from gateway.handlers import Applier
from gateway.history import line as waiting_line
from gateway.history.line import Lane
from gateway.history.records import NewJob, OrderRow
from gateway.history.store import History
from gateway.history.tables import orders
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


@given(queues=st.lists(st.lists(st.uuids().map(str), max_size=6, unique=True), max_size=6))
def test_each_queue_gives_one_before_any_gives_two(queues: list[list[str]]) -> None:
    chosen = alternating(queues)
    assert sorted(chosen) == sorted(order for queue in queues for order in queue)
    for queue in queues:
        assert [order for order in chosen if order in queue] == queue
    for count in range(len(chosen)):
        gone = [sum(order in queue for order in chosen[:count]) for queue in queues]
        assert all(mine == len(queue) or mine + 1 >= max(gone) for mine, queue in zip(gone, queues, strict=True))


PLACE = Place("", "local", "local")


@given(rounds=st.lists(st.sets(st.sampled_from("abcde"), min_size=1), max_size=40))
def test_no_space_that_waits_is_passed_by_another_twice(rounds: list[set[str]]) -> None:
    turns, served = Turns(), []
    for waiting in rounds:
        lanes = [Lane("generate_video", "local", "local", space) for space in waiting]
        first, _ = turns.in_order(PLACE, lanes)[0]
        turns.served(PLACE, [first])
        served.append(first)
    for space in "abcde":
        passed = Counter[str]()
        for waiting, first in zip(rounds, served, strict=True):
            passed = Counter() if first == space or space not in waiting else passed + Counter([first])
            assert max(passed.values(), default=0) <= 1


def test_what_is_remembered_of_turns_is_bounded() -> None:
    turns = Turns(most=3)
    turns.served(PLACE, map(str, range(50)))
    lanes = [Lane("generate_video", "local", "local", space) for space in ("49", "48", "1")]
    assert [space for space, _ in turns.in_order(PLACE, lanes)] == ["1", "48", "49"]


async def test_with_a_thousand_of_one_key_waiting_the_first_of_another_goes_next(
    history: History, line: RecordingBus, applier: Applier
) -> None:
    line.cards = (card(slots=1),)
    many = [a_new_job(space="many", created_at=NOON + number) for number in range(1000)]
    await accept(history, *many)
    dispatcher = dispatcher_of(history, line)

    async def next_one() -> str:
        await dispatcher.dispatch()
        went = line.published[-1].order_id
        done = next(order for job in (*many, *few) for order in job.orders if order.id == went)
        await applier.apply([ended(done)])
        return str(went)

    few: list[NewJob] = []
    for number in range(3):  # whatever the turn it is
        assert await next_one() == many[number].orders[0].id
    few = [a_new_job(space="few", created_at=NOON + 5000 + number) for number in range(2)]
    await accept(history, *few)
    went = [await next_one() for _ in range(4)]
    assert went == [few[0].orders[0].id, many[3].orders[0].id, few[1].orders[0].id, many[4].orders[0].id]


async def test_a_turn_looks_at_lanes_not_at_all_that_wait(history: History) -> None:
    await accept(history, a_new_job(space="space-0"))
    names = [column.name for column in orders.c]
    copied = [{"id": "'order-' || n.i", "space": "'space-' || (n.i % 5)"}.get(name, f"o.{name}") for name in names]
    async with history.write() as tx:
        await tx.connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
            f"INSERT INTO orders ({', '.join(names)}) SELECT {', '.join(copied)} FROM orders o CROSS JOIN n"
        )
    async with history.glance() as tx:
        assert {lane.space for lane in await waiting_line.lanes(tx)} == {f"space-{number}" for number in range(5)}
        assert min([await _seconds(waiting_line.lanes(tx)) for _ in range(10)]) < 0.01
    assert {lane.kind for lane in await _lanes_now(history)} == {"generate_video"}
    await accept(history, a_new_job("stitch_videos", space="space-1"), a_new_job(provider="replicate", account="a"))
    assert {(lane.kind, lane.provider, lane.account, lane.space) for lane in await _lanes_now(history)} == {
        *(("generate_video", "local", "local", f"space-{number}") for number in range(5)),
        ("stitch_videos", "local", "local", "space-1"),
        ("generate_video", "replicate", "a", "local"),
    }


async def _lanes_now(history: History) -> list[Lane]:
    async with history.glance() as tx:
        return await waiting_line.lanes(tx)


async def _seconds(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


async def test_every_release_gets_a_new_number(history: History) -> None:
    new = a_new_job()
    await accept(history, new)
    async with history.write() as tx:
        (first,) = await waiting_line.release(tx, [new.orders[0].id])
        assert await waiting_line.release(tx, [new.orders[0].id]) == []
        (second,) = await waiting_line.release_again(tx, first)
        assert await waiting_line.release_again(tx, first) == []
    assert (first.release, second.release) == (1, 2)
