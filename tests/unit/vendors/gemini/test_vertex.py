"""Veo on Vertex, against its wire protocol."""

import asyncio
import base64
from collections.abc import AsyncIterator
from decimal import Decimal
from functools import partial

import pytest

from scene_svc.config import SceneConfig
from shared.contracts.base import FREE, ErrorCode
from shared.contracts.order import Ended, Order, PictureField, Throttled
from shared.errors import PermanentError
from shared.errors import Throttled as ThrottledError
from shared.generation import Generation
from shared.pictures import look_into
from shared.runtime import House
from tests.unit.vendors.gemini.stage import performed, stored_picture, veo_order
from tests.wire.gemini import GeminiServer
from tests.wire.gemini_takes import GeminiTake
from video_svc.handlers import generate_video
from video_svc.providers.base import VideoProvider
from video_svc.providers.vertex import open_vertex


@pytest.fixture
async def vertex(house: House, config: SceneConfig) -> AsyncIterator[VideoProvider]:
    async with open_vertex(house, config, silence_s=0.5) as clips:
        clips.call_timeout_s, clips.poll_every_s = 1.0, 0.05
        yield clips


async def filmed(house: House, vertex: VideoProvider, order: Order) -> Ended | Throttled:
    look = partial(look_into, target="video_svc.look:look", scratch=house.scratch)
    run = Generation(providers={"vertex": vertex}, media=house.media, look=look, retry_s=0.01)
    return await performed(house, order, partial(generate_video, run=run))


async def test_a_clip_is_ordered_once_and_arrives(house: House, vertex: VideoProvider, google: GeminiServer) -> None:
    picture = await stored_picture(house)
    ended = await filmed(house, vertex, veo_order(reference=picture))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "succeeded", ended.outcome
    assert google.calls["clip"] == 1
    taken = google.only()
    assert taken.model == "veo-3.1-generate-001"
    assert taken.body["parameters"] == {
        "sampleCount": 1,
        "durationSeconds": 8,
        "seed": 7,
        "aspectRatio": "16:9",
        "resolution": "720p",
        "generateAudio": False,
    }
    (shown,) = taken.body["instances"][0]["referenceImages"]
    assert base64.b64decode(shown["image"]["bytesBase64Encoded"]).startswith(b"\x89PNG")


async def test_a_first_frame_is_sent_as_the_first_frame(
    house: House, vertex: VideoProvider, google: GeminiServer
) -> None:
    frame = PictureField(name="image", role="first_frame")
    await vertex.submit(veo_order(reference=await stored_picture(house)).model_copy(update={"picture": frame}))
    instance = google.only().body["instances"][0]
    assert "image" in instance
    assert "referenceImages" not in instance


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ("refused", (ErrorCode.CONTENT_POLICY_VIOLATION, False)),
        ("moderated", (ErrorCode.CONTENT_POLICY_VIOLATION, False)),
        ("failed", (ErrorCode.PROVIDER_ERROR, False)),
        ("foreign", (ErrorCode.PROVIDER_BAD_OUTPUT, True)),
    ],
)
async def test_a_clip_that_does_not_come_fails_with_its_reason(
    house: House, vertex: VideoProvider, google: GeminiServer, course: str, expected: tuple[object, ...]
) -> None:
    ended = await filmed(house, vertex, veo_order(f"She walks. [wire:{course}]"))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "failed"
    assert (ended.outcome.fault.code, ended.outcome.fault.charged) == expected
    assert ended.outcome.fault.backend == "vertex"
    assert google.calls["clip"] == 1


async def test_a_lost_answer_is_never_sent_again(house: House, vertex: VideoProvider, google: GeminiServer) -> None:
    ended = await filmed(house, vertex, veo_order("She walks. [wire:drops-after]"))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "uncertain"
    assert google.calls["clip"] == 1


async def test_a_model_that_is_gone_and_a_limit_are_told_apart(vertex: VideoProvider) -> None:
    with pytest.raises(PermanentError) as gone:
        await vertex.submit(veo_order("She walks. [wire:gone]"))
    assert gone.value.fault.code is ErrorCode.MODEL_UNAVAILABLE
    with pytest.raises(ThrottledError):
        await vertex.submit(veo_order("She walks. [wire:throttled]"))


async def test_what_can_not_be_stopped_costs_its_price(vertex: VideoProvider, google: GeminiServer) -> None:
    google.take = GeminiTake(seconds=60)
    assert await vertex.cancel(await vertex.submit(veo_order())) == Decimal("1.60")
    refused = await vertex.submit(veo_order("She walks. [wire:refused]"))
    async with asyncio.timeout(5):
        while google.generations[refused.id.rpartition("/")[2]].status == "in_progress":
            await asyncio.sleep(0.05)
    assert await vertex.cancel(refused) == FREE


async def test_without_credentials_nothing_is_sent_and_the_fault_says_so(
    house: House, config: SceneConfig, google: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(house.scratch))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    project = config.model_copy(update={"vertex_api_key": None, "google_cloud_project": "p"})
    async with open_vertex(house, project) as vertex:
        with pytest.raises(PermanentError) as refused:
            await vertex.submit(veo_order())
    assert refused.value.fault.code is ErrorCode.MISSING_API_KEY
    assert not google.calls
