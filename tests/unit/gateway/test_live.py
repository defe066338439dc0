"""How far a job is, whatever its orders say and in whatever order they say it."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.history.snapshots import job_snapshot
from gateway.live import Running, guessed
from shared.contracts.base import OrderId
from shared.contracts.order import Progress
from tests.factories import a_new_job

STEPS = st.lists(st.tuples(st.integers(0, 3), st.floats(-1, 2)), max_size=40)


def a_running_job(orders: int = 4) -> Running:
    return Running(told=job_snapshot(a_new_job(orders=orders).job), space="local", total=orders)


@given(STEPS)
def test_the_fraction_never_goes_down_and_is_1_only_at_the_end(steps: list[tuple[int, float]]) -> None:
    running, told = a_running_job(), [0.0]
    for order, fraction in steps:
        running.take(Progress(order_id=OrderId(str(order))), fraction)
        told.append(running.newest.fraction)
    assert told == sorted(told)
    assert all(0.0 <= fraction < 1.0 for fraction in told)


def test_the_orders_of_a_job_count_alike() -> None:
    running = a_running_job(orders=4)
    for order in ("a", "b"):
        running.take(Progress(order_id=OrderId(order), stage="drawing"), 1.0)
    assert (running.newest.fraction, running.newest.stage) == (0.5, "drawing")


def test_an_order_that_took_the_place_of_another_counts_once() -> None:
    running = a_running_job(orders=1)
    for order, fraction in (("gone", 0.5), ("instead", 0.4), ("instead", 0.7)):
        running.take(Progress(order_id=OrderId(order)), fraction)
    assert running.newest.fraction == 0.7


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e4))
def test_a_guess_moves_on_and_stays_below_what_only_the_truth_may_say(
    first: float, more: float, typical: float
) -> None:
    before, after = guessed(elapsed_s=first, typical_s=typical), guessed(elapsed_s=first + more, typical_s=typical)
    assert 0.0 <= before <= after <= 0.95
