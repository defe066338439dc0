"""A vendor's words as they may be told: without keys, signatures and bytes, and not endless."""

import re

LIMIT_CHARS = 400

_SECRETS = (
    (re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=_-]*"), "(data)"),
    (re.compile(r"(https?://[^\s?#\"'<>]+)[?#][^\s\"'<>]*"), r"\1?(hidden)"),
    (re.compile(r"(?i)\b(bearer|token|key|authorization)([\s:=\"']+)(?=\S*\d)[\w.~+/=-]{8,}"), r"\1\2(hidden)"),
    (re.compile(r"\b(r8_|AIza|whsec_|sk-)[\w-]{8,}"), "(hidden)"),
    (re.compile(r"[A-Za-z0-9+/_-]{80,}={0,2}"), "(data)"),
)


def redacted(text: str, *secrets: str, limit: int = LIMIT_CHARS) -> str:
    """`text` in one line of at most `limit` characters; `secrets` are hidden wherever they stand."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "(hidden)")
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
