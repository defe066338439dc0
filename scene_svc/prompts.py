"""What a model is told to write: the templates of configs/scene.yaml, filled in."""

from string import Formatter
from typing import Self

from pydantic import model_validator

from shared.config import Section
from shared.contracts.scene import CreateScenes

PLACES = {
    "system": frozenset(("number_of_scenes",)),
    "request": frozenset(
        (
            "idea",
            "character_description",
            "character_characteristics",
            "number_of_scenes",
            "video_type",
            "video_characteristics",
            "camera_angle",
            "seconds",
        )
    ),
    "repair": frozenset(("fault", "number_of_scenes")),
}

SECONDS = 8.0


class Prompts(Section):
    """Three templates; `{name}` stands for a field of the order, `{seconds}` for the length of a scene."""

    system: str
    request: str
    repair: str

    @model_validator(mode="after")
    def _has_known_places(self) -> Self:
        for name, known in PLACES.items():
            used = {field for _, field, _, _ in Formatter().parse(getattr(self, name)) if field is not None}
            if strange := used - known:
                names = ", ".join(sorted(known))
                raise ValueError(f"{name} has no {{{min(strange)}}}; it knows {names}. Write {{{{ for a brace.")
        return self

    def told(self, command: CreateScenes) -> str:
        """Who the model is and what makes a good scene."""
        return self.system.format(number_of_scenes=command.number_of_scenes)

    def asked(self, command: CreateScenes) -> str:
        """What this video is about."""
        places = {name: getattr(command, name) for name in PLACES["request"] - {"seconds"}}
        blank = {name: "(free choice)" for name, value in places.items() if value == ""}
        return self.request.format(**{**places, **blank}, seconds=f"{command.duration_s or SECONDS:g}")

    def asked_again(self, command: CreateScenes, fault: str) -> str:
        """Once more, with the fault named."""
        return self.repair.format(fault=fault, number_of_scenes=command.number_of_scenes)
