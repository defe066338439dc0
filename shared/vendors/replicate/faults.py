"""Replicate's refusals and failures in our words: which code, whose fault, charged or not."""

import re
from typing import Any, Literal

from shared.contracts.base import ErrorCode, Fault
from shared.errors import PermanentError, ServiceError, SubmissionUnknown, Throttled, TransientError
from shared.redaction import redacted
from shared.vendors.replicate.answers import Answered, Unanswered, Unreached
from shared.vendors.replicate.prediction import Prediction

BACKEND = "replicate"
RETRY_AFTER_S = 10.0
TOKEN = "REPLICATE_API_TOKEN"

# https://replicate.com/docs/topics/predictions/error-codes, and what Google's models answer through Replicate
_PLATFORM_CODE = re.compile(r"\bE\d{3,4}\b")
_MODERATED = re.compile(
    r"E005|flagged as sensitive|sensitive content|safety|nsfw|content polic|usage guidelines|prohibited|moderat"
    r"|responsible ai|\brai\b",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"no longer available|is disabled|has been (?:disabled|deprecated|retired|removed)|not found for api version"
    r"|model .{0,80}not found|shut down",
    re.IGNORECASE,
)
_TIMED_OUT = re.compile(r"timed? ?out|deadline", re.IGNORECASE)
_OVERLOADED = re.compile(r"E1001|interrupted|unavailable|overloaded|high demand|try again later", re.IGNORECASE)
_AT_WORK = re.compile(r"\d%\s*\||generated in|saving|encoding|uploading", re.IGNORECASE)

Stage = Literal["prompt", "image", "audio", "output"]


def refusal(problem: Exception, model: str) -> ServiceError:
    """What a POST that orders something came to. Only an answer or a connection that never was proves anything."""
    if isinstance(problem, Unreached):
        return TransientError(_fault(ErrorCode.BACKEND_UNAVAILABLE, f"Replicate can't be reached ({problem}).", model))
    if isinstance(problem, Unanswered) or _is_doubtful(problem):
        return SubmissionUnknown(_fault(ErrorCode.SUBMISSION_UNCERTAIN, "Replicate did not answer the order.", model))
    assert isinstance(problem, Answered)
    if problem.status == 429:
        fault = _fault(ErrorCode.RATE_LIMITED, f"Replicate asks to slow down: {_words(problem)}", model, problem)
        return Throttled(fault, retry_after_s=problem.retry_after_s or RETRY_AFTER_S)
    return PermanentError(_refused(problem, model))


def trouble(problem: Exception, model: str) -> TransientError:
    """What a call that costs nothing came to: it may be made again."""
    words = f"answered {problem.status}" if isinstance(problem, Answered) else "did not answer"
    return TransientError(_fault(ErrorCode.PROVIDER_ERROR, f"Replicate {words}.", model))


def vanished(model: str) -> PermanentError:
    message = "Replicate no longer knows this prediction; what it made is lost."
    return PermanentError(_fault(ErrorCode.PROVIDER_BAD_OUTPUT, message, model, charged=True, retryable=True))


def nothing_made(model: str) -> PermanentError:
    message = f"{model} says that it succeeded, and gave no output. Retry the job."
    return PermanentError(
        _fault(ErrorCode.PROVIDER_BAD_OUTPUT, message, model, charged=True, retryable=True, stage="output")
    )


def failure(prediction: Prediction, model: str) -> PermanentError:
    """Why a prediction ended without a result."""
    if prediction.status == "aborted":
        message = f"{model} did not begin in time and was dropped by Replicate. Retry the job."
        return _failed(ErrorCode.PROVIDER_TIMEOUT, message, model, provider_code="aborted", retryable=True)
    if prediction.status == "canceled":
        message = f"The prediction of {model} was canceled at Replicate. Retry the job if you still want it."
        begun = prediction.has_begun
        return _failed(
            ErrorCode.PROVIDER_ERROR, message, model, provider_code="canceled", retryable=True, charged=begun
        )
    return _explained(prediction, model)


def _explained(prediction: Prediction, model: str) -> PermanentError:
    said = prediction.error or ""
    words = redacted(said) or "no reason was given"
    found = _PLATFORM_CODE.search(said)
    code = found[0] if found else None
    if _MODERATED.search(said):
        message = f"{model} refused it: {words}"
        stage = _stage(said, prediction.logs)
        return _failed(ErrorCode.CONTENT_POLICY_VIOLATION, message, model, provider_code=code, stage=stage)
    if _GONE.search(said):
        return PermanentError(_gone(model, words, code))
    if _OVERLOADED.search(said):
        message = f"{model} is overloaded at Replicate: {words}"
        return _failed(ErrorCode.BACKEND_UNAVAILABLE, message, model, provider_code=code, retryable=True)
    if _TIMED_OUT.search(said):
        message = f"{model} ran out of time at Replicate: {words}"
        return _failed(ErrorCode.PROVIDER_TIMEOUT, message, model, provider_code=code, retryable=True)
    return _failed(ErrorCode.PROVIDER_ERROR, f"{model} failed: {words}", model, provider_code=code, retryable=True)


def _stage(said: str, logs: str) -> Stage:
    """Where it was refused. "The input or output was flagged" leaves it open: the logs tell whether it had begun."""
    text = said.lower()
    if "audio" in text:
        return "audio"
    if "input or output" not in text:
        if "output" in text or "generated" in text:
            return "output"
        if "image" in text:
            return "image"
        return "prompt"
    return "output" if _AT_WORK.search(logs) else "prompt"


def _is_doubtful(problem: Exception) -> bool:
    """A broken server may have taken the order before it broke."""
    return isinstance(problem, Answered) and (problem.status >= 500 or problem.status == 408)


def _refused(problem: Answered, model: str) -> Fault:
    words = _words(problem)
    match problem.status:
        case 401 | 403:
            return _fault(ErrorCode.MISSING_API_KEY, f"Replicate does not accept {TOKEN}: {words}", model, problem)
        case 402:
            message = f"The Replicate account can't pay for this: {words}"
            return _fault(ErrorCode.QUOTA_EXCEEDED, message, model, problem, retryable=True)
        case 404 | 410:
            return _gone(model, words, str(problem.status))
        case _ if _GONE.search(problem.detail):
            return _gone(model, words, str(problem.status))
        case 400 | 413 | 422:
            return _fault(ErrorCode.INVALID_REQUEST, f"{model} does not take this order: {words}", model, problem)
        case _:
            return _fault(ErrorCode.PROVIDER_ERROR, f"Replicate refused the order: {words}", model, problem)


def _gone(model: str, words: str, code: str | None) -> Fault:
    message = f"Replicate no longer offers {model}: {words} Choose another `model`, or change configs/models.yaml."
    return _fault(ErrorCode.MODEL_UNAVAILABLE, message, model, provider_code=code)


def _words(problem: Answered) -> str:
    return redacted(problem.detail) or f"status {problem.status}."


def _failed(code: ErrorCode, message: str, model: str, **fields: Any) -> PermanentError:
    return PermanentError(_fault(code, message, model, **fields))


def _fault(code: ErrorCode, message: str, model: str, problem: Answered | None = None, **fields: Any) -> Fault:
    if problem is not None:
        fields.setdefault("provider_code", str(problem.status))
    return Fault(code=code, message=message, backend=BACKEND, model=model, **fields)
