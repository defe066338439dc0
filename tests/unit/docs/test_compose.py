"""docker-compose.yml names commands, files and variables that exist, and a bus that syncs every write."""

import asyncio
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.config import GatewayConfig
from image_svc.config import ImageConfig
from scene_svc.config import SceneConfig
from shared.config import ServiceConfig, load
from stitch_svc.config import StitchConfig
from tests.natsserver import nats_server_binary
from tests.unit.docs.pages import ROOT
from video_svc.config import VideoConfig

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
CONFIGS: dict[str, type[ServiceConfig]] = {
    "gateway": GatewayConfig,
    "scene": SceneConfig,
    "image": ImageConfig,
    "video": VideoConfig,
    "stitch": StitchConfig,
}
OURS = [name for name, service in SERVICES.items() if "-m" in service["command"]]


def test_the_bus_the_gateway_and_the_four_services_are_there() -> None:
    assert set(SERVICES) == {"nats", "install", "gateway", "scene", "image", "video", "stitch"}
    assert set(OURS) == {"gateway", "scene", "image", "video", "stitch"}


@pytest.mark.parametrize("name", OURS)
def test_every_command_runs_a_module_that_exists(name: str) -> None:
    _, flag, module = SERVICES[name]["command"]
    assert flag == "-m"
    assert find_spec(f"{module}.__main__") is not None


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_known_and_leads_to_the_bus_and_the_data(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = dict(SERVICES[name]["environment"])
    assert environment.pop("PYTHONDONTWRITEBYTECODE") == "1"
    for variable, value in environment.items():
        monkeypatch.setenv(variable, "true" if value.startswith("${") else value)
    config = load(CONFIGS[name], f"{name}.yaml")
    assert (config.nats_url, str(config.data)) == ("nats://127.0.0.1:4222", "/data")
    assert config.one_machine
    assert config.debug
    assert len(environment) == 4


def test_every_mount_and_dependency_is_declared() -> None:
    for service in SERVICES.values():
        for mount in service.get("volumes", ()):
            assert mount.split(":")[0] in {".", *COMPOSE["volumes"]}
        for config in service.get("configs", ()):
            assert config["source"] in COMPOSE["configs"]
        assert set(service.get("depends_on", ())) <= set(SERVICES)


def test_the_checkout_is_mounted_read_only_and_the_lock_is_in_it() -> None:
    assert all(".:/app:ro" in SERVICES[name]["volumes"] for name in (*OURS, "install"))
    assert "requirements/demo.lock" in SERVICES["install"]["command"][-1]
    assert (ROOT / "requirements" / "demo.lock").exists()


def test_what_is_copied_for_the_installation_is_in_the_checkout() -> None:
    (line,) = [line for line in SERVICES["install"]["command"][-1].splitlines() if line.startswith("cp -r ")]
    *sources, _ = line.removeprefix("cp -r ").split()
    assert {"pyproject.toml", "README.md", "LICENSE"} < set(sources)
    assert [source for source in sources if not list(ROOT.glob(source))] == []


async def test_nats_server_takes_its_configuration(tmp_path: Path) -> None:
    binary = nats_server_binary()
    assert binary, "nats-server is missing; run `make setup`"
    content = COMPOSE["configs"]["nats"]["content"]
    assert "sync_interval: always" in content
    config = tmp_path / "nats.conf"
    config.write_text(content.replace("/bus", str(tmp_path)))
    process = await asyncio.create_subprocess_exec(binary, "-t", "-c", str(config), stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()
