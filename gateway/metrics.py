"""What the gateway counts beside what every process does: requests, sockets, what waits, how late events are."""

from collections.abc import Sequence

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.history.store import History
from gateway.history.tables import orders
from gateway.house import House
from gateway.problems import REQUEST_ID
from shared import tracing
from shared.contracts.base import utc_now
from shared.contracts.order import Event
from shared.errors import BusAway
from shared.metrics import QUICK_S, REGISTRY, timed

NOWHERE = "(none)"
"""The route of an address that there is not."""
METHODS = hdrs.METH_ALL
WAITING = ("waiting", "released")

REQUESTS = Counter("scenebeat_http_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "scenebeat_http_request_seconds",
    "From a request to the end of its answer; one that waits for a job takes as long as it waits.",
    ("method", "route"),
    buckets=(*QUICK_S, 10.0, 60.0, 600.0),
    registry=REGISTRY,
)
SOCKETS = Gauge("scenebeat_sockets", "WebSockets that are open.", registry=REGISTRY)
QUEUE = Gauge(
    "scenebeat_queue_orders",
    "Orders not ended: waiting in the history, or released to the bus. Every gateway on one database says the same.",
    ("kind", "provider", "status"),
    registry=REGISTRY,
)
EVENTS_PENDING = Gauge(
    "scenebeat_bus_events_pending",
    "Events on the bus that no gateway has taken yet. Every gateway says the same.",
    registry=REGISTRY,
)
EVENT_LAG_SECONDS = Histogram(
    "scenebeat_event_lag_seconds",
    "From what a service told to its commit in the history.",
    ("name",),
    buckets=(*QUICK_S, 10.0, 60.0, 600.0),
    registry=REGISTRY,
)


@web.middleware
async def count_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost middleware: sees the answer as it goes out."""
    resource = request.match_info.route.resource
    method = request.method if request.method in METHODS else "other"
    route = resource.canonical if resource else NOWHERE
    named, sent = f"{method} {route}", request.headers.get(tracing.HEADER)
    with (
        timed(REQUEST_SECONDS.labels(method, route)),
        tracing.span(named, kind="server", parent=sent, http_request_method=method, http_route=route),
    ):
        response = await handler(request)
        told = request.get(REQUEST_ID)
        tracing.tell(http_response_status_code=response.status, request_id=told)
    REQUESTS.labels(method, route, response.status).inc()
    return response


def note_applied(events: Sequence[Event]) -> None:
    """Events are in the history now."""
    now = utc_now()
    for event in events:
        EVENT_LAG_SECONDS.labels(event.name).observe(max(0.0, (now - event.at).total_seconds()))


async def refresh(house: House) -> None:
    """Look at what is only known by asking. What cannot be asked now is left out of this scrape."""
    SOCKETS.set(len(house.hub.clients))
    QUEUE.clear()
    try:
        for kind, provider, status, count in await _queue(house.history):
            QUEUE.labels(kind, provider, status).set(count)
    except (SQLAlchemyError, OSError):
        QUEUE.clear()
    try:
        EVENTS_PENDING.set(await house.bus.events_pending())
    except BusAway:
        EVENTS_PENDING.set(float("nan"))


async def _queue(history: History) -> Sequence[tuple[str, str, str, int]]:
    columns = (orders.c.kind, orders.c.provider, orders.c.status)
    query = select(*columns, func.count()).where(orders.c.status.in_(WAITING)).group_by(*columns)
    async with history.read() as tx:
        return [(row[0], row[1], row[2], row[3]) for row in await tx.connection.execute(query)]
