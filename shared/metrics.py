"""What every process counts and times, in Prometheus' terms: `scenebeat_..._total`, `_seconds`."""

import time
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from shared.contracts.order import Failed, Order, Outcome, Uncertain

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
REGISTRY = CollectorRegistry()
"""Of this process. Labels are bounded by code and catalog: no id, no key, no project, nothing a client wrote."""

QUICK_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
LONG_S = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 640.0, 1280.0)

ORDERS = Counter(
    "scenebeat_orders",
    "Orders that a worker brought to their end.",
    ("kind", "provider", "outcome"),
    registry=REGISTRY,
)
FAILURES = Counter(
    "scenebeat_order_failures",
    "Orders that failed or ended uncertain, by error code.",
    ("kind", "provider", "error_code"),
    registry=REGISTRY,
)
POSTPONED = Counter(
    "scenebeat_orders_postponed",
    "Orders given back to wait: the provider refused for now, nothing was bought.",
    ("kind", "provider"),
    registry=REGISTRY,
)
ORDER_SECONDS = Histogram(
    "scenebeat_order_seconds",
    "From a worker's claim of an order to its outcome.",
    ("kind", "provider"),
    buckets=LONG_S,
    registry=REGISTRY,
)
IN_HAND = Gauge(
    "scenebeat_orders_in_hand", "Orders a worker of this process is at.", ("kind", "provider"), registry=REGISTRY
)
SPEND = Counter(
    "scenebeat_spend_usd",
    "US dollars that ended orders cost, as they are booked.",
    ("kind", "provider", "model"),
    registry=REGISTRY,
)
PROVIDER_SECONDS = Histogram(
    "scenebeat_provider_call_seconds",
    "Calls to providers: submit, poll, fetch, find, cancel, write.",
    ("call", "provider", "ended"),
    buckets=LONG_S,
    registry=REGISTRY,
)
BUS_CONNECTED = Gauge("scenebeat_bus_connected", "1 while the connection to NATS stands.", registry=REGISTRY)
BUS_RECONNECTS = Counter(
    "scenebeat_bus_reconnects", "How often the connection to NATS was made anew.", registry=REGISTRY
)
PUBLISH_SECONDS = Histogram(
    "scenebeat_bus_publish_seconds",
    "From a message to its confirmation by JetStream, by stream.",
    ("stream",),
    buckets=QUICK_S,
    registry=REGISTRY,
)

_LAST_ERRORS: dict[tuple[str, str], str] = {}


@dataclass(frozen=True)
class OrderTally:
    """What came of the orders of one kind and provider in this process."""

    orders: int
    failures: int
    seconds: float
    last_error: str


def note_outcome(order: Order, outcome: Outcome, *, seconds: float) -> None:
    """An order has ended here; what only repeats an outcome is not counted again."""
    kind, provider = order.command.kind, order.provider
    ORDERS.labels(kind, provider, outcome.status).inc()
    ORDER_SECONDS.labels(kind, provider).observe(seconds)
    if outcome.cost_usd:
        SPEND.labels(kind, provider, order.model).inc(float(outcome.cost_usd))
    if isinstance(outcome, Failed | Uncertain):
        FAILURES.labels(kind, provider, outcome.fault.code.value).inc()
        _LAST_ERRORS[kind, provider] = outcome.fault.code.value


def order_tally(kind: str, provider: str) -> OrderTally:
    """The sums that `note_outcome` made."""
    labels = {"kind": kind, "provider": provider}
    count = REGISTRY.get_sample_value("scenebeat_order_seconds_count", labels)
    seconds = REGISTRY.get_sample_value("scenebeat_order_seconds_sum", labels)
    failures = sum(
        sample.value
        for metric in FAILURES.collect()
        for sample in metric.samples
        if sample.name.endswith("_total") and (sample.labels["kind"], sample.labels["provider"]) == (kind, provider)
    )
    return OrderTally(
        orders=int(count or 0),
        failures=int(failures),
        seconds=seconds or 0.0,
        last_error=_LAST_ERRORS.get((kind, provider), ""),
    )


GCCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
ProcessCollector(registry=REGISTRY)


class timed:  # noqa: N801 -- read as a verb where it is used
    """Observe how long the block takes, however it ends. (A histogram's own `time()` says nothing of its type.)"""

    __slots__ = ("_began", "_histogram")

    def __init__(self, histogram: Histogram) -> None:
        self._histogram = histogram

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_error: object) -> None:
        self._histogram.observe(time.perf_counter() - self._began)


def exposition() -> bytes:
    """Everything as Prometheus reads it."""
    return generate_latest(REGISTRY)
