"""The history's rows as values: frozen, one field per column; money is Decimal, times are seconds since the epoch."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

from shared.contracts.base import FREE

T = TypeVar("T")

LOCAL = "local"
"""The space of everything that was asked without a key."""

JobStatus = Literal["queued", "running", "succeeded", "partial", "failed", "canceling", "canceled"]
"""Of a job and of a production alike."""

ProductionStatus = Literal[JobStatus, "waiting"]
"""A production can also wait for a person, at a gate."""

Stage = Literal["writing", "review: storyboard", "review: character", "clips", "review: clips", "cut", "done"]
"""Which act of a production is on, or at which gate it waits."""

EventType = Literal[
    "job.queued",
    "job.started",
    "job.succeeded",
    "job.partial",
    "job.failed",
    "job.canceled",
    "production.updated",
]

TERMINAL: frozenset[str] = frozenset({"succeeded", "partial", "failed", "canceled"})
"""A job's status of these never changes again; a production's only by an edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a client asked for. `plan` says how it was resolved; `result` holds facts without URLs."""

    id: str
    space: str
    kind: str
    request: dict[str, Any]
    plan: dict[str, Any]
    created_at: float
    status: str = "queued"
    key_id: str | None = None
    project: str | None = None
    production_id: str | None = None
    part: str | None = None
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    warnings: list[str] = field(default_factory=list)
    estimated_usd: Decimal = FREE
    reserved_usd: Decimal = FREE
    actual_usd: Decimal | None = None
    total: int = 1
    done: int = 0
    retry_of: str | None = None
    attempt: int = 1
    request_id: str | None = None
    search: str = ""
    started_at: float | None = None
    completed_at: float | None = None
    fingerprint: str | None = None

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """One unit of work of a job. `body` is the `Order` contract as JSON; its `release` is the row's."""

    id: str
    job_id: str
    space: str
    position: int
    kind: str
    provider: str
    model: str
    account: str
    body: dict[str, Any]
    created_at: float
    key_id: str | None = None
    production_id: str | None = None
    status: str = "waiting"
    release: int = 0
    price_usd: Decimal = FREE
    not_before: float = 0.0
    cancel_wished: bool = False
    started: bool = False
    outcome: dict[str, Any] | None = None
    released_at: float | None = None
    started_at: float | None = None
    ended_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """One music video. `settings` is everything resolved when it was accepted; `reference` the chosen AssetRef."""

    id: str
    space: str
    request: dict[str, Any]
    settings: dict[str, Any]
    created_at: float
    status: str = "queued"
    stage: Stage = "writing"
    key_id: str | None = None
    project: str | None = None
    title: str | None = None
    reference: dict[str, Any] | None = None
    final_video_id: str | None = None
    error: dict[str, Any] | None = None
    warnings: list[str] = field(default_factory=list)
    budget_usd: Decimal | None = None
    cancel_wished: bool = False
    request_id: str | None = None
    search: str = ""
    started_at: float | None = None
    completed_at: float | None = None

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneVersion:
    """One version of a scene; `scene` is the `Scene` contract as JSON, `number` counts from 1.

    `asks`, `wanted` and `basis`: as of `gateway.storyboard.Take`.
    """

    production_id: str
    number: int
    version: int
    scene: dict[str, Any]
    created_at: float
    clip_job_id: str | None = None
    asks: dict[str, Any] = field(default_factory=dict)
    wanted: bool = True
    basis: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A link to a film that works without a key. Of its secret only the hash is known."""

    id: str
    token_hash: str
    production_id: str
    space: str
    created_at: float
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """Stored bytes: image, clip, conformed, cut, still, scenes or upload. `facts`: `MediaFacts` as JSON."""

    id: str
    space: str
    kind: str
    key: str
    media_type: str
    size_bytes: int
    sha256: str
    created_at: float
    facts: dict[str, Any] = field(default_factory=dict)
    job_id: str | None = None
    production_id: str | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """A committed fact; `seq` follows the order of commits over the whole system."""

    seq: int
    space: str
    type: str
    data: dict[str, Any]
    at: float
    job_id: str | None = None
    production_id: str | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What an idempotency key answered the first time."""

    fingerprint: str
    created_at: float
    job_id: str | None = None
    production_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job with its orders, ready to be inserted."""

    job: Job
    orders: tuple[OrderRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs (or productions: `kind` and `production_id` don't apply there) a list shows, newest first.

    `cursor` is the `next_cursor` of the page before; `sort` is `created_at`, with `-` for newest first.
    """

    space: str
    status: str | None = None
    kind: str | None = None
    production_id: str | None = None
    project: str | None = None
    q: str | None = None
    created_after: float | None = None
    created_before: float | None = None
    cursor: str | None = None
    limit: int = 50
    sort: str = "-created_at"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `next_cursor` is None on the last."""

    items: tuple[T, ...]
    next_cursor: str | None
