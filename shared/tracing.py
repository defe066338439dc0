"""Traces from request to provider call, across the bus. Off, and nothing of OpenTelemetry imported, unless configured.

A span tells ids, kind, provider and model: no prompt, no text of a client or provider, no secret.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from typing import Literal, Protocol

HEADER = "traceparent"
NOT_INSTALLED = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry is not installed: "
    "`pip install 'scenebeat[telemetry]'`, or unset it."
)
CONVENTIONS = {
    "http_request_method": "http.request.method",
    "http_route": "http.route",
    "http_response_status_code": "http.response.status_code",
}

Kind = Literal["server", "client", "producer", "consumer", "internal"]
Value = str | int | float | bool
Attributes = Mapping[str, Value]


class Sender(Protocol):
    """Makes spans and sends them."""

    def span(
        self, name: str, *, kind: Kind, parent: str | None, attributes: Attributes
    ) -> AbstractContextManager[None]: ...
    def spans(self, named: Sequence[tuple[str, str | None]], *, kind: Kind) -> AbstractContextManager[None]: ...
    def tell(self, attributes: Attributes) -> None: ...
    def traceparent(self) -> str | None: ...
    def close(self) -> None: ...


class NotInstalled(Exception):
    """Traces are asked for and cannot be sent; says what to do."""


class _Process:
    """Of this process, as its logs and its metrics are. None while nobody traces."""

    sender: Sender | None = None


@contextmanager
def sending(service: str) -> Iterator[None]:
    """Send spans while the block runs, and what is left at its end. Raises NotInstalled."""
    try:
        otlp = import_module("shared.otlp")
    except ImportError as error:
        raise NotInstalled(NOT_INSTALLED) from error
    _Process.sender = sender = otlp.Otlp(f"scenebeat-{service}")
    try:
        yield
    finally:
        _Process.sender = None
        sender.close()


_NO_SPAN = nullcontext()


def span(
    name: str, *, kind: Kind = "internal", parent: str | None = None, **about: Value | None
) -> AbstractContextManager[None]:
    """The block as one span, a child of `parent` (a traceparent) or of what is under way."""
    if _Process.sender is None:
        return _NO_SPAN
    return _Process.sender.span(name, kind=kind, parent=parent, attributes=_attributes(about))


def spans(named: Sequence[tuple[str, str | None]], *, kind: Kind) -> AbstractContextManager[None]:
    """The block as one span in each of several traces: (name, parent). None of them becomes current."""
    return _NO_SPAN if _Process.sender is None else _Process.sender.spans(named, kind=kind)


def tell(**about: Value | None) -> None:
    """Add to the span under way."""
    if _Process.sender is not None:
        _Process.sender.tell(_attributes(about))


def traceparent() -> str | None:
    """The span under way as W3C writes it; None while there is none."""
    return None if _Process.sender is None else _Process.sender.traceparent()


def _attributes(about: Mapping[str, Value | None]) -> Attributes:
    """By the conventions of OpenTelemetry where they have a name, else our own; what is None is left out."""
    return {CONVENTIONS.get(name, f"scenebeat.{name}"): value for name, value in about.items() if value is not None}
