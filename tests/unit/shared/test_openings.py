"""A provider without its key stays shut, says what to set, and loads nothing."""

import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import cast

import pytest

from shared.bus import Bus
from shared.config import WorkerConfig
from shared.downloads import Downloads, open_downloads
from shared.errors import PermanentError
from shared.media.local import LocalMedia
from shared.openings import open_providers
from shared.runtime import House
from video_svc.providers.replicate import open_replicate

TOKEN = "r8_a_token_of_the_tests_0000"


def a_house(tmp_path: Path) -> House:
    return House("video", cast(Bus, None), LocalMedia(tmp_path / "media"), tmp_path)


def a_config(monkeypatch: pytest.MonkeyPatch, **environment: str) -> WorkerConfig:
    for name in ("REPLICATE_API_TOKEN", "REPLICATE_API_KEY", "REPLICATE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return WorkerConfig(slots={"replicate": 4})


@pytest.mark.parametrize(
    ("environment", "refusals"),
    [
        ({}, {"replicate": "set REPLICATE_API_TOKEN"}),
        ({"REPLICATE_API_TOKEN": ""}, {"replicate": "set REPLICATE_API_TOKEN"}),
        ({"REPLICATE_API_TOKEN": "", "REPLICATE_API_KEY": TOKEN}, {}),
        ({"REPLICATE_API_TOKEN": TOKEN}, {}),
        (
            {"REPLICATE_API_TOKEN": TOKEN, "REPLICATE_BASE_URL": "http://example.com"},
            {"replicate": "REPLICATE_BASE_URL must be an https address"},
        ),
    ],
)
async def test_only_a_configured_provider_gets_slots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], refusals: dict[str, str]
) -> None:
    config = a_config(monkeypatch, **environment)
    async with AsyncExitStack() as stack:
        opened = await open_providers(stack, {"replicate": open_replicate}, a_house(tmp_path), config)
        assert opened.refusals == refusals
        assert opened.slots == ({} if refusals else {"replicate": 4})


def test_the_token_is_not_shown_with_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    config = a_config(monkeypatch, REPLICATE_API_TOKEN=TOKEN)
    assert TOKEN not in f"{config!r} {config.model_dump_json()}"


def test_a_service_loads_no_sdk_before_it_has_a_key() -> None:
    code = """
import sys
import image_svc.service, video_svc.service
print([name for name in ("replicate", "httpx", "av", "PIL") if name in sys.modules])
"""
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"


@pytest.fixture
async def downloads() -> Downloads:
    async with open_downloads(most_bytes=1 << 20, from_loopback=False) as opened:
        return opened


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:9/a",
        "https://127.0.0.1:9/a",
        "https://localhost:9/a",
        "http://example.com/a",
        "file:///etc/hosts",
    ],
)
async def test_outputs_come_by_https_and_never_from_this_machine(downloads: Downloads, location: str) -> None:
    with pytest.raises(PermanentError):
        await anext(downloads.stream(location))


async def test_a_server_of_tests_may_not_send_us_into_the_net() -> None:
    async with open_downloads(most_bytes=1 << 20, from_loopback=True) as opened:
        with pytest.raises(PermanentError):
            await anext(opened.stream("http://example.com/a"))
