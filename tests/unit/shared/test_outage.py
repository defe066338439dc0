"""The bucket is away while orders are under way: they wait and go on, and nothing is paid for twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from scene_svc.handlers import create_scenes
from scene_svc.providers.base import Script
from shared.bus import Bus
from shared.contracts.base import AssetId, JobId, OrderId
from shared.contracts.order import Ended, Order, Progress
from shared.contracts.scene import CreateScenes, Scene
from shared.executions import Executions, Handle
from shared.generation import Done, Generation, Output, Pending
from shared.media.base import MediaStore
from shared.media.bucket import open_s3
from shared.media.s3 import S3Media
from shared.worker import Handler, Worker
from tests.s3gate import S3Gate, gate_before
from tests.s3server import S3Server
from tests.unit.shared.orders import RecordingProvider, clip_order
from tests.unit.shared.test_worker import Told
from video_svc.handlers import generate_video

WAITS = "waiting for the media store"


@pytest.fixture
async def gate(s3_server: S3Server) -> AsyncIterator[S3Gate]:
    async with gate_before(s3_server) as opened:
        yield opened


@pytest.fixture
async def media(gate: S3Gate, s3_server: S3Server, s3_bucket: str) -> AsyncIterator[S3Media]:
    async with open_s3(gate.bucket(s3_server, s3_bucket), patience_s=0.1, expires_s=600) as opened:
        yield opened


@pytest.fixture
async def told(bus: Bus) -> Told:
    return Told(await bus.events())


@pytest.fixture
async def waiting(bus: Bus) -> "Waiting":
    waiting = Waiting()
    await bus.on_progress(waiting.hear)
    return waiting


@dataclass
class Waiting:
    """Hears who says that it waits for the store."""

    said: dict[OrderId, int] = field(default_factory=dict)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, progress: Progress) -> None:
        if progress.message == WAITS:
            self.said[progress.order_id] = self.said.get(progress.order_id, 0) + 1
            self._heard.set()

    async def until(self, order: Order, times: int) -> None:
        async with asyncio.timeout(30):
            while self.said.get(order.order_id, 0) < times:
                self._heard.clear()
                await self._heard.wait()


@asynccontextmanager
async def working(bus: Bus, kind: str, handler: Handler, media: MediaStore) -> AsyncIterator[None]:
    async def discard(order: Order) -> None:
        for key in order.command.keys:
            await media.delete(key)

    worker = Worker(bus, kind, handler, slots={"metered": 2}, owner="a", discard=discard, drain_s=0.5)
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.draining.set()
        await task


def filming(provider: RecordingProvider, media: MediaStore, scratch: Path) -> Handler:
    run = Generation(providers={"metered": provider}, media=media, retry_s=0.05)
    return partial(generate_video, run=run, scratch=scratch)


async def test_a_clip_that_is_paid_waits_under_its_lease_and_is_stored_later(
    *, bus: Bus, media: S3Media, gate: S3Gate, told: Told, waiting: Waiting, tmp_path: Path
) -> None:
    provider, order = RecordingProvider(), clip_order()
    await gate.shut()
    await bus.publish_order(order)
    async with working(bus, "generate_video", filming(provider, media, tmp_path), media):
        await waiting.until(order, 4)  # longer than its lease would last by itself
        assert not any(isinstance(event, Ended) for event in told.events)
        await gate.open()
        ended = await told.ended(order)
    assert ended.outcome.status == "succeeded"
    assert provider.submitted == [order.order_id]
    record = await Executions(bus).read(order.order_id)
    assert record is not None
    assert record.claims == 1, "nobody else took it meanwhile"
    assert [key async for key in media.all_keys()] == [order.command.keys[0]]


async def test_a_clip_that_waits_can_be_canceled_and_is_booked(
    *, bus: Bus, media: S3Media, gate: S3Gate, told: Told, waiting: Waiting, tmp_path: Path
) -> None:
    provider, order = RecordingProvider(), clip_order()
    await gate.shut()
    await bus.publish_order(order)
    async with working(bus, "generate_video", filming(provider, media, tmp_path), media):
        await waiting.until(order, 1)
        await bus.wish_cancel(order.order_id)
        async with asyncio.timeout(10):
            while not (record := await Executions(bus).read(order.order_id)) or record.outcome is None:
                await asyncio.sleep(0.02)
        await gate.open()  # what it may have stored is deleted before anybody is told
        ended = await told.ended(order)
    assert (ended.outcome.status, ended.outcome.cost_usd) == ("canceled", order.price_usd)


async def test_a_reference_that_cannot_be_read_now_is_no_call_of_unknown_fate(
    *, bus: Bus, media: S3Media, gate: S3Gate, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dataclass
    class Referring(RecordingProvider):
        refused: asyncio.Event = field(default_factory=asyncio.Event)

        async def submit(self, order: Order) -> Handle:
            try:
                await media.stat("character_reference/of-the-film.png")
            finally:
                self.refused.set()
            return await super().submit(order)

    monkeypatch.setattr("shared.worker.STORAGE_RETRY_S", 0.1)
    provider, order = Referring(), clip_order()
    await gate.shut()
    await bus.publish_order(order)
    async with working(bus, "generate_video", filming(provider, media, tmp_path), media):
        async with asyncio.timeout(10):
            await provider.refused.wait()
        assert provider.submitted == []
        await gate.open()
        ended = await told.ended(order)
    assert (ended.outcome.status, ended.outcome.cost_usd) == ("succeeded", order.price_usd)
    assert provider.submitted == [order.order_id]


async def test_material_that_cannot_be_read_now_is_no_failure_and_takes_nothing_of_its_time(
    *, bus: Bus, media: S3Media, gate: S3Gate, told: Told, waiting: Waiting, tmp_path: Path
) -> None:
    @dataclass
    class Rendering(RecordingProvider):
        async def poll(self, handle: Handle) -> Pending | Done:
            await media.stat("videos/what-it-works-from.mp4")
            return Done((Output("memory", "video/mp4"),))

    provider, order = Rendering(), clip_order(longest_s=0.8)
    await gate.shut()
    await bus.publish_order(order)
    async with working(bus, "generate_video", filming(provider, media, tmp_path), media):
        await waiting.until(order, 3)  # more than a second
        await gate.open()
        assert (await told.ended(order)).outcome.status == "succeeded"


async def test_scenes_that_are_paid_are_written_once_and_stored_later(
    *, bus: Bus, media: S3Media, gate: S3Gate, told: Told, waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Writer:
        call_timeout_s = 1.0
        calls = 0

        async def write(self, order: Order) -> Script:
            self.calls += 1
            scene = Scene(description="The keeper climbs the stairs.", negative_description="crowds")
            return Script(scenes=(scene,), cost_usd=Decimal("0.002"))

    monkeypatch.setattr("scene_svc.handlers.STORE_AGAIN_S", 0.05)
    writer, order = Writer(), scene_order()
    await gate.shut()
    await bus.publish_order(order)
    handler = partial(create_scenes, providers={"metered": writer}, media=media, cheap_usd=Decimal("0.01"))
    async with working(bus, "create_scenes", handler, media):
        await waiting.until(order, 2)
        await gate.open()
        ended = await told.ended(order)
    assert (ended.outcome.status, ended.outcome.cost_usd, writer.calls) == ("succeeded", Decimal("0.002"), 1)
    assert {key async for key in media.all_keys()} == set(order.command.keys)


def scene_order() -> Order:
    command = CreateScenes(
        scene_set_id=AssetId("set"),
        markdown_id=AssetId("markdown"),
        output_dir="one",
        idea="a lighthouse that sings",
        character_description="a keeper",
        number_of_scenes=1,
    )
    return Order(
        order_id=OrderId("0d2e4f7a-6b0c-4d8e-9f10-2a3b4c5d6e7f"),
        job_id=JobId("1d2e4f7a-6b0c-4d8e-9f10-2a3b4c5d6e7f"),
        provider="metered",
        model="metered/writer",
        price_usd=Decimal("0.002"),
        command=command,
    )
