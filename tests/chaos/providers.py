"""The crash matrix on the providers' protocols: who is killed at which instant of whose order, and what came of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from time import monotonic
from typing import Any, Literal

import aiohttp

from shared.contracts.base import FREE
from tests.blank import blank_history
from tests.chaos.gate import Gate, Happens
from tests.chaos.matrix import drained
from tests.chaos.moments import AT_GATEWAY, AT_PROVIDER, STEPS, Moment, stop_at
from tests.chaos.street import HISTORY, REAL, Houses, standing
from tests.natsserver import NatsServer
from tests.wire.gemini import KEY, GeminiServer
from tests.wire.gemini_takes import GeminiTake
from tests.wire.replicate import TOKEN, ReplicateServer
from tests.wire.takes import Take

TERMINAL = {"succeeded", "partial", "failed", "canceled"}
ENDS_WITHIN_S = 60.0
STRUCK_WITHIN_S = 15.0
AWAY_S = 0.2

Thing = Literal["reference", "clip"]
Provider = Literal["replicate", "gemini"]
Victim = Literal["worker", "gateway", "nats"]
WORKERS = {"reference": "image", "clip": "video"}
ORDERS: dict[tuple[Thing, Provider], tuple[str, dict[str, Any]]] = {
    ("reference", "replicate"): ("generate_character_reference", {"model": "google/imagen-4", "num_images": 1}),
    ("reference", "gemini"): ("generate_character_reference", {"model": "gemini-nano-banana-2.1", "num_images": 1}),
    ("clip", "replicate"): ("generate_video", {"model": "google/veo-3.1", "duration": 4}),
    ("clip", "gemini"): ("generate_video", {"model": "gemini-omni-1.1-flash", "duration": 4}),
}
PROMPT_FIELD = {"reference": "character_description", "clip": "prompt"}
UNKNOWN: dict[tuple[Thing, Provider], tuple[Moment, ...]] = {
    ("reference", "replicate"): ("intended",),
    ("clip", "replicate"): ("intended",),
    ("reference", "gemini"): ("intended", "accepted"),
    ("clip", "gemini"): ("intended", "accepted", "owning", "owned"),
}
"""Where a worker may die with an intent and no handle, and nobody can prove what came of it.

Replicate lists what it took; a picture of Gemini lies under its order's key before there is a handle.
"""


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
        return self.victim == "worker" and self.moment in UNKNOWN[self.thing, self.provider]


def cells(thing: Thing, provider: Provider, victim: Victim) -> list[Cell]:
    """Every step of one order. Gemini answers the order of a picture with the picture: nothing is polled or sent."""
    moments = STEPS if victim == "worker" else (*AT_GATEWAY, *STEPS)
    at_once = (thing, provider) == ("reference", "gemini")
    return [
        Cell(thing, provider, moment, victim) for moment in moments if not (at_once and moment in ("polled", "sending"))
    ]


Round = tuple[Cell, ...]
"""What happens at the same time: different workers, different servers."""


def paired(victim: Victim) -> Iterator[Round]:
    """Every step of all four orders, a reference at one provider beside a clip at the other.

    What passes the gateway's own gate is played alone: of two orders on one line, one kill would take both.
    """
    providers: tuple[Provider, Provider] = ("replicate", "gemini")
    for one, other in (providers, providers[::-1]):
        references, clips = cells("reference", one, victim), cells("clip", other, victim)
        for together in zip_longest(references, clips):
            found = tuple(cell for cell in together if cell is not None)
            yield from ((cell,) for cell in found) if found[0].moment in AT_GATEWAY else (found,)


SOME: tuple[Round, ...] = (
    (Cell("clip", "replicate", "accepted"), Cell("reference", "gemini", "intended")),
    (Cell("reference", "replicate", "sending"), Cell("clip", "gemini", "kept")),
    (Cell("reference", "replicate", "storing"), Cell("clip", "gemini", "polled")),
    (Cell("clip", "replicate", "settled"), Cell("reference", "gemini", "acking")),
    (Cell("clip", "replicate", "polled", "gateway"), Cell("reference", "gemini", "told", "gateway")),
    (Cell("clip", "gemini", "intended", "nats"),),
)
ALL: tuple[Round, ...] = (*paired("worker"), *paired("gateway"), *paired("nats"))


@dataclass(frozen=True)
class Booked:
    """What the ledger says of a job."""

    reserved: Decimal
    actual: Decimal
    refunded: Decimal


@dataclass(frozen=True)
class Outcome:
    """How the order of one cell ended. `bought` is the provider's count."""

    cell: Cell
    job: dict[str, Any]
    struck: bool
    bought: int
    booked: Booked
    seconds: float

    @property
    def end(self) -> str:
        return (self.job.get("error") or {}).get("error_code") or str(self.job.get("status"))

    @property
    def is_uncertain(self) -> bool:
        return self.end == "SUBMISSION_UNCERTAIN"

    @property
    def owed(self) -> Decimal:
        """The provider's count at the price; what may have been bought counts."""
        return self.booked.reserved * max(self.bought, int(self.is_uncertain))

    def faults(self) -> list[str]:
        """What it broke of the promises; empty when all of them held.

        What may have been bought counts as spent: an uncertain order is booked with its price.
        """
        wanted = {"succeeded", "SUBMISSION_UNCERTAIN"} if self.cell.may_end_uncertain else {"succeeded"}
        reserved, actual, refunded = self.booked.reserved, self.booked.actual, self.booked.refunded
        return [
            *([] if self.struck else ["nobody was killed"]),
            *([] if self.end in wanted else [f"ended as {self.end}: {self.job.get('error')}"]),
            *([] if self.bought == 1 or (self.bought == 0 and self.is_uncertain) else [f"bought {self.bought} times"]),
            *([] if reserved == actual + refunded else [f"{reserved} reserved, {actual} spent, {refunded} given back"]),
            *([] if actual == reserved > 0 else [f"booked {actual}, not {reserved}"]),
        ]

    def __str__(self) -> str:
        verdict = "; ".join(self.faults()) or "ok"
        booked = f"{self.booked.actual} booked"
        return f"{self.cell}: {self.end}, {self.bought} bought, {booked}, {self.seconds:.1f} s: {verdict}"


@dataclass(frozen=True)
class Aftermath:
    """What must hold on the street when all has ended."""

    kills: int
    broken: int
    uncertain: int
    unfinished: int
    orders_left: int
    owned_twice: int
    unsettled: int
    dead_letters: int
    files_without_rows: int
    rows_without_files: int
    bought: int
    spent: Decimal
    owed: Decimal
    seconds: float

    @property
    def holds(self) -> bool:
        nothing = (
            self.broken, self.unfinished, self.orders_left, self.owned_twice, self.unsettled, self.dead_letters,
            self.files_without_rows, self.rows_without_files, self.spent - self.owed,
        )  # fmt: skip
        return not any(nothing)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills in {self.seconds:.0f} s, {self.broken} broke a promise: {self.bought} bought, "
            f"{self.uncertain} uncertain, {self.spent} spent of {self.owed} owed, {self.unsettled} reservations "
            f"unsettled, {self.unfinished} unfinished, {self.orders_left} left in ORDERS, {self.owned_twice} owned "
            f"twice, {self.dead_letters} in DEAD, {self.files_without_rows} files without a row, "
            f"{self.rows_without_files} rows without a file"
        )


@dataclass(kw_only=True)
class WireStreet(Houses):
    """The services as they are shipped, each behind its gate, and the two providers whose wires they talk to."""

    replicate: ReplicateServer
    gemini: GeminiServer
    gates: Mapping[str, Gate]

    def bus_url(self, name: str) -> str:
        return self.gates[name].url if name in self.gates else self.nats.url

    async def kill(self, name: str) -> None:
        await super().kill(name)
        for gate in self.gates.values() if name == "nats" else [self.gates[name]]:
            gate.cut()

    def server(self, provider: Provider) -> ReplicateServer | GeminiServer:
        return self.replicate if provider == "replicate" else self.gemini

    def strike_at(self, cell: Cell, happens: Happens) -> None:
        """Have it happen at the moment of the cell, once."""
        if cell.moment in AT_PROVIDER:
            self.server(cell.provider).moments[cell.moment] = happens
        else:
            house = "gateway" if cell.moment in AT_GATEWAY else WORKERS[cell.thing]
            self.gates[house].stops.append(stop_at(cell.moment, happens))

    def forget_strikes(self) -> None:
        """What did not happen in its own round does not happen in another."""
        for server in (self.replicate, self.gemini):
            server.moments.clear()
        for gate in self.gates.values():
            gate.stops.clear()

    def bought(self, words: str, provider: Provider) -> int:
        """How many generations were accepted whose prompt holds `words`."""
        return sum(times for prompt, times in self.server(provider).orders.items() if words in prompt)

    def booked(self, job_ids: Iterable[str]) -> Booked:
        """What was reserved for these jobs, and what of it was spent or given back."""
        booked = {"reservation": Decimal(), "actual": Decimal(), "refund": Decimal()}
        marks = ", ".join(f"'{job_id}'" for job_id in job_ids)
        for entry, usd in self.rows(f"SELECT entry, usd FROM ledger WHERE job_id IN ({marks})"):
            booked[entry] += Decimal(usd)
        return Booked(booked["reservation"], booked["actual"], booked["refund"])

    async def aftermath(self, outcomes: Sequence[Outcome], *, seconds: float) -> Aftermath:
        """Look at everything once late deliveries had their time."""
        left = await drained(self)
        ended = {record.order_id for record in await self.executions() if record.outcome is not None}
        orders = self.rows("SELECT id, status FROM orders")
        settled = "SELECT order_id FROM ledger WHERE entry != 'reservation'"
        unsettled = f"SELECT 1 FROM ledger WHERE entry = 'reservation' AND order_id NOT IN ({settled})"
        spent = self.booked(job_id for (job_id,) in self.rows("SELECT id FROM jobs")).actual
        return Aftermath(
            kills=len(self.kills),
            broken=sum(bool(outcome.faults()) for outcome in outcomes),
            uncertain=sum(outcome.is_uncertain for outcome in outcomes),
            unfinished=sum(status != "ended" or order not in ended for order, status in orders),
            orders_left=left,
            owned_twice=sum(times > 1 for times in (await self.handles()).values()),
            unsettled=len(self.rows(unsettled)),
            dead_letters=await self.messages_in("DEAD"),
            files_without_rows=len(self.files_without_rows()),
            rows_without_files=len(self.rows_without_files()),
            bought=len(self.replicate.bought) + len(self.gemini.generations),
            spent=spent,
            owed=sum((outcome.owed for outcome in outcomes), FREE),
            seconds=seconds,
        )


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
        async with AsyncExitStack() as stack:
            gates = {name: await stack.enter_async_context(Gate(nats.port).standing()) for name in REAL}
            houses = WireStreet(
                folder=folder,
                nats=nats,
                services=REAL,
                told=told,
                replicate=replicate,
                gemini=gemini,
                gates=gates,
            )
            await asyncio.to_thread(blank_history, houses.data / HISTORY)
            async with standing(houses):
                yield houses


async def play(houses: WireStreet, rounds: Sequence[Round], *, say: Callable[[Outcome], None]) -> list[Outcome]:
    """One round after the other on the same street; each outcome is said as it comes."""
    outcomes: list[Outcome] = []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        for cells_at_once in rounds:
            await houses.ready(session)
            await drained(houses)  # else a kill would meet what an earlier round left
            for outcome in await asyncio.gather(*(_play(houses, session, cell) for cell in cells_at_once)):
                say(outcome)
                outcomes.append(outcome)
            houses.forget_strikes()
    return outcomes


async def _play(houses: WireStreet, session: aiohttp.ClientSession, cell: Cell) -> Outcome:
    began, struck, words = monotonic(), asyncio.Event(), f"a diver in a copper helmet ({cell})"

    async def strike() -> None:
        await houses.replace(cell.process, after_s=AWAY_S)
        struck.set()

    houses.strike_at(cell, strike)
    call, fields = ORDERS[cell.thing, cell.provider]
    url = await placed(houses, session, call, {**fields, PROMPT_FIELD[cell.thing]: words})
    job = await ended(session, url)
    with suppress(TimeoutError):  # the last moments come after the end that everybody can see
        async with asyncio.timeout(STRUCK_WITHIN_S):
            await struck.wait()
    return Outcome(
        cell=cell,
        job=job,
        struck=struck.is_set(),
        bought=houses.bought(words, cell.provider),
        booked=houses.booked([url.rpartition("/")[2]]),
        seconds=monotonic() - began,
    )


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
