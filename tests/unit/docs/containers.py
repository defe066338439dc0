"""The files that containers are made of, as tests read them."""

import json
import re
from dataclasses import dataclass
from typing import Any

import yaml

from tests.unit.docs.pages import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: str(service["build"]["args"]["SERVICE"]) for name, service in SERVICES.items() if "build" in service}
"""Service of the compose file -> the module its image runs."""
IMAGES = sorted(set(OURS.values()))


@dataclass(frozen=True)
class Instruction:
    """One instruction of the Dockerfile, and the stage it belongs to, from 1."""

    stage: int
    name: str
    words: str

    @property
    def argv(self) -> list[str]:
        """What runs: of a list its words, of a line a shell with it."""
        words = self.words[self.words.index("CMD ") + 4 :] if self.name == "HEALTHCHECK" else self.words
        parsed: list[str] = json.loads(words) if words.startswith("[") else ["sh", "-c", words]
        return parsed


def instructions() -> list[Instruction]:
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = [line.strip() for line in re.sub(r"\\\n\s*", "", text).splitlines() if line.strip()]
    found: list[Instruction] = []
    stage = 0
    for line in lines:
        name, _, words = line.partition(" ")
        stage += name == "FROM"
        found.append(Instruction(stage, name, words.strip()))
    return found


def named(name: str) -> list[Instruction]:
    return [one for one in instructions() if one.name == name]


def surroundings(service: str) -> dict[str, str]:
    """The environment of a container of ours: its image's, and over it what the compose file says by default."""
    (image,) = (dict(re.findall(r"(\w+)=(\S+)", one.words)) for one in named("ENV"))
    told = SERVICES[service]["environment"]
    by_default = {name: re.sub(r"\$\{\w+:-(\w*)\}", r"\1", value) for name, value in told.items()}
    return {**image, "SERVICE": OURS[service], **by_default}
