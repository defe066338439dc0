"""Google's refusals and failures in our words: which code, whose fault, charged or not."""

import re
from typing import Any, Literal

from shared.contracts.base import ErrorCode, Fault
from shared.errors import PermanentError, ServiceError, SubmissionUnknown, Throttled, TransientError
from shared.redaction import redacted
from shared.vendors.gemini.answers import Answered, Unreached
from shared.vendors.gemini.interaction import Interaction
from shared.vendors.gemini.reply import Reply

BACKEND = "gemini"
RETRY_AFTER_S = 10.0
KEY = "GEMINI_API_KEY"
NAMES = {"gemini": "Gemini", "vertex": "Vertex"}
KEYS = {"gemini": KEY, "vertex": "the Google Cloud credentials (or VERTEX_API_KEY)"}

_MODERATED = re.compile(
    r"\bsafety\b(?!_|\s*settings?)|\bblocked\b|prohibited|(?:content|usage|safety|use) polic|usage guidelines"
    r"|responsible ai|\brai\b|(?:as|of) sensitive|sensitive (?:content|words)",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"no longer available|not found for api version|has been (?:retired|deprecated|shut down)"
    r"|shut down|discontinued|unknown model|model .{0,80}(?:not found|does not exist|is not available)",
    re.IGNORECASE,
)
_OVERLOADED = re.compile(r"overloaded|high demand|over capacity", re.IGNORECASE)
_TIMED_OUT = re.compile(r"timed? ?out|deadline", re.IGNORECASE)
_SPENT = re.compile(r"PerDay|=0$")
_PICTURE = re.compile(r"input image|reference image|\bimage\b.*(?:input|upload)", re.IGNORECASE)

Stage = Literal["prompt", "image", "audio", "output"]
Backend = Literal["gemini", "vertex"]


def refusal(problem: Exception, model: str, backend: Backend = "gemini") -> ServiceError:
    """What a POST that orders something came to. Only an answer or a connection that never was proves anything.

    A broken server (5xx) may have taken the order before it broke; one that says that its model is overloaded has not.
    """
    name = NAMES[backend]
    if isinstance(problem, Unreached):
        message = f"{name} can't be reached ({problem})."
        return TransientError(_fault(ErrorCode.BACKEND_UNAVAILABLE, message, model, backend))
    if not isinstance(problem, Answered):
        message = f"{name} did not answer the order."
        return SubmissionUnknown(_fault(ErrorCode.SUBMISSION_UNCERTAIN, message, model, backend))
    if problem.status == 503 and _OVERLOADED.search(problem.message):
        message = f"{model} is overloaded at {name}: {_words(problem)}"
        return TransientError(_fault(ErrorCode.BACKEND_UNAVAILABLE, message, model, backend, problem))
    if problem.status >= 500 or problem.status == 408:
        message = f"{name} answered {problem.status} to the order; it may have taken it all the same."
        return SubmissionUnknown(_fault(ErrorCode.SUBMISSION_UNCERTAIN, message, model, backend, problem))
    if problem.status == 429:
        return _limited(problem, model, backend)
    return PermanentError(_refused(problem, model, backend))


def trouble(problem: Exception, model: str, backend: Backend = "gemini") -> TransientError:
    """What a call that costs nothing came to: it may be made again."""
    words = f"answered {problem.status}" if isinstance(problem, Answered) else "did not answer"
    return TransientError(_fault(ErrorCode.PROVIDER_ERROR, f"{NAMES[backend]} {words}.", model, backend))


def refused_for_good(problem: Exception) -> bool:
    """Would asking once more come to the same?"""
    return isinstance(problem, Answered) and 400 <= problem.status < 500 and problem.status not in (408, 429)


def vanished(model: str, problem: Exception, backend: Backend = "gemini") -> PermanentError:
    """Our own job is no longer known there, or no longer ours to see."""
    said = _words(problem) if isinstance(problem, Answered) else ""
    message = f"{NAMES[backend]} no longer tells what became of this order: {said}"
    return _failed(ErrorCode.PROVIDER_BAD_OUTPUT, message, model, backend, charged=True, retryable=True)


def moderated(reply: Reply, model: str) -> PermanentError:
    """The prompt was blocked, or what the model made of it."""
    stage: Stage = "prompt" if reply.blocked is not None else "output"
    which = "the prompt" if stage == "prompt" else "what it made"
    message = f"{model} refused it: Google's filters blocked {which} ({reply.moderated}). Change the words."
    return _failed(
        ErrorCode.CONTENT_POLICY_VIOLATION, message, model, provider_code=reply.moderated, stage=stage, charged=False
    )


def bad_output(message: str, model: str, backend: Backend = "gemini", **fields: Any) -> PermanentError:
    fields = {"retryable": True, "stage": "output", **fields}
    return _failed(ErrorCode.PROVIDER_BAD_OUTPUT, message, model, backend, **fields)


def picture_late(model: str, backend: Backend = "gemini") -> TransientError:
    message = "The character reference could not be made ready for the model in time."
    return TransientError(_fault(ErrorCode.BACKEND_UNAVAILABLE, message, model, backend))


def no_video(interaction: Interaction, model: str) -> PermanentError:
    """It says that it completed, and there is no video: words instead of one are a refusal."""
    if interaction.video_tokens > 0:
        message = f"{model} says that it made a video, and gave none. Retry the job."
        return bad_output(message, model, charged=True)
    if interaction.words:
        message = f"{model} answered in words instead of a video: {redacted(interaction.words)}"
        code = ErrorCode.CONTENT_POLICY_VIOLATION
        return _failed(code, message, model, provider_code="no_video", stage=_stage(interaction.words))
    return bad_output(f"{model} completed without a video. Retry the job.", model)


def failure(interaction: Interaction, model: str) -> PermanentError:
    """Why an interaction ended otherwise than completed."""
    problem = next(iter(interaction.errors), None)
    code = redacted(problem.code if problem and problem.code else interaction.status)
    said = " ".join(f"{entry.code} {entry.message}".strip() for entry in interaction.errors)
    match interaction.status:
        case "failed":
            return ended_badly(said, code, model)
        case "cancelled":
            message = f"The clip of {model} was canceled at Gemini. Retry the job if you still want it."
            return _failed(ErrorCode.PROVIDER_ERROR, message, model, provider_code=code, retryable=True)
        case "budget_exceeded":
            message = f"The Gemini account can't pay for this: {redacted(said) or 'its budget is spent.'}"
            return _failed(ErrorCode.QUOTA_EXCEEDED, message, model, provider_code=code, retryable=True)
        case status:
            message = f"{model} stopped before its end ({redacted(status)}). {redacted(said)}".strip()
            return bad_output(message, model, provider_code=code, charged=interaction.video_tokens > 0)


def ended_badly(said: str, code: str, model: str, backend: Backend = "gemini") -> PermanentError:
    """A job that failed, by what was said of it."""
    words = redacted(said) or "no reason was given"
    told: dict[str, Any] = {"provider_code": redacted(code) or None}
    if _MODERATED.search(said):
        told["stage"] = _stage(said)
        return _failed(ErrorCode.CONTENT_POLICY_VIOLATION, f"{model} refused it: {words}", model, backend, **told)
    if _GONE.search(said):
        return _failed(ErrorCode.MODEL_UNAVAILABLE, _gone(model, words, backend), model, backend, **told)
    if _OVERLOADED.search(said):
        message = f"{model} is overloaded at {NAMES[backend]}: {words}"
        return _failed(ErrorCode.BACKEND_UNAVAILABLE, message, model, backend, retryable=True, **told)
    if _TIMED_OUT.search(said):
        message = f"{model} ran out of time at {NAMES[backend]}: {words}"
        return _failed(ErrorCode.PROVIDER_TIMEOUT, message, model, backend, retryable=True, **told)
    return _failed(ErrorCode.PROVIDER_ERROR, f"{model} failed: {words}", model, backend, retryable=True, **told)


def filtered(reasons: str, model: str, backend: Backend) -> PermanentError:
    """A job that ended well, whose every output was taken away by a filter."""
    message = f"{NAMES[backend]}'s filters took away what {model} had made: {redacted(reasons) or 'no reason given'}"
    code = ErrorCode.CONTENT_POLICY_VIOLATION
    return _failed(code, message, model, backend, provider_code="rai_filtered", stage="output")


def _limited(problem: Answered, model: str, backend: Backend) -> ServiceError:
    """Too fast, or used up for the day: the one waits, the other does not help."""
    if any(_SPENT.search(quota) for quota in problem.quotas):
        message = f"The quota of the {NAMES[backend]} account for {model} is used up: {_words(problem)}"
        return PermanentError(_fault(ErrorCode.QUOTA_EXCEEDED, message, model, backend, problem, retryable=True))
    message = f"{NAMES[backend]} asks to slow down: {_words(problem)}"
    fault = _fault(ErrorCode.RATE_LIMITED, message, model, backend, problem)
    return Throttled(fault, retry_after_s=problem.retry_after_s or RETRY_AFTER_S)


def _refused(problem: Answered, model: str, backend: Backend) -> Fault:
    words, name = _words(problem), NAMES[backend]
    if problem.reason == "API_KEY_INVALID" or "api key" in problem.message.lower() or problem.status in (401, 403):
        message = f"{name} does not accept {KEYS[backend]}: {words}"
        return _fault(ErrorCode.MISSING_API_KEY, message, model, backend, problem)
    if problem.status == 402 or problem.code.lower() == "failed_precondition":
        message = f"The {name} account can't be used for this yet (billing, credit or region): {words}"
        return _fault(ErrorCode.QUOTA_EXCEEDED, message, model, backend, problem, retryable=True)
    if problem.status in (404, 410) or problem.code == "not_found" or _GONE.search(problem.message):
        return _fault(ErrorCode.MODEL_UNAVAILABLE, _gone(model, words, backend), model, backend, problem)
    if _MODERATED.search(f"{problem.code} {problem.message}"):
        stage = _stage(problem.message)
        message = f"{model} refused it: {words}"
        return _fault(ErrorCode.CONTENT_POLICY_VIOLATION, message, model, backend, problem, stage=stage)
    if problem.status in (400, 413, 422):
        message = f"{model} does not take this order: {words}"
        return _fault(ErrorCode.INVALID_REQUEST, message, model, backend, problem)
    return _fault(ErrorCode.PROVIDER_ERROR, f"{name} refused the order: {words}", model, backend, problem)


def _gone(model: str, words: str, backend: Backend) -> str:
    return f"{NAMES[backend]} no longer offers {model}: {words} Choose another `model`, or change configs/models.yaml."


def _stage(said: str) -> Stage:
    text = said.lower()
    if "audio" in text:
        return "audio"
    if _PICTURE.search(text):
        return "image"
    return "output" if "output" in text or "generated" in text else "prompt"


def _words(problem: Answered) -> str:
    return redacted(problem.message) or f"status {problem.status}."


def _failed(code: ErrorCode, message: str, model: str, backend: Backend = "gemini", **fields: Any) -> PermanentError:
    return PermanentError(_fault(code, message, model, backend, **fields))


def _fault(
    code: ErrorCode, message: str, model: str, backend: Backend, problem: Answered | None = None, **fields: Any
) -> Fault:
    if problem is not None:
        fields.setdefault("provider_code", redacted(problem.code) or str(problem.status))
    return Fault(code=code, message=message, backend=backend, model=model, **fields)
