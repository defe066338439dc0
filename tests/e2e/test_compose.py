"""docker-compose.yml without Docker: its commands and environments, as processes of this machine, make a film."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.stacks import GUARD_S
from tests.natsserver import free_port, nats_server_binary
from tests.postgres import PostgresServer, require_postgres
from tests.s3server import require_weed, weed_binary
from tests.unit.docs.containers import COMPOSE, OURS, SERVICES, named, surroundings
from tests.unit.docs.pages import ROOT

FOLDERS = {"nats": "/bus", "s3": "/store"}
ADDRESSES = ("nats:4222", "postgres:5432", "s3:8333", "s3:9333", "s3:8888")
WEED_PORTS = {"s3:9333": "master.port", "s3:8888": "filer.port", "s3:8333": "s3.port"}
SCENES = {"idea": "a fox learns to fly", "character_description": "a small red fox", "number_of_scenes": 1}

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(nats_server_binary() is None and "CI" not in os.environ, reason="nats-server is missing"),
]


def low_port() -> int:
    """A free port that has one for gRPC 10,000 above it, which is where SeaweedFS looks for it."""
    while (port := free_port()) > 55_000:
        pass
    return port


@dataclass
class Machine:
    """This machine in the place of a Docker host: names are ports of loopback, volumes are folders."""

    folder: Path
    ports: dict[str, int] = field(default_factory=lambda: {address: low_port() for address in ADDRESSES})

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    def here(self, text: str, service: str = "") -> str:
        """What stands in the file, as it is on this machine."""
        for address, port in self.ports.items():
            text = text.replace(address, f"127.0.0.1:{port}")
        text = text.replace("/run/secrets", str(self.secrets)).replace("0.0.0.0", "127.0.0.1")
        text = text.replace("-ip=s3", "-ip=127.0.0.1").replace("$$", "$")
        return text.replace(FOLDERS.get(service, "\0"), str(self.folder / service))

    def make_secrets(self) -> None:
        subprocess.run([ROOT / "containers" / "secrets.sh", self.secrets], check=True, capture_output=True)
        url = self.secrets / "database_url"
        url.write_text(self.here(url.read_text()))

    def surroundings(self, service: str) -> dict[str, str]:
        """The environment of a container of ours; of the host it has nothing but the programs."""
        told = {name: self.here(value) for name, value in surroundings(service).items()}
        (self.folder / service).mkdir(exist_ok=True)
        beside = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
        lookout = self.ports.setdefault(f"{service}:9100", free_port())
        beside["SCENEBEAT_LOOKOUT__PORT"] = str(lookout)
        if "SCENEBEAT_PORT" in told:
            beside["SCENEBEAT_PORT"] = str(self.ports.setdefault(f"{service}:8000", free_port()))
        return {**told, **beside, "SCENEBEAT_DATA": str(self.folder / service)}

    def health(self, service: str) -> list[str]:
        """The health check of the compose file, else that of the image."""
        (image,) = named("HEALTHCHECK")
        own = SERVICES[service].get("healthcheck", {}).get("test")
        here = f":{self.ports.get(f'{service}:8000')}/"
        return [word.replace(":8000/", here) for word in own[1:]] if own else image.argv

    def url(self, gateway: str) -> str:
        return f"http://127.0.0.1:{self.ports[f'{gateway}:8000']}"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    require_postgres()
    require_weed()
    machine = Machine(tmp_path)
    machine.make_secrets()
    for service in FOLDERS:
        (tmp_path / service).mkdir()
    return machine


@asynccontextmanager
async def running(
    machine: Machine, service: str, *argv: str, environment: Mapping[str, str], kill: bool = False
) -> AsyncIterator[None]:
    """A process for as long as the block runs; what it says is shown when the test fails."""
    log = machine.folder / f"{service}.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(*argv, env=environment, stdout=out, stderr=out)
    try:
        yield
    finally:
        if process.returncode is None:
            (process.kill if kill else process.terminate)()
        try:
            await asyncio.wait_for(process.wait(), GUARD_S)
        finally:
            sys.stdout.write(f"--- {service}, exit {process.returncode}\n{log.read_text()[-20000:]}\n")


async def until_healthy(*argv: str, **environment: str) -> None:
    """Ask like Docker does, only more often."""
    async with asyncio.timeout(GUARD_S):
        while True:
            process = await asyncio.create_subprocess_exec(
                *argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            if await process.wait() == 0:
                return
            await asyncio.sleep(0.5)  # a foreign process: nothing to await


@contextmanager
def postgres(machine: Machine) -> Iterator[None]:
    """PostgreSQL as its image starts it: user, password and database of the compose file."""
    told = SERVICES["postgres"]["environment"]
    password = Path(machine.here(told["POSTGRES_PASSWORD_FILE"])).read_text()
    server = PostgresServer(port=machine.ports["postgres:5432"], user=told["POSTGRES_USER"], password=password)
    try:
        server.create()
        server.query(f"create database {told['POSTGRES_DB']}")
        yield
    finally:
        server.remove()


@asynccontextmanager
async def nats(machine: Machine) -> AsyncIterator[None]:
    binary, monitor = nats_server_binary(), free_port()
    assert binary, "nats-server is missing; run `make setup`"
    content = COMPOSE["configs"]["nats"]["content"].replace("port: 4222", f"port: {machine.ports['nats:4222']}")
    target = SERVICES["nats"]["configs"][0]["target"]
    config = machine.folder / "nats.conf"
    config.write_text(machine.here(content, "nats").replace(":8222", f":{monitor}"))
    words = [str(config) if word == target else word for word in SERVICES["nats"]["command"]]
    async with running(machine, "nats", binary, *words, environment={}):
        await until_healthy(*asked("nats", 8222, monitor))
        yield


@asynccontextmanager
async def s3(machine: Machine) -> AsyncIterator[None]:
    binary, service = weed_binary(), SERVICES["s3"]
    assert binary, "weed is missing; run `make setup`"
    ports = [f"-{flag}={machine.ports[address]}" for address, flag in WEED_PORTS.items()]
    ports += [f"-{flag}={free_port()}" for flag in ("volume.port", "volume.port.grpc")]
    ports += [f"-{flag}.grpc={machine.ports[address] + 10_000}" for address, flag in WEED_PORTS.items()]
    here = [*ports, "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.electionTimeout=1s"]
    words = [machine.here(word, "s3") for word in service["command"]]
    async with running(machine, "s3", binary, *words, *here, kill=True, environment=service["environment"]):
        await until_healthy(*asked("s3", 8333, machine.ports["s3:8333"]))
        (script,) = SERVICES["bucket"]["command"]
        path = {"PATH": f"{Path(binary).parent}:{os.environ['PATH']}"}
        await until_healthy(*SERVICES["bucket"]["entrypoint"], machine.here(script), **path)
        yield


def asked(service: str, port: int, here: int) -> list[str]:
    """A health check of the compose file, by this machine's own HTTP client."""
    *_, url = SERVICES[service]["healthcheck"]["test"]
    return ["curl", "--silent", "--fail", "--output", "/dev/null", url.replace(f":{port}", f":{here}")]


async def start_ours(machine: Machine, stack: AsyncExitStack) -> None:
    """Ours, each once those of ours are healthy that it waits for."""
    waits = {name: set(SERVICES[name]["depends_on"]) & set(OURS) for name in OURS}
    (command,) = named("CMD")
    healthy: set[str] = set()
    while healthy != set(OURS):
        ready = sorted(name for name in OURS if name not in healthy and waits[name] <= healthy)
        for service in ready:
            process = running(machine, service, *command.argv, environment=machine.surroundings(service))
            await stack.enter_async_context(process)
        for service in ready:
            await until_healthy(*machine.health(service), **machine.surroundings(service))
        healthy |= set(ready)


async def called(session: aiohttp.ClientSession, url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    async with session.request("GET" if body is None else "POST", url, json=body) as answer:
        told: dict[str, Any] = await answer.json()
        assert answer.status == 200, told
        return told


async def test_what_the_compose_file_starts_makes_a_clip_ordered_at_one_gateway_and_fetched_at_the_other(
    machine: Machine,
) -> None:
    async with AsyncExitStack() as stack:
        stack.enter_context(postgres(machine))
        await stack.enter_async_context(nats(machine))
        await stack.enter_async_context(s3(machine))
        await start_ours(machine, stack)
        first, second = machine.url("gateway-1"), machine.url("gateway-2")
        key = {"Authorization": f"Bearer {(machine.secrets / 'first_api_key').read_text()}"}
        session = await stack.enter_async_context(aiohttp.ClientSession(headers=key))
        written = await called(session, f"{first}/api/mv/create_scenes?wait=60", SCENES)
        order = {"prompt": written["scenes"][0]["description"], "duration": 1}
        clip = await called(session, f"{second}/api/mv/generate_video?wait=60", order)
        cut = await called(session, f"{first}/api/mv/stitch-videos?wait=60", {"video_ids": [clip["video_id"]]})
        assert cut["metadata"]["storage_backend"] == "s3"
        for gateway in (first, second):
            async with aiohttp.ClientSession() as nobody, nobody.get(f"{gateway}/api/mv/jobs") as answer:
                assert answer.status == 401
            async with session.get(f"{gateway}/api/mv/get_video/{cut['video_id']}") as answer:
                assert (answer.status, answer.content_type) == (200, "video/mp4")
                assert b"ftyp" in (await answer.read())[:12]
            listed = await called(session, f"{gateway}/api/mv/jobs")
            assert {job["status"] for job in listed["items"]} == {"succeeded"}
            assert len(listed["items"]) == 3
