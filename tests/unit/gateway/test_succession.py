"""What takes the place of an order that failed, what it costs, and that no cap is ever passed by it."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gateway.accept import Acceptance
from gateway.choice import Reach
from gateway.defaults import ClipDefaults
from gateway.handlers import Applier
from gateway.history import line as waiting_line
from gateway.history.budgets import Budgets
from gateway.history.database import Database
from gateway.history.ledger import Owner
from gateway.history.ledger import spent as spent_by
from gateway.history.records import Job, OrderRow
from gateway.history.store import History
from gateway.parts import follower, part_planner
from gateway.planning import Means, refuse_unpriced
from gateway.results import JobResult
from shared.catalog import Account, Catalog, Price
from shared.config import ConfigError
from shared.contracts.base import FREE, ErrorCode, Fault
from shared.contracts.order import Canceled, Failed, Order, Outcome, Uncertain
from shared.contracts.video import GenerateVideo
from shared.errors import PermanentError
from shared.media.local import LocalMedia
from tests.factories import NOON, ended, succeeded
from tests.fakes import RecordedExecutions, RecordingBus, SteppingClock
from tests.unit.gateway.conftest import two_scenes
from tests.unit.gateway.means import ALICE, DEFAULTS, SHIPPED, a_picture, means, paid_model

CHEAP = Price(per="second", usd=Decimal("0.10"), as_of="2026-11-20", source="a test")
DEAR = Price(per="second", usd=Decimal("0.90"), as_of="2026-11-20", source="a test")
VEO = paid_model(
    "vendor/first",
    fallback=("vendor/unpriced", "vendor/second", "vendor/third"),
    random_refusals=("E005",),
    bills_canceled=True,
    prompt={},
    fields={"duration": "duration", "aspect_ratio": "aspect_ratio", "seed": "seed"},
    accepts=frozenset({"generate_audio"}),
    pictures={"reference": {"name": "reference_images", "shape": "list"}},
)
UNPRICED = paid_model("vendor/unpriced", price=None, enabled=False)
SECOND = paid_model(
    "vendor/second",
    price=CHEAP,
    target="another/name",
    durations=(5, 10),
    prompt={"name": "text", "most_characters": 2500},
    fields={"duration": {"name": "length", "written": "{}s"}},
    accepts=frozenset(),
    pictures={"first_frame": {"name": "start_image", "tag": "<1>"}},
)
THIRD = paid_model("vendor/third", price=DEAR)
GONE = Failed(fault=Fault(code=ErrorCode.MODEL_UNAVAILABLE, message="vendor/first is no longer available."))
AT_RANDOM = Failed(
    fault=Fault(code=ErrorCode.CONTENT_POLICY_VIOLATION, message="flagged", provider_code="E005", stage="output")
)
CLIP = {"prompt": "she climbs", "model": "vendor/first", "duration": 7, "project": "debut"}


class Desk:
    """A door and an applier on one history and one catalog."""

    def __init__(
        self, history: History, media: LocalMedia, line: RecordingBus, *, reach: Mapping[str, Reach] | None = None
    ) -> None:
        catalog = Catalog(
            accounts={**SHIPPED.accounts, "replicate": Account()},
            models=(*SHIPPED.models, VEO, UNPRICED, SECOND, THIRD),
        )
        defaults = DEFAULTS.model_copy(update={"video": ClipDefaults(rerolls=1)})
        self.means = means(catalog=catalog, defaults=defaults, reach=reach)
        self.history = history

        async def have() -> Means:
            return self.means

        order_part = part_planner(self.means)
        self.door = Acceptance(history=history, media=media, means=have, order_part=order_part)
        self.applier = Applier(
            history,
            order_part=order_part,
            read_scenes=two_scenes,
            wishes=line,
            records=RecordedExecutions(),
            follow=follower(have),
        )

    async def ordered(self, kind: Any = "generate_video", **body: Any) -> Job:
        return await self.door.job(kind, {**CLIP, **body} if kind == "generate_video" else body, asker=ALICE)

    async def job(self, job: Job) -> Job:
        async with self.history.read() as tx:
            found = await tx.job(job.id)
        assert found is not None
        return found

    async def orders(self, job: Job) -> list[OrderRow]:
        async with self.history.read() as tx:
            return await tx.orders_of(job.id)

    async def open_order(self, job: Job) -> OrderRow:
        (order,) = [order for order in await self.orders(job) if order.status == "waiting"]
        async with self.history.write() as tx:
            (released,) = await waiting_line.release(tx, [order.id])
        return released

    async def end(self, job: Job, outcome: Outcome | None = None) -> OrderRow:
        """End the one order of `job` that waits."""
        order = await self.open_order(job)
        await self.applier.apply([ended(order, outcome)])
        return order

    async def spent(self, owner: Owner, name: str) -> tuple[Decimal, Decimal]:
        async with self.history.read() as tx:
            return await spent_by(tx.connection, owner, name)


@pytest.fixture
def media(tmp_path: Any) -> LocalMedia:
    return LocalMedia(tmp_path / "media")


@pytest.fixture
def desk(history: History, media: LocalMedia, line: RecordingBus) -> Desk:
    return Desk(history, media, line)


def capped(database: Database, media: LocalMedia, line: RecordingBus, clock: SteppingClock, **caps: Any) -> Desk:
    return Desk(History(database, announce=line.announce, now=clock, budgets=Budgets(**caps)), media, line)


async def test_where_a_model_is_gone_the_next_priced_one_of_its_chain_is_ordered(desk: Desk) -> None:
    job = await desk.ordered()
    gone = await desk.end(job, GONE)
    order = Order.model_validate((await desk.open_order(job)).body)

    assert (order.model, order.vendor_model, order.replaces) == ("vendor/second", "another/name", gone.id)
    assert order.tried == ("vendor/first",)
    assert order.price_usd == Decimal("0.5")
    assert isinstance(order.command, GenerateVideo)
    assert order.command.duration_s == 5  # of what was asked (7), not of what the first model made of it (8)
    assert order.command.video_id != gone.body["command"]["video_id"]
    assert order.inputs() == {"text": order.command.prompt, "length": "5s"}


async def test_the_user_reads_which_model_made_it_and_what_it_cost(desk: Desk) -> None:
    job = await desk.ordered()
    await desk.end(job, GONE)
    order = await desk.open_order(job)
    await desk.applier.apply([ended(order, succeeded(order, cost_usd=Decimal("0.5")))])
    over = await desk.job(job)

    assert (over.status, over.plan["model"], over.actual_usd) == ("succeeded", "vendor/second", Decimal("0.5"))
    assert over.plan["parameters_used"]["duration"] == 5
    assert any("vendor/second was ordered instead, for 0.5 USD" in warning for warning in over.warnings)
    assert any("`seed`" in warning or "`duration` 7" in warning for warning in over.warnings)
    assert len(JobResult.model_validate(over.result).made) == 1
    assert await desk.spent("project", "debut") == (FREE, Decimal("0.5"))


async def test_a_chain_at_its_end_fails_with_the_last_fault(desk: Desk) -> None:
    job = await desk.ordered()
    models = [(await desk.end(job, GONE)).model for _ in range(3)]
    over = await desk.job(job)

    assert models == ["vendor/first", "vendor/second", "vendor/third"]
    assert (over.status, over.error and over.error["code"]) == ("failed", "MODEL_UNAVAILABLE")
    assert await desk.spent("project", "debut") == (FREE, FREE)


async def test_the_same_end_told_twice_orders_one_successor(desk: Desk) -> None:
    job = await desk.ordered()
    order = await desk.open_order(job)
    await desk.applier.apply([ended(order, GONE), ended(order, GONE, release=2)])
    await desk.applier.apply([ended(order, GONE)])

    assert [row.model for row in await desk.orders(job)] == ["vendor/first", "vendor/second"]


async def test_a_model_that_no_service_reaches_is_passed_over(
    history: History, media: LocalMedia, line: RecordingBus
) -> None:
    reach = {"generate_video": Reach({"replicate": frozenset({"vendor/first", "vendor/third"})})}
    desk = Desk(history, media, line, reach=reach)
    job = await desk.ordered()
    await desk.end(job, GONE)

    assert (await desk.open_order(job)).model == "vendor/third"


async def test_the_picture_goes_along_in_the_way_the_next_model_takes_it(desk: Desk, history: History) -> None:
    picture = a_picture()
    job = await desk.ordered()
    async with history.write() as tx:  # as if it had been brought
        named = picture.ref.model_dump(mode="json")
        plan = {**job.plan, "inputs": {**job.plan["inputs"], "reference": True}, "reference": named}
        await tx.update_job(job.id, plan={**plan, "asked": [*plan["asked"], "reference"]})
    await desk.end(job, GONE)
    order = Order.model_validate((await desk.open_order(job)).body)

    assert isinstance(order.command, GenerateVideo)
    assert order.command.reference == picture.ref
    sent = order.inputs("data:image/png;base64,AA==")
    assert sent["start_image"] == "data:image/png;base64,AA=="
    assert sent["text"] == f"<1> {order.command.prompt}"
    assert any("first frame" in warning for warning in (await desk.job(job)).warnings)


async def test_a_fallback_that_could_pass_a_cap_is_not_ordered(
    database: Database, media: LocalMedia, line: RecordingBus, clock: SteppingClock
) -> None:
    desk = capped(database, media, line, clock, projects={"debut": Decimal("3.30")})
    job = await desk.ordered()
    await desk.end(job, GONE)
    await desk.end(job, GONE)  # the third would be 7.20 USD
    over = await desk.job(job)

    assert over.status == "failed"
    assert over.error is not None
    assert "vendor/third was not ordered instead" in over.error["message"]
    assert [row.model for row in await desk.orders(job)] == ["vendor/first", "vendor/second"]


async def test_fallbacks_of_the_same_moment_share_one_cap(
    database: Database, media: LocalMedia, line: RecordingBus, clock: SteppingClock
) -> None:
    desk = capped(database, media, line, clock, projects={"debut": Decimal("8.00")})
    jobs = [await desk.ordered(), await desk.ordered(prompt="she falls")]
    for job in jobs:
        await desk.end(job, GONE)
    orders = [await desk.open_order(job) for job in jobs]
    await desk.applier.apply([ended(order, GONE) for order in orders])  # the third is 7.20 USD each time
    after = [[row.model for row in await desk.orders(job)] for job in jobs]
    assert after == [["vendor/first", "vendor/second", "vendor/third"], ["vendor/first", "vendor/second"]]
    assert await desk.spent("project", "debut") == (Decimal("7.20"), FREE)


async def test_a_refusal_known_to_be_random_is_tried_once_more_with_another_seed(desk: Desk) -> None:
    job = await desk.ordered(seed=7)
    first = await desk.end(job, AT_RANDOM)
    again = await desk.end(job, AT_RANDOM)
    over = await desk.job(job)

    assert first.model == again.model == "vendor/first"
    assert first.body["command"]["parameters"]["seed"] == 7
    assert again.body["command"]["parameters"]["seed"] != 7
    assert (over.status, over.error and over.error["provider_code"]) == ("failed", "E005")
    assert any("refused once with E005" in warning for warning in over.warnings)


@pytest.mark.parametrize("code", [None, "E999"])
async def test_any_other_refusal_stands(desk: Desk, code: str | None) -> None:
    job = await desk.ordered()
    await desk.end(job, Failed(fault=AT_RANDOM.fault.model_copy(update={"provider_code": code})))

    assert (await desk.job(job)).status == "failed"
    assert len(await desk.orders(job)) == 1


async def test_nothing_follows_an_order_that_was_to_be_canceled(desk: Desk, history: History) -> None:
    job = await desk.ordered()
    order = await desk.open_order(job)
    async with history.write() as tx:
        await tx.update_order(order.id, cancel_wished=True)
    await desk.applier.apply([ended(order, GONE)])

    assert [row.id for row in await desk.orders(job)] == [order.id]


async def test_a_retry_orders_what_no_successor_made(desk: Desk) -> None:
    job = await desk.ordered()
    await desk.end(job, GONE)
    await desk.end(job)
    assert (await desk.job(job)).status == "succeeded"
    lost = await desk.ordered()
    for _ in range(3):
        await desk.end(lost, GONE)
    again = await desk.door.retry(lost.id, asker=ALICE)

    (order,) = await desk.orders(again)
    assert (order.model, order.body["replaces"]) == ("vendor/third", None)


async def test_what_may_have_been_bought_counts_as_spent(desk: Desk) -> None:
    job = await desk.ordered()
    await desk.end(job, Uncertain(fault=Fault(code=ErrorCode.SUBMISSION_UNCERTAIN, message="who knows")))

    assert (await desk.job(job)).actual_usd == Decimal("3.2")
    assert await desk.spent("project", "debut") == (FREE, Decimal("3.2"))


@pytest.mark.parametrize(("charged", "cost"), [(True, Decimal("3.2")), (False, FREE)])
async def test_a_failure_that_was_charged_is_booked(desk: Desk, charged: bool, cost: Decimal) -> None:
    job = await desk.ordered()
    fault = Fault(code=ErrorCode.PROVIDER_BAD_OUTPUT, message="zero bytes", charged=charged)
    await desk.end(job, Failed(fault=fault))

    assert (await desk.job(job)).actual_usd == cost
    assert await desk.spent("project", "debut") == (FREE, cost)


async def test_a_canceled_order_costs_what_its_provider_says(desk: Desk) -> None:
    job = await desk.ordered()
    await desk.end(job, Canceled(cost_usd=Decimal("3.2")))

    assert ((await desk.job(job)).status, (await desk.job(job)).actual_usd) == ("canceled", Decimal("3.2"))


async def test_the_ledger_is_right_to_the_cent_for_project_key_and_production(desk: Desk) -> None:
    made, lost, open_ = [await desk.ordered() for _ in range(3)]
    order = await desk.open_order(made)
    await desk.applier.apply([ended(order, succeeded(order, cost_usd=Decimal("2.95")))])
    await desk.end(lost, Failed(fault=Fault(code=ErrorCode.PROVIDER_ERROR, message="no")))

    assert (await desk.job(open_)).status == "queued"
    assert await desk.spent("project", "debut") == (Decimal("3.2"), Decimal("2.95"))
    assert await desk.spent("space", "local") == (Decimal("3.2"), Decimal("2.95"))


@pytest.mark.parametrize(
    "caps", [{"projects": {"debut": Decimal(7)}}, {"each_project_usd": Decimal(7)}, {"each_key_usd": Decimal(7)}]
)
async def test_an_order_that_could_pass_a_cap_leaves_no_trace(
    database: Database, media: LocalMedia, line: RecordingBus, clock: SteppingClock, caps: dict[str, Any]
) -> None:
    desk = capped(database, media, line, clock, **caps)
    await desk.ordered()
    await desk.ordered()  # 6.40 of 7 are reserved
    with pytest.raises(PermanentError) as refused:
        await desk.ordered()
    assert refused.value.fault.code is ErrorCode.BUDGET_EXCEEDED
    assert "2.6 USD too much" in str(refused.value)
    assert await desk.spent("space", "local") == (Decimal("6.4"), FREE)
    await desk.ordered(model="local/animatic")  # what is free passes no cap


async def test_a_film_that_could_pass_the_cap_of_its_project_is_not_begun(
    database: Database, media: LocalMedia, line: RecordingBus, clock: SteppingClock
) -> None:
    desk = capped(database, media, line, clock, projects={"debut": Decimal(6)})
    body = {"idea": "a lost song", "character_description": "a keeper", "models": {"video": "vendor/first"}}
    with pytest.raises(PermanentError) as refused:
        await desk.door.production({**body, "number_of_scenes": 2, "project": "debut"}, asker=ALICE)

    assert refused.value.fault.code is ErrorCode.BUDGET_EXCEEDED
    assert (await desk.door.production({**body, "number_of_scenes": 1, "project": "debut"}, asker=ALICE)).id


async def test_a_part_that_could_pass_the_cap_by_now_ends_the_film_and_says_why(
    database: Database, media: LocalMedia, line: RecordingBus, clock: SteppingClock
) -> None:
    desk = capped(database, media, line, clock, projects={"debut": Decimal(7)})
    body = {"idea": "a lost song", "character_description": "a keeper", "models": {"video": "vendor/first"}}
    film = await desk.door.production({**body, "number_of_scenes": 2, "project": "debut"}, asker=ALICE)
    await desk.ordered(duration=4)  # 1.60 of the 7 are gone when the clips (6.40) are wanted
    async with desk.history.read() as tx:
        waiting = [order for job in await tx.jobs_of(film.id) for order in await tx.orders_of(job.id)]
    await desk.applier.apply([ended(order) for order in waiting])
    async with desk.history.read() as tx:
        over = await tx.production(film.id)

    assert over is not None
    assert (over.status, over.error and over.error["code"]) == ("failed", "BUDGET_EXCEEDED")
    assert await desk.spent("project", "debut") == (Decimal("1.6"), FREE)


def test_a_default_model_without_a_price_stops_the_gateway(desk: Desk) -> None:
    unpriced = desk.means.defaults.model_copy(update={"video": ClipDefaults(model="vendor/unpriced")})

    refuse_unpriced(desk.means)
    with pytest.raises(ConfigError, match="vendor/unpriced"):
        refuse_unpriced(replace(desk.means, defaults=unpriced))


async def test_money_that_comes_back_can_be_spent_again(
    database: Database, media: LocalMedia, line: RecordingBus, clock: SteppingClock
) -> None:
    desk = capped(database, media, line, clock, projects={"debut": Decimal(4)})
    job = await desk.ordered()
    await desk.end(job, Failed(fault=Fault(code=ErrorCode.PROVIDER_ERROR, message="no")))

    assert (await desk.ordered()).status == "queued"


async def test_the_very_same_order_is_answered_with_what_it_made_before(desk: Desk) -> None:
    first = await desk.ordered(seed=7)
    order = await desk.open_order(first)
    await desk.applier.apply([ended(order, succeeded(order, cost_usd=Decimal("3.2")))])
    again = await desk.ordered(seed=7, reuse=True)

    assert (again.status, again.actual_usd, again.plan["reused_from"]) == ("succeeded", FREE, first.id)
    assert again.result == (await desk.job(first)).result
    assert any(f"job {first.id}" in warning for warning in again.warnings)
    assert await desk.orders(again) == []
    assert await desk.spent("project", "debut") == (FREE, Decimal("3.2"))


@pytest.mark.parametrize(
    "change", [{"prompt": "she falls"}, {"seed": 8}, {"duration": 4}, {"model": "vendor/second"}, {"reuse": None}]
)
async def test_any_other_order_is_made_anew(desk: Desk, change: dict[str, Any]) -> None:
    first = await desk.ordered(seed=7)
    await desk.end(first)

    assert (await desk.ordered(**{"seed": 7, "reuse": True, **change})).status == "queued"


async def test_nothing_is_reused_that_did_not_end_well_or_is_gone(desk: Desk, history: History) -> None:
    failed, deleted = await desk.ordered(seed=1), await desk.ordered(seed=2)
    await desk.end(failed, Failed(fault=Fault(code=ErrorCode.PROVIDER_ERROR, message="no")))
    await desk.end(deleted)
    async with history.write() as tx:
        for asset in await tx.assets_of(deleted.id):
            await tx.delete_asset(asset.id)

    assert (await desk.ordered(seed=1, reuse=True)).status == "queued"
    assert (await desk.ordered(seed=2, reuse=True)).status == "queued"


async def test_an_order_without_a_seed_matches_only_another_without_one(desk: Desk) -> None:
    first = await desk.ordered()
    await desk.end(first)
    desk.means = replace(desk.means, seed=lambda: 99)

    assert (await desk.ordered(reuse=True)).plan.get("reused_from") == first.id
    assert (await desk.ordered(reuse=True, seed=99)).status == "queued"


async def test_other_keys_never_see_what_one_made(desk: Desk) -> None:
    await desk.end(await desk.ordered(seed=7))
    other = replace(ALICE, space="other")

    job = await desk.door.job("generate_video", {**CLIP, "seed": 7, "reuse": True}, asker=other)
    assert job.status == "queued"


async def test_a_film_is_told_when_one_of_its_parts_is_made_by_another_model(desk: Desk) -> None:
    body = {"idea": "a lost song", "character_description": "a keeper", "models": {"video": "vendor/first"}}
    film = await desk.door.production({**body, "number_of_scenes": 2, "budget_usd": "6.5"}, asker=ALICE)

    async def jobs() -> list[Job]:
        async with desk.history.read() as tx:
            return await tx.jobs_of(film.id)

    async def perform(job: Job, outcome: Outcome | None = None) -> None:
        async with desk.history.write() as tx:
            rows = await waiting_line.release(tx, [row.id for row in await tx.orders_of(job.id)])
        await desk.applier.apply([ended(row, outcome, at=NOON + 3) for row in rows])

    for job in await jobs():
        await perform(job)
    clips = [job for job in await jobs() if job.kind == "generate_video"]
    for job in clips:
        await perform(job, GONE)
        await perform(job)
    for kind in ("conform_clip", "stitch_videos"):
        for job in [job for job in await jobs() if job.kind == kind]:
            await perform(job)
    async with desk.history.read() as tx:
        over = await tx.production(film.id)

    assert over is not None
    assert over.status == "succeeded"
    assert {(await desk.job(job)).plan["model"] for job in clips} == {"vendor/second"}
    assert [warning for warning in over.warnings if "clip/1" in warning]
    assert [warning for warning in over.warnings if "clip/2" in warning]
