"""`python -m tests.fuzz [SECONDS]`: a gateway of its own under everything schemathesis can think of."""

import asyncio
import sys
import tempfile
from pathlib import Path
from random import randrange

from tests.fuzz.gateway import live_gateway
from tests.fuzz.run import fuzz, long


async def main(seconds: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with live_gateway(folder) as gateway:
            seed = randrange(2**32)
            code, report = await fuzz(gateway.url, *long(seconds), folder=folder, seed=seed)
        sys.stdout.write(report)
        bugs = [line for line in (folder / "gateway.log").read_text().splitlines() if '"level": "error"' in line]
        sys.stdout.write("\n".join([*bugs, f"{len(bugs)} errors in the gateway's log\n"]))
        return code or bool(bugs)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 600)))
