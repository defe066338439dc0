"""What orders can be told beside what they must be told (API.md sections 1 and 3); left out means the default."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, TypedDict

Transition = str | Mapping[str, str | float]
"""`"crossfade"`, or `{"type": "crossfade", "seconds": 1}`."""

Backend = Literal["replicate", "gemini", "local"]
SafetyFilter = Literal["block_low_and_above", "block_medium_and_above", "block_only_high", "block_none"]
PersonGeneration = Literal["allow_all", "allow_adult", "dont_allow"]


class _Filed(TypedDict, total=False):
    project: str


class _Order(_Filed, total=False):
    webhook_url: str


class _Words(_Order, total=False):
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


class ReferenceOptions(_Order, total=False):
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


class _Clip(_Order, total=False):
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


class _Cut(_Filed, total=False):
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


class StitchOptions(_Order, _Cut, total=False):
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
    review: Literal["none"] | Sequence[Literal["storyboard", "character", "clips"]]
    reuse: bool
    on_failed_scene: Literal["fail", "skip", "filler"]
    continuity: Literal["shared_reference", "previous_last_frame", "independent"]
    budget_usd: Decimal | str | float


class RestitchOptions(_Filed, total=False):
    """Of `restitch_production`: what is to be another way; all else stays."""

    order: Sequence[int]
    transition: Transition | Sequence[Transition]
    loudness_lufs: float | None
    audio: Literal["clips", "none"]
    verify: Literal["quick", "full"]
    title: str
    credits: str


class _SceneWords(TypedDict, total=False):
    description: str
    negative_description: str
    title: str | None
    camera_angle: str | None
    mood: str | None
    caption: str | None
    lyrics: str | None
    duration: float


class SceneOptions(_SceneWords, total=False):
    """Of `change_scene`. `position`: where in the film it is seen, from 1."""

    position: int


class RegenerateOptions(_SceneWords, total=False):
    """Of `regenerate_scene`: one more clip of the scene, with changes or as it is."""

    seed: int
    model: str
    backend: Backend


class CandidateOptions(TypedDict, total=False):
    """Of `draw_candidates`."""

    num_images: int
    character_description: str
    seed: int
    model: str
    backend: Backend


class FilmChanges(_Filed, total=False):
    """Of `change_production`."""

    title: str | None
    budget_usd: Decimal | str | float | None


class _PageOptions(TypedDict, total=False):
    q: str
    created_after: str
    created_before: str
    sort: Literal["-created_at", "created_at"]
    limit: int
    cursor: str


class ProjectListOptions(_PageOptions, total=False):
    """Which of a list, in which order. Times are RFC 3339."""


class ListOptions(_PageOptions, total=False):
    status: str
    project: str


class JobListOptions(ListOptions, total=False):
    kind: str
    production_id: str


class SceneSetListOptions(_PageOptions, total=False):
    project: str
    production_id: str
    job_id: str


class DeliveryListOptions(TypedDict, total=False):
    status: Literal["pending", "delivered", "failed"]
    job_id: str
    production_id: str
    created_after: str
    created_before: str
    sort: Literal["-created_at", "created_at"]
    limit: int
    cursor: str


class AssetListOptions(SceneSetListOptions, total=False):
    kind: Literal["image", "clip", "cut", "song"]
