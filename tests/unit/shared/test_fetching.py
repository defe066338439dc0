"""An output is a stream: how large it is does not matter to the worker's memory."""

from pathlib import Path

import pytest

from bench.providers import GOAL_MIB, fetching


@pytest.mark.slow
async def test_a_worker_that_fetches_a_large_output_hardly_grows(tmp_path: Path) -> None:
    fetched = await fetching(tmp_path, mebibytes=200)
    assert fetched.stored_mib > 200
    assert fetched.grown_mib <= GOAL_MIB
