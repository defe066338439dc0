"""Google's words in ours: what is a refusal of the content, of the model, of the order."""

import pytest

from shared.contracts.base import ErrorCode
from shared.errors import PermanentError
from shared.vendors.gemini import faults
from shared.vendors.gemini.answers import Answered, answered
from shared.vendors.gemini.interaction import Interaction


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("response_format.duration: 12s is not supported for this model.", ErrorCode.INVALID_REQUEST),
        ("Invalid value at 'safety_settings[0].threshold'", ErrorCode.INVALID_REQUEST),
        ("The field is case-sensitive.", ErrorCode.INVALID_REQUEST),
        ("Model gemini-omni-flash-preview was not found.", ErrorCode.MODEL_UNAVAILABLE),
        ("The input image was flagged as sensitive.", ErrorCode.CONTENT_POLICY_VIOLATION),
        ("This request goes against our usage policies.", ErrorCode.CONTENT_POLICY_VIOLATION),
        ("API key expired. Please renew the API key.", ErrorCode.MISSING_API_KEY),
    ],
)
def test_a_400_is_read_by_its_words(message: str, code: ErrorCode) -> None:
    refused = faults.refusal(Answered(400, "INVALID_ARGUMENT", message), "gemini-omni-1.1-flash")
    assert isinstance(refused, PermanentError)
    assert refused.fault.code is code


@pytest.mark.parametrize(
    ("said", "stage"),
    [
        ("The input image was blocked.", "image"),
        ("The generated video was blocked.", "output"),
        ("The prompt was blocked.", "prompt"),
        ("The audio was blocked.", "audio"),
    ],
)
def test_a_refusal_says_at_which_stage(said: str, stage: str) -> None:
    assert faults.ended_badly(said, "SAFETY", "m").fault.stage == stage


def test_what_google_says_is_told_without_secrets() -> None:
    said = "Key AIzaSyA1234567890abcdef can't read https://storage.example/clip.mp4?signature=abcdef"
    fault = faults.ended_badly(said, "AIzaSyA1234567890abcdef", "m").fault
    assert "1234567890" not in fault.model_dump_json()
    assert "abcdef" not in fault.message


def test_a_video_that_was_made_and_not_given_is_charged() -> None:
    told = {
        "id": "v1",
        "status": "completed",
        "usage": {"output_tokens_by_modality": [{"modality": "video", "tokens": 9}]},
    }
    fault = faults.no_video(Interaction.model_validate(told), "m").fault
    assert (fault.code, fault.charged) == (ErrorCode.PROVIDER_BAD_OUTPUT, True)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b'{"error": "text"}', b'{"error": {"details": ["x", {"violations": [1]}]}}']
)
def test_any_error_body_can_be_read(body: bytes) -> None:
    assert answered(429, {}, body).retry_after_s is None
