"""The crash matrix on the providers' protocols: who is killed at which instant of whose order, and what came of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any, Literal

import aiohttp

from tests.chaos.street import REAL, Houses, standing
from tests.natsserver import NatsServer
from tests.wire.gemini import KEY, GeminiServer
from tests.wire.gemini_takes import GeminiTake
from tests.wire.replicate import TOKEN, ReplicateServer
from tests.wire.takes import Take

TERMINAL = {"succeeded", "partial", "failed", "canceled"}
ENDS_WITHIN_S = 60.0
AWAY_S = 0.2

Thing = Literal["reference", "clip"]
Provider = Literal["replicate", "gemini"]
Moment = Literal["accepted", "polled", "sending"]
"""After an order was taken and before it is answered, on its first poll, in the middle of its output."""
Victim = Literal["worker", "gateway", "nats"]
WORKERS = {"reference": "image", "clip": "video"}
ORDERS: dict[tuple[Thing, Provider], tuple[str, dict[str, Any]]] = {
    ("reference", "replicate"): ("generate_character_reference", {"model": "google/imagen-4", "num_images": 1}),
    ("reference", "gemini"): ("generate_character_reference", {"model": "gemini-nano-banana-2.1", "num_images": 1}),
    ("clip", "replicate"): ("generate_video", {"model": "google/veo-3.1", "duration": 4}),
    ("clip", "gemini"): ("generate_video", {"model": "gemini-omni-1.1-flash", "duration": 4}),
}
PROMPT_FIELD = {"reference": "character_description", "clip": "prompt"}
MOMENTS: dict[tuple[Thing, Provider], tuple[Moment, ...]] = {
    ("reference", "replicate"): ("accepted", "polled", "sending"),
    ("reference", "gemini"): ("accepted",),  # one call that answers with the picture
    ("clip", "replicate"): ("accepted", "polled", "sending"),
    ("clip", "gemini"): ("accepted", "polled", "sending"),
}


@dataclass(frozen=True)
class Cell:
    """One kill: of the worker that makes it, the gateway or the bus, at an instant of one order."""

    thing: Thing
    provider: Provider
    moment: Moment
    victim: Victim = "worker"

    def __str__(self) -> str:
        return f"{self.thing} at {self.provider}, {self.victim} killed when {self.moment}"

    @property
    def process(self) -> str:
        return WORKERS[self.thing] if self.victim == "worker" else self.victim

    @property
    def may_end_uncertain(self) -> bool:
        """Only where the answer to the order was lost, and the provider has no list of what it took."""
        return self.victim == "worker" and self.moment == "accepted" and self.provider == "gemini"


def cells(thing: Thing, provider: Provider, victim: Victim) -> list[Cell]:
    return [Cell(thing, provider, moment, victim) for moment in MOMENTS[thing, provider]]


Round = tuple[Cell, ...]
"""What happens at the same time: different workers, different servers."""

SOME: tuple[Round, ...] = (
    (Cell("clip", "replicate", "accepted"), Cell("reference", "gemini", "accepted")),
    (Cell("reference", "replicate", "sending"), Cell("clip", "gemini", "polled")),
    (Cell("clip", "replicate", "polled", "gateway"),),
    (Cell("clip", "gemini", "sending", "nats"),),
)
ALL: tuple[Round, ...] = (
    *zip(cells("reference", "replicate", "worker"), cells("clip", "gemini", "worker"), strict=True),
    (*cells("reference", "gemini", "worker"), cells("clip", "replicate", "worker")[0]),
    *((cell,) for cell in cells("clip", "replicate", "worker")[1:]),
    *((cell,) for made in MOMENTS for cell in (*cells(*made, "gateway"), *cells(*made, "nats"))),
)


@dataclass(frozen=True)
class Outcome:
    """How the order of one cell ended. `bought` is the provider's count, `booked_usd` the ledger's."""

    cell: Cell
    job: dict[str, Any]
    struck: bool
    bought: int
    booked_usd: Decimal
    price_usd: Decimal
    seconds: float

    @property
    def end(self) -> str:
        return (self.job.get("error") or {}).get("error_code") or str(self.job.get("status"))

    def faults(self) -> list[str]:
        """What it broke of the promises; empty when all of them held."""
        wanted = {"succeeded", "SUBMISSION_UNCERTAIN"} if self.cell.may_end_uncertain else {"succeeded"}
        return [
            *([] if self.struck else ["nobody was killed"]),
            *([] if self.end in wanted else [f"ended as {self.end}: {self.job.get('error')}"]),
            *([] if self.bought == 1 else [f"bought {self.bought} times"]),
            *([] if self.booked_usd == self.price_usd > 0 else [f"booked {self.booked_usd}, not {self.price_usd}"]),
        ]

    def __str__(self) -> str:
        verdict = "; ".join(self.faults()) or "ok"
        return (
            f"{self.cell}: {self.end}, {self.bought} bought, {self.booked_usd} booked, {self.seconds:.1f} s: {verdict}"
        )


@dataclass(kw_only=True)
class WireStreet(Houses):
    """The services as they are shipped, and the two providers whose wires they talk to."""

    replicate: ReplicateServer
    gemini: GeminiServer

    def server(self, provider: Provider) -> ReplicateServer | GeminiServer:
        return self.replicate if provider == "replicate" else self.gemini

    def bought(self, words: str, provider: Provider) -> int:
        """How many generations were accepted whose prompt holds `words`."""
        return sum(times for prompt, times in self.server(provider).orders.items() if words in prompt)

    def ledger(self, job_ids: Iterable[str]) -> tuple[Decimal, Decimal]:
        """What was reserved for these jobs, and what of it was settled, spent or given back."""
        booked = {"reservation": Decimal(), "actual": Decimal(), "refund": Decimal()}
        marks = ", ".join(f"'{job_id}'" for job_id in job_ids)
        for entry, usd in self.rows(f"SELECT entry, usd FROM ledger WHERE job_id IN ({marks})"):
            booked[entry] += Decimal(usd)
        return booked["reservation"], booked["actual"] + booked["refund"]


@asynccontextmanager
async def wire_street(folder: Path, *, seconds: float = 0.3) -> AsyncIterator[WireStreet]:
    """Every house up and ready; both keys set."""
    (folder / "nats").mkdir()
    async with (
        ReplicateServer(take=Take(seconds=seconds)).running() as replicate,
        GeminiServer(take=GeminiTake(seconds=seconds)).running() as gemini,
    ):
        told = {
            "REPLICATE_BASE_URL": replicate.url,
            "REPLICATE_API_TOKEN": TOKEN,
            "GOOGLE_GEMINI_BASE_URL": gemini.url,
            "GEMINI_API_KEY": KEY,
            "SCENEBEAT_CONFIG_DIR": "",  # the shipped one
        }
        nats = NatsServer(folder / "nats")
        houses = WireStreet(folder=folder, nats=nats, services=REAL, told=told, replicate=replicate, gemini=gemini)
        async with standing(houses):
            yield houses


async def play(houses: WireStreet, rounds: Sequence[Round], *, say: Callable[[Outcome], None]) -> list[Outcome]:
    """One round after the other on the same street; each outcome is said as it comes."""
    outcomes: list[Outcome] = []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        for cells_at_once in rounds:
            await houses.ready(session)
            for outcome in await asyncio.gather(*(_play(houses, session, cell) for cell in cells_at_once)):
                say(outcome)
                outcomes.append(outcome)
    return outcomes


async def _play(houses: WireStreet, session: aiohttp.ClientSession, cell: Cell) -> Outcome:
    began, struck, words = monotonic(), asyncio.Event(), f"a diver in a copper helmet ({cell})"

    async def strike() -> None:
        await houses.replace(cell.process, after_s=AWAY_S)
        struck.set()

    houses.server(cell.provider).moments[cell.moment] = strike
    call, fields = ORDERS[cell.thing, cell.provider]
    url = await placed(houses, session, call, {**fields, PROMPT_FIELD[cell.thing]: words})
    job = await ended(session, url)
    price, booked = houses.ledger([url.rpartition("/")[2]])
    bought = houses.bought(words, cell.provider)
    houses.server(cell.provider).moments.clear()
    return Outcome(cell, job, struck.is_set(), bought, booked, price, monotonic() - began)


async def placed(houses: Houses, session: aiohttp.ClientSession, call: str, body: dict[str, Any]) -> str:
    """The address of what was ordered."""
    async with session.post(f"{houses.url}/{call}", json=body) as answer:
        assert answer.status == 202, await answer.text()
        return f"{houses.url}{answer.headers['Location'].removeprefix('/api/mv')}"


async def ended(
    session: aiohttp.ClientSession, url: str, *, within_s: float = ENDS_WITHIN_S, every_s: float = 0.1
) -> dict[str, Any]:
    """The job or production as it is once it is terminal, else after `within_s`; whatever dies meanwhile."""
    found: dict[str, Any] = {}
    until = monotonic() + within_s
    while found.get("status") not in TERMINAL and monotonic() < until:
        try:
            async with session.get(url) as answer:
                found = await answer.json()
        except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError):
            found = {}  # the gateway is down
        await asyncio.sleep(every_s)
    return found
