"""Orders through the real worker to the Replicate wire server: bought at most once, stored as what they are."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from image_svc.handlers import generate_reference
from shared.bus import Bus
from shared.claim import Claim
from shared.contracts.base import ErrorCode
from shared.contracts.image import ReferenceGenerated
from shared.contracts.order import Failed, Order, Outcome, PictureField, Succeeded, Uncertain
from shared.contracts.video import VideoGenerated
from shared.generation import Generation
from shared.media.local import LocalMedia
from shared.pictures import look_into
from shared.worker import Performed, Worker
from tests.unit.shared.test_worker import Told
from tests.unit.shared.wire import a_clip, a_portrait, adapter, store, with_picture
from tests.wire.replicate import ReplicateServer, picture
from tests.wire.takes import Take
from video_svc.handlers import generate_video

pytestmark = pytest.mark.asyncio

Perform = Callable[[Order], Coroutine[Any, Any, Outcome]]


@pytest.fixture
def media(tmp_path: Path) -> LocalMedia:
    return LocalMedia(tmp_path / "media")


@pytest.fixture
async def told(bus: Bus) -> Told:
    return Told(await bus.events())


@pytest.fixture
async def server() -> AsyncIterator[ReplicateServer]:
    async with ReplicateServer().running() as running:
        yield running


@asynccontextmanager
async def working(
    bus: Bus, server: ReplicateServer, media: LocalMedia, *, kind: str, owner: str = "a", drain_s: float = 0.5
) -> AsyncIterator[None]:
    """The service of `kind` ("image" or "video") with the adapter in it."""
    makes, look, handle = {
        "image": ("image/*", "shared.darkroom:look", generate_reference),
        "video": ("video/mp4", "video_svc.look:look", generate_video),
    }[kind]
    async with adapter(server, media, makes=makes) as provider:
        run = Generation(
            providers={"replicate": provider},
            media=media,
            look=partial(look_into, target=look, scratch=provider.scratch),
            retry_s=0.02,
        )
        handler: Callable[[Claim], Awaitable[Performed]] = partial(handle, run=run)
        command = "generate_character_reference" if kind == "image" else "generate_video"
        worker = Worker(
            bus=bus,
            kind=command,
            handler=handler,
            slots={"replicate": 8},
            owner=owner,
            discard=partial(_discard, media),
            drain_s=drain_s,
        )
        task = asyncio.create_task(worker.run())
        try:
            yield
        finally:
            worker.draining.set()
            await task


async def _discard(media: LocalMedia, order: Order) -> None:
    for key in order.command.keys:
        await media.delete(key)


@pytest.fixture
async def film(bus: Bus, told: Told, server: ReplicateServer, media: LocalMedia) -> AsyncIterator[Perform]:
    """Performs one order of a clip; how it ended."""

    async def perform(order: Order) -> Outcome:
        await bus.publish_order(order)
        return (await told.ended(order)).outcome

    async with working(bus, server, media, kind="video"):
        yield perform


async def test_a_clip_is_looked_into_once_it_is_stored(
    film: Perform, server: ReplicateServer, media: LocalMedia
) -> None:
    outcome = await film(a_clip())
    assert isinstance(outcome, Succeeded)
    assert isinstance(outcome.result, VideoGenerated)
    facts = outcome.result.video.facts
    assert (facts.width, facts.height, facts.duration_s, facts.fps, facts.frames) == (320, 180, 1.0, 24.0, 24)
    assert facts.has_audio is False
    assert outcome.cost_usd == Decimal("1.60")
    assert await media.stat(outcome.result.video.key) is not None
    assert server.leaked == []


@pytest.mark.parametrize("cue", ["drops-after", "bad-gateway-after", "hangs-after"])
async def test_an_order_whose_answer_was_lost_is_found_and_not_bought_twice(
    film: Perform, server: ReplicateServer, cue: str
) -> None:
    outcome = await film(a_clip(f"[wire:{cue}]"))
    assert isinstance(outcome, Succeeded)
    assert outcome.cost_usd == Decimal("1.60")
    assert sum(server.orders.values()) == 1
    assert server.calls["POST /v1/models/{owner}/{name}/predictions"] == 1


@pytest.mark.parametrize("cue", ["drops", "bad-gateway", "hangs"])
async def test_an_order_that_left_no_trace_is_not_sent_again(film: Perform, server: ReplicateServer, cue: str) -> None:
    outcome = await film(a_clip(f"[wire:{cue}]"))
    assert isinstance(outcome, Uncertain)
    assert outcome.fault.code is ErrorCode.SUBMISSION_UNCERTAIN
    assert server.calls["POST /v1/models/{owner}/{name}/predictions"] == 1


async def test_a_list_that_can_t_be_had_is_no_proof_that_nothing_was_bought(
    film: Perform, server: ReplicateServer
) -> None:
    server.lists = False
    outcome = await film(a_clip("[wire:drops-after]"))
    assert isinstance(outcome, Uncertain)
    assert server.calls["GET /v1/predictions"] > 1
    assert sum(server.orders.values()) == 1


@pytest.mark.parametrize("cue", ["html", "empty", "expired", "elsewhere", "truncated"])
async def test_an_output_that_is_no_clip_fails_charged_and_leaves_no_file(
    film: Perform, server: ReplicateServer, media: LocalMedia, cue: str
) -> None:
    order = a_clip(f"[wire:{cue}]")
    outcome = await film(order)
    assert isinstance(outcome, Failed)
    fault = outcome.fault
    wanted = ErrorCode.PROVIDER_ERROR if cue == "truncated" else ErrorCode.PROVIDER_BAD_OUTPUT
    assert (fault.code, fault.charged, fault.model) == (wanted, True, order.model)
    assert [await media.stat(key) for key in order.command.keys] == [None]
    assert sum(server.orders.values()) == 1


async def test_a_broken_download_is_only_downloaded_again(film: Perform, server: ReplicateServer) -> None:
    outcome = await film(a_clip("[wire:once-broken]"))
    assert isinstance(outcome, Succeeded)
    (bought,) = server.bought.values()
    assert bought.downloads == 2


async def test_a_clip_of_broken_bytes_is_not_passed_on(
    film: Perform, server: ReplicateServer, media: LocalMedia
) -> None:
    server.clip = server.clip[:40]
    order = a_clip()
    outcome = await film(order)
    assert isinstance(outcome, Failed)
    assert (outcome.fault.code, outcome.fault.stage) == (ErrorCode.PROVIDER_BAD_OUTPUT, "output")
    assert await media.stat(order.command.keys[0]) is None


async def test_the_receipt_of_a_reference_reaches_the_answer(film: Perform, media: LocalMedia) -> None:
    content = picture("image/png", "1:1")
    order = with_picture(a_clip(), await store(media, content), PictureField(name="image", role="first_frame"))
    outcome = await film(order)
    assert isinstance(outcome, Succeeded)
    assert isinstance(outcome.result, VideoGenerated)
    assert outcome.result.reference is not None
    assert outcome.result.reference.sent


async def test_a_cancel_wish_stops_the_prediction(bus: Bus, told: Told, film: Perform, server: ReplicateServer) -> None:
    server.take = Take(seconds=60)
    polled = asyncio.Event()

    async def seen() -> None:
        polled.set()

    server.moments["polled"] = seen
    order = a_clip()
    ending = asyncio.create_task(film(order))
    async with asyncio.timeout(10):
        await polled.wait()
    await bus.wish_cancel(order.order_id)
    outcome = await ending
    assert outcome.status == "canceled"
    assert outcome.cost_usd == Decimal("1.20")
    assert [bought.status for bought in server.bought.values()] == ["canceled"]


@pytest.mark.parametrize(
    ("media_type", "extension"), [("image/png", "png"), ("image/jpeg", "jpg"), ("image/webp", "webp")]
)
async def test_a_portrait_is_named_by_its_bytes_whatever_was_asked(
    bus: Bus, told: Told, server: ReplicateServer, media: LocalMedia, *, media_type: str, extension: str
) -> None:
    server.take = Take(seconds=0, type=media_type)
    order = a_portrait(output_format="png")
    async with working(bus, server, media, kind="image"):
        await bus.publish_order(order)
        outcome = (await told.ended(order)).outcome
    assert isinstance(outcome, Succeeded)
    assert isinstance(outcome.result, ReferenceGenerated)
    image = outcome.result.image
    assert (image.media_type, image.key.rpartition(".")[2]) == (media_type, extension)
    assert (image.facts.width, image.facts.height) == (64, 85)


@pytest.mark.parametrize("moment", ["accepted", "polled", "sending"])
async def test_the_next_worker_takes_up_what_the_last_one_left(
    bus: Bus, told: Told, server: ReplicateServer, media: LocalMedia, *, moment: str
) -> None:
    reached = asyncio.Event()

    async def stop_here() -> None:
        reached.set()
        await asyncio.sleep(0.2)  # the worker goes while its request is under way

    server.moments[moment] = stop_here
    order = a_clip()
    await bus.publish_order(order)
    async with working(bus, server, media, kind="video", drain_s=0.0), asyncio.timeout(10):
        await reached.wait()
    async with working(bus, server, media, kind="video", owner="b"):
        outcome = (await told.ended(order)).outcome
    assert isinstance(outcome, Succeeded)
    assert outcome.cost_usd == Decimal("1.60")
    assert sum(server.orders.values()) == 1
    assert server.calls["POST /v1/models/{owner}/{name}/predictions"] == 1
