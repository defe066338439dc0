"""What the pages show works on a running stack: the calls of docs/clients.md, the provider of the README."""

import asyncio
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import av
import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.e2e import stacks
from tests.e2e.forked import running_up
from tests.e2e.stacks import GUARD_S
from tests.s3server import S3Server
from tests.unit.docs.pages import ROOT, quotation, section

pytestmark = stacks.NEEDS_NATS

README = ROOT / "README.md"
EXAMPLES = ROOT / "docs" / "examples"
PACKAGES = ("gateway", "scene_svc", "image_svc", "video_svc", "stitch_svc", "shared", "scenebeat", "configs")


async def output_of(*command: str, **environment: str) -> tuple[int | None, str]:
    """A command's exit code, and what it said."""
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    async with asyncio.timeout(GUARD_S):
        said, _ = await process.communicate()
    return process.returncode, said.decode()


async def posted(session: aiohttp.ClientSession, call: str, body: Mapping[str, Any], *, wait: bool) -> dict[str, Any]:
    headers = {"Prefer": "wait=60"} if wait else {}
    async with session.post(f"/api/mv/{call}", json=body, headers=headers) as answer:
        told: dict[str, Any] = await answer.json()
        assert answer.status == (200 if wait else 202), told
        return told


@pytest.mark.parametrize(("form", "backend"), [("waited", "local"), ("polled", "s3")])
async def test_the_calls_of_the_client_page_make_a_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, form: str, backend: str
) -> None:
    """An outside client that knows curl and API.md; where the bytes lie is said by the environment alone."""
    if backend == "s3":
        server: S3Server = request.getfixturevalue("s3_server")
        for name, value in {**server.environment(server.new_bucket()), "SERVE_FROM_CLOUD": "true"}.items():
            monkeypatch.setenv(name, value)
    file = tmp_path / "film.mp4"
    async with running_up(tmp_path / "data") as up:
        url = (await up.ready_line()).removeprefix("ready ")
        script = str(EXAMPLES / "four_scenes.sh")
        code, said = await output_of("bash", script, url, str(file), CLIP_SECONDS="1", FORM=form)
        assert (code, said) == (0, f"{file}: 4.0 s of 4 clips, {backend}\n")
        with av.open(str(file)) as film:
            assert {stream.type for stream in film.streams} == {"video", "audio"}
            assert sum(1 for _ in film.decode(video=0)) == 4 * 24
        async with aiohttp.ClientSession(url) as session, session.get("/api/mv/jobs?kind=stitch_videos") as answer:
            (cut,) = (await answer.json())["items"]
        assert cut["result"]["video_url"].startswith("http://" if backend == "s3" else "/api/mv/get_video/")


async def test_a_call_that_is_refused_ends_the_script_with_the_reason(tmp_path: Path) -> None:
    async def refuse(_request: web.Request) -> web.Response:
        return web.json_response({"error_code": "MISSING_API_KEY", "message": "set GEMINI_API_KEY"}, status=503)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", refuse)
    async with TestServer(app) as server:
        url, script = str(server.make_url("")).rstrip("/"), str(EXAMPLES / "four_scenes.sh")
        code, said = await output_of("bash", script, url, str(tmp_path / "film.mp4"))
    assert code not in {0, None}
    assert "set GEMINI_API_KEY" in said
    assert not (tmp_path / "film.mp4").exists()


async def test_the_python_examples_make_films_and_follow_one_to_its_end(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        url = (await up.ready_line()).removeprefix("ready ")
        code, said = await output_of(
            sys.executable, str(EXAMPLES / "by_hand.py"), str(tmp_path / "cut.mp4"), SCENEBEAT_URL=url
        )
        size = (tmp_path / "cut.mp4").stat().st_size
        assert (code, said) == (0, f"{tmp_path}/cut.mp4: {size} bytes, 1.5 s, 0 USD\n")
        code, said = await output_of(
            sys.executable, str(EXAMPLES / "film.py"), str(tmp_path / "film.mp4"), SCENEBEAT_DATA=str(tmp_path)
        )
        *told, film_id = said.splitlines()
        assert (code, told[-1]) == (0, "succeeded")
        assert (tmp_path / "film.mp4").stat().st_size > 0
        code, said = await output_of(sys.executable, str(EXAMPLES / "follow.py"), url, film_id)
        assert code == 0
        assert said.splitlines()[-1] == "succeeded done"


async def test_the_steps_of_the_readme_add_a_provider(tmp_path: Path) -> None:
    house = tmp_path / "house"
    copied(house)
    follow_the_steps(house)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scenebeat", "up", "--port", "0", "--data", str(tmp_path / "data")),
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house)},
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(GUARD_S):
            url = (await process.stdout.readline()).decode().strip().removeprefix("ready ")
        async with aiohttp.ClientSession(url) as session:
            await a_sunset_is_painted(session)
    finally:
        process.terminate()
        await process.communicate()


async def a_sunset_is_painted(session: aiohttp.ClientSession) -> None:
    order = {"character_description": "nobody", "model": "sunset/painted", "num_images": 1, "seed": 7}
    made = await posted(session, "generate_character_reference", order, wait=True)
    (image,) = made["images"]
    assert made["metadata"]["backend_used"] == "sunset"
    assert (image["width"], image["height"]) == (512, 512)
    async with session.get(image["url"]) as answer:
        with av.open(io.BytesIO(await answer.read()), "r") as picture:
            pixels = next(picture.decode(video=0)).to_ndarray(format="rgb24")
    assert tuple(pixels[206, 0]) == (255, 150, 60)
    assert tuple(pixels[207, 0]) == (30, 60, 110)


def copied(house: Path) -> None:
    """The repository as far as a stack needs it."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, house / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", house)


def follow_the_steps(house: Path) -> None:
    """What `Add a provider` says, literally."""
    (house / "image_svc/providers/sunset.py").write_text(quotation(README, "docs/examples/sunset.py"))
    names = house / "image_svc/providers/__init__.py"
    imported, entry = dict_entry()
    written = names.read_text()
    names.write_text(written.replace(assignment(written), f"{imported}\n\n{entry}"))
    for name in ("configs/models.yaml", "configs/image.yaml"):
        file = house / name
        file.write_text(yaml.safe_dump(merged(yaml.safe_load(file.read_text()), quotation_yaml(name))))


def dict_entry() -> tuple[str, str]:
    """The import and the dict as the README shows them."""
    told = section(README, "Add a provider")
    (imported,) = [line for line in told.splitlines() if line.startswith("from image_svc.providers.sunset")]
    return imported, assignment(told)


def assignment(text: str) -> str:
    """The dict of providers, from its name to its closing brace."""
    (found,) = re.findall(r"^PROVIDERS: .*?}$", text, re.MULTILINE | re.DOTALL)
    return str(found)


def quotation_yaml(name: str) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(quotation(README, name))
    return told


def merged(known: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Lists get longer, mappings get keys."""
    together = dict(known)
    for key, value in more.items():
        if isinstance(value, list):
            together[key] = [*known.get(key, []), *value]
        else:
            together[key] = {**known.get(key, {}), **value}
    return together
