"""The services as they are started: their files, their cards, and the catalog they are ordered from."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from google.genai import types

from scene_svc.config import SceneConfig
from scene_svc.service import scene_service
from shared.catalog import Model, read_catalog
from shared.config import CONFIG_DIR
from shared.contracts.order import Ended, ServiceCard
from shared.runtime import House
from shared.vendors.gemini.line import content_config
from tests.unit.vendors.gemini.stage import scene_order
from tests.wire.gemini import GeminiServer

MODELS = read_catalog(CONFIG_DIR).models


def of(kind: str, provider: str) -> list[Model]:
    return [model for model in MODELS if model.kind == kind and model.provider == provider]


def names(model: Model) -> set[str]:
    return {field.name for field in model.fields.values()} | set(model.constants)


@asynccontextmanager
async def serving(house: House, config: SceneConfig) -> AsyncIterator[ServiceCard]:
    """The scene service at work; its card."""
    task = asyncio.create_task(scene_service(config, house))
    try:
        async with asyncio.timeout(10):
            while not (cards := await house.bus.services()):
                await asyncio.sleep(0.02)
        yield cards[0]
    finally:
        house.stop.set()
        await task


async def test_a_service_with_a_key_says_so_and_performs(
    house: House, config: SceneConfig, google: GeminiServer
) -> None:
    inbox, order, ended = await house.bus.events(), scene_order(), None
    async with serving(house, config.model_copy(update={"slots": {"local": 1, "gemini": 2}})) as card:
        assert card.providers == {"local": (), "gemini": ()}
        assert card.refusals == {}
        await house.bus.publish_order(order)
        async with asyncio.timeout(10):
            while ended is None:
                told = [delivery.message for delivery in await inbox.take(8, within_s=1)]
                ended = next((event for event in told if isinstance(event, Ended)), None)
    assert ended.outcome.status == "succeeded"
    assert google.calls["generate"] == 1


async def test_a_service_without_a_key_says_what_to_set_and_works_on(house: House, config: SceneConfig) -> None:
    keyless = config.model_copy(update={"gemini_api_key": None, "slots": {"local": 1, "gemini": 2}})
    async with serving(house, keyless) as card:
        assert card.providers == {"local": ()}
        assert card.slots == {"local": 1}
        assert card.refusals == {"gemini": "set GEMINI_API_KEY"}


@pytest.mark.parametrize("model", of("create_scenes", "gemini"), ids=lambda model: model.id)
def test_the_settings_of_a_text_model_are_known_to_the_sdk(model: Model) -> None:
    config = content_config(dict.fromkeys(names(model) - {"thinking_level"}, None) | model.constants)
    assert config.thinking_config is not None


@pytest.mark.parametrize("model", of("generate_character_reference", "gemini"), ids=lambda model: model.id)
def test_a_portrait_is_ordered_by_what_the_api_takes_with_a_key(model: Model) -> None:
    assert names(model) <= {"aspect_ratio", "image_size", "seed"}
    assert all(picture.shape == "part" for picture in model.pictures.values())


@pytest.mark.parametrize("model", of("generate_video", "gemini"), ids=lambda model: model.id)
def test_a_clip_is_ordered_by_the_names_of_the_response_format(model: Model) -> None:
    assert names(model) <= {"aspect_ratio", "duration", "resolution", "delivery"}
    assert all(picture.shape == "part" for picture in model.pictures.values())
    assert model.fields["duration"].written == "{}s"


@pytest.mark.parametrize("model", of("generate_video", "vertex"), ids=lambda model: model.id)
def test_a_clip_of_veo_is_ordered_by_the_names_of_its_config(model: Model) -> None:
    assert names(model) <= set(types.GenerateVideosConfig.model_fields) - {"output_gcs_uri"}
