"""A whole gateway for tests: real routes, history and director; the bus records, and the test performs the orders."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from aiohttp import ClientResponse, ClientWebSocketResponse
from aiohttp.test_utils import TestClient, TestServer

from gateway.accept import Acceptance
from gateway.app import build_app
from gateway.copies import Copies
from gateway.defaults import read_defaults
from gateway.editing import Editing
from gateway.feed import Feed
from gateway.handlers import Applier
from gateway.history.budgets import Budgets
from gateway.history.database import Database
from gateway.history.records import Job, OrderRow
from gateway.history.store import History
from gateway.history.transaction import NO_CAPS
from gateway.house import House
from gateway.keys.doors import Doors
from gateway.keys.rules import KeyRules
from gateway.keys.watch import Watch
from gateway.leftovers import tidier
from gateway.live import Live
from gateway.parts import part_planner
from gateway.planning import Means
from gateway.protection import Protection
from gateway.reachability import Reachability
from gateway.render import Urls
from gateway.room import Room
from gateway.sockets import Hub, SocketBounds
from gateway.stopping import Stopping
from gateway.waiting import Waiting
from gateway.webhooks.rules import WebhookRules
from shared.catalog import read_catalog
from shared.config import CONFIG_DIR
from shared.contracts.base import Kind, OrderId, StoredAsset
from shared.contracts.order import Outcome, Progress, ServiceCard, Succeeded
from shared.contracts.scene import Scene
from shared.media.base import MediaStore
from shared.media.local import LocalMedia
from tests.documented import DocumentedClient
from tests.factories import ended, started
from tests.fakes import RecordedExecutions, RecordingBus, SteppingClock

CATALOG, DEFAULTS = read_catalog(CONFIG_DIR), read_defaults(CONFIG_DIR)
PATIENCE_S = 10.0
"""A guard, never a wait: a test that reaches it has failed."""

SCENES = {"idea": "a lighthouse that sings", "character_description": "a keeper in a yellow coat"}
CLIP = {"prompt": "the keeper climbs the stairs"}
PORTRAIT = {"character_description": "a keeper in a yellow coat", "num_images": 2}
FILM = {**SCENES, "number_of_scenes": 2, "num_images": 1}


@dataclass
class Theatre:
    """The gateway under test and the hands of a worker."""

    client: TestClient[Any, Any]
    house: House
    bus: RecordingBus
    executions: RecordedExecutions
    media: MediaStore
    applier: Applier
    clock: SteppingClock

    async def post(self, path: str, body: dict[str, Any] | None = None, **options: Any) -> ClientResponse:
        return await self.client.post(f"/api/mv{path}", json=body, **options)

    async def get(self, path: str, **options: Any) -> ClientResponse:
        return await self.client.get(f"/api/mv{path}", **options)

    async def ordered(self, path: str, body: dict[str, Any]) -> str:
        """The id of the job or production that `body` was accepted as."""
        answer = await self.post(path, body)
        told = await answer.json()
        assert answer.status == 202, told
        return str(told["job_id"] if "job_id" in told else told["production_id"])

    async def orders(self, job_id: str) -> list[OrderRow]:
        async with self.house.history.read() as tx:
            return await tx.orders_of(job_id)

    async def start(self, job_id: str) -> list[OrderRow]:
        """Release the job's orders and let a worker claim them."""
        released = await self.release(job_id)
        await self.applier.apply([started(order) for order in released])
        return released

    async def release(self, job_id: str) -> list[OrderRow]:
        async with self.house.history.write() as tx:
            for order in await tx.orders_of(job_id):
                if order.status == "waiting":
                    await tx.update_order(order.id, status="released", release=1, released_at=tx.now())
        return await self.orders(job_id)

    async def perform(self, job_id: str, outcome: Outcome | None = None, *, content: bytes = b"made of bytes") -> None:
        """Start the job and end all its orders, well unless `outcome` says otherwise."""
        for order in await self.start(job_id):
            end = ended(order) if outcome is None else ended(order, outcome)
            if isinstance(end.outcome, Succeeded):
                end = ended(order, await self._stored(end.outcome, content))
            await self.applier.apply([end])
        await self.caught_up()

    async def perform_film(self, production_id: str) -> None:
        """Perform whatever the director wants until the film is over."""
        while jobs := [job for job in await self.jobs_of(production_id) if not job.is_terminal]:
            for job in jobs:
                await self.perform(job.id)

    async def jobs_of(self, production_id: str) -> list[Job]:
        async with self.house.history.read() as tx:
            return await tx.jobs_of(production_id)

    def progress(self, order: OrderRow, fraction: float | None, *, stage: str = "rendering") -> None:
        self.house.live.hear_progress(Progress(order_id=OrderId(order.id), fraction=fraction, stage=stage))

    async def caught_up(self) -> None:
        """Return once the feed has handed out everything committed."""
        async with self.house.history.read() as tx:
            newest = await tx.newest_seq()
        async with asyncio.timeout(PATIENCE_S):
            await self.house.feed.reach(newest)

    async def made(self, path: str = "/generate_video", *, content: bytes = b"made of bytes") -> dict[str, Any]:
        """A finished job's result body."""
        job_id = await self.ordered(path, CLIP if path == "/generate_video" else SCENES)
        await self.perform(job_id, content=content)
        result: dict[str, Any] = (await (await self.get(f"/jobs/{job_id}")).json())["result"]
        return result

    @asynccontextmanager
    async def socket(self, query: str = "", **options: Any) -> AsyncIterator["Listener"]:
        async with self.client.ws_connect(f"/api/mv/ws?{query}", **options) as socket:
            yield Listener(socket)

    async def _stored(self, outcome: Succeeded, content: bytes) -> Succeeded:
        """The outcome with its files really stored."""
        result = outcome.result
        stored = {name: await self._store(value, content) for name, value in result if isinstance(value, StoredAsset)}
        return outcome.model_copy(update={"result": result.model_copy(update=stored)})

    async def _store(self, asset: StoredAsset, content: bytes) -> StoredAsset:
        async def chunks() -> AsyncIterator[bytes]:
            yield content

        put = await self.media.put(asset.key, chunks(), media_type=asset.media_type)
        return asset.model_copy(update={"size_bytes": put.size_bytes, "sha256": put.sha256})


@dataclass
class Listener:
    """A WebSocket client."""

    socket: ClientWebSocketResponse

    async def next(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await self.socket.receive_str(timeout=PATIENCE_S))
        return frame

    async def until(self, *types: str) -> dict[str, Any]:
        """The next frame of one of these types; others are passed over."""
        while True:
            frame = await self.next()
            if frame["type"] in types:
                return frame

    async def take(self, count: int) -> list[dict[str, Any]]:
        return [await self.next() for _ in range(count)]

    async def say(self, type_: str, **data: Any) -> None:
        await self.socket.send_str(json.dumps({"type": type_, "data": data}))


PROVIDERS = ("local", "replicate", "gemini")

CARDS = tuple(
    ServiceCard(instance=kind, service=kind, kind=kind, providers=dict.fromkeys(PROVIDERS, ()), slots={"local": 1})
    for kind in get_args(Kind)
)
"""A service for everything. A test that plays without takes them off the bus."""


@asynccontextmanager
async def theatre(
    folder: Path,
    database: str,
    *,
    protection: Protection | None = None,
    sockets: SocketBounds | None = None,
    max_body_bytes: int = 1 << 20,
    media: MediaStore | None = None,
    serve_from_cloud: bool = False,
    webhooks: WebhookRules | None = None,
    room: Room | None = None,
    keys: KeyRules | None = None,
    budgets: Budgets | None = None,
) -> AsyncIterator[Theatre]:
    """A gateway on the database at that address, on a free port of loopback; without `media` from a folder."""
    bus, executions, clock = RecordingBus(), RecordedExecutions(), SteppingClock()
    media = media or LocalMedia(folder / "media")
    bus.cards = CARDS
    async with Database.open(database) as opened:
        history = History(opened, announce=bus.announce, now=clock, budgets=budgets or NO_CAPS)
        means = Means(catalog=CATALOG, defaults=DEFAULTS, one_machine=True, now=clock)

        doors = Doors(history, keys or KeyRules())
        order_part = part_planner(means)

        async def means_now() -> Means:
            return means

        applier = Applier(
            history, order_part=order_part, read_scenes=no_scenes, wishes=bus, records=executions,
            tidy=tidier(history, media),
        )  # fmt: skip
        house = House(
            history=history,
            bus=bus,
            media=media,
            acceptance=Acceptance(
                history=history,
                media=media,
                means=means_now,
                order_part=order_part,
                webhooks=webhooks or WebhookRules(),
                room=room,
            ),
            room=room or Room(),
            editing=Editing(
                history=history, means=means_now, order_part=order_part, withdraw=applier.withdraw, room=room
            ),
            stopping=Stopping(history, order_part=order_part, withdraw=applier.withdraw),
            feed=Feed(history),
            live=Live(history, now=clock),
            hub=Hub(),
            waiting=Waiting(),
            copies=Copies(history, media, scratch=folder / "scratch"),
            doors=doors,
            waits_for=Reachability(means, services=bus.services, last_services=bus.services, ask_every_s=0.0).waits_for,
            urls=Urls(storage_backend=media.backend, presign=media.url if serve_from_cloud else None),
            webhooks=webhooks or WebhookRules(),
            protection=protection or Protection(),
            sockets=sockets or SocketBounds(),
            max_body_bytes=max_body_bytes,
        )
        async with _running(house), DocumentedClient(TestServer(build_app(house))) as client:
            yield Theatre(client, house, bus, executions, media, applier, clock)


@asynccontextmanager
async def _running(house: House) -> AsyncIterator[None]:
    house.connect()
    await house.feed.start()
    await house.live.resume()
    tasks = [asyncio.create_task(task) for task in (house.feed.run(), house.live.run(), house.hub.sweep(every_s=0.05))]
    watch = Watch(house.history, house.hub, house.doors)
    tasks.append(asyncio.create_task(watch.run(every_s=0.05)))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def no_scenes(_file: StoredAsset) -> tuple[Scene, ...]:
    raise FileNotFoundError("tests send their scenes along")
