"""All houses as real processes on free ports: started, killed with SIGKILL, started again on the same data."""

import asyncio
import json
import os
import random
import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from shared.bus import Bus
from shared.config import CONFIG_DIR
from shared.contracts.base import OrderId
from shared.executions import Execution, Executions
from tests.blank import blank_history
from tests.forks import Child, forked
from tests.metered.server import MeteredServer
from tests.natsserver import NatsServer, free_port

ACK_WAIT_S = 2.0
SERVICES = {
    "gateway": ["gateway"],
    "scene": ["scene_svc"],
    "image": ["tests.metered", "image"],
    "video": ["tests.metered", "video"],
    "stitch": ["stitch_svc"],
}
HASTY = {name: ["tests.chaos.hasty", name] for name in ("image", "video")}
REAL: dict[str, list[str]] = SERVICES | HASTY
"""With the providers' own adapters."""
VICTIMS = (*SERVICES, "nats")
HISTORY = "history.sqlite"

CLIPS: dict[str, Any] = {
    "kind": "generate_video",
    "provider": "metered",
    "account": "metered",
    "aspect_ratios": ["16:9"],
    "resolutions": ["720p"],
    "durations": [1, 8],
    "accepts": ["seed", "negative_prompt", "generate_audio", "reference"],
    "price": {"per": "second", "usd": "0.20", "as_of": "2026-11-20", "source": "the tests' own server"},
    "typical_s": 1,
    "longest_s": 60,
    "verified": "run",
}
METERED_MODELS: list[dict[str, Any]] = [
    {"id": "metered/clip", **CLIPS},
    {"id": "metered/grand", **CLIPS},
    {
        "id": "metered/portrait",
        "kind": "generate_character_reference",
        "provider": "metered",
        "account": "metered",
        "aspect_ratios": ["1:1"],
        "formats": ["png"],
        "accepts": ["seed"],
        "price": {"per": "image", "usd": "0.04", "as_of": "2026-11-20", "source": "the tests' own server"},
        "typical_s": 1,
        "longest_s": 60,
        "verified": "run",
    },
]


@dataclass(kw_only=True)
class Houses:
    """`folder` holds everything, `services` says which module each is, `told` what their environment says besides."""

    folder: Path
    nats: NatsServer
    services: Mapping[str, list[str]]
    told: Mapping[str, str]
    port: int = field(default_factory=free_port)
    processes: dict[str, Child] = field(default_factory=dict)
    kills: list[str] = field(default_factory=list)
    _replacing: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    @property
    def ports(self) -> tuple[int, ...]:
        """Where gateways listen."""
        return (self.port,)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/api/mv"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    async def start(self, name: str) -> None:
        if name == "nats":
            await self.nats.start()
            return
        self.processes[name] = await asyncio.to_thread(self._spawn, name)

    def _spawn(self, name: str) -> Child:
        environment = {
            **os.environ,
            "NATS_URL": self.bus_url(name),
            "SCENEBEAT_DATA": str(self.data),
            "SCENEBEAT_CONFIG_DIR": str(self.folder / "configs"),
            "SCENEBEAT_ACK_WAIT_S": str(ACK_WAIT_S),
            "SCENEBEAT_RECONCILE_EVERY_S": "1",
            "SCENEBEAT_PORT": str(self.port),
            "SCENEBEAT_ONE_MACHINE": "true",
            **self.told_to(name),
        }
        return forked(self.services[name], environment=environment, log=self.folder / f"{name}.log")

    def told_to(self, _name: str) -> Mapping[str, str]:
        """What the environment of the house of this name says besides."""
        return self.told

    def bus_url(self, _name: str) -> str:
        """Where the house of this name finds the bus."""
        return self.nats.url

    async def kill(self, name: str) -> None:
        """No goodbye."""
        self.kills.append(name)
        if name == "nats":
            await asyncio.to_thread(self.nats.kill)
            return
        process = self.processes[name]
        process.kill()
        await asyncio.to_thread(process.join)

    async def can_spare(self, _name: str, _session: aiohttp.ClientSession) -> None:
        """Return once the house of this name may be killed: here nobody stands in for anybody."""

    async def replace(self, name: str, *, after_s: float) -> None:
        async with self._replacing[name]:
            await self.kill(name)
            await asyncio.sleep(after_s)
            await self.start(name)

    async def ready(
        self, session: aiohttp.ClientSession, *, within_s: float = 120, ports: Sequence[int] | None = None
    ) -> None:
        async with asyncio.timeout(within_s):
            for port in self.ports if ports is None else ports:
                while not await self._is_ready(session, port):
                    await asyncio.sleep(0.1)  # a foreign process: nothing to await

    async def _is_ready(self, session: aiohttp.ClientSession, port: int) -> bool:
        try:
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def stop(self) -> None:
        for process in self.processes.values():
            process.kill()
        for process in self.processes.values():
            process.join()
        self.nats.kill()

    # what must hold afterwards

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.data / HISTORY) as connection:
            return connection.execute(query).fetchall()

    def files(self) -> set[str]:
        """The keys of everything in the media store."""
        media = self.data / "media"
        return {path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file()}

    def files_without_rows(self) -> set[str]:
        return self.files() - {key for (key,) in self.rows("SELECT key FROM assets")}

    def rows_without_files(self) -> set[str]:
        return {key for (key,) in self.rows("SELECT key FROM assets")} - self.files()

    def uncertain(self) -> int:
        """How many orders ended without anybody knowing what they bought."""
        outcomes = (outcome for (outcome,) in self.rows("SELECT outcome FROM orders WHERE status = 'ended'"))
        told = (json.loads(outcome) if isinstance(outcome, str) else outcome for outcome in outcomes)
        return sum(outcome["status"] == "uncertain" for outcome in told if outcome)

    async def handles(self) -> Counter[str]:
        """Order id -> how many jobs at providers it ever owned.

        What Gemini drew is no second job when it is found again in our own store.
        """
        async with Bus.connect(self.nats.url, name="test") as bus:
            owners = [(key, await bus.handles.get(key)) for key in await bus.handles.keys()]
        owned = Counter(owner[0].decode() for _, owner in owners if owner)
        refound = Counter(owner[0].decode() for key, owner in owners if owner and key.startswith("gemini.stored-"))
        return Counter({order: max(1, times - refound[order]) for order, times in owned.items()})

    async def executions(self) -> list[Execution]:
        """Every execution record."""
        async with Bus.connect(self.nats.url, name="test") as bus:
            records = [await Executions(bus).read(OrderId(key)) for key in await bus.executions.keys()]
        return [record for record in records if record]

    async def orders_left(self) -> int:
        return await self.messages_in("ORDERS")

    async def messages_in(self, stream: str) -> int:
        async with Bus.connect(self.nats.url, name="test") as bus:
            state = await bus.jetstream.stream_info(stream)
        return int(state.state.messages)


@dataclass(kw_only=True)
class Street(Houses):
    """`metered` is the provider that counts."""

    metered: MeteredServer


@asynccontextmanager
async def street(folder: Path, *, seconds: float = 0.4, hesitates_s: float = 0.0) -> AsyncIterator[Street]:
    """Every house up and ready."""
    write_configs(folder / "configs")
    (folder / "nats").mkdir()
    async with MeteredServer(seconds=seconds, hesitates_s=hesitates_s).running() as metered:
        told = {"METERED_URL": metered.url}
        nats = NatsServer(folder / "nats")
        houses = Street(folder=folder, nats=nats, services=SERVICES, told=told, metered=metered)
        await asyncio.to_thread(blank_history, houses.data / HISTORY)
        async with standing(houses):
            yield houses


@asynccontextmanager
async def standing(houses: Houses) -> AsyncIterator[None]:
    """All of `houses` up and ready."""
    try:
        await houses.start("nats")
        for name in houses.services:
            await houses.start(name)
        async with aiohttp.ClientSession() as session:
            await houses.ready(session)
        yield
    finally:
        await asyncio.to_thread(houses.stop)


def write_configs(configs: Path) -> None:
    """The shipped configuration, with the metered models and slots for them."""
    shutil.copytree(CONFIG_DIR, configs)
    models = configs / "models.yaml"
    catalog = yaml.safe_load(models.read_text())
    catalog["accounts"]["metered"] = {"concurrency": 6}
    catalog["models"] += METERED_MODELS
    models.write_text(yaml.safe_dump(catalog))
    for name in ("image", "video"):
        file = configs / f"{name}.yaml"
        told = yaml.safe_load(file.read_text()) or {}
        told["slots"] = {"metered": 6, "local": 1}
        file.write_text(yaml.safe_dump(told))


def victims(rounds: int, *, seed: int) -> list[str]:
    """Everybody gets their turn, in an order of chance."""
    chance = random.Random(seed)
    drawn: list[str] = []
    while len(drawn) < rounds:
        drawn += chance.sample(VICTIMS, len(VICTIMS))
    return drawn[:rounds]
