"""Dockerfile and docker-compose.yml name files, commands and variables that exist, and give nothing away."""

import asyncio
import re
import subprocess
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from gateway.config import GatewayConfig
from image_svc.config import ImageConfig
from scene_svc.config import SceneConfig
from shared.config import ServiceConfig, Surroundings, load
from stitch_svc.config import StitchConfig
from tests.natsserver import nats_server_binary
from tests.unit.docs.containers import COMPOSE, IMAGES, OURS, SERVICES, instructions, named, surroundings
from tests.unit.docs.pages import ROOT
from video_svc.config import VideoConfig

CONFIGS: dict[str, type[ServiceConfig]] = {
    "gateway": GatewayConfig,
    "scene_svc": SceneConfig,
    "image_svc": ImageConfig,
    "video_svc": VideoConfig,
    "stitch_svc": StitchConfig,
}
PINNED = re.compile(r".+:\d+(\.\d+)+[\w.-]*")
ONE_SHOT = {"bucket"}


def secrets_made(folder: Path) -> set[str]:
    subprocess.run([ROOT / "containers" / "secrets.sh", folder], check=True, capture_output=True)
    return {file.name for file in folder.iterdir()}


def test_everything_a_film_needs_is_there_and_two_gateways() -> None:
    assert set(SERVICES) - set(OURS) == {"nats", "postgres", "s3", "bucket"}
    assert sorted(OURS.values()) == ["gateway", "gateway", "image_svc", "scene_svc", "stitch_svc", "video_svc"]


def test_every_image_of_others_is_pinned_by_its_version() -> None:
    assert all(PINNED.fullmatch(service["image"]) for name, service in SERVICES.items() if name not in OURS)
    assert re.search(r"^ARG PYTHON=3\.11\.\d+-slim", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert {one.words.partition(" AS ")[0] for one in named("FROM")} == {"python:${PYTHON}"}


def test_what_is_mounted_told_and_waited_for_is_declared() -> None:
    for name, service in SERVICES.items():
        for mount in service.get("volumes", ()):
            assert mount.startswith("/") or mount.split(":")[0] in COMPOSE["volumes"], name
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        assert {config["source"] for config in service.get("configs", ())} <= set(COMPOSE["configs"])
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] == f"service_{'completed_successfully' if needed in ONE_SHOT else 'healthy'}"
            assert needed in ONE_SHOT or needed in OURS or "healthcheck" in SERVICES[needed]


def test_every_service_is_bounded_starts_again_and_gives_up_what_it_does_not_need() -> None:
    for name, service in SERVICES.items():
        assert service["restart"] in {"unless-stopped", "on-failure:5"}, name
        assert name in ONE_SHOT or set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    for name in OURS:
        service = SERVICES[name]
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"]
        assert any(mount.rpartition(":")[2] == "/data" for mount in service["volumes"])


def test_nothing_is_published_beyond_this_machine() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(published) == 2
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_no_secret_is_in_the_file_and_all_are_made_by_the_script(tmp_path: Path) -> None:
    made = secrets_made(tmp_path / "secrets")
    assert made == set(COMPOSE["secrets"]) == {Path(one["file"]).name for one in COMPOSE["secrets"].values()}
    before = {name: (tmp_path / "secrets" / name).read_text() for name in made}
    assert secrets_made(tmp_path / "secrets") == made
    assert before == {name: (tmp_path / "secrets" / name).read_text() for name in made}
    assert secrets_made(tmp_path / "others") == made
    assert (tmp_path / "others" / "s3_secret_key").read_text() != before["s3_secret_key"]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert "secrets/" in ignored


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_read_by_its_process(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets_made(tmp_path)
    told = SERVICES[name]["environment"]
    model = CONFIGS[OURS[name]]
    known = set(Surroundings(model)._variables())
    assert {one for one in told if not {one.lower(), one.removesuffix("_FILE").lower()} & known} == set()
    for variable, value in surroundings(name).items():
        monkeypatch.setenv(variable, value.replace("/run/secrets", str(tmp_path)).replace("0.0.0.0", "127.0.0.1"))
    config = load(model, f"{OURS[name].removesuffix('_svc')}.yaml")
    assert (config.nats_url, str(config.data)) == ("nats://nats:4222", "/data")
    assert config.storage_bucket == "scenebeat"
    assert config.aws_secret_access_key
    assert config.aws_secret_access_key.get_secret_value() == (tmp_path / "s3_secret_key").read_text()
    named_files = {Path(value).name for variable, value in told.items() if variable.endswith("_FILE")}
    assert named_files <= set(SERVICES[name]["secrets"])


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


@pytest.mark.parametrize("image", IMAGES)
def test_what_is_copied_into_an_image_is_in_the_checkout_and_sent_to_the_builder(image: str) -> None:
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignore[1] == "*"
    for one in named("COPY"):
        *sources, _ = one.words.replace("${SERVICE}", image).split()
        if sources[0].startswith("--from="):
            continue
        for source in sources:
            assert (ROOT / source).exists(), source
            assert any(line.startswith("!") and Path(source).is_relative_to(line[1:]) for line in ignore), source
    assert find_spec(f"{image}.__main__") is not None
    assert {"**/node_modules", "**/dist"} <= set(ignore), "the page is built from what is checked in, in the image"


def test_the_last_stage_installs_nothing_but_what_the_first_one_brings_and_is_not_root() -> None:
    last = max(one.stage for one in instructions())
    commands = [one.words for one in instructions() if one.stage == last and one.name == "RUN"]
    assert not any(re.search(r"\b(pip|apt-get|apt|gcc|make|curl)\b", command) for command in commands)
    (user,) = [one.words for one in named("USER")]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    order = [one.name for one in instructions()]
    assert order.index("USER") < order.index("CMD")
    assert order.count("HEALTHCHECK") == 1
    (install,) = [one.words for one in instructions() if "pip install" in one.words]
    assert "--require-hashes" in install
    assert "--only-binary=:all:" in install


def test_no_file_says_where_packages_come_from() -> None:
    for name in ("Dockerfile", "docker-compose.yml", ".dockerignore", "containers/secrets.sh"):
        text = (ROOT / name).read_text()
        assert not re.search(r"index-url|pypi\.|find-links|mirror", text), name


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_brings_what_its_extras_name_and_every_package_with_its_hash(image: str) -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    makefile = (ROOT / "Makefile").read_text()
    (needs,) = re.findall(rf"^{image}_needs := (.+)$", makefile, re.MULTILINE)
    extras = [*re.findall(r"--extra (\w+)", needs), "s3", "telemetry"]
    wanted = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    lock = (ROOT / "requirements" / "images" / f"{image}.lock").read_text()
    locked = set(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==", lock, re.MULTILINE))
    names = {re.split(r"[\[<>=;]", one)[0].lower() for one in wanted}
    assert names - {"scenebeat"} <= {name.lower() for name in locked}
    assert not {"pytest", "mypy", "moviepy"} & locked or image == "stitch_svc"
    assert len(re.findall(r"^\S+==.* \\$", lock, re.MULTILINE)) == len(re.findall(r"^\S+==", lock, re.MULTILINE))


def test_images_run_what_the_tests_ran_against() -> None:
    def versions(file: Path) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", file.read_text(), re.MULTILINE))

    tested = versions(ROOT / "requirements" / "dev.lock")
    for image in IMAGES:
        assert versions(ROOT / "requirements" / "images" / f"{image}.lock").items() <= tested.items()
