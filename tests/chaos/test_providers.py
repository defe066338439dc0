"""kill -9 at the worst moments of orders at Replicate and Gemini. All cells: `python -m tests.chaos --providers`."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.chaos.providers import SOME, Outcome, Round, play, wire_street

pytestmark = [pytest.mark.chaos]


def say(outcome: Outcome) -> None:
    sys.stdout.write(f"{outcome}\n")


async def survive(folder: Path, rounds: Sequence[Round]) -> None:
    async with wire_street(folder) as houses:
        outcomes = await play(houses, rounds, say=say)
        verdict = await houses.aftermath(outcomes, seconds=0)
    assert [f"{outcome}" for outcome in outcomes if outcome.faults()] == []
    assert verdict.holds, verdict
    assert len(outcomes) == sum(map(len, rounds))


@pytest.mark.timeout(150)
async def test_a_kill_at_the_worst_moments_buys_nothing_twice_at_either_provider(tmp_path: Path) -> None:
    await survive(tmp_path, SOME)
