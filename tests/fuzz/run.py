"""schemathesis as a command of its own, so that its plugins stay out of the tests."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

CHECKS = (
    "every_5xx_is_the_callers_to_change",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "what_the_document_forbids_is_refused",
)
HOOKS = "tests.fuzz.hooks"
NOT_HTTP = "/api/mv/ws"


async def fuzz(url: str, *arguments: str, folder: Path, seed: int = 1) -> tuple[int, str]:
    """Exit code and report of one run."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.json",
        "--checks", ",".join(CHECKS), "--exclude-path", NOT_HTTP, "--continue-on-failure", "--no-color",
        "--suppress-health-check", "all", "--warnings", "off", "--seed", str(seed), *arguments,
    ]  # fmt: skip
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode(errors="replace")


def short() -> Sequence[str]:
    """Every example and every boundary of every parameter and field, valid and not; no random data."""
    return ("--phases", "examples,coverage")


def long(seconds: int) -> Sequence[str]:
    """Random data besides, for as long as it is given."""
    return ("--phases", "examples,coverage,fuzzing", "--max-examples", "200", "--max-time", str(seconds))
