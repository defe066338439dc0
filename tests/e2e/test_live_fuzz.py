"""A live gateway under everything its OpenAPI document allows, and what it does not."""

from pathlib import Path

import pytest

from tests.fuzz.gateway import live_gateway
from tests.fuzz.run import fuzz, short


@pytest.mark.e2e
@pytest.mark.timeout(300)
async def test_no_fault_of_ours_and_no_undocumented_answer_whatever_is_sent(tmp_path: Path) -> None:
    async with live_gateway(tmp_path) as gateway:
        code, report = await fuzz(gateway.url, *short(), folder=tmp_path)
    bugs = [line for line in (tmp_path / "gateway.log").read_text().splitlines() if '"level": "error"' in line]
    assert bugs == []
    assert code == 0, report[-20_000:]
    assert "Coverage" in report
