"""The one error body (API.md section 6): in an answer, in a job's `error`, on the socket and in a webhook."""

from typing import Literal

from shared.answers.base import Answer, Id, Moment
from shared.contracts.base import ErrorCode


class FaultAt(Answer):
    """One thing wrong with a request. `path`: `clips.0.id`, the name of a parameter, or empty for the body itself."""

    path: str
    message: str


class Problem(Answer):
    """RFC 9457 with the fields of Scenebeat beside it. `message` says what happened, on what, and what to do."""

    type: str
    title: str
    status: int
    detail: str
    error: str
    error_code: ErrorCode
    message: str
    backend_used: str | None
    model_used: str | None
    provider_code: str | None
    retryable: bool
    charged: bool
    stage: Literal["prompt", "image", "audio", "output"] | None
    job_id: Id | None
    request_id: str | None
    timestamp: Moment
    errors: tuple[FaultAt, ...] = ()
