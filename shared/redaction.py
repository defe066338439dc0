"""A vendor's words as they may be told: without keys, signatures and bytes, and not endless."""

import re

LIMIT_CHARS = 400
SHORTEST_SECRET = 8
"""What is shorter is no key, and would strike out ordinary words."""

_kept: set[str] = set()

_SECRETS = (
    (re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=_-]*"), "(data)"),
    (re.compile(r"(https?://[^\s?#\"'<>]+)[?#][^\s\"'<>]*"), r"\1?(hidden)"),
    (re.compile(r"\b([a-z][a-z0-9+.-]{0,30}://)[^\s/@\"'<>]+@"), r"\1(hidden)@"),
    (re.compile(r"(?i)\b(bearer|token|key|authorization)([\s:=\"']+)(?=\S*\d)[\w.~+/=-]{8,}"), r"\1\2(hidden)"),
    (re.compile(r"\b(r8_|AIza|whsec_|sk-)[\w-]{8,}"), "(hidden)"),
    (re.compile(r"[A-Za-z0-9+/_-]{80,}={0,2}"), "(data)"),
)


def keep_secret(*values: str) -> None:
    """From now on these are never told by this process, whatever they look like."""
    _kept.update(value for value in values if len(value) >= SHORTEST_SECRET)


def without_kept(text: str, instead: str = "(hidden)") -> str:
    """`text` without what was given to `keep_secret`."""
    for secret in _kept:
        text = text.replace(secret, instead)
    return text


def redacted(text: str, *secrets: str, limit: int = LIMIT_CHARS) -> str:
    """`text` in one line of at most `limit` characters; `secrets` are hidden wherever they stand."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "(hidden)")
    text = without_kept(text)
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
