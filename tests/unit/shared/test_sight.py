"""A process seen from outside: the lookout beside it, and NATS micro."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import nats
import pytest
from prometheus_client.parser import text_string_to_metric_families

from shared import health
from shared.bus import Bus
from shared.config import ServiceConfig
from shared.lookout import lookout
from shared.media.local import LocalMedia
from shared.microservice import Endpoint, Microservice, answering
from shared.runtime import House
from tests.natsserver import NatsServer
from tests.unit.shared.orders import RecordingProvider, clip_order
from tests.unit.shared.test_worker import Told, working


@asynccontextmanager
async def asked(url: str) -> AsyncIterator[Any]:
    client = await nats.connect(url)
    try:
        yield client
    finally:
        await client.close()


async def answer(client: Any, subject: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((await client.request(subject, b"", timeout=5)).data)
    return said


async def test_a_process_is_found_described_and_counted_over_nats(
    bus: Bus, nats_server: NatsServer, tmp_path: Path
) -> None:
    """PING, INFO and STATS of ADR-32, to all, to those of a name, and to one alone."""
    endpoint = Endpoint("generate_video", "metered")
    service = Microservice("video", "video_host-1-abc", [endpoint])
    order = clip_order()
    async with answering(bus.client, service), asked(nats_server.url) as client:
        for subject in ("$SRV.PING", "$SRV.PING.scenebeat-video", "$SRV.PING.scenebeat-video.video_host-1-abc"):
            pong = await answer(client, subject)
            assert (pong["type"], pong["name"], pong["id"]) == (
                "io.nats.micro.v1.ping_response", "scenebeat-video", "video_host-1-abc",
            )  # fmt: skip
            assert pong["version"].count(".") == 2
        info = await answer(client, "$SRV.INFO.scenebeat-video")
        assert [one["subject"] for one in info["endpoints"]] == ["orders.generate_video.metered.*"]
        before = (await answer(client, "$SRV.STATS"))["endpoints"][0]
        told = Told(await bus.events())
        await bus.publish_order(order)
        async with working(bus, RecordingProvider(), LocalMedia(tmp_path / "media")):
            await told.ended(order)
        after = (await answer(client, "$SRV.STATS"))["endpoints"][0]
        assert (after["num_requests"] - before["num_requests"], after["num_errors"]) == (1, before["num_errors"])
        assert after["processing_time"] > before["processing_time"]
        assert after["average_processing_time"] == after["processing_time"] // after["num_requests"]
    async with asked(nats_server.url) as client:
        with pytest.raises(nats.errors.NoRespondersError):
            await client.request("$SRV.PING.scenebeat-video", b"", timeout=5)


async def test_the_lookout_tells_whether_the_process_can_work_and_what_it_counted(
    bus: Bus, nats_server: NatsServer, tmp_path: Path
) -> None:
    house = House(name="video", bus=bus, media=LocalMedia(tmp_path), scratch=tmp_path / "video_1")
    config = ServiceConfig(lookout={"port": 0}).lookout
    refreshed: list[str] = []

    async def refresh() -> None:
        refreshed.append("asked")

    async with (
        lookout(config, name="video", health=house.health, before_scrape=[refresh]) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        async with session.get("/healthz") as alive, session.get("/readyz") as ready:
            assert (alive.status, ready.status, await ready.json()) == (
                200, 200, {"ready": True, "service": "video", "bus": True, "stopping": False},
            )  # fmt: skip
        async with session.get("/metrics") as told:
            families = {family.name for family in text_string_to_metric_families(await told.text())}
            assert {"scenebeat_orders", "scenebeat_bus_connected", "process_resident_memory_bytes"} <= families
        assert refreshed == ["asked"]
        assert await asyncio.to_thread(health.check, f"http://127.0.0.1:{port}/readyz") == 0
        house.stop.set()
        async with session.get("/readyz") as ready:
            assert ready.status == 503
        assert await asyncio.to_thread(health.check, f"http://127.0.0.1:{port}/readyz") == 1
    assert await asyncio.to_thread(health.check, f"http://127.0.0.1:{port}/readyz") == 1


async def test_without_a_port_nobody_listens() -> None:
    async def never() -> tuple[bool, dict[str, Any]]:
        raise AssertionError("nobody asks")

    async with lookout(ServiceConfig().lookout, name="video", health=never) as port:
        assert port is None


def test_the_health_command_says_what_is_missing(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    monkeypatch.delenv("SCENEBEAT_LOOKOUT__PORT", raising=False)
    assert health.main([]) == 1
    assert "SCENEBEAT_LOOKOUT__PORT" in capsys.readouterr().err
    assert health.main(["http://127.0.0.1:1/readyz"]) == 1
    assert "does not answer" in capsys.readouterr().err
