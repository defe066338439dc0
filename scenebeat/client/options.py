"""What orders can be told beside what they must be told (API.md sections 1 and 3); left out means the default."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, TypedDict

Transition = str | Mapping[str, str | float]
"""`"crossfade"`, or `{"type": "crossfade", "seconds": 1}`."""

Backend = Literal["replicate", "gemini", "local"]
SafetyFilter = Literal["block_low_and_above", "block_medium_and_above", "block_only_high", "block_none"]
PersonGeneration = Literal["allow_all", "allow_adult", "dont_allow"]


class Common(TypedDict, total=False):
    project: str


class _Words(Common, total=False):
    character_characteristics: str
    number_of_scenes: int
    video_type: str
    video_characteristics: str
    camera_angle: str
    output_dir: str
    seed: int


class ScenesOptions(_Words, total=False):
    """Of `create_scenes`."""

    model: str
    backend: Backend
    reuse: bool


class ReferenceOptions(Common, total=False):
    """Of `generate_character_reference`."""

    num_images: int
    aspect_ratio: str
    safety_filter_level: SafetyFilter
    person_generation: PersonGeneration
    output_format: Literal["png", "jpg", "jpeg", "webp"]
    negative_prompt: str
    seed: int
    model: str
    backend: Backend
    include_base64: bool
    reuse: bool


class _Clip(Common, total=False):
    negative_prompt: str
    aspect_ratio: str
    duration: float
    resolution: str
    generate_audio: bool
    seed: int
    output_format: Literal["mp4"]
    person_generation: PersonGeneration
    reference_image_base64: str
    character_reference_image_id: str
    video_rules_template: str


class VideoOptions(_Clip, total=False):
    """Of `generate_video`."""

    model: str
    backend: Backend
    reuse: bool


class _Cut(Common, total=False):
    transition: Transition | Sequence[Transition]
    width: int
    height: int
    fps: int
    fit: Literal["pad", "crop", "blur"]
    loudness_lufs: float | None
    audio: Literal["clips", "none"]
    title: str
    credits: str
    verify: Literal["quick", "full"]


class StitchOptions(_Cut, total=False):
    """Of `stitch_videos`."""

    on_missing: Literal["fail", "skip"]
    reuse: bool


class ModelWishes(TypedDict, total=False):
    scene: str
    image: str
    video: str


class ProductionOptions(_Words, _Clip, _Cut, total=False):
    """Of `create_production`: words, character, clips and cut in one."""

    num_images: int
    safety_filter_level: SafetyFilter
    models: ModelWishes
    backend: Backend
    on_failed_scene: Literal["fail", "skip", "filler"]
    continuity: Literal["shared_reference", "previous_last_frame", "independent"]
    budget_usd: Decimal | str | float


class RestitchOptions(Common, total=False):
    """Of `restitch_production`: what is to be another way; all else stays."""

    order: Sequence[int]
    transition: Transition | Sequence[Transition]
    loudness_lufs: float | None
    audio: Literal["clips", "none"]
    verify: Literal["quick", "full"]
    title: str
    credits: str


class ListOptions(TypedDict, total=False):
    """Which of a list, in which order. Times are RFC 3339."""

    status: str
    project: str
    q: str
    created_after: str
    created_before: str
    sort: Literal["-created_at", "created_at"]
    limit: int
    cursor: str


class JobListOptions(ListOptions, total=False):
    kind: str
    production_id: str
