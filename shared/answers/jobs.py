"""Jobs as clients see them (API.md section 2)."""

from typing import Any, Literal

from pydantic import RootModel

from shared.answers.base import TERMINAL, Answer, Fraction, Id, Moment, Money, Status, Url
from shared.answers.problems import Problem
from shared.answers.results import Picture, Result
from shared.contracts.base import Kind


class Progress(Answer):
    """How far it is. `done` and `total` count orders of a job, jobs of a production."""

    fraction: Fraction
    stage: str
    message: str
    done: int
    total: int


class Cost(Answer):
    estimated_usd: Money
    reserved_usd: Money
    actual_usd: Money | None


class JobFields(Answer):
    """The small fields of a job: all that an event says of it."""

    job_id: Id
    kind: Kind
    status: Status
    progress: Progress
    error: Problem | None
    cost: Cost
    warnings: tuple[str, ...]
    production_id: Id | None
    project: str | None
    part: str | None
    """Which part of its production it makes: `scenes`, `character`, `clip/3`, `cut`."""
    retry_of: Id | None
    attempt: int
    created_at: Moment
    started_at: Moment | None
    completed_at: Moment | None

    @property
    def is_over(self) -> bool:
        return self.status in TERMINAL


class JobUrls(Answer):
    self: Url
    events: Url
    cancel: Url
    retry: Url
    websocket: Url


class Job(JobFields):
    """A job, whole. `request` is what was asked, with pictures replaced by their size and hash.

    `made_so_far`: the portraits that are there while others are still being drawn.
    """

    queue_position: int | None
    eta_seconds: float | None
    cost_if_canceled_usd: Money | None
    request: dict[str, Any]
    made_so_far: tuple[Picture, ...] = ()
    result: Result | None
    urls: JobUrls


class JobPage(Answer):
    """One page of a list; ask on with `cursor=<next_cursor>`, which is null on the last page."""

    items: tuple[Job, ...]
    next_cursor: str | None


class JobEvent(Answer):
    """A fact of a job's past."""

    type: Literal["job.queued", "job.started", "job.succeeded", "job.partial", "job.failed", "job.canceled"]
    seq: int
    data: JobFields


class JobEvents(RootModel[tuple[JobEvent, ...]]):
    """A job's past, in order."""
