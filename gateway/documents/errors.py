"""Every error code in words, and an example of each."""

from collections.abc import Mapping
from typing import Any

from gateway.problems import HTTP_STATUS, problem_of
from shared.contracts.base import ErrorCode, Fault

WHEN: Mapping[ErrorCode, str] = {
    ErrorCode.INVALID_REQUEST: "Not JSON, a wrong type or range, an unknown field; `errors` lists every fault.",
    ErrorCode.UNAUTHORIZED: "There is no key, or not a valid one.",
    ErrorCode.FORBIDDEN: "The caller may not do this.",
    ErrorCode.BUDGET_EXCEEDED: "The order could pass the cap of its production, project or key; says by how much.",
    ErrorCode.NOT_FOUND: "There is no such thing, or it belongs to somebody else.",
    ErrorCode.CONFLICT: "The action does not fit the state it is in.",
    ErrorCode.PAYLOAD_TOO_LARGE: "The body is larger than this gateway takes.",
    ErrorCode.UNSUPPORTED_MEDIA: "The body, or a picture in it, is of a type that is not taken.",
    ErrorCode.IDEMPOTENCY_KEY_REUSED: "The Idempotency-Key was used for another body within 24 hours.",
    ErrorCode.CONTENT_POLICY_VIOLATION: "The provider's policy refuses it; `stage` says at what.",
    ErrorCode.RATE_LIMITED: "Too many requests; `Retry-After` says for how long to wait.",
    ErrorCode.QUOTA_EXCEEDED: "An account or a store has no room left.",
    ErrorCode.PROVIDER_ERROR: "The provider failed; its own code and text are inside.",
    ErrorCode.PROVIDER_BAD_OUTPUT: "What the provider made cannot be used.",
    ErrorCode.STITCH_FAILED: "The cut could not be made.",
    ErrorCode.MISSING_API_KEY: "No key for this provider is set; names the variable.",
    ErrorCode.MODEL_UNAVAILABLE: "The model does not exist, is disabled, or is not reached.",
    ErrorCode.BACKEND_UNAVAILABLE: "The provider is not reached.",
    ErrorCode.OVERLOADED: "Too much is waiting, or the database or the bus does not answer; try again.",
    ErrorCode.PROVIDER_TIMEOUT: "The provider took longer than the model may take.",
    ErrorCode.SUBMISSION_UNCERTAIN: "The order may have reached the provider; it is never sent again by itself.",
    ErrorCode.INTERNAL: "A bug; quote the request id.",
}

MESSAGES: Mapping[ErrorCode, str] = {
    ErrorCode.INVALID_REQUEST: "`promt`: unknown field; did you mean `prompt`?",
    ErrorCode.NOT_FOUND: "there is no job 5f0c3a52-8f4e-4a5e-9d2b-0c1d2e3f4a5b",
    ErrorCode.CONFLICT: "job 5f0c3a52-8f4e-4a5e-9d2b-0c1d2e3f4a5b is running; only what has ended is retried",
    ErrorCode.MISSING_API_KEY: "no key for replicate: set REPLICATE_API_TOKEN",
}
EXAMPLE_AT = 1769860800.0


def example_of(code: ErrorCode) -> dict[str, Any]:
    """A problem body with this code."""
    fault = Fault(code=code, message=MESSAGES.get(code, WHEN[code]))
    return problem_of(fault, request_id="3f1c9e5a-2b7d-4c8e-a1f0-6d5b4c3a2918", at=EXAMPLE_AT)


def by_status(codes: set[ErrorCode]) -> dict[int, list[ErrorCode]]:
    """Status -> the codes that are answered with it, both in order."""
    found: dict[int, list[ErrorCode]] = {}
    for code in sorted(codes, key=lambda code: (HTTP_STATUS[code], code)):
        found.setdefault(HTTP_STATUS[code], []).append(code)
    return found
