import json
from pathlib import Path

import pytest

from scenebeat.folder import DataFolder
from scenebeat.roster import Plan, local_slots, process_names, service_commands, url_of


def told(tmp_path: Path, name: str, **environment: str) -> dict[str, str]:
    """What the process `name` of a stack is told."""
    plan = Plan(DataFolder(tmp_path), environment, port=8000, workers={"video": 2})
    commands = service_commands(plan, bus_url="nats://127.0.0.1:20000", port=8001)
    return dict(next(command.environment for command in commands if command.name == name))


def test_every_process_is_told_bus_and_folder_and_only_the_gateway_a_port(tmp_path: Path) -> None:
    for name in ("gateway", "scene", "image", "video-1", "video-2", "stitch"):
        environment = told(tmp_path, name, NATS_URL="nats://elsewhere:4222", REPLICATE_API_TOKEN="key")
        assert environment["NATS_URL"] == "nats://127.0.0.1:20000"
        assert environment["SCENEBEAT_DATA"] == str(tmp_path)
        assert environment["SCENEBEAT_ONE_MACHINE"] == "true"
        assert environment["REPLICATE_API_TOKEN"] == "key"
        assert environment.get("SCENEBEAT_PORT") == ("8001" if name == "gateway" else None)


def test_slots_the_user_set_are_kept(tmp_path: Path) -> None:
    assert json.loads(told(tmp_path, "video-1")["SCENEBEAT_SLOTS"])["local"] >= 1
    assert told(tmp_path, "video-1", SCENEBEAT_SLOTS='{"local": 7}')["SCENEBEAT_SLOTS"] == '{"local": 7}'


def test_processes_are_numbered_only_where_there_are_several() -> None:
    assert process_names({}) == ["gateway", "scene", "image", "video", "stitch"]
    assert process_names({"video": 2}) == ["gateway", "scene", "image", "video-1", "video-2", "stitch"]


def test_the_machine_is_shared_out_among_the_processes_of_a_kind() -> None:
    assert local_slots("video", processes=1, cpus=8) == 8
    assert local_slots("video", processes=2, cpus=8) == 4
    assert local_slots("video", processes=3, cpus=2) == 1


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("::", "http://[::1]:80"),
        ("studio.local", "http://studio.local:80"),
    ],
)
def test_the_address_for_clients_on_this_machine(host: str, url: str) -> None:
    assert url_of(host, 80) == url
