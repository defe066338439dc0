"""Productions as clients see them (API.md section 3)."""

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.answers.base import TERMINAL, Answer, Fraction, Id, Moment, Money, Status, Url
from shared.answers.jobs import Progress
from shared.answers.problems import Problem
from shared.answers.results import Joint, Picture, VideoFacts
from shared.contracts.base import Kind
from shared.contracts.scene import Scene
from shared.contracts.stitch import CutAudio, Fit, Verify

FilmStatus = Literal[Status, "waiting"]
"""`waiting`: at a gate, for a person; `stage` says which."""
Stage = Literal["writing", "review: storyboard", "review: character", "clips", "review: clips", "cut", "done"]
Gate = Literal["storyboard", "character", "clips"]


class ProductionFields(Answer):
    """The small fields of a production: all that an event says of it."""

    production_id: Id
    status: FilmStatus
    stage: Stage
    project: str | None
    title: str | None
    final_video_id: Id | None
    error: Problem | None
    warnings: tuple[str, ...]
    created_at: Moment
    started_at: Moment | None
    completed_at: Moment | None

    @property
    def is_over(self) -> bool:
        return self.status in TERMINAL


class FilmCost(Answer):
    estimated_usd: Money
    reserved_usd: Money
    actual_usd: Money
    budget_usd: Money | None


class FilmModels(Answer):
    scene: str | None
    image: str | None
    video: str | None


class FilmSettings(Answer):
    """What was fixed when it was ordered, so that the film can be made again."""

    seed: int
    number_of_scenes: int
    on_failed_scene: Literal["fail", "skip", "filler"]
    continuity: Literal["shared_reference", "previous_last_frame", "independent"]
    review: tuple[Gate, ...]
    opened: tuple[Gate, ...]
    models: FilmModels
    width: int | None
    height: int | None
    fps: int | None
    fit: Fit | None
    transition: tuple[Joint, ...] | None
    audio: CutAudio | None
    loudness_lufs: float | None
    verify: Verify | None
    title: str | None
    """Of the card before the film."""
    credits: str | None


class JobInShort(Answer):
    """A job of a production in few words; `url` has the rest."""

    job_id: Id
    kind: Kind
    part: str | None
    status: Status
    fraction: Fraction
    message: str
    eta_seconds: float | None
    error: Problem | None
    url: Url


class SceneClip(VideoFacts):
    video_id: Id
    video_url: Url
    poster_url: Url | None


class FilmScene(Scene):
    """A scene as it stands, and what is seen of it now. `is_stand_in`: a filler is shown, its own clip failed.

    `number` is its name for good, `position` where it is seen. `stale`: its clip was made of other words, or with
    another picture of the character, as `stale_because` says.
    """

    number: int
    position: int
    version: int
    shown_version: int | None
    stale: bool
    stale_because: tuple[Literal["words", "character"], ...]
    clip: SceneClip | None
    is_stand_in: bool
    job: JobInShort | None


class SceneVersion(Scene):
    """One version of a scene, and the clip that was made of it, if any. `chosen`: the one that counts."""

    version: int
    chosen: bool
    created_at: Moment
    seed: int | None
    model: str | None
    clip: SceneClip | None
    job: JobInShort | None


class SceneVersions(FilmScene):
    """A scene with every version that there was, oldest first."""

    versions: tuple[SceneVersion, ...]


class Share(Answer):
    """A link to the film, without its secret."""

    id: Id
    created_at: Moment
    expires_at: Moment


class SharedLink(Share):
    """A new link: this once with its secret."""

    path: Url
    url: Url


class ChosenPicture(Answer):
    id: Id
    url: Url


class Character(Answer):
    """All candidates, and the one that new clips are made with."""

    candidates: tuple[Picture, ...]
    chosen: ChosenPicture | None
    job: JobInShort | None


class FinalVideo(VideoFacts):
    """The cut that is shown: of the film as it stands, or while that is being made, as it was."""

    video_id: Id
    video_path: str
    video_url: Url
    poster_url: Url | None
    contact_sheet_url: Url | None
    size_bytes: int
    quality_report: dict[str, Any]


class ProductionUrls(Answer):
    self: Url
    cancel: Url
    continue_: Annotated[Url, Field(alias="continue")]
    retry: Url
    scenes: Url
    character: Url
    upgrade: Url
    share: Url
    restitch: Url
    export: Url
    jobs: Url
    websocket: Url


class Production(ProductionFields):
    """A production, whole."""

    progress: Progress
    eta_seconds: float | None
    request: dict[str, Any]
    settings: FilmSettings
    scenes: tuple[FilmScene, ...]
    character: Character
    jobs: tuple[JobInShort, ...]
    cost: FilmCost
    final_video: FinalVideo | None
    shares: tuple[Share, ...]
    urls: ProductionUrls


class ProductionPage(Answer):
    """One page of a list; ask on with `cursor=<next_cursor>`, which is null on the last page."""

    items: tuple[Production, ...]
    next_cursor: str | None


class ProductionEvent(Answer):
    """A fact of a production's past."""

    type: Literal["production.updated"]
    seq: int
    data: ProductionFields
