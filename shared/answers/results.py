"""What came of a job: the "result" bodies of API.md 1.1 to 1.4."""

from typing import Any, Literal

from pydantic import Field, RootModel

from shared.answers.base import Adjusted, Answer, Id, Moment, Money, Url
from shared.contracts.base import ErrorCode
from shared.contracts.scene import Scene
from shared.contracts.stitch import TransitionType
from shared.contracts.video import ReferenceReceipt


class Making(Answer):
    """By what it was made, with what, when and for how much."""

    backend_used: str
    model_used: str
    parameters_used: dict[str, Any]
    adjusted_parameters: dict[str, Adjusted]
    ignored_parameters: tuple[str, ...]
    generation_timestamp: Moment | None
    cost_usd: Money
    reused_from: Id | None = None
    """The earlier job whose result this is: nothing was ordered."""


class VideoFacts(Answer):
    """Seconds, pixels, frames per second."""

    duration_seconds: float | None
    width: int | None
    height: int | None
    fps: float | None


class Tokens(Answer):
    prompt_tokens: int
    output_tokens: int


class SceneFiles(Answer):
    """Where the same scenes lie as files."""

    json_: Url = Field(alias="json")
    markdown: Url


class ScenesMaking(Making):
    idea: str | None
    number_of_scenes: int
    processing_time_seconds: float
    usage: Tokens


class Clouded(Answer):
    """What lies in a bucket and is served from there."""

    cloud_urls: dict[str, Url] | None = None
    """Name of a file -> its presigned address; only where media are served from the bucket."""


class ScenesResult(Clouded):
    """What `POST /create_scenes` makes."""

    scene_set_id: Id
    scenes: tuple[Scene, ...]
    output_files: SceneFiles
    metadata: ScenesMaking


class Picture(Answer):
    """One picture of a character. `base64` only where the bytes were asked for."""

    id: Id
    path: str
    url: Url
    width: int | None
    height: int | None
    seed: int | None
    base64: str | None = None


class MissedPicture(Answer):
    """A picture that was not made. `index` counts from 0."""

    index: int
    error_code: ErrorCode
    message: str


class PicturesMaking(Making):
    character_description: str | None
    num_images_requested: int
    num_images_generated: int
    prompt: str


class PicturesResult(Clouded):
    """What `POST /generate_character_reference` makes: at least one picture."""

    images: tuple[Picture, ...]
    failed_images: tuple[MissedPicture, ...]
    metadata: PicturesMaking


class ClipMaking(Making, VideoFacts):
    prompt: str
    reference: ReferenceReceipt | None
    provider_job_id: str | None
    processing_time_seconds: float
    has_audio: bool | None


class ClipResult(Clouded):
    """What `POST /generate_video` makes."""

    video_id: Id
    video_path: str
    video_url: Url
    metadata: ClipMaking


class Joint(Answer):
    """How one clip becomes the next. A `cut` takes no seconds."""

    type: TransitionType
    seconds: float | None = None


class CutMaking(Making, VideoFacts):
    input_video_ids: tuple[Id, ...]
    num_videos_stitched: int
    skipped: tuple[Id, ...]
    merge_time_seconds: float
    total_processing_time_seconds: float
    storage_backend: Literal["local", "s3"]
    has_audio: bool | None
    loudness_lufs: float | None
    audio_video_drift_ms: float
    copied_streams: bool
    transitions: tuple[Joint, ...]
    quality_report: dict[str, Any]


class CutResult(Clouded):
    """What `POST /stitch-videos` makes. The two pictures are null where they were not made."""

    video_id: Id
    video_path: str
    video_url: Url
    poster_url: Url | None
    contact_sheet_url: Url | None
    metadata: CutMaking


class ConformedMaking(Making):
    kept: bool
    measured: dict[str, Any]
    processing_time_seconds: float


class ConformedResult(Answer):
    """A clip of a film in the film's own shape: what was found in it. A film orders it for itself."""

    video_id: Id
    metadata: ConformedMaking


Result = ScenesResult | PicturesResult | CutResult | ClipResult | ConformedResult


class AnyResult(RootModel[Result]):
    """What came of a job, whatever its kind."""
