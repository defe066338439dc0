"""docs/configuration.md has every key of every file with its default and its variable, and none that is not there."""

import json
from typing import Any

import pytest
from dotenv import dotenv_values
from pydantic import BaseModel

from gateway.config import GatewayConfig
from gateway.defaults import ClipDefaults, CutDefaults, PortraitDefaults, SceneDefaults
from gateway.keys.rules import KeyRules
from gateway.lifecycle.retention import Retention
from gateway.protection import Protection
from gateway.room import StorageBounds
from gateway.sockets import SocketBounds
from gateway.webhooks.rules import WebhookRules
from shared.catalog import Account, Model, ModelField, Price, Span
from shared.config import CONFIG_DIR, ServiceConfig, WorkerConfig, load, read_yaml
from tests.unit.docs.pages import ROOT, named, rows, section

PAGE = ROOT / "docs" / "configuration.md"
PROCESS, WORKER, GATEWAY = "Every process", "Every service that works on orders", "The gateway"
SECTIONS: dict[str, type[BaseModel]] = {
    PROCESS: ServiceConfig,
    WORKER: WorkerConfig,
    GATEWAY: GatewayConfig,
    "keys": KeyRules,
    "protection": Protection,
    "sockets": SocketBounds,
    "webhooks": WebhookRules,
    "retention": Retention,
    "storage": StorageBounds,
    "defaults in scene.yaml": SceneDefaults,
    "defaults in image.yaml": PortraitDefaults,
    "defaults in video.yaml": ClipDefaults,
    "defaults in stitch.yaml": CutDefaults,
    "an account": Account,
    "a model": Model,
    "a price": Price,
    "a span of durations": Span,
    "a field": ModelField,
}
LOADED: dict[str, tuple[type[ServiceConfig], str]] = {
    PROCESS: (WorkerConfig, "stitch.yaml"),
    WORKER: (WorkerConfig, "stitch.yaml"),
    GATEWAY: (GatewayConfig, "gateway.yaml"),
}
ELSEWHERE = {"see below", "see the file"}
CONTRACT = {
    "GEMINI_API_KEY", "REPLICATE_API_TOKEN", "REPLICATE_API_KEY", "MV_DEBUG_MODE", "SERVE_FROM_CLOUD",
    "STORAGE_BUCKET", "NATS_URL", "DATABASE_URL", "SCENEBEAT_DATA", "REPLICATE_BASE_URL", "GOOGLE_GEMINI_BASE_URL",
    "AWS_ENDPOINT_URL",
}  # fmt: skip


def told(heading: str) -> dict[str, list[str]]:
    """Key -> the cells behind it."""
    return {named(cells[0])[0]: cells[1:] for cells in rows(section(PAGE, heading))}


def fields(heading: str) -> dict[str, Any]:
    """The fields a section is about: those its model adds to what every process has."""
    model = SECTIONS[heading]
    inherited = ServiceConfig.model_fields if heading in (WORKER, GATEWAY) else {}
    return {name: field for name, field in model.model_fields.items() if name not in inherited}


def in_force(heading: str) -> dict[str, Any]:
    """Every field's value with the shipped files and an empty environment; what must be given is missing."""
    model = SECTIONS[heading]
    if heading in LOADED:
        return load(*LOADED[heading]).model_dump(mode="json")
    if heading.startswith("defaults in "):
        given = read_yaml(CONFIG_DIR / heading.removeprefix("defaults in "))["defaults"]
        return model.model_validate(given).model_dump(mode="json")
    given = read_yaml(CONFIG_DIR / "gateway.yaml").get(heading, {})
    optional = {name for name, field in model.model_fields.items() if not field.is_required()}
    whole = model.model_construct(**given).model_dump(mode="json", include=optional, warnings=False)
    return {name: sorted(value) if isinstance(value, set) else value for name, value in whole.items()}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in variables().values():
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_key_is_there_and_no_other(heading: str) -> None:
    assert set(told(heading)) == set(fields(heading))


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_default_is_the_one_in_force(heading: str) -> None:
    values = in_force(heading)
    for key, cells in told(heading).items():
        shown = cells[-2]
        if shown in ELSEWHERE:
            continue
        required = fields(heading)[key].is_required()
        assert shown == ("required" if required else f"`{json.dumps(values[key])}`"), key


def variables() -> dict[str, str]:
    """Key -> its variable, as the page says."""
    headings = (PROCESS, WORKER, GATEWAY, "protection", "sockets")
    return {f"{heading}/{key}": named(cells[0])[0] for heading in headings for key, cells in told(heading).items()
            if named(cells[0])}  # fmt: skip


EXAMPLES = {
    "nats_url": "nats://example:1", "data": "/somewhere", "debug": "true", "one_machine": "true",
    "slots": '{"local": 7}', "host": "::1", "database_url": "sqlite:///x", "allowed_hosts": '["a"]',
    "allowed_origins": '["https://a.example"]', "protection": '{"allowed_hosts": ["b"]}', "sockets": '{"subjects": 3}',
    "serve_from_cloud": "true", "cloud_url_s": "600", "aws_endpoint_url": "https://s3.example",
    "storage_public_url": "https://media.example", "lookout": '{"port": 7}',
}  # fmt: skip


@pytest.mark.parametrize("named_key", variables())
def test_every_variable_is_read(named_key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heading, _, key = named_key.partition("/")

    def value() -> Any:
        config = load(*LOADED.get(heading, LOADED[GATEWAY]))
        return getattr(config if heading in LOADED else getattr(config, heading), key)

    before = value()
    monkeypatch.setenv(variables()[named_key], EXAMPLES.get(key, "7"))
    assert value() != before


def test_variables_of_other_programs_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "express:*")
    monkeypatch.setenv("DATA", "/of/somebody/else")
    config = load(WorkerConfig, "stitch.yaml")
    assert (config.debug, str(config.data)) == (False, ".scenebeat")


def test_the_example_of_the_environment_has_every_variable_of_the_contract_and_sets_none() -> None:
    given = dotenv_values(ROOT / ".env.example")
    assert set(given) >= CONTRACT
    assert {name for name, value in given.items() if value} == set()


def test_the_example_of_the_environment_has_nothing_that_no_process_reads() -> None:
    """Other names of the same stand apart, at its end."""
    working, _, _ = (ROOT / ".env.example").read_text().partition("# --- Another name")
    known = set(variables().values())
    assert {line.partition("=")[0] for line in working.splitlines() if line[:1].isupper()} == known & set(
        dotenv_values(ROOT / ".env.example")
    )
