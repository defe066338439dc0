"""Spans of OpenTelemetry, sent over OTLP/HTTP. Imported by shared/tracing.py, where traces are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.tracing import HEADER, Attributes, Kind


class Otlp:
    """What shared/tracing.py delegates to. Addresses, headers and sampling come from the standard OTEL_* variables."""

    def __init__(self, service: str) -> None:
        self._provider = TracerProvider(resource=Resource.create({"service.name": service}))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("scenebeat")

    @contextmanager
    def span(self, name: str, *, kind: Kind, parent: str | None, attributes: Attributes) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name,
            context=_context(parent),
            kind=_kind(kind),
            attributes=attributes,
            record_exception=False,  # its words may be a prompt or a provider's
            set_status_on_exception=False,
        ) as current:
            try:
                yield
            except BaseException as error:
                current.set_attribute("error.type", type(error).__name__)
                current.set_status(Status(StatusCode.ERROR))
                raise

    @contextmanager
    def spans(self, named: Sequence[tuple[str, str | None]], *, kind: Kind) -> Iterator[None]:
        begun = [self._tracer.start_span(name, context=_context(parent), kind=_kind(kind)) for name, parent in named]
        try:
            yield
        finally:
            for one in begun:
                one.end()

    def tell(self, attributes: Attributes) -> None:
        get_current_span().set_attributes(attributes)

    def traceparent(self) -> str | None:
        carrier: dict[str, str] = {}
        TraceContextTextMapPropagator().inject(carrier)
        return carrier.get(HEADER)

    def close(self) -> None:
        self._provider.shutdown()


_KINDS: Mapping[Kind, SpanKind] = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
    "internal": SpanKind.INTERNAL,
}


def _kind(kind: Kind) -> SpanKind:
    return _KINDS[kind]


def _context(parent: str | None) -> Context | None:
    return None if parent is None else TraceContextTextMapPropagator().extract({HEADER: parent})
