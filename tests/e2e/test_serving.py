"""Many clients of one large file: quick, slow and broken off, on a real gateway. `python -m bench serving` has 2 GB."""

from pathlib import Path

import pytest

from bench.serving import GOAL_MIB, serving
from tests.s3server import S3Server

pytestmark = pytest.mark.e2e


async def test_fifty_clients_of_a_file_on_disk_do_no_harm(tmp_path: Path) -> None:
    served = await serving(tmp_path, mebibytes=24, clients=50)
    assert served.mebibytes >= 45 * 24
    assert served.grown_mib <= GOAL_MIB
    assert served.left_open == 0


async def test_clients_of_a_file_in_a_bucket_do_no_harm(tmp_path: Path, s3_server: S3Server) -> None:
    served = await serving(tmp_path, mebibytes=24, clients=20, server=s3_server)
    assert served.mebibytes >= 18 * 24
    assert served.grown_mib <= GOAL_MIB
    assert served.left_open == 0
