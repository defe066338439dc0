"""YAML decides, the environment wins, an unknown key is named with its nearest."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from shared.config import CONFIG_DIR, ConfigError, WorkerConfig, load


@pytest.fixture
def configs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCENEBEAT_CONFIG_DIR", str(tmp_path))
    return tmp_path


def test_the_environment_wins_over_yaml(configs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (configs / "video.yaml").write_text("ack_wait_s: 30\nslots: {local: 5}\nnats_url: nats://yaml:1\n")
    monkeypatch.setenv("SCENEBEAT_ACK_WAIT_S", "7")
    monkeypatch.setenv("NATS_URL", "nats://environment:1")
    monkeypatch.setenv("MV_DEBUG_MODE", "true")
    config = load(WorkerConfig, "video.yaml")
    assert (config.ack_wait_s, config.slots, config.nats_url, config.debug) == (
        7.0,
        {"local": 5},
        "nats://environment:1",
        True,
    )


def test_a_file_may_hold_what_is_secret(configs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in (("key", "a-key\n"), ("none", "")):
        (tmp_path / name).write_text(content)
    monkeypatch.setenv("GEMINI_API_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("REPLICATE_API_TOKEN_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "of-somebody-else"))
    config = load(WorkerConfig, "video.yaml")
    assert config.gemini_api_key
    assert config.gemini_api_key.get_secret_value() == "a-key"
    assert config.replicate_api_token is None
    monkeypatch.setenv("GEMINI_API_KEY", "said")
    said = load(WorkerConfig, "video.yaml").gemini_api_key
    assert said
    assert said.get_secret_value() == "said"
    monkeypatch.setenv("REPLICATE_API_TOKEN_FILE", str(tmp_path / "missing"))
    with pytest.raises(ConfigError, match="REPLICATE_API_TOKEN_FILE"):
        load(WorkerConfig, "video.yaml")


def test_no_file_means_the_defaults(configs: Path) -> None:
    assert load(WorkerConfig, "video.yaml").slots == {"local": 2}


def test_an_unknown_key_is_named_with_the_nearest_known_one(configs: Path) -> None:
    (configs / "video.yaml").write_text("slotts: {local: 5}\n")
    with pytest.raises(ConfigError, match=r"video.yaml: slotts: unknown key; did you mean slots\?"):
        load(WorkerConfig, "video.yaml")


@pytest.mark.parametrize("text", ["slots: [", "- a list", "just words"])
def test_a_file_that_is_no_mapping_is_refused(configs: Path, text: str) -> None:
    (configs / "video.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"video\.yaml"):
        load(WorkerConfig, "video.yaml")


def test_an_installed_package_brings_its_configuration() -> None:
    told = tomllib.loads((CONFIG_DIR.parent / "pyproject.toml").read_text())["tool"]["setuptools"]
    patterns = told["package-data"]["configs"]
    assert any(fnmatch("configs", pattern) for pattern in told["packages"]["find"]["include"])
    assert [file.name for file in CONFIG_DIR.iterdir() if not any(fnmatch(file.name, one) for one in patterns)] == []
