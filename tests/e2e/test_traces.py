"""One trace from the request to the provider and back, over real processes, at a receiver of our own."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.forks import open_house
from tests.fuzz.gateway import live_gateway

CLIENT_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PROMPT = "a keeper whose coat is as yellow as nobody has told before"
WITHIN_S = 60.0


class Receiver:
    """An OTLP/HTTP collector that keeps what it is sent."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, Span]] = []
        self.raw = b""
        self._bell = asyncio.Condition()

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.raw += body
        told = ExportTraceServiceRequest.FromString(body)
        for resource in told.resource_spans:
            service = next(one.value.string_value for one in resource.resource.attributes if one.key == "service.name")
            self.spans += [(service, span) for scope in resource.scope_spans for span in scope.spans]
        async with self._bell:
            self._bell.notify_all()
        return web.Response(content_type="application/x-protobuf")

    def names(self) -> set[tuple[str, str]]:
        return {(service, span.name) for service, span in self.spans}

    async def until(self, wanted: set[tuple[str, str]]) -> None:
        async with asyncio.timeout(WITHIN_S), self._bell:
            await self._bell.wait_for(lambda: wanted <= self.names())


@asynccontextmanager
async def receiving() -> AsyncIterator[tuple[Receiver, str]]:
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/v1/traces", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield receiver, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def painting(environment: dict[str, str], log: Path) -> AsyncIterator[None]:
    """The image service, with its local model."""
    process = await open_house(["image_svc"], environment=environment, log=log)
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


WANTED = {
    ("scenebeat-gateway", "POST /api/mv/generate_character_reference"),
    ("scenebeat-gateway", "release generate_character_reference"),
    ("scenebeat-image", "perform generate_character_reference"),
    ("scenebeat-image", "submit local"),
    ("scenebeat-image", "poll local"),
    ("scenebeat-image", "fetch local"),
    ("scenebeat-image", "store"),
    ("scenebeat-gateway", "apply started"),
    ("scenebeat-gateway", "apply ended"),
}


@pytest.mark.e2e
async def test_one_trace_leads_from_the_request_to_the_provider_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiving() as (receiver, collector):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        async with (
            live_gateway(tmp_path) as gateway,
            painting(gateway.environment, tmp_path / "image.log"),
            aiohttp.ClientSession() as session,
        ):
            answer = await session.post(
                f"{gateway.url}/api/mv/generate_character_reference",
                json={"character_description": PROMPT, "num_images": 1, "backend": "local"},
                headers={
                    "Prefer": "wait=60",
                    "X-Request-Id": "asked-by-a-test",
                    "traceparent": f"00-{CLIENT_TRACE}-00f067aa0ba902b7-01",
                },
            )
            assert answer.status == 200, await answer.text()
            await receiver.until(WANTED)
    mine = {(service, span.name): span for service, span in receiver.spans if span.trace_id.hex() == CLIENT_TRACE}
    assert set(mine) >= WANTED
    ids = {span.span_id for _, span in receiver.spans}
    assert all(span.parent_span_id in ids or span.parent_span_id.hex() == "00f067aa0ba902b7" for span in mine.values())
    perform = mine["scenebeat-image", "perform generate_character_reference"]
    told = {one.key: one.value.string_value for one in perform.attributes}
    assert (told["scenebeat.request_id"], told["scenebeat.provider"]) == ("asked-by-a-test", "local")
    assert PROMPT.encode() not in receiver.raw


async def test_nothing_is_loaded_that_nobody_asked_for() -> None:
    """Neither tracing, nor what libraries bring along: each would stay for the life of every process."""
    absent = ("opentelemetry", "rich", "sqlalchemy.orm", "sqlalchemy.dialects.postgresql", "PIL", "numpy", "aioboto3")
    script = f"import sys, gateway.service, image_svc.service; print(*(set({absent}) & set(sys.modules)))"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert (process.returncode, said.strip()) == (0, b"")
