"""The bodies of the four POSTs of the pipeline."""

from typing import ClassVar, Literal, TypeVar

from pydantic import Field, model_validator

from gateway.requests.fields import (
    AspectRatio,
    Backend,
    ClipFields,
    CutFields,
    Name,
    Note,
    PersonGeneration,
    PortraitFields,
    Prompt,
    SceneFields,
    Seed,
    Text,
    VideoIds,
)
from shared.contracts.base import Kind

F = TypeVar("F", bound=ClipFields)


class CreateScenesRequest(SceneFields):
    """`POST /create_scenes`."""

    kind: ClassVar[Kind] = "create_scenes"
    model: Name | None = None
    backend: Backend | None = None


class GenerateReferenceRequest(PortraitFields):
    """`POST /generate_character_reference`."""

    kind: ClassVar[Kind] = "generate_character_reference"
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
    prompt: Prompt
    model: Name | None = None
    backend: Backend | None = None

    @model_validator(mode="after")
    def _one_reference(self) -> "GenerateVideoRequest":
        return refuse_two_references(self)


class StitchVideosRequest(CutFields):
    """`POST /stitch-videos`. The order of `video_ids` is the order of the cut."""

    kind: ClassVar[Kind] = "stitch_videos"
    video_ids: VideoIds = Field()


JobRequest = CreateScenesRequest | GenerateReferenceRequest | GenerateVideoRequest | StitchVideosRequest

REQUESTS: dict[Kind, type[JobRequest]] = {
    model.kind: model
    for model in (CreateScenesRequest, GenerateReferenceRequest, GenerateVideoRequest, StitchVideosRequest)
}


def refuse_two_references(fields: F) -> F:
    """Raise ValueError where a picture comes twice: as bytes and by id."""
    if fields.reference_image_base64 is not None and fields.character_reference_image_id is not None:
        raise ValueError("give `reference_image_base64` or `character_reference_image_id`, not both")
    return fields
