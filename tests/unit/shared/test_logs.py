"""No secret, signed URL or base64 ever reaches a log line."""

from typing import Any

import pytest

from shared.logs import strike_secrets

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
    ],
)
def test_secrets_are_struck_out(line: dict[str, Any]) -> None:
    struck = repr(strike_secrets(None, "info", line))
    for secret in ("abc.def", "abc1234567890def", "AIzaSyA", BASE64):
        assert secret not in struck
    assert "[secret]" in struck


def test_ids_and_prose_stay_as_they_are() -> None:
    line = {"event": "order_ended", "order": "5b3e0c9e-8d5b-4a57-9a9e-1f7e3c0d2a11", "message": "ended after 3 s"}
    assert strike_secrets(None, "info", dict(line)) == line
