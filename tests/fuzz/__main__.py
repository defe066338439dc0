"""`python -m tests.fuzz [SECONDS] [--keys] [--postgres]`: a gateway of its own under all schemathesis can think of."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import randrange
from secrets import token_hex

from tests.fuzz.gateway import live_gateway
from tests.fuzz.run import fuzz, long
from tests.postgres import PostgresServer

AS_MANY_AS_COME = {"SCENEBEAT_KEYS__REQUESTS_PER_MINUTE": "1000000", "SCENEBEAT_KEYS__JOBS_IN_FLIGHT": "1000000"}


async def main(asked: argparse.Namespace) -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        told: dict[str, str] = {}
        if asked.postgres:
            told["DATABASE_URL"] = stack.enter_context(postgres())
        key = f"sb_first_{token_hex(32)}"
        if asked.keys:
            told |= {**AS_MANY_AS_COME, "SCENEBEAT_FIRST_KEY_FILE": str(_written(folder / "key", key))}
        async with live_gateway(folder, told) as gateway:
            shown = ("--header", f"Authorization: Bearer {key}") if asked.keys else ()
            code, report = await fuzz(gateway.url, *long(asked.seconds), *shown, folder=folder, seed=randrange(2**32))
        sys.stdout.write(report)
        said = [json.loads(line) for line in (folder / "gateway.log").read_text().splitlines() if line.startswith("{")]
        bugs = [json.dumps(line) for line in said if line["level"] == "error"]
        statuses = Counter(line["status"] for line in said if line["event"] == "request_answered")
        answered = ", ".join(f"{status}: {times}" for status, times in sorted(statuses.items()))
        sys.stdout.write("\n".join([*bugs, f"answers {answered}; {len(bugs)} errors in the gateway's log\n"]))
        return code or bool(bugs)


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty database."""
    server = PostgresServer()
    try:
        server.create()
        yield server.new_database(empty=True)
    finally:
        server.remove()


def _written(file: Path, content: str) -> Path:
    file.write_text(content)
    return file


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("seconds", type=int, nargs="?", default=600)
    parser.add_argument("--keys", action="store_true", help="every call needs a key, and brings one")
    parser.add_argument("--postgres", action="store_true", help="the history on PostgreSQL")
    sys.exit(asyncio.run(main(parser.parse_args())))
