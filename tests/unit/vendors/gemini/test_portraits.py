"""Portraits by Gemini: one call that answers with the picture, and never a second one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest

from image_svc.handlers import generate_reference
from image_svc.providers.base import ImageProvider
from image_svc.providers.gemini import GeminiPainter, open_gemini
from scene_svc.config import SceneConfig
from shared.contracts.base import FREE, ErrorCode, utc_now
from shared.contracts.order import Canceled, Ended, Order, Throttled, TokenPrices
from shared.errors import PermanentError
from shared.executions import Executions, Intent
from shared.generation import Done, Generation
from shared.media.bucket import open_s3
from shared.pictures import look_into
from shared.runtime import House
from tests.s3gate import gate_before
from tests.s3server import S3Server
from tests.unit.vendors.gemini.stage import performed, portrait_order
from tests.wire.gemini import GeminiServer


@pytest.fixture
async def gemini(house: House, config: SceneConfig) -> AsyncIterator[ImageProvider]:
    async with open_gemini(house, config, silence_s=0.5) as painter:
        painter.call_timeout_s = 1.0
        yield painter


async def drawn(house: House, gemini: ImageProvider, order: Order) -> Ended | Throttled:
    look = partial(look_into, target="shared.darkroom:look", scratch=house.scratch)
    run = Generation(providers={"gemini": gemini}, media=house.media, look=look, retry_s=0.01)
    return await performed(house, order, partial(generate_reference, run=run))


@pytest.mark.parametrize(("course", "extension"), [("", "jpg"), ("[wire:png]", "png")])
async def test_a_picture_is_kept_under_the_true_extension_of_its_bytes(
    house: House, gemini: ImageProvider, google: GeminiServer, course: str, extension: str
) -> None:
    order = portrait_order(f"A keeper {course}")
    ended = await drawn(house, gemini, order)
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "succeeded"
    result = ended.outcome.result
    assert result.kind == "generate_character_reference"
    assert result.image.key.endswith(f".{extension}")
    assert (result.image.facts.width, result.image.facts.height) == (64, 85)
    assert result.provider_job_id == google.only().id
    assert ended.outcome.cost_usd == Decimal("0.0336")


async def test_a_picture_that_cannot_be_stored_now_is_kept_and_not_drawn_again(
    house: House, config: SceneConfig, google: GeminiServer, s3_server: S3Server, s3_bucket: str
) -> None:
    async with (
        gate_before(s3_server) as gate,
        open_s3(gate.bucket(s3_server, s3_bucket), patience_s=0.1, expires_s=600) as media,
        open_gemini(replace(house, media=media), config, silence_s=5.0) as painter,
    ):
        assert isinstance(painter, GeminiPainter)
        await gate.shut()
        order = portrait_order("A keeper")
        drawing = asyncio.create_task(drawn(replace(house, media=media), painter, order))
        async with asyncio.timeout(20):
            while not painter.unstored:
                await asyncio.sleep(0.01)
        await gate.open()
        ended = await drawing
        assert isinstance(ended, Ended)
        assert ended.outcome.status == "succeeded"
        assert ended.outcome.cost_usd == Decimal("0.0336")
        assert google.only().id
        assert ended.outcome.result.kind == "generate_character_reference"
        assert [key async for key in media.all_keys()] == [ended.outcome.result.image.key]
        assert painter.unstored == {}


async def test_a_picture_that_was_lost_before_it_was_stored_says_so_and_is_booked(
    house: House, gemini: ImageProvider
) -> None:
    assert isinstance(gemini, GeminiPainter)
    order = portrait_order("A keeper")
    handle = await gemini.submit(order)
    await house.media.delete(handle.detail["key"])
    done = await gemini.poll(handle)
    assert isinstance(done, Done)
    with pytest.raises(PermanentError, match="lost before it could be stored"):
        await anext(gemini.fetch(done.outputs[0]))


async def test_only_what_the_api_takes_with_a_key_is_sent(gemini: ImageProvider, google: GeminiServer) -> None:
    await gemini.submit(portrait_order("A keeper of the light"))
    assert google.only().body == {
        "contents": [{"parts": [{"text": "A keeper of the light"}], "role": "user"}],
        "generationConfig": {
            "responseModalities": ["IMAGE"],
            "imageConfig": {"aspectRatio": "3:4", "imageSize": "1K"},
        },
    }


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ("blocked", (ErrorCode.CONTENT_POLICY_VIOLATION, "prompt", "PROHIBITED_CONTENT", False)),
        ("unsafe-image", (ErrorCode.CONTENT_POLICY_VIOLATION, "output", "IMAGE_SAFETY", False)),
        ("no-image", (ErrorCode.PROVIDER_BAD_OUTPUT, "output", "NO_IMAGE", False)),
        ("bmp", (ErrorCode.PROVIDER_BAD_OUTPUT, "output", None, True)),
    ],
)
async def test_an_answer_without_a_picture_fails_with_its_reason(
    house: House, gemini: ImageProvider, google: GeminiServer, course: str, expected: tuple[object, ...]
) -> None:
    ended = await drawn(house, gemini, portrait_order(f"A keeper [wire:{course}]"))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "failed"
    fault = ended.outcome.fault
    assert (fault.code, fault.stage, fault.provider_code, fault.charged) == expected
    assert google.calls["generate"] == 1


@pytest.mark.parametrize(
    "course", ["drops-after", "hangs-after", "broken-after", "bad-gateway-after", "too-late-after"]
)
async def test_a_call_of_unknown_fate_is_never_made_again(
    house: House, gemini: ImageProvider, google: GeminiServer, course: str
) -> None:
    ended = await drawn(house, gemini, portrait_order(f"A keeper [wire:{course}]"))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "uncertain"
    assert ended.outcome.fault.code is ErrorCode.SUBMISSION_UNCERTAIN
    assert google.calls["generate"] == 1


async def test_a_picture_that_was_received_is_found_again_after_a_crash_before_the_handle(
    house: House, gemini: ImageProvider, google: GeminiServer
) -> None:
    order = portrait_order()
    held = await Executions(house.bus).claim(order.order_id, owner="dead", lease_s=0.1)
    await held.amend(intent=Intent(at=utc_now(), fence=held.fence, ends_by=utc_now()), submissions=1)
    await gemini.submit(order)  # and died before the handle was written down
    ended = await drawn(house, gemini, order)
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "succeeded"
    assert google.calls["generate"] == 1
    assert ended.outcome.cost_usd == order.price_usd


async def test_a_handle_outlives_the_process_that_bought_it(
    house: House, gemini: ImageProvider, config: SceneConfig, google: GeminiServer
) -> None:
    handle = await gemini.submit(portrait_order())
    async with open_gemini(house, config) as another:
        done = await another.poll(handle)
        assert isinstance(done, Done)
        content = b"".join([chunk async for chunk in another.fetch(done.outputs[0])])
    assert content.startswith(b"\xff\xd8\xff")
    assert google.calls["generate"] == 1


async def test_a_cancel_during_the_call_costs_the_picture_that_was_made_and_keeps_nothing(
    house: House, gemini: ImageProvider, google: GeminiServer
) -> None:
    order = portrait_order()

    async def wish() -> None:
        await house.bus.wish_cancel(order.order_id)
        await asyncio.sleep(0.2)

    google.moments["accepted"] = wish
    ended = await drawn(house, gemini, order)
    assert isinstance(ended, Ended)
    assert isinstance(ended.outcome, Canceled)
    assert ended.outcome.cost_usd == order.price_usd
    assert [await house.media.stat(key) for key in order.command.keys] == [None, None, None]


async def test_a_model_billed_by_tokens_costs_what_it_used(gemini: ImageProvider) -> None:
    prices = TokenPrices(input_usd=Decimal("1.50"), output_usd=Decimal(30))
    handle = await gemini.submit(portrait_order(token_prices=prices))
    done = await gemini.poll(handle)
    assert isinstance(done, Done)
    assert done.cost_usd == Decimal("0.0615")


async def test_a_refusal_is_free_when_it_is_canceled(gemini: ImageProvider) -> None:
    handle = await gemini.submit(portrait_order("A keeper [wire:blocked]"))
    assert await gemini.cancel(handle) == FREE


async def test_a_model_that_is_gone_is_told_apart(gemini: ImageProvider, google: GeminiServer) -> None:
    google.gone.add("gemini-nano-banana-2.1")
    with pytest.raises(PermanentError) as gone:
        await gemini.submit(portrait_order())
    assert gone.value.fault.code is ErrorCode.MODEL_UNAVAILABLE
