"""What the gateway answers, in wire names (API.md): written by the gateway, read by clients, shown in its documents."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field, PlainSerializer

from shared.contracts.base import Contract, Usd
from shared.contracts.scene import Scene

JobStatus = Literal["queued", "running", "succeeded", "partial", "failed", "canceling", "canceled"]
TERMINAL: frozenset[JobStatus] = frozenset({"succeeded", "partial", "failed", "canceled"})
"""These never change again."""


def _to_the_millisecond(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Moment = Annotated[datetime, PlainSerializer(_to_the_millisecond, when_used="json")]
"""An instant: RFC 3339 in UTC with `Z`, to the millisecond."""

R = TypeVar("R")
"""What a job makes."""
T = TypeVar("T")


class FaultAt(Contract):
    """One thing wrong with a request: where (`clips.0.id`; "" is the body itself) and what."""

    path: str
    message: str


class Problem(Contract):
    """The one error body of section 6: of an answer, of a job's `error`, of a socket's `error` frame."""

    type: str
    title: str
    status: int
    detail: str
    error: str
    error_code: str
    message: str
    backend_used: str | None = None
    model_used: str | None = None
    provider_code: str | None = None
    retryable: bool = False
    charged: bool = False
    stage: str | None = None
    job_id: str | None = None
    request_id: str | None = None
    timestamp: Moment
    errors: tuple[FaultAt, ...] = ()


class Progress(Contract):
    """How far it is. `fraction` is 0 to 1, and 1 only at the end; `done` of `total` parts have ended."""

    fraction: float
    stage: str
    message: str
    done: int
    total: int


class JobCost(Contract):
    """Before, meanwhile, and in the end; null while not known."""

    estimated_usd: Usd | None = None
    reserved_usd: Usd | None = None
    actual_usd: Usd | None = None


class Times(Contract):
    created_at: Moment
    started_at: Moment | None = None
    completed_at: Moment | None = None


class JobTold(Times):
    """A job's small fields: what every event on the socket says of it."""

    job_id: str
    kind: str
    status: JobStatus
    progress: Progress
    error: Problem | None = None
    cost: JobCost
    warnings: tuple[str, ...] = ()
    production_id: str | None = None
    project: str | None = None
    part: str | None = None
    retry_of: str | None = None
    attempt: int = 1

    @property
    def is_over(self) -> bool:
        return self.status in TERMINAL


class Picture(Contract):
    """One character reference. `base64` only where bytes were asked for."""

    id: str
    path: str
    url: str
    width: int | None = None
    height: int | None = None
    seed: int | None = None
    base64: Annotated[str | None, Field(repr=False)] = None


class Job(JobTold, Generic[R]):
    """`GET /jobs/{id}`. `result` is what it made, null while there is nothing."""

    queue_position: int | None = None
    eta_seconds: float | None = None
    cost_if_canceled_usd: Usd | None = None
    request: dict[str, Any]
    made_so_far: tuple[Picture, ...] = ()
    result: R | None = None
    urls: dict[str, str]


class Adjusted(Contract):
    """A value the model can't take, and the one it got."""

    asked: Any
    used: Any


class Made(Contract):
    """By what it was made, with what, when and for how much. `reused_from` is the job whose result it is again."""

    backend_used: str
    model_used: str
    parameters_used: dict[str, Any]
    adjusted_parameters: dict[str, Adjusted] = Field(default_factory=dict)
    ignored_parameters: tuple[str, ...] = ()
    generation_timestamp: Moment | None = None
    cost_usd: Usd = Decimal(0)
    reused_from: str | None = None


class Usage(Contract):
    prompt_tokens: int = 0
    output_tokens: int = 0


class ScenesMetadata(Made):
    idea: str | None = None
    number_of_scenes: int
    processing_time_seconds: float
    usage: Usage


class InCloud(Contract):
    """`cloud_urls` are there only where media are served from a bucket: name or id -> presigned URL."""

    cloud_urls: dict[str, str] = Field(default_factory=dict)


class ScenesResult(InCloud):
    """Section 1.1: exactly as many scenes as were asked for."""

    scene_set_id: str
    scenes: tuple[Scene, ...]
    output_files: dict[Literal["json", "markdown"], str]
    metadata: ScenesMetadata


class FailedPicture(Contract):
    index: int
    error_code: str
    message: str


class ReferencesMetadata(Made):
    character_description: str | None = None
    num_images_requested: int
    num_images_generated: int
    prompt: str


class ReferencesResult(InCloud):
    """Section 1.2: at least one picture, and what became of the others."""

    images: tuple[Picture, ...]
    failed_images: tuple[FailedPicture, ...] = ()
    metadata: ReferencesMetadata


class ReferenceSent(Contract):
    """Which picture really went to the model, or why it did not."""

    image_id: str
    sha256: str
    sent: bool
    reason: str | None = None


class VideoFacts(Contract):
    duration_seconds: float | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    has_audio: bool | None = None


class ClipMetadata(Made, VideoFacts):
    prompt: str
    reference: ReferenceSent | None = None
    provider_job_id: str | None = None
    processing_time_seconds: float


class ClipResult(InCloud):
    """Section 1.3."""

    video_id: str
    video_path: str
    video_url: str
    metadata: ClipMetadata


class ConformedMetadata(Made):
    kept: bool
    measured: dict[str, Any]
    processing_time_seconds: float


class ConformedResult(Contract):
    """A film's clip in the film's shape: what was found in it."""

    video_id: str
    metadata: ConformedMetadata


class Joint(Contract):
    """How one clip became the next."""

    type: str
    seconds: float = 0.0


class CutMetadata(Made, VideoFacts):
    input_video_ids: tuple[str, ...]
    num_videos_stitched: int
    skipped: tuple[str, ...] = ()
    merge_time_seconds: float
    total_processing_time_seconds: float
    storage_backend: str
    loudness_lufs: float | None = None
    audio_video_drift_ms: float
    copied_streams: bool
    transitions: tuple[Joint, ...] = ()
    quality_report: dict[str, Any]


class CutResult(InCloud):
    """Section 1.4."""

    video_id: str
    video_path: str
    video_url: str
    poster_url: str | None = None
    contact_sheet_url: str | None = None
    metadata: CutMetadata


class JobBrief(Contract):
    """A film's job in few words."""

    job_id: str
    kind: str
    part: str | None = None
    status: JobStatus
    fraction: float
    message: str = ""
    eta_seconds: float | None = None
    error: Problem | None = None
    url: str


class ProductionTold(Times):
    """A film's small fields: what every event on the socket says of it."""

    production_id: str
    status: str
    stage: str
    project: str | None = None
    title: str | None = None
    final_video_id: str | None = None
    error: Problem | None = None
    warnings: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        return self.status in TERMINAL


class FilmClip(VideoFacts):
    video_id: str
    video_url: str
    poster_url: str | None = None


class FilmScene(Scene):
    """A scene of a film as it stands, with the clip that shows it."""

    number: int
    version: int
    clip: FilmClip | None = None
    is_stand_in: bool = False
    job: JobBrief | None = None


class Chosen(Contract):
    id: str
    url: str


class FilmCharacter(Contract):
    candidates: tuple[Picture, ...] = ()
    chosen: Chosen | None = None
    job: JobBrief | None = None


class FilmCost(JobCost):
    budget_usd: Usd | None = None


class FinalVideo(VideoFacts):
    video_id: str
    video_path: str
    video_url: str
    poster_url: str | None = None
    contact_sheet_url: str | None = None
    size_bytes: int
    quality_report: dict[str, Any]


class Production(ProductionTold):
    """`GET /productions/{id}`: the whole film (section 3)."""

    progress: Progress
    eta_seconds: float | None = None
    request: dict[str, Any]
    settings: dict[str, Any]
    scenes: tuple[FilmScene, ...] = ()
    character: FilmCharacter
    jobs: tuple[JobBrief, ...] = ()
    cost: FilmCost
    final_video: FinalVideo | None = None
    urls: dict[str, str]


class EstimatedPart(Contract):
    """`count` calls of one model, `usd_each` a call; `seconds` where they are made side by side."""

    part: str
    kind: str
    backend: str
    model: str
    count: int
    usd_each: Usd
    usd: Usd
    seconds: float
    parameters: dict[str, Any]
    adjusted_parameters: dict[str, Adjusted] = Field(default_factory=dict)
    ignored_parameters: tuple[str, ...] = ()


class Estimate(Contract):
    """`POST /estimate`: what the order would cost and how long it would take. Nothing was ordered."""

    call: str
    estimated_usd: Usd
    seconds: float
    parts: tuple[EstimatedPart, ...] = ()
    warnings: tuple[str, ...] = ()


class Stored(Contract):
    """Bytes in the media store. `exists`: they are where the record says."""

    media_type: str
    file_size_bytes: int
    sha256: str
    created_at: Moment
    exists: bool = True
    storage_backend: str = "local"
    job_id: str | None = None
    production_id: str | None = None


class VideoInfo(Stored, VideoFacts):
    """`GET /get_video/{id}/info`."""

    video_id: str
    kind: str
    video_path: str
    video_url: str
    frames: int | None = None


class PictureInfo(Stored):
    """`GET /get_character_reference/{id}/info`."""

    id: str
    path: str
    url: str
    width: int | None = None
    height: int | None = None


class Asset(VideoFacts):
    """One of `GET /assets`. `about` is what it was asked for, in words."""

    id: str
    kind: str
    path: str
    url: str | None = None
    poster_url: str | None = None
    about: str | None = None
    model_used: str | None = None
    media_type: str
    file_size_bytes: int
    sha256: str
    created_at: Moment
    frames: int | None = None
    job_id: str | None = None
    production_id: str | None = None
    project: str | None = None


class SceneSet(Contract):
    """One of `GET /scenes`; `scenes` of the client gives the scenes themselves."""

    scene_set_id: str
    url: str
    output_files: dict[Literal["json", "markdown"], str]
    idea: str | None = None
    number_of_scenes: int | None = None
    model_used: str | None = None
    created_at: Moment
    job_id: str | None = None
    production_id: str | None = None
    project: str | None = None


class Project(Contract):
    """One of `GET /projects`: what was ordered and made under a name, and its money."""

    project: str
    jobs: int
    productions: int
    assets: int
    bytes: int
    spent_usd: Usd
    spent_today_usd: Usd
    reserved_usd: Usd
    budget_usd: Usd | None = None
    created_at: Moment | None = None
    last_order_at: Moment | None = None


class Delivery(Contract):
    """One webhook on its way, taken, or given up (`failed`). `body`, what is sent, only where one is asked for."""

    delivery_id: str
    url: str
    status: Literal["pending", "delivered", "failed"]
    type: str
    seq: int
    job_id: str | None = None
    production_id: str | None = None
    attempts: int
    last_status: int | None = None
    last_error: str | None = None
    created_at: Moment
    last_attempt_at: Moment | None = None
    next_attempt_at: Moment | None = None
    ended_at: Moment | None = None
    body: dict[str, Any] | None = None


class WebhookSecret(Contract):
    """What signs the webhooks of a key, and until when the one before it signs along."""

    secret: str
    created_at: Moment
    previous_valid_until: Moment | None = None


class Page(Contract, Generic[T]):
    """A piece of a list, newest first. `next_cursor` leads to the next piece; null on the last."""

    items: tuple[T, ...]
    next_cursor: str | None = None


class Disk(Contract):
    """The disk of the gateway's data folder; without `enough` room, orders are refused."""

    free_bytes: int | None = None
    enough: bool = True


class Readiness(Contract):
    """`GET /readyz`: what works, and how many live services there are of each kind."""

    ready: bool
    bus: bool
    database: bool
    storage: bool
    disk: Disk = Disk()
    services: dict[str, int] = Field(default_factory=dict)
    missing_services: tuple[str, ...] = ()


class Frame(Contract):
    """One frame of the socket, and one event of a job's past."""

    type: str
    seq: int
    data: dict[str, Any]


JOBS: dict[str, type[Job[Any]]] = {
    "create_scenes": Job[ScenesResult],
    "generate_character_reference": Job[ReferencesResult],
    "generate_video": Job[ClipResult],
    "conform_clip": Job[ConformedResult],
    "stitch_videos": Job[CutResult],
}
"""A job's kind -> the job with what it makes. A kind that is not here is of a later version: its result stays JSON."""
