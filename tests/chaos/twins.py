"""Two gateways on one PostgreSQL and one S3, no folder shared by anybody, and a client that goes to and fro."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import aiohttp

from tests.chaos.editors import TERMINAL
from tests.chaos.matrix import PAUSE_S, PROJECT, Verdict, storm
from tests.chaos.street import SERVICES, Street, standing, write_configs
from tests.metered.server import MeteredServer
from tests.natsserver import NatsServer, free_port
from tests.postgres import PostgresServer
from tests.s3server import S3Server

GATEWAYS = ("gateway", "gateway-2")
OTHERS = ("postgres", "s3", "nats", "video", "stitch")
TWO_GATEWAYS = {**SERVICES, "gateway-2": ["gateway"]}
RESUMES_AFTER_S = 0.05


@dataclass(kw_only=True)
class Twins(Street):
    """Whoever asks for an address is given that of one gateway and of the other in turn."""

    postgres: PostgresServer
    database: str
    s3: S3Server
    bucket: str
    other_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self._turns = cycle(self.ports)

    @property
    def ports(self) -> tuple[int, ...]:
        return self.port, self.other_port

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{next(self._turns)}"

    def told_to(self, name: str) -> Mapping[str, str]:
        own = {"SCENEBEAT_DATA": str(self.folder / f"data-{name}")}
        if name == "gateway-2":
            own["SCENEBEAT_PORT"] = str(self.other_port)
        return {**self.told, **self.s3.environment(self.bucket), "DATABASE_URL": self.database, **own}

    async def start(self, name: str) -> None:
        if (server := self._server(name)) is None:
            await super().start(name)
        else:
            await asyncio.to_thread(server.start)

    async def kill(self, name: str) -> None:
        if (server := self._server(name)) is None:
            await super().kill(name)
            return
        self.kills.append(name)
        await asyncio.to_thread(server.kill)

    async def can_spare(self, name: str, session: aiohttp.ClientSession) -> None:
        """A gateway goes once the other one is ready again, so that clients have somewhere to go."""
        others = {"gateway": self.other_port, "gateway-2": self.port}
        if name in others:
            await self.ready(session, ports=[others[name]])

    def _server(self, name: str) -> PostgresServer | S3Server | None:
        if name == "postgres":
            return self.postgres
        return self.s3 if name == "s3" else None

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        asked = f"SELECT coalesce(json_agg(asked), '[]') FROM ({query}) AS asked"
        found = json.loads(self.postgres.query(asked, database=self.database.rpartition("/")[2]))
        return [tuple(row.values()) for row in found]

    def files(self) -> set[str]:
        return self.s3.keys(self.bucket)


@dataclass
class Witness:
    """A client that follows everything on one gateway after the other, each time from the last seq that it saw."""

    houses: Twins
    last_seq: int = 0
    connections: int = 0
    faults: list[str] = field(default_factory=list)
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def follow(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(sock_connect=2)) as session:
            while True:
                with suppress(aiohttp.ClientError, TimeoutError):
                    await self._listen(session)
                await asyncio.sleep(RESUMES_AFTER_S)

    async def _listen(self, session: aiohttp.ClientSession) -> None:
        query = {"project": PROJECT, "after": str(self.last_seq)}
        async with session.ws_connect(f"{self.houses.url}/ws", params=query, heartbeat=2.0) as socket:
            self.connections += 1
            async for message in socket:
                self._note(message.json())
            socket._response.close()  # one that was lost is left open by aiohttp, for the collector to find

    def _note(self, frame: dict[str, Any]) -> None:
        kind, data = str(frame["type"]), frame["data"]
        if kind in {"reset", "snapshot", "error"}:
            self.faults.append(f"{kind}: {data}"[:300])
        elif kind not in {"hello", "job.progress"}:
            if frame["seq"] <= self.last_seq:
                self.faults.append(f"{frame['seq']} came after {self.last_seq}")
            self.last_seq = frame["seq"]
            if kind.startswith("job.") and data["status"] in TERMINAL:
                self.ends[data["job_id"], data["status"]] += 1


@dataclass(frozen=True)
class TwinVerdict:
    """What became of the orders, and what the client that went to and fro was told."""

    of_orders: Verdict
    killed: dict[str, int]
    connections: int
    faults: tuple[str, ...]
    told: int
    told_twice: tuple[str, ...]
    never_told: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not any((*self.of_orders.broken, self.faults, self.told_twice, self.never_told))

    def __str__(self) -> str:
        return (
            f"{self.of_orders}; killed {self.killed}; one client, {self.connections} connections: "
            f"{self.told} ends told, {len(self.told_twice)} twice, {len(self.never_told)} never, "
            f"{len(self.faults)} faults"
        )


async def storm_on_twins(
    houses: Twins,
    victims: Sequence[str],
    *,
    seed: int,
    within_s: float = 120,
    editors: int = 0,
    pause_s: float = PAUSE_S,
) -> TwinVerdict:
    """`storm`, with a client that listens all the time."""
    witness = Witness(houses)
    listening = asyncio.create_task(witness.follow())
    try:
        verdict = await storm(houses, victims, seed=seed, within_s=within_s, editors=editors, pause_s=pause_s)
        newest = houses.rows(f"SELECT max(seq) FROM events WHERE project = '{PROJECT}'")[0][0]
        with suppress(TimeoutError):
            async with asyncio.timeout(15):
                while witness.last_seq < newest:
                    await asyncio.sleep(0.05)
    finally:
        listening.cancel()
        await asyncio.wait((listening,))
    ended = {(job, status) for job, status in houses.rows("SELECT id, status FROM jobs") if status in TERMINAL}
    return TwinVerdict(
        of_orders=verdict,
        killed=dict(Counter(houses.kills)),
        connections=witness.connections,
        faults=tuple(witness.faults),
        told=len(witness.ends),
        told_twice=tuple(job for (job, _), times in witness.ends.items() if times > 1),
        never_told=tuple(job for job, _ in ended ^ set(witness.ends)),
    )


@asynccontextmanager
async def twins(folder: Path, *, seconds: float = 0.4, hesitates_s: float = 0.0) -> AsyncIterator[Twins]:
    """Everybody up and ready."""
    write_configs(folder / "configs")
    for name in ("nats", "s3"):
        (folder / name).mkdir()
    postgres, s3 = PostgresServer(), S3Server(folder / "s3")
    try:
        await asyncio.gather(asyncio.to_thread(postgres.create), asyncio.to_thread(s3.start))
        async with MeteredServer(seconds=seconds, hesitates_s=hesitates_s).running() as metered:
            houses = Twins(
                folder=folder,
                nats=NatsServer(folder / "nats"),
                services=TWO_GATEWAYS,
                told={"METERED_URL": metered.url},
                metered=metered,
                postgres=postgres,
                database=await asyncio.to_thread(postgres.new_database, empty=True),
                s3=s3,
                bucket=await asyncio.to_thread(s3.new_bucket),
            )
            async with standing(houses):
                yield houses
    finally:
        await asyncio.to_thread(s3.kill)
        await asyncio.to_thread(postgres.remove)


def victims_of_twins(rounds: int, *, seed: int) -> list[str]:
    """One gateway or the other, and now and then what they stand on or work with."""
    chance = random.Random(seed)
    drawn: list[str] = []
    while len(drawn) < rounds:
        drawn += chance.sample((*GATEWAYS, *GATEWAYS, chance.choice(OTHERS)), 5)
    return drawn[:rounds]
