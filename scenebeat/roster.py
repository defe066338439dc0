"""Who is in a stack: the bus, the gateway, the services, and what each of them is told."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scenebeat.folder import DataFolder
from scenebeat.natsserver import find_nats_server, write_config
from scenebeat.supervisor import Command

KINDS = ("scene", "image", "video", "stitch")
LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8000

ACK_WAIT_S = "5"
"""On one machine nobody is out of reach for long: what a killed process held is taken over after these seconds."""

CODE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Plan:
    """What was asked for. `environment` is what every process gets before the stack adds its own."""

    folder: DataFolder
    environment: Mapping[str, str]
    host: str = LOOPBACK
    port: int = DEFAULT_PORT
    workers: Mapping[str, int] = field(default_factory=dict)


def bus_command(plan: Plan, *, port: int) -> Command:
    """The bus on `port`, its store in the data folder. Raises NoNatsServer."""
    config = write_config(plan.folder.nats, host=LOOPBACK, port=port)
    return Command("nats", (str(find_nats_server()), "-c", str(config)), plan.environment, plan.folder.log("nats"))


def service_commands(plan: Plan, *, bus_url: str, port: int) -> list[Command]:
    """The gateway on `port` and the services, all of them on the bus at `bus_url`."""
    shared = _environment(plan, bus_url)
    gateway = shared | {"SCENEBEAT_HOST": plan.host, "SCENEBEAT_PORT": str(port)}
    return [
        _command(plan, name, gateway if name == "gateway" else _with_slots(plan, name, shared))
        for name in process_names(plan.workers)
    ]


def process_names(workers: Mapping[str, int]) -> list[str]:
    """`gateway`, and each service once or, where there are several, numbered from 1."""
    names = ["gateway"]
    for kind in KINDS:
        count = workers.get(kind, 1)
        names += [kind] if count == 1 else [f"{kind}-{number}" for number in range(1, count + 1)]
    return names


def local_slots(kind: str, *, processes: int, cpus: int) -> int:
    """How many orders for the local model one process of `kind` performs at once."""
    wanted = {"scene": 4, "image": cpus, "video": cpus}.get(kind, 1)
    return max(1, -(-wanted // max(1, processes)))


def cpu_count() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def url_of(host: str, port: int) -> str:
    """Where clients on this machine reach a server that listens on `host`."""
    name = {"0.0.0.0": LOOPBACK, "::": "::1", "": LOOPBACK}.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _command(plan: Plan, name: str, environment: Mapping[str, str]) -> Command:
    module = name if name == "gateway" else f"{_kind(name)}_svc"
    return Command(name, (sys.executable, "-m", module), environment, plan.folder.log(name))


def _with_slots(plan: Plan, name: str, environment: Mapping[str, str]) -> dict[str, str]:
    kind = _kind(name)
    slots = local_slots(kind, processes=plan.workers.get(kind, 1), cpus=cpu_count())
    return {"SCENEBEAT_SLOTS": json.dumps({"local": slots}), **environment}


def _environment(plan: Plan, bus_url: str) -> dict[str, str]:
    given = {"SCENEBEAT_ACK_WAIT_S": ACK_WAIT_S, **plan.environment}
    if (CODE / "pyproject.toml").exists():  # a checkout, which need not be installed
        given["PYTHONPATH"] = os.pathsep.join(filter(None, (str(CODE), given.get("PYTHONPATH"))))
    return given | {
        "PYTHONSAFEPATH": "1",  # the current folder is the user's: what lies there is not our code
        "NATS_URL": bus_url,
        "SCENEBEAT_DATA": str(plan.folder.root),
        "SCENEBEAT_ONE_MACHINE": "true",
    }


def _kind(name: str) -> str:
    """`video-2` is of `video`."""
    return name.partition("-")[0]
