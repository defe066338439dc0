"""Two gateways, one PostgreSQL, one S3: kill either, or what they stand on; nothing is lost or doubled."""

from pathlib import Path

import pytest

from tests.chaos.twins import storm_on_twins, twins
from tests.postgres import require_postgres
from tests.s3server import require_weed

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(240)]

VICTIMS = ("gateway", "gateway-2", "postgres", "gateway", "s3", "gateway-2")


async def test_either_of_two_gateways_can_die_at_any_time(tmp_path: Path) -> None:
    require_postgres()
    require_weed()
    async with twins(tmp_path, hesitates_s=0.2) as houses:
        verdict = await storm_on_twins(houses, VICTIMS, seed=3)
    assert verdict.of_orders.accepted > 0
    assert verdict.of_orders.bought > 0
    assert verdict.connections > 1
    assert verdict.told > 0
    assert verdict.holds, verdict
