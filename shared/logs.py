"""Structured logs: stable snake_case facts as JSON lines on stderr, or coloured lines on a terminal."""

import re
import sys
from collections.abc import MutableMapping
from typing import Any, cast

from shared.absence import absent
from shared.redaction import without_kept

with absent("rich"):  # 4 MB and a tenth of a second, for tracebacks in a form that we do not use
    import structlog
    from structlog.typing import FilteringBoundLogger

bound_contextvars = structlog.contextvars.bound_contextvars
"""Every line of the block carries these facts."""

_SECRET_NAMES = re.compile(r"(token|secret|password|api_?key|authorization|signature|base64)", re.IGNORECASE)
_SECRET_TEXT = re.compile(
    r"(Bearer\s+\S+|r8_[A-Za-z0-9]{8,}|AIza[0-9A-Za-z_\-]{10,}|(?:signature|X-Amz-[A-Za-z-]+)=[^&\s]+"
    r"|data:[\w/+.-]+;base64,[A-Za-z0-9+/=_-]+|[A-Za-z0-9+/_-]{400,}={0,2})"
)
_QUERY = re.compile(r"(https?://[^\s?#\"'<>]+)\?[^\s\"'<>]+")
_LOGIN = re.compile(r"\b([a-z][a-z0-9+.-]{0,30}://)[^\s/@\"'<>]+@")


def configure(*, service: str, level: str = "info") -> None:
    """Set up structlog for this process, from `level` up. Secrets and base64 are struck out of every line."""
    renderer: Any = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            strike_secrets,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(service=service)


def logger(name: str) -> FilteringBoundLogger:
    return cast(FilteringBoundLogger, structlog.get_logger(module=name))


def strike_secrets(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _struck(key, value) for key, value in line.items()}


def _without_secrets(text: str) -> str:
    """Without keys, the queries of addresses (a signed one is as good as a key), logins in addresses, and bytes."""
    text = without_kept(text, "[secret]")
    for pattern, instead in ((_QUERY, r"\1?[secret]"), (_LOGIN, r"\1[secret]@"), (_SECRET_TEXT, "[secret]")):
        text = pattern.sub(instead, text)
    return text


def _struck(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return "[secret]" if _SECRET_NAMES.search(name) and value else _without_secrets(value)
    if isinstance(value, dict):
        return {key: _struck(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_struck(name, inner) for inner in value]
    return value
