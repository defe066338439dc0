"""A service without a key says what to set; one with a key loads the SDK with its first order."""

import subprocess
import sys
from pathlib import Path

import pytest

from image_svc.providers import PROVIDERS as IMAGE
from scene_svc.config import SceneConfig
from scene_svc.prompts import Prompts
from scene_svc.providers import PROVIDERS as SCENE
from shared.config import load
from shared.openings import Shut
from shared.runtime import House
from video_svc.providers import PROVIDERS as VIDEO

LOADED = """
import asyncio, sys
from pathlib import Path
import gateway.service
from image_svc.providers.gemini import open_gemini as images
from scene_svc.config import SceneConfig
from scene_svc.providers.gemini import open_gemini as scenes
from shared.config import load
from shared.runtime import House
from video_svc.providers.gemini import open_gemini as clips
from video_svc.providers.vertex import open_vertex

async def main():
    config = load(SceneConfig, "scene.yaml").model_copy(update=KEYS)
    house = House("test", None, None, Path(sys.argv[1]))
    async with scenes(house, config), images(house, config), clips(house, config), open_vertex(house, config):
        print([name for name in ("google.genai", "httpx2") if name in sys.modules])

from pydantic import SecretStr
KEYS = {"gemini_api_key": SecretStr("key"), "vertex_api_key": SecretStr("key")}
asyncio.run(main())
"""


async def shut(opening: object, house: House, config: SceneConfig) -> str:
    with pytest.raises(Shut) as refused:
        async with opening(house, config):  # type: ignore[operator]
            pass
    return str(refused.value)


async def test_without_a_key_every_service_names_the_variable(house: House, config: SceneConfig) -> None:
    keyless = config.model_copy(update={"gemini_api_key": None, "vertex_api_key": None})
    for opening in (SCENE["gemini"], IMAGE["gemini"], VIDEO["gemini"]):
        assert await shut(opening, house, keyless) == "set GEMINI_API_KEY"
    assert "GOOGLE_CLOUD_PROJECT" in await shut(VIDEO["vertex"], house, keyless)


async def test_the_key_is_never_sent_in_the_clear(house: House, config: SceneConfig) -> None:
    plain = config.model_copy(
        update={"google_gemini_base_url": "http://example.com", "google_vertex_base_url": "http://example.com"}
    )
    for opening in (SCENE["gemini"], IMAGE["gemini"], VIDEO["gemini"], VIDEO["vertex"]):
        assert "must be an https address" in await shut(opening, house, plain)


def test_no_service_loads_the_sdk_before_its_first_order(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", LOADED, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_shipped_prompts_fill_in_and_a_strange_place_is_refused_at_start() -> None:
    shipped = load(SceneConfig, "scene.yaml").prompts
    assert shipped is not None
    with pytest.raises(ValueError, match="request has no"):
        Prompts(system=shipped.system, request="{charcter}", repair=shipped.repair)
