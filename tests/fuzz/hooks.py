"""What schemathesis is told of this gateway: what would only wait, and which 503 is an answer."""

from typing import Any
from uuid import uuid4

import schemathesis
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

LEGITIMATE_503 = frozenset({"MODEL_UNAVAILABLE", "BACKEND_UNAVAILABLE", "MISSING_API_KEY"})
"""Documented, and the caller's to change: a model that there is not, a provider without a key."""
TELLS_OF_ITSELF = "/readyz"
ANY_ORDER = "/api/mv/estimate"


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Nobody performs the orders here, so nobody waits for one; a wait that is refused stays as it is."""
    (case.headers or {}).pop("Prefer", None)
    query = case.query if isinstance(case.query, dict) else {}
    if str(query.get("wait", "x")).isdigit() or query.get("wait") == "":
        del query["wait"]
    if is_positive(case):
        query.pop("cursor", None)  # only those that a list gave out are taken
        if "Idempotency-Key" in (case.headers or {}):
            case.headers["Idempotency-Key"] = str(uuid4())


def is_positive(case: Any) -> bool:
    return case.meta is None or case.meta.generation.mode == GenerationMode.POSITIVE


@schemathesis.check
def what_the_document_forbids_is_refused(context: Any, response: Any, case: Any) -> Any:
    """schemathesis's own, but for bodies that may be any of several, where what breaks one form is often another,
    and for pages, which look at what their address says themselves.
    """
    is_exempt = case.path == ANY_ORDER or not case.path.startswith("/api/")
    return None if is_exempt else negative_data_rejection(context, response, case)


@schemathesis.check
def every_5xx_is_the_callers_to_change(_context: Any, response: Any, case: Any) -> None:
    """A 503 says what to do about it; anything else of 500 and above is a fault of ours."""
    if response.status_code < 500 or case.path == TELLS_OF_ITSELF:
        return
    told = response.json() if "json" in response.headers.get("content-type", [""])[0] else {}
    assert (response.status_code, told.get("error_code") in LEGITIMATE_503) == (503, True), (
        f"{response.status_code} {told.get('error_code')}: {told.get('message')}"
    )
