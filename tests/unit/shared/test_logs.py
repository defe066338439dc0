"""No secret, signed URL or base64 ever reaches a log line."""

from typing import Any

import pytest

from shared import redaction
from shared.logs import strike_secrets
from shared.redaction import keep_secret

BASE64 = "QUJD" * 150


@pytest.mark.parametrize(
    "line",
    [
        {"event": "call", "authorization": "Bearer abc.def"},
        {"event": "call", "api_key": "AIzaSyA1234567890abcdef"},
        {"event": "call", "headers": {"Authorization": "Token abc.def"}},
        {"event": "sent Bearer abc.def to the provider"},
        {"event": "output", "url": "https://bucket.example/a.mp4?X-Amz-Signature=abc.def&x=1"},
        {"event": "token r8_abc1234567890def in a text"},
        {"event": "reference", "value": "data:image/png;base64,abc1234567890def=="},
        {"event": "reference", "value": BASE64},
        {"event": "list", "values": [{"token": "abc.def"}]},
        {"event": "output", "url": "https://bucket.example/a.mp4?Policy=abc.def&Key-Pair-Id=1"},
        {"event": "output", "text": "at http://127.0.0.1:80/a?sig=abc.def, they say"},
        {"event": "config_value", "value": "postgresql+asyncpg://mv:abc.def@db.example/mv"},
        {"event": "request_received", "arguments": {"reference_image_base64": "abc1234567890def"}},
        {"event": "request_received", "arguments": {"reference_image_base64": ["abc1234567890def"]}},
        {"event": "text", "value": "data:image/png;base64,abc-1234567890_abc1234567890def"},
    ],
)
def test_secrets_are_struck_out(line: dict[str, Any]) -> None:
    struck = repr(strike_secrets(None, "info", line))
    for secret in ("abc.def", "abc1234567890def", "AIzaSyA", BASE64):
        assert secret not in struck
    assert "[secret]" in struck


def test_a_key_is_struck_out_whatever_it_looks_like_once_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_kept", set())
    line = {"event": "it said wq8xkeyx8f3k", "deep": {"list": ["wq8xkeyx8f3k."]}}
    assert strike_secrets(None, "info", dict(line)) == line
    keep_secret("wq8xkeyx8f3k", "short")
    assert strike_secrets(None, "info", line) == {"event": "it said [secret]", "deep": {"list": ["[secret]."]}}
    assert strike_secrets(None, "info", {"event": "a short word"}) == {"event": "a short word"}


def test_a_picture_shown_as_hash_and_size_stays() -> None:
    line = {"event": "job_planned", "asked": {"reference_image_base64": {"sha256": "ab12", "size_bytes": 7}}}
    assert strike_secrets(None, "info", dict(line)) == line


def test_ids_and_prose_stay_as_they_are() -> None:
    line = {"event": "order_ended", "order": "5b3e0c9e-8d5b-4a57-9a9e-1f7e3c0d2a11", "message": "ended after 3 s"}
    assert strike_secrets(None, "info", dict(line)) == line
