"""What is expected comes from what a model really took."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.history.past import Past, past_of
from gateway.history.store import History
from tests.factories import NOON, a_new_job, failed, succeeded


@given(st.lists(st.floats(0.1, 1e4), min_size=1, max_size=60), st.floats(0, 1e5))
def test_there_is_always_something_left_to_wait_for(seconds: list[float], elapsed_s: float) -> None:
    past = Past.of(seconds)
    assert past is not None
    assert min(seconds) <= past.p50_s <= past.p90_s <= max(seconds)
    assert past.left_s(elapsed_s) > 0


def test_half_and_nine_in_ten_are_what_they_say() -> None:
    past = Past.of([float(second) for second in range(1, 11)])
    assert past == Past(p50_s=5.0, p90_s=9.0)
    assert (past.left_s(2), past.left_s(6), past.left_s(50)) == (3.0, 3.0, 1.0)


def test_nobody_knows_without_a_past() -> None:
    assert Past.of([]) is None


async def test_only_calls_of_the_model_that_ended_well_count(history: History) -> None:
    took = {"mine/model": [30.0, 50.0, 70.0], "other/model": [500.0]}
    async with history.write() as tx:
        for provider, seconds in (("mine", took["mine/model"]), ("other", took["other/model"]), ("mine", [999.0])):
            for each in seconds:
                new = a_new_job(provider=provider, price_usd=Decimal(1))
                await tx.insert_job(new)
                outcome = failed() if each == 999.0 else succeeded(new.orders[0])
                ended = {"status": "ended", "outcome": outcome.model_dump(mode="json")}
                await tx.update_order(new.orders[0].id, started_at=NOON, ended_at=NOON + each, **ended)
    async with history.read() as tx:
        assert await past_of(tx, "mine/model") == Past(p50_s=50.0, p90_s=70.0)
        assert await past_of(tx, "unknown/model") is None


@pytest.mark.parametrize("elapsed_s", [0.0, 49.0, 69.0, 70.0, 1000.0])
def test_the_time_left_is_never_none_while_it_runs(elapsed_s: float) -> None:
    assert Past(p50_s=50.0, p90_s=70.0).left_s(elapsed_s) >= 1.0
