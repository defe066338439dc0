"""Errors as users see them: every fault becomes one `application/problem+json` body (API.md section 6)."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.exc import OperationalError

from gateway.history.snapshots import wire_time
from gateway.requests.reading import FaultAt, InvalidRequest
from shared.contracts.base import ErrorCode, Fault
from shared.errors import BusAway, PermanentError, ServiceError, Throttled
from shared.logs import logger
from shared.media.base import StorageAway

MEDIA_TYPE = "application/problem+json"
TROUBLE_RETRY_S = 2
REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
BEGUN: web.RequestKey[bool] = web.RequestKey("begun", bool)
"""Set once the head of the answer is on its way: nothing else can be answered then."""

log = logger(__name__)


class Refused(PermanentError):
    """A request that is answered with a fault; `status` and headers where they are not those of its code."""

    def __init__(self, fault: Fault, *, status: int | None = None, headers: Mapping[str, str] | None = None):
        super().__init__(fault)
        self.status = status
        self.headers = dict(headers or {})


HTTP_STATUS: dict[ErrorCode, int] = {
    ErrorCode.INVALID_REQUEST: 400,
    ErrorCode.UNAUTHORIZED: 401,
    ErrorCode.BUDGET_EXCEEDED: 402,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.CONFLICT: 409,
    ErrorCode.PAYLOAD_TOO_LARGE: 413,
    ErrorCode.UNSUPPORTED_MEDIA: 415,
    ErrorCode.IDEMPOTENCY_KEY_REUSED: 422,
    ErrorCode.CONTENT_POLICY_VIOLATION: 422,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.QUOTA_EXCEEDED: 429,
    ErrorCode.PROVIDER_ERROR: 500,
    ErrorCode.PROVIDER_BAD_OUTPUT: 500,
    ErrorCode.STITCH_FAILED: 500,
    ErrorCode.INTERNAL: 500,
    ErrorCode.MISSING_API_KEY: 503,
    ErrorCode.MODEL_UNAVAILABLE: 503,
    ErrorCode.BACKEND_UNAVAILABLE: 503,
    ErrorCode.OVERLOADED: 503,
    ErrorCode.PROVIDER_TIMEOUT: 504,
    ErrorCode.SUBMISSION_UNCERTAIN: 504,
}

TITLES: dict[ErrorCode, str] = {
    ErrorCode.INVALID_REQUEST: "The request is not valid",
    ErrorCode.UNAUTHORIZED: "A valid key is needed",
    ErrorCode.BUDGET_EXCEEDED: "The budget does not allow it",
    ErrorCode.FORBIDDEN: "Not allowed",
    ErrorCode.NOT_FOUND: "Not found",
    ErrorCode.CONFLICT: "It does not fit the state it is in",
    ErrorCode.PAYLOAD_TOO_LARGE: "The body is too large",
    ErrorCode.UNSUPPORTED_MEDIA: "The body is of the wrong type",
    ErrorCode.IDEMPOTENCY_KEY_REUSED: "The Idempotency-Key was used for another body",
    ErrorCode.CONTENT_POLICY_VIOLATION: "Refused by the provider's content policy",
    ErrorCode.RATE_LIMITED: "Too many requests",
    ErrorCode.QUOTA_EXCEEDED: "The quota is used up",
    ErrorCode.PROVIDER_ERROR: "The provider failed",
    ErrorCode.PROVIDER_BAD_OUTPUT: "The provider's output cannot be used",
    ErrorCode.STITCH_FAILED: "The cut could not be made",
    ErrorCode.INTERNAL: "Something went wrong inside",
    ErrorCode.MISSING_API_KEY: "An API key is missing",
    ErrorCode.MODEL_UNAVAILABLE: "The model is not available",
    ErrorCode.BACKEND_UNAVAILABLE: "The backend is not available",
    ErrorCode.OVERLOADED: "Too much is waiting",
    ErrorCode.PROVIDER_TIMEOUT: "The provider took too long",
    ErrorCode.SUBMISSION_UNCERTAIN: "The order may have reached the provider",
}

CODE_OF_STATUS: dict[int, ErrorCode] = {
    400: ErrorCode.INVALID_REQUEST,
    401: ErrorCode.UNAUTHORIZED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.INVALID_REQUEST,
    409: ErrorCode.CONFLICT,
    413: ErrorCode.PAYLOAD_TOO_LARGE,
    415: ErrorCode.UNSUPPORTED_MEDIA,
    429: ErrorCode.RATE_LIMITED,
    503: ErrorCode.OVERLOADED,
}


def refused(
    code: ErrorCode,
    message: str,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    retryable: bool = False,
) -> Refused:
    """A refusal in one line: `raise refused(ErrorCode.NOT_FOUND, "there is no job ...")`."""
    return Refused(Fault(code=code, message=message, retryable=retryable), status=status, headers=headers)


def problem_of(
    fault: Fault,
    *,
    status: int | None = None,
    job_id: str | None = None,
    request_id: str | None = None,
    errors: Sequence[FaultAt] = (),
    at: float | None = None,
) -> dict[str, Any]:
    """The one error body: the same in an answer, in a job's `error` and on a socket. `at` is epoch seconds."""
    title = TITLES[fault.code]
    body: dict[str, Any] = {
        "type": f"urn:scenebeat:problem:{fault.code.lower()}",
        "title": title,
        "status": status or HTTP_STATUS[fault.code],
        "detail": fault.message,
        "error": title,
        "error_code": fault.code.value,
        "message": fault.message,
        "backend_used": fault.backend,
        "model_used": fault.model,
        "provider_code": fault.provider_code,
        "retryable": fault.retryable,
        "charged": fault.charged,
        "stage": fault.stage,
        "job_id": job_id,
        "request_id": request_id,
        "timestamp": wire_time(time.time() if at is None else at),
    }
    if errors:
        body["errors"] = [asdict(fault_at) for fault_at in errors]
    return body


def problem_answer(request: web.Request, error: ServiceError, *, job_id: str | None = None) -> web.Response:
    """`error` as an answer to `request`, with `Retry-After` where waiting helps."""
    status, headers = (error.status, error.headers) if isinstance(error, Refused) else (None, {})
    errors = error.errors if isinstance(error, InvalidRequest) else ()
    request_id = request.get(REQUEST_ID)
    body = problem_of(error.fault, status=status, job_id=job_id, request_id=request_id, errors=errors)
    if isinstance(error, Throttled):
        headers = {"Retry-After": str(max(1, round(error.retry_after_s)))}
    return web.Response(text=json.dumps(body), status=body["status"], content_type=MEDIA_TYPE, headers=headers)


@web.middleware
async def answer_with_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever was raised into a problem body. The border of HTTP: the one place that catches everything."""
    try:
        return await handler(request)
    except ServiceError as error:
        return problem_answer(request, error)
    except web.HTTPException as error:
        return _of_http(request, error)
    except (BusAway, StorageAway) as error:
        what = "the message bus" if isinstance(error, BusAway) else "the media store"
        log.warning("away", what=what, request_id=request.get(REQUEST_ID), reason=str(error))
        return _of_trouble(request, what)
    except OperationalError as error:
        log.warning("database_away", request_id=request.get(REQUEST_ID), error=str(error.orig))
        return _of_trouble(request, "the database")
    except Exception as error:  # noqa: BLE001 - the border: traceback to the log, INTERNAL to the client
        return _of_bug(request, error)


def _of_http(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    if error.status < HTTPStatus.BAD_REQUEST:
        raise error
    code = CODE_OF_STATUS.get(error.status, ErrorCode.INVALID_REQUEST)
    kept = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
    return problem_answer(request, refused(code, _explain(request, error), status=error.status, headers=kept))


def _explain(request: web.Request, error: web.HTTPException) -> str:
    if isinstance(error, web.HTTPNotFound):
        return f"there is nothing at {request.path}; GET /api/mv lists what there is"
    if isinstance(error, web.HTTPMethodNotAllowed):
        return f"{request.path} does not take {error.method}; it takes {', '.join(sorted(error.allowed_methods))}"
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return f"the body is larger than the {request.client_max_size} bytes this gateway takes"
    return error.reason


def _of_trouble(request: web.Request, what: str) -> web.Response:
    _unless_begun(request)
    message = f"{what} does not answer right now; try again in a moment"
    headers = {"Retry-After": str(TROUBLE_RETRY_S)}
    return problem_answer(request, refused(ErrorCode.OVERLOADED, message, headers=headers, retryable=True))


def _of_bug(request: web.Request, error: Exception) -> web.Response:
    if isinstance(error, ConnectionError) and (request.transport is None or request.transport.is_closing()):
        raise error  # the client is gone: nobody is there to answer
    request_id = request.get(REQUEST_ID)
    log.error("request_failed", path=request.path, method=request.method, request_id=request_id, exc_info=error)
    _unless_begun(request)
    message = f"the gateway failed on this request; quote {request_id} when you report it"
    return problem_answer(request, refused(ErrorCode.INTERNAL, message))


def _unless_begun(request: web.Request) -> None:
    if request.get(BEGUN):
        raise ConnectionResetError("the answer had begun when it failed")
