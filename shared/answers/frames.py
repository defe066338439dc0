"""What is said on the socket, both ways (API.md section 5)."""

from typing import Any, Literal

from shared.answers.base import Answer, Id
from shared.answers.jobs import Job, JobEvent, JobFields
from shared.answers.problems import Problem
from shared.answers.productions import Production, ProductionEvent


class HelloData(Answer):
    protocol: Literal[1]
    current_seq: int
    heartbeat_s: float


class Hello(Answer):
    """The first frame. `current_seq`: the newest fact there is."""

    type: Literal["hello"]
    seq: int
    data: HelloData


class SnapshotData(Answer):
    jobs: tuple[Job, ...]
    productions: tuple[Production, ...]


class Snapshot(Answer):
    """The full state of what was subscribed, true at `seq`."""

    type: Literal["snapshot"]
    seq: int
    data: SnapshotData


class JobProgress(Answer):
    """How far a job is. No fact of history: it repeats the last seq, and may be dropped."""

    type: Literal["job.progress"]
    seq: int
    data: JobFields


class ResetData(Answer):
    after: int
    oldest_seq: int
    current_seq: int


class Reset(Answer):
    """The asked `after` is older than what is kept: a snapshot follows."""

    type: Literal["reset"]
    seq: int
    data: ResetData


class Trouble(Answer):
    """A frame of the client could not be taken; nothing else happened."""

    type: Literal["error"]
    seq: int
    data: Problem


class Pong(Answer):
    """The answer to `ping`."""

    type: Literal["pong"]
    seq: int
    data: dict[str, Any]


SERVER_FRAMES = (Hello, Snapshot, JobEvent, JobProgress, ProductionEvent, Reset, Trouble, Pong)
"""Every frame the gateway sends."""


class Subject(Answer):
    """One of them is named."""

    job_id: Id | None = None
    production_id: Id | None = None
    project: str | None = None


class Subscribe(Answer):
    """Follow a job, a production with its jobs, or everything of a project. A snapshot is told first."""

    type: Literal["subscribe"]
    data: Subject


class Unsubscribe(Answer):
    type: Literal["unsubscribe"]
    data: Subject


class CancelData(Answer):
    job_id: Id


class CancelJob(Answer):
    """As `POST /jobs/{job_id}/cancel`."""

    type: Literal["cancel"]
    data: CancelData


class Ping(Answer):
    """Asks for a `pong`; the protocol's own pings go besides."""

    type: Literal["ping"]


CLIENT_FRAMES = (Subscribe, Unsubscribe, CancelJob, Ping)
"""Every frame a client may send. The fields of `data` may stand beside `type` too."""
