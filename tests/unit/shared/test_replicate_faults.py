"""What Replicate and the models behind it say, in our codes."""

import pytest

from shared.contracts.base import ErrorCode
from shared.vendors.replicate.answers import answered
from shared.vendors.replicate.faults import failure, refusal
from shared.vendors.replicate.prediction import Prediction

MODEL = "google/veo-3.1"


@pytest.mark.parametrize(
    ("said", "code", "stage", "retryable"),
    [
        ("The prompt violated our usage guidelines.", ErrorCode.CONTENT_POLICY_VIOLATION, "prompt", False),
        ("The input image was flagged as sensitive.", ErrorCode.CONTENT_POLICY_VIOLATION, "image", False),
        ("The generated video was blocked by safety filters.", ErrorCode.CONTENT_POLICY_VIOLATION, "output", False),
        ("Audio was blocked: sensitive content", ErrorCode.CONTENT_POLICY_VIOLATION, "audio", False),
        ("models/veo is not found for API version v1", ErrorCode.MODEL_UNAVAILABLE, None, False),
        ("This model is no longer available.", ErrorCode.MODEL_UNAVAILABLE, None, False),
        ("The model is overloaded, try again later", ErrorCode.BACKEND_UNAVAILABLE, None, True),
        ("Prediction timed out", ErrorCode.PROVIDER_TIMEOUT, None, True),
        ("list index out of range", ErrorCode.PROVIDER_ERROR, None, True),
        (None, ErrorCode.PROVIDER_ERROR, None, True),
    ],
)
def test_a_failure_is_known_by_its_words(
    said: str | None, *, code: ErrorCode, stage: str | None, retryable: bool
) -> None:
    fault = failure(Prediction(id="p", status="failed", error=said), MODEL).fault
    assert (fault.code, fault.stage, fault.retryable, fault.charged) == (code, stage, retryable, False)
    assert fault.backend == "replicate"


def test_a_vendor_s_words_lose_their_secrets() -> None:
    said = "token r8_abcdefgh12345678 can't read https://replicate.delivery/a.png?sig=verysecret"
    fault = failure(Prediction(id="p", status="failed", error=said), MODEL).fault
    assert "r8_" not in fault.message
    assert "verysecret" not in fault.message
    assert "replicate.delivery/a.png" in fault.message


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_names_the_variable(status: int) -> None:
    error = refusal(answered(status, {}, b'{"title": "Unauthenticated"}'), MODEL)
    assert error.fault.code is ErrorCode.MISSING_API_KEY
    assert "REPLICATE_API_TOKEN" in error.fault.message


@pytest.mark.parametrize(
    ("headers", "body", "wait_s"),
    [
        ({"retry-after": "4"}, b'{"detail": "Your rate limit resets in ~9s."}', 9.0),
        ({"retry-after": "12"}, b'{"retry_after": 3}', 12.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, b"", 0.0),
        ({"retry-after": "999999"}, b"", 3600.0),
        ({"retry-after": "soon"}, b"<html>", None),
        ({}, b"[]", None),
    ],
)
def test_the_longest_named_delay_counts(headers: dict[str, str], body: bytes, wait_s: float | None) -> None:
    assert answered(429, headers, body).retry_after_s == wait_s


@pytest.mark.parametrize(
    ("output", "location"),
    [
        ("https://a/b", "https://a/b"),
        (["https://a/1", "https://a/2"], "https://a/1"),
        ({"url": "https://a/b"}, "https://a/b"),
        ([{"video": "https://a/b"}], "https://a/b"),
        ([], None),
        ("", None),
        ({"seed": 7}, None),
    ],
)
def test_an_output_is_found_in_any_shape(output: object, location: str | None) -> None:
    assert Prediction(id="p", status="succeeded", output=output).location == location


def test_a_bar_at_its_end_is_not_the_end() -> None:
    logs = " 50%|#####     | 5/10 [00:05<00:05]\r100%|##########| 10/10 [00:10<00:00]"
    assert Prediction(id="p", status="processing", logs=logs).fraction == 0.99
