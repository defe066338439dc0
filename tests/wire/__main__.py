"""`python -m tests.wire`: the providers' servers on loopback, and what to set so that a stack talks to them."""

import argparse
import asyncio
import sys
from contextlib import AsyncExitStack

from tests.wire.gemini import KEY, GeminiServer
from tests.wire.gemini_takes import COURSES as GEMINI_COURSES
from tests.wire.gemini_takes import GeminiTake
from tests.wire.replicate import TOKEN, ReplicateServer
from tests.wire.takes import COURSES, Take


async def serve(asked: argparse.Namespace) -> None:
    """Until Ctrl-C."""
    gone = set(asked.gone)
    one = ReplicateServer(take=Take(seconds=asked.seconds), gone=gone, per_minute=asked.per_minute)
    other = GeminiServer(take=GeminiTake(seconds=asked.seconds), gone=gone)
    async with AsyncExitStack() as stack:
        replicate = await stack.enter_async_context(one.running(asked.replicate_port))
        gemini = await stack.enter_async_context(other.running(asked.gemini_port))
        _say(f"export REPLICATE_BASE_URL={replicate.url} REPLICATE_API_TOKEN={TOKEN}")
        _say(f"export GOOGLE_GEMINI_BASE_URL={gemini.url} GEMINI_API_KEY={KEY}")
        _say(f"# a prompt may ask Replicate for a course, as in [wire:moderated]: {', '.join(COURSES)}")
        _say(f"# and Gemini: {', '.join(GEMINI_COURSES)}")
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.wire", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long a prediction takes (default: 5)")
    parser.add_argument("--replicate-port", type=int, default=0, help="default: any free one")
    parser.add_argument("--gemini-port", type=int, default=0, help="default: any free one")
    parser.add_argument(
        "--gone", action="append", default=[], metavar="MODEL", help="a model that is no longer offered"
    )
    parser.add_argument("--per-minute", type=float, metavar="N", help="Replicate's account has little credit: 6, say")
    try:
        asyncio.run(serve(parser.parse_args()))
    except KeyboardInterrupt:
        return


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
