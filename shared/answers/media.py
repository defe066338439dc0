"""What is told of stored files without their bytes."""

from typing import Literal

from shared.answers.base import Answer, Id, Moment, Money, Url
from shared.answers.results import SceneFiles


class FileFacts(Answer):
    media_type: str
    file_size_bytes: int
    sha256: str
    created_at: Moment
    width: int | None
    height: int | None


class VideoInfo(FileFacts):
    """`exists`: the bytes are there."""

    video_id: Id
    kind: Literal["clip", "cut"]
    video_path: str
    video_url: Url
    exists: bool
    storage_backend: Literal["local", "s3"]
    duration_seconds: float | None
    fps: float | None
    frames: int | None
    has_audio: bool | None
    job_id: Id | None
    production_id: Id | None


class PictureInfo(FileFacts):
    """`exists`: the bytes are there."""

    id: Id
    path: str
    url: Url
    exists: bool
    storage_backend: Literal["local", "s3"]
    job_id: Id | None
    production_id: Id | None


class Asset(FileFacts):
    """One stored thing. `about`: what it was asked for, in words."""

    id: Id
    kind: str
    path: str
    url: Url | None
    poster_url: Url | None
    about: str | None
    model_used: str | None
    duration_seconds: float | None
    fps: float | None
    frames: int | None
    has_audio: bool | None
    job_id: Id | None
    production_id: Id | None
    project: str | None


class AssetPage(Answer):
    """One page of a list; ask on with `cursor=<next_cursor>`, which is null on the last page."""

    items: tuple[Asset, ...]
    next_cursor: str | None


class SceneSet(Answer):
    """A set of scenes in a list; `url` gives the scenes."""

    scene_set_id: Id
    url: Url
    output_files: SceneFiles
    idea: str | None
    number_of_scenes: int | None
    model_used: str | None
    created_at: Moment
    job_id: Id | None
    production_id: Id | None
    project: str | None


class SceneSetPage(Answer):
    """One page of a list; ask on with `cursor=<next_cursor>`, which is null on the last page."""

    items: tuple[SceneSet, ...]
    next_cursor: str | None


class Project(Answer):
    """A name that orders were given, with what it came to."""

    project: str
    jobs: int
    productions: int
    assets: int
    bytes: int
    spent_usd: Money
    spent_today_usd: Money
    reserved_usd: Money
    budget_usd: Money | None
    created_at: Moment
    last_order_at: Moment


class ProjectPage(Answer):
    """One page of a list; ask on with `cursor=<next_cursor>`, which is null on the last page."""

    items: tuple[Project, ...]
    next_cursor: str | None
