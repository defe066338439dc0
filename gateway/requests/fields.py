"""The fields of API.md, once each: orders and productions are put together from these."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from shared.contracts.stitch import CutAudio, Fit, TransitionType, Verify

PICTURE_FIELD = "reference_image_base64"
SEEDS = 2**32  # providers take unsigned 32-bit seeds
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 ._-]*(/[A-Za-z0-9_][A-Za-z0-9 ._-]*)*")


def _no_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not hold NUL characters")
    return text


stored_anywhere = AfterValidator(_no_nul)


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _inside_its_folder(name: str) -> str:
    if not _PLAIN_PATH.fullmatch(name):
        raise ValueError(
            "must be a relative name of letters, digits, space and `._-`, its parts split by `/` and never `..`"
        )
    return name


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise ValueError("must be a UUID") from None


def _even(pixels: int) -> int:
    if pixels % 2:
        raise ValueError("must be even: H.264 stores no odd sizes")
    return pixels


def _moment(value: object) -> object:
    """An RFC 3339 time; without an offset it is UTC, and a `+` that was sent unescaped is one."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value.replace(" ", "+"))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.timestamp()
    except (ValueError, OverflowError):
        raise ValueError("must be an RFC 3339 time such as 2026-01-31T12:00:00Z") from None
    return moment


def _plain(seconds: float) -> float:
    """8, not 8.0: as people write it."""
    return int(seconds) if seconds == int(seconds) else seconds


Note = Annotated[str, Field(max_length=4000), stored_anywhere]
Text = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_says_something), stored_anywhere]
Prompt = Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(_says_something), stored_anywhere]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_says_something), stored_anywhere]
WebhookUrl = Annotated[str, Field(min_length=1, max_length=2000)]
RelativeName = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_inside_its_folder)]
Uuid = Annotated[str, AfterValidator(_uuid)]
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Seed = Annotated[int, Field(ge=0, lt=SEEDS)]
AspectRatio = Annotated[str, Field(pattern=r"^[1-9]\d{0,2}:[1-9]\d{0,2}$")]
Resolution = Annotated[str, Field(pattern=r"^([1-9]\d{2,3}p|[248]k)$")]
Seconds = Annotated[float, Field(gt=0, le=3600), AfterValidator(_plain)]
Pixels = Annotated[int, Field(ge=64, le=4096), AfterValidator(_even)]
FramesPerSecond = Annotated[int, Field(ge=1, le=60)]
Backend = Literal["replicate", "gemini", "local"]
SafetyFilter = Literal["block_low_and_above", "block_medium_and_above", "block_only_high", "block_none"]
PersonGeneration = Literal["allow_all", "allow_adult", "dont_allow"]


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


SceneNumbers = Annotated[tuple[int, ...], Field(min_length=1, max_length=200), BeforeValidator(_as_tuple)]


def _listed(value: Any) -> Any:
    """One transition as a list of it, a bare name as the transition of that type."""
    listed = value if isinstance(value, list) else [value]
    return tuple({"type": one} if isinstance(one, str) else one for one in listed)


VideoIds = Annotated[tuple[Uuid, ...], Field(min_length=1, max_length=200), BeforeValidator(_as_tuple)]


TransitionSeconds = Annotated[float, Field(gt=0, le=10), AfterValidator(_plain)]


class Transition(BaseModel):
    """How one clip becomes the next, and over how many seconds (which a `cut` does not take)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    type: TransitionType
    seconds: TransitionSeconds | None = None


Transitions = Annotated[tuple[Transition, ...], Field(max_length=200), BeforeValidator(_listed)]
"""One for all joints, or one per joint."""
Loudness = Annotated[float, Field(ge=-40, le=-5), AfterValidator(_plain)]
"""LUFS, the integrated loudness of EBU R128."""


class PlainFields(BaseModel):
    """Wire fields. JSON types are taken as they are."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, str_strip_whitespace=False)


class Fields(PlainFields):
    """Fields of what is ordered. None or left out means: the default of `configs/`."""

    project: Name | None = None


class OrderFields(Fields):
    """What every order of something new can be told. `webhook_url`: where its changes of status are sent."""

    webhook_url: WebhookUrl | None = None


class SceneFields(OrderFields):
    """Section 1.1 without the model."""

    idea: Text
    character_description: Text
    character_characteristics: Note | None = None
    number_of_scenes: Annotated[int, Field(ge=1, le=40)] | None = None
    video_type: Note | None = None
    video_characteristics: Note | None = None
    camera_angle: Note | None = None
    output_dir: RelativeName | None = None
    seed: Seed | None = None


class PortraitFields(OrderFields):
    """Section 1.2 as far as productions share it."""

    num_images: Annotated[int, Field(ge=1, le=4)] | None = None
    safety_filter_level: SafetyFilter | None = None


class ClipFields(OrderFields):
    """Section 1.3 without the prompt and the model."""

    negative_prompt: Note | None = None
    aspect_ratio: AspectRatio | None = None
    duration: Seconds | None = None
    resolution: Resolution | None = None
    generate_audio: bool | None = None
    seed: Seed | None = None
    output_format: Literal["mp4"] | None = None
    person_generation: PersonGeneration | None = None
    reference_image_base64: str | None = Field(default=None, min_length=1, repr=False)
    character_reference_image_id: Uuid | None = None
    video_rules_template: Prompt | None = None


class CutFields(OrderFields):
    """Section 1.4 without the clips. `loudness_lufs` null is an answer too: the audio is left alone."""

    width: Pixels | None = None
    height: Pixels | None = None
    fps: FramesPerSecond | None = None
    fit: Fit | None = None
    title: Name | None = None
    credits: Note | None = None
    transition: Transitions | None = None
    loudness_lufs: Loudness | None = None
    audio: CutAudio | None = None
    verify: Verify | None = None
