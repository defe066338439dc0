"""The bodies of the four POSTs of the pipeline."""

from collections.abc import Sequence
from typing import ClassVar, Literal, TypeVar

from pydantic import Field, model_validator

from gateway.requests.fields import (
    AspectRatio,
    Backend,
    ClipFields,
    CutFields,
    Fields,
    FramesPerSecond,
    Name,
    Note,
    PersonGeneration,
    Pixels,
    PortraitFields,
    Prompt,
    SceneFields,
    Seed,
    Text,
    Transition,
    VideoIds,
)
from shared.contracts.base import Kind
from shared.contracts.stitch import Fit

F = TypeVar("F", bound=ClipFields)


class CreateScenesRequest(SceneFields):
    """`POST /create_scenes`."""

    kind: ClassVar[Kind] = "create_scenes"
    reuse: bool | None = None
    model: Name | None = None
    backend: Backend | None = None


class GenerateReferenceRequest(PortraitFields):
    """`POST /generate_character_reference`."""

    kind: ClassVar[Kind] = "generate_character_reference"
    reuse: bool | None = None
    character_description: Text
    aspect_ratio: AspectRatio | None = None
    person_generation: PersonGeneration | None = None
    output_format: Literal["png", "jpg", "jpeg", "webp"] | None = None
    negative_prompt: Note | None = None
    seed: Seed | None = None
    model: Name | None = None
    backend: Backend | None = None
    include_base64: bool | None = None


class GenerateVideoRequest(ClipFields):
    """`POST /generate_video`. At most one of the two references."""

    kind: ClassVar[Kind] = "generate_video"
    reuse: bool | None = None
    prompt: Prompt
    model: Name | None = None
    backend: Backend | None = None

    @model_validator(mode="after")
    def _one_reference(self) -> "GenerateVideoRequest":
        return refuse_two_references(self)


class StitchVideosRequest(CutFields):
    """`POST /stitch-videos`. The order of `video_ids` is the order of the cut."""

    kind: ClassVar[Kind] = "stitch_videos"
    reuse: bool | None = None
    video_ids: VideoIds = Field()
    on_missing: Literal["fail", "skip"] | None = None

    @model_validator(mode="after")
    def _a_transition_per_joint(self) -> "StitchVideosRequest":
        refuse_stray_transitions(self.transition, clips=len(self.video_ids))
        return self


class ConformClipRequest(Fields):
    """What a film asks for each of its clips; no client does."""

    kind: ClassVar[Kind] = "conform_clip"
    reuse: ClassVar[bool] = False
    width: Pixels
    height: Pixels
    fps: FramesPerSecond
    fit: Fit


JobRequest = (
    CreateScenesRequest | GenerateReferenceRequest | GenerateVideoRequest | StitchVideosRequest | ConformClipRequest
)

REQUESTS: dict[Kind, type[JobRequest]] = {
    model.kind: model
    for model in (CreateScenesRequest, GenerateReferenceRequest, GenerateVideoRequest, StitchVideosRequest)
}
"""The orders a client can place."""
PARTS: dict[Kind, type[JobRequest]] = {**REQUESTS, ConformClipRequest.kind: ConformClipRequest}
"""What a film can order for itself."""


def refuse_stray_transitions(told: Sequence[Transition] | None, *, clips: int) -> None:
    """Raise ValueError where transitions are neither one for all joints nor one per joint."""
    joints = clips - 1
    if told is not None and len(told) not in {1, joints}:
        raise ValueError(f"`transition` names {len(told)} for {joints} joints: give one for all, or one per joint")


def refuse_two_references(fields: F) -> F:
    """Raise ValueError where a picture comes twice: as bytes and by id."""
    if fields.reference_image_base64 is not None and fields.character_reference_image_id is not None:
        raise ValueError("give `reference_image_base64` or `character_reference_image_id`, not both")
    return fields
