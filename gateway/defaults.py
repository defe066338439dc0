"""What an order gets that does not say otherwise: the `defaults:` of each kind's YAML file."""

from pathlib import Path
from typing import ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.requests.fields import (
    AspectRatio,
    FramesPerSecond,
    Loudness,
    PersonGeneration,
    Resolution,
    SafetyFilter,
    Seconds,
    TransitionSeconds,
)
from shared.config import ConfigError, explain, read_yaml
from shared.contracts.base import Kind
from shared.contracts.stitch import CutAudio, Fit, TransitionType, Verify

P = TypeVar("P", bound="Preference")


class Preference(BaseModel):
    """Which model makes a kind of thing. `model` wins over `backend`; `auto` takes the first reachable of `prefer`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: ClassVar[str]
    backend: str = "auto"
    prefer: tuple[str, ...] = ("replicate", "gemini", "local")
    model: str | None = None
    rerolls: int = Field(default=0, ge=0, le=3)
    """How often an order is tried again with another seed after a refusal that its model is known to make at random."""


class SceneDefaults(Preference):
    file: ClassVar[str] = "scene.yaml"
    number_of_scenes: int = Field(default=4, ge=1, le=40)
    character_characteristics: str = ""
    video_type: str = ""
    video_characteristics: str = ""
    camera_angle: str = ""


class PortraitDefaults(Preference):
    file: ClassVar[str] = "image.yaml"
    num_images: int = Field(default=4, ge=1, le=4)
    aspect_ratio: AspectRatio = "1:1"
    safety_filter_level: SafetyFilter = "block_medium_and_above"
    person_generation: PersonGeneration = "allow_adult"
    output_format: Literal["png", "jpg", "webp"] = "png"
    prompt_template: str = "{prompt}"


class ClipDefaults(Preference):
    file: ClassVar[str] = "video.yaml"
    aspect_ratio: AspectRatio = "16:9"
    duration: Seconds = 8.0
    resolution: Resolution = "720p"
    fps: FramesPerSecond = 24
    generate_audio: bool = True
    person_generation: PersonGeneration = "allow_all"
    video_rules_template: str = "{prompt}"


class CutDefaults(Preference):
    file: ClassVar[str] = "stitch.yaml"
    backend: str = "local"
    prefer: tuple[str, ...] = ("local",)
    fit: Fit = "pad"
    transition: TransitionType = "cut"
    transition_seconds: TransitionSeconds = 0.5
    audio: CutAudio = "clips"
    loudness_lufs: Loudness | None = -14.0
    verify: Verify = "quick"
    title_seconds: Seconds = 3.0


class Defaults(BaseModel):
    """The defaults of every kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scene: SceneDefaults = SceneDefaults()
    image: PortraitDefaults = PortraitDefaults()
    video: ClipDefaults = ClipDefaults()
    stitch: CutDefaults = CutDefaults()

    def preference(self, kind: Kind) -> Preference:
        return {
            "create_scenes": self.scene,
            "generate_character_reference": self.image,
            "generate_video": self.video,
            "stitch_videos": self.stitch,
            "conform_clip": self.stitch.model_copy(update={"model": None}),
        }[kind]


def read_defaults(configs: Path) -> Defaults:
    """Read the `defaults:` sections under `configs`. Raises ConfigError naming file, key and the nearest known one."""
    return Defaults(
        scene=_section(SceneDefaults, configs),
        image=_section(PortraitDefaults, configs),
        video=_section(ClipDefaults, configs),
        stitch=_section(CutDefaults, configs),
    )


def _section(defaults: type[P], configs: Path) -> P:
    try:
        return defaults.model_validate(read_yaml(configs / defaults.file).get("defaults") or {})
    except ValidationError as error:
        where = f"{defaults.file}, under defaults"
        raise ConfigError(explain(error, where, known=defaults.model_fields)) from error
