"""What can go wrong between a client and its gateway: one tree, drawn after API.md section 6."""

from collections.abc import Mapping
from typing import Any, ClassVar


class ScenebeatError(Exception):
    """Anything the client raises on its own account; the text is meant for people."""


class Unreachable(ScenebeatError):
    """Nobody answers at this address, or not in time. `may_have_arrived`: what was sent may have been read."""

    def __init__(self, text: str, *, may_have_arrived: bool = True) -> None:
        super().__init__(text)
        self.may_have_arrived = may_have_arrived


class NoSocket(ScenebeatError):
    """The WebSocket is refused, by the gateway or by what stands before it; requests may get through all the same."""


class BrokenDownload(ScenebeatError):
    """What came is not what was sent, after every try; no file was left behind under the name that was asked for."""


class StillRunning(ScenebeatError, TimeoutError):
    """The time given to `wait` is over and the work is not. It goes on: wait again, or cancel it."""


class Refused(ScenebeatError):
    """The gateway answered with a fault; the fields are those of its body.

    `status` of HTTP (0 where the fault came otherwise), `code` of the contract, `errors` every fault of the request
    with its path. `retry_after_s` is how long the gateway wants to be left alone, where it said so.
    """

    codes: ClassVar[frozenset[str]] = frozenset()
    """The `error_code`s that are raised as this class."""

    def __init__(self, status: int, problem: Mapping[str, Any], *, retry_after_s: float | None = None) -> None:
        super().__init__(_sentence(problem) or f"the gateway answered {status}")
        self.status = status
        self.problem = dict(problem)
        self.code = str(problem.get("error_code") or _CODE_OF_STATUS.get(status, "INTERNAL"))
        self.message = str(problem.get("message") or self)
        self.errors: tuple[Mapping[str, Any], ...] = tuple(problem.get("errors") or ())
        self.retryable = bool(problem.get("retryable"))
        self.charged = bool(problem.get("charged"))
        self.stage: str | None = problem.get("stage")
        self.backend_used: str | None = problem.get("backend_used")
        self.model_used: str | None = problem.get("model_used")
        self.provider_code: str | None = problem.get("provider_code")
        self.job_id: str | None = problem.get("job_id")
        self.request_id: str | None = problem.get("request_id")
        self.retry_after_s = retry_after_s


class InvalidRequest(Refused):
    """400, 413, 415: the request can't be taken as it is."""

    codes = frozenset({"INVALID_REQUEST", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA"})


class NotAllowed(Refused):
    """401, 403: no valid key, or not yours."""

    codes = frozenset({"UNAUTHORIZED", "FORBIDDEN"})


class BudgetExceeded(Refused):
    """402: the order could pass a cap."""

    codes = frozenset({"BUDGET_EXCEEDED"})


class NotFound(Refused):
    """404: there is none, or none of yours."""

    codes = frozenset({"NOT_FOUND"})


class Conflict(Refused):
    """409, 422: it does not fit the state it is in, or the key was used for another body."""

    codes = frozenset({"CONFLICT", "IDEMPOTENCY_KEY_REUSED"})


class ContentRefused(Refused):
    """422: against the provider's content policy; `stage` says at what."""

    codes = frozenset({"CONTENT_POLICY_VIOLATION"})


class TooMuch(Refused):
    """429: too many requests, or a quota is used up."""

    codes = frozenset({"RATE_LIMITED", "QUOTA_EXCEEDED"})


class Unavailable(Refused):
    """503: nothing that could make it is reachable right now, or at all."""

    codes = frozenset({"MISSING_API_KEY", "MODEL_UNAVAILABLE", "BACKEND_UNAVAILABLE", "OVERLOADED"})


class ProviderFailed(Refused):
    """500, 504: who was to make it failed, or took too long."""

    codes = frozenset(
        {"PROVIDER_ERROR", "PROVIDER_BAD_OUTPUT", "STITCH_FAILED", "PROVIDER_TIMEOUT", "SUBMISSION_UNCERTAIN"}
    )


class NotMade(ScenebeatError):
    """The job or film that was waited for ended without what it was to make.

    `ended` is the job or the film as it stands, `fault` why (None where it was canceled): a Refused of its own class.
    """

    def __init__(self, text: str, *, ended: Any, fault: Refused | None) -> None:
        super().__init__(text)
        self.ended = ended
        self.fault = fault


_CODE_OF_STATUS = {
    400: "INVALID_REQUEST",
    401: "UNAUTHORIZED",
    402: "BUDGET_EXCEEDED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA",
    429: "RATE_LIMITED",
    502: "OVERLOADED",
    503: "OVERLOADED",
    504: "OVERLOADED",
}
"""For answers of something in between, which has no body of ours."""
_CLASSES = (
    InvalidRequest, NotAllowed, BudgetExceeded, NotFound, Conflict, ContentRefused, TooMuch, Unavailable,
    ProviderFailed,
)  # fmt: skip
_CLASS_OF_CODE = {code: fault for fault in _CLASSES for code in fault.codes}


def fault_of(status: int, problem: Mapping[str, Any], *, retry_after_s: float | None = None) -> Refused:
    """The problem as an exception of the class its code names; a code of a later version is a plain Refused."""
    code = str(problem.get("error_code") or _CODE_OF_STATUS.get(status, ""))
    return _CLASS_OF_CODE.get(code, Refused)(status, problem, retry_after_s=retry_after_s)


def _sentence(problem: Mapping[str, Any]) -> str:
    """What went wrong and, where the gateway lists them, every fault on a line of its own."""
    faults = problem.get("errors") or ()
    lines = [
        f"{fault['path']}: {fault.get('message')}" if fault.get("path") else str(fault.get("message"))
        for fault in faults
        if isinstance(fault, dict)
    ]
    return "\n".join(lines) or str(problem.get("message") or problem.get("error") or "")
