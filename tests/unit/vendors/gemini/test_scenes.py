"""Scenes by Gemini: the real SDK, a local server, and the count of what was bought."""

from collections.abc import AsyncIterator
from decimal import Decimal
from functools import partial

import pytest

from scene_svc.config import SceneConfig
from scene_svc.handlers import create_scenes
from scene_svc.providers.base import SceneProvider
from scene_svc.providers.gemini import open_gemini
from shared.contracts.base import ErrorCode
from shared.contracts.order import Ended, Order, Throttled
from shared.errors import PermanentError
from shared.runtime import House
from tests.unit.vendors.gemini.stage import CHARACTER, STYLE, performed, scene_order
from tests.wire.gemini import GeminiServer

CALL_USD = Decimal("0.00825")  # 1,000 tokens in at 0.75, 2,000 out (thoughts too) at 3.75 per million


@pytest.fixture
async def gemini(house: House, config: SceneConfig) -> AsyncIterator[SceneProvider]:
    async with open_gemini(house, config, silence_s=0.5) as storyteller:
        yield storyteller


async def told(house: House, gemini: SceneProvider, order: Order, *, cheap_usd: str = "0.01") -> Ended | Throttled:
    providers = {"gemini": gemini}
    handler = partial(create_scenes, providers=providers, media=house.media, cheap_usd=Decimal(cheap_usd))
    return await performed(house, order, handler)


async def test_exactly_so_many_scenes_are_bought_in_one_call_and_booked_by_their_tokens(
    house: House, gemini: SceneProvider, google: GeminiServer
) -> None:
    ended = await told(house, gemini, scene_order(scenes=5))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "succeeded"
    assert ended.outcome.cost_usd == CALL_USD
    result = ended.outcome.result
    assert result.kind == "create_scenes"
    assert len(result.scenes) == 5
    assert (result.prompt_tokens, result.output_tokens) == (1000, 2000)
    assert google.calls["generate"] == 1


async def test_the_model_is_asked_with_a_schema_the_configured_words_and_the_users_own(
    gemini: SceneProvider, google: GeminiServer
) -> None:
    await gemini.write(scene_order("A {strange} idea", scenes=2))
    body = google.only().body
    form = body["generationConfig"]
    assert form["responseMimeType"] == "application/json"
    assert form["responseSchema"]["properties"]["scenes"]["items"]["required"]
    assert form["seed"] == 7
    assert form["thinkingConfig"] == {"thinking_level": "LOW"}
    assert "temperature" not in form
    assert "2 scenes" in google.only().prompt
    assert "A {strange} idea" in google.only().prompt
    assert CHARACTER in google.only().prompt
    assert body["systemInstruction"]["parts"][0]["text"]


@pytest.mark.parametrize(
    ("course", "named"),
    [
        ("one-less-once", "it has 2 scenes, not exactly 3"),
    ],
)
async def test_a_wrong_answer_is_asked_for_once_more_with_the_fault_named(
    gemini: SceneProvider, google: GeminiServer, course: str, named: str
) -> None:
    script = await gemini.write(scene_order(f"An idea [wire:{course}]"))
    assert len(script.scenes) == 3
    assert script.cost_usd == 2 * CALL_USD
    assert (script.prompt_tokens, script.output_tokens) == (2000, 4000)
    first, second = google.generations.values()
    assert [turn["role"] for turn in second.body["contents"]] == ["user", "model", "user"]
    assert second.body["contents"][0] == first.body["contents"][0]
    assert named in second.body["contents"][2]["parts"][0]["text"]


@pytest.mark.parametrize(
    ("course", "named"),
    [
        ("one-less", "it has 2 scenes, not exactly 3"),
        ("cut", "cut off"),
        ("garbled", "not the JSON"),
        ("blank", "scene 1 has no description"),
        ("nothing", "there was no answer"),
    ],
)
async def test_an_answer_that_is_wrong_twice_fails_and_says_how(
    house: House, gemini: SceneProvider, google: GeminiServer, course: str, named: str
) -> None:
    ended = await told(house, gemini, scene_order(f"An idea [wire:{course}]"))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "failed"
    fault = ended.outcome.fault
    assert fault.code is ErrorCode.PROVIDER_BAD_OUTPUT
    assert fault.charged
    assert named in fault.message
    assert google.calls["generate"] == 2
    assert ended.outcome.cost_usd == 2 * CALL_USD  # both answers are paid


@pytest.mark.parametrize(
    ("course", "stage", "reason"), [("blocked", "prompt", "PROHIBITED_CONTENT"), ("unsafe", "output", "SAFETY")]
)
async def test_a_block_is_recognised_though_the_sdk_raises_nothing_and_is_not_asked_again(
    gemini: SceneProvider, google: GeminiServer, course: str, stage: str, reason: str
) -> None:
    with pytest.raises(PermanentError) as refused:
        await gemini.write(scene_order(f"An idea [wire:{course}]"))
    fault = refused.value.fault
    assert (fault.code, fault.stage, fault.provider_code) == (ErrorCode.CONTENT_POLICY_VIOLATION, stage, reason)
    assert google.calls["generate"] == 1


async def test_a_seed_of_ours_is_brought_into_the_range_the_api_takes(
    gemini: SceneProvider, google: GeminiServer
) -> None:
    order = scene_order()
    await gemini.write(order.model_copy(update={"command": order.command.model_copy(update={"seed": (1 << 32) - 1})}))
    assert google.only().body["generationConfig"]["seed"] == (1 << 31) - 1


async def test_every_scene_stands_alone_even_where_the_model_forgot(gemini: SceneProvider) -> None:
    for course in ("thin", "well"):
        script = await gemini.write(scene_order(f"An idea [wire:{course}]"))
        for scene in script.scenes:
            assert scene.description.count(CHARACTER) == 1
            assert scene.description.count(STYLE) == 1


@pytest.mark.parametrize("course", ["drops-after", "hangs-after", "broken-after", "not-json-after"])
async def test_a_cheap_call_of_unknown_fate_is_made_again_and_then_given_up(
    house: House, gemini: SceneProvider, google: GeminiServer, course: str
) -> None:
    order = scene_order(f"An idea [wire:{course}]")
    ended = await told(house, gemini, order)
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "uncertain"
    assert google.calls["generate"] == 3
    assert ended.outcome.cost_usd == 3 * order.price_usd


async def test_a_cheap_call_that_was_lost_once_is_booked_twice(
    house: House, gemini: SceneProvider, google: GeminiServer
) -> None:
    order = scene_order()

    async def lose() -> None:
        raise ConnectionResetError

    google.moments["accepted"] = lose  # the server breaks (500) after it wrote the order down
    ended = await told(house, gemini, order)
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "succeeded"
    assert google.calls["generate"] == 2
    assert ended.outcome.cost_usd == CALL_USD + order.price_usd


async def test_a_dear_call_of_unknown_fate_is_never_made_again(
    house: House, gemini: SceneProvider, google: GeminiServer
) -> None:
    ended = await told(house, gemini, scene_order("An idea [wire:drops-after]", price="0.03"))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "uncertain"
    assert google.calls["generate"] == 1


async def test_a_call_that_was_refused_for_now_goes_back_and_is_not_booked(
    house: House, gemini: SceneProvider, google: GeminiServer
) -> None:
    order = scene_order("An idea [wire:throttled]")
    throttled = await told(house, gemini, order)
    assert isinstance(throttled, Throttled)
    assert throttled.retry_after_s == 27
    assert not google.generations
    again = await told(house, gemini, order.model_copy(update={"release": 2, "command": scene_order().command}))
    assert isinstance(again, Ended)
    assert again.outcome.status == "succeeded"
    assert again.outcome.cost_usd == CALL_USD
