"""`python -m tests.chaos --rounds 200`: the long run of the kill tests; exits 1 when a promise was broken."""

import argparse
import asyncio
import sys
import tempfile
from functools import partial
from pathlib import Path
from time import monotonic

from shared.logs import configure
from tests.chaos.matrix import PAUSE_S, Verdict, storm
from tests.chaos.providers import ALL, play, wire_street
from tests.chaos.street import street, victims
from tests.chaos.twins import storm_on_twins, twins, victims_of_twins

HESITATES_S = 0.2
"""So that kills find workers between the order and its answer, too: what ends uncertain died there."""

EDITORS = 4


async def _run(rounds: int, seed: int, keep: Path | None, pause_s: float) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="scenebeat-chaos-") as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        async with street(folder, hesitates_s=HESITATES_S) as houses:
            return await storm(
                houses, victims(rounds, seed=seed), seed=seed, within_s=600, editors=EDITORS, pause_s=pause_s
            )


async def _run_providers(keep: Path | None) -> int:
    with tempfile.TemporaryDirectory(prefix="scenebeat-chaos-") as temporary:
        folder, began = keep or Path(temporary), monotonic()
        folder.mkdir(parents=True, exist_ok=True)
        async with wire_street(folder) as houses:
            outcomes = await play(houses, ALL, say=partial(print, flush=True))
            verdict = await houses.aftermath(outcomes, seconds=monotonic() - began)
    print(verdict)  # noqa: T201 -- its whole purpose
    return 0 if verdict.holds else 1


async def _run_gateways(rounds: int, seed: int, keep: Path | None, pause_s: float) -> int:
    with tempfile.TemporaryDirectory(prefix="scenebeat-chaos-") as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        async with twins(folder, hesitates_s=HESITATES_S) as houses:
            verdict = await storm_on_twins(
                houses, victims_of_twins(rounds, seed=seed), seed=seed, within_s=600, editors=EDITORS, pause_s=pause_s
            )
    print(verdict, *verdict.of_orders.not_as_asked, *verdict.of_orders.unfinished, sep="\n")  # noqa: T201 -- its whole purpose
    return 0 if verdict.holds else 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="how many times something is killed")
    parser.add_argument("--seed", type=int, default=1, help="who dies when")
    parser.add_argument(
        "--pause", type=float, default=PAUSE_S, help="seconds between two kills, at most: more on a slow machine"
    )
    parser.add_argument("--keep", type=Path, help="an empty folder that keeps data and logs")
    parser.add_argument("--providers", action="store_true", help="every cell of the matrix on the providers' protocols")
    parser.add_argument("--gateways", action="store_true", help="two gateways on one PostgreSQL and one S3")
    asked = parser.parse_args()
    configure(service="chaos", level="warning")
    if asked.providers:
        return asyncio.run(_run_providers(asked.keep))
    if asked.gateways:
        return asyncio.run(_run_gateways(asked.rounds, asked.seed, asked.keep, asked.pause))
    verdict = asyncio.run(_run(asked.rounds, asked.seed, asked.keep, asked.pause))
    print(verdict)  # noqa: T201 -- its whole purpose
    print(*verdict.not_as_asked, *verdict.unfinished, sep="\n")  # noqa: T201 -- its whole purpose
    return 1 if any(verdict.broken) else 0


if __name__ == "__main__":
    sys.exit(main())
