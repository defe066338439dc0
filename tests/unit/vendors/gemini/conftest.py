"""Google's wire server, a house to work in, and a configuration that knows no other."""

from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path

import pytest

from scene_svc.config import SceneConfig
from shared.bus import Bus
from shared.config import CONFIG_DIR, read_yaml
from shared.media.local import LocalMedia
from shared.runtime import House
from shared.vendors.gemini.opening import SDK
from tests.wire.gemini import KEY, GeminiServer

FOREIGN = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL", "GOOGLE_CLOUD_PROJECT", "VERTEX_API_KEY")


@pytest.fixture(scope="session", autouse=True)
def _sdk() -> None:
    """Loaded once: on a busy machine that takes longer than these tests give a call."""
    import_module(SDK)


@pytest.fixture
async def google(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[GeminiServer]:
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    async with GeminiServer().running() as server:
        yield server


@pytest.fixture
def config(google: GeminiServer) -> SceneConfig:
    return SceneConfig(
        prompts=read_yaml(CONFIG_DIR / "scene.yaml")["prompts"],
        gemini_api_key=KEY,
        google_gemini_base_url=google.url,
        vertex_api_key=KEY,
        google_vertex_base_url=google.url,
    )


@pytest.fixture
def house(bus: Bus, tmp_path: Path) -> House:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return House(name="test", bus=bus, media=LocalMedia(tmp_path / "media"), scratch=scratch)
