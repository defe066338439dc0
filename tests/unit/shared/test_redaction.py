"""A vendor's words lose what nobody should read, and keep what a user needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.redaction import redacted
from shared.vendors.gemini.answers import answered as gemini_answered
from shared.vendors.replicate.answers import answered as replicate_answered


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Invalid token r8_abcdefgh12345678", "Invalid token (hidden)"),
        ("Authorization: Bearer abc123def456", "Authorization: Bearer (hidden)"),
        (
            "see https://replicate.delivery/x/a.mp4?X-Sig=abc&e=1 now",
            "see https://replicate.delivery/x/a.mp4?(hidden) now",
        ),
        ("image data:image/png;base64,iVBORw0KGgo= is bad", "image (data) is bad"),
        ("duration must be one of 4, 6, 8\n", "duration must be one of 4, 6, 8"),
        ("flagged as sensitive (E005) (uIJ6l3ruRD)", "flagged as sensitive (E005) (uIJ6l3ruRD)"),
        ("You did not pass a valid token.", "You did not pass a valid token."),
    ],
)
def test_secrets_go_and_words_stay(text: str, told: str) -> None:
    assert redacted(text) == told


@given(some.text(max_size=600), some.text("abcdef0123456789", min_size=12, max_size=60))
def test_a_named_secret_is_never_told(around: str, secret: str) -> None:
    assert secret not in redacted(f"{around} {secret} {around}", secret)


@pytest.mark.parametrize("length", range(120, 420, 7))
def test_a_vendors_page_is_never_cut_in_the_middle_of_a_key(length: int) -> None:
    key = "wq8x7keyx8f3k2m9x7q1w5e4r6t"
    body = f"<html>{'a ' * (length // 2)}{key}</html>".encode()
    told = redacted(replicate_answered(403, {}, body).detail, key) + redacted(
        gemini_answered(403, {}, body).message, key
    )
    assert key[:3] not in told


@given(some.text(max_size=2000))
def test_it_is_one_line_and_not_endless(text: str) -> None:
    told = redacted(text)
    assert len(told) <= 400
    assert "\n" not in told
