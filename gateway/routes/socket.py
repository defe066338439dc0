"""`GET /ws`: the handshake; what is said afterwards is a conversation."""

import asyncio

from aiohttp import hdrs, web

from gateway.conversation import NAMES, Conversation, read_subject
from gateway.documents.operations import call, upgrades
from gateway.history.snapshots import wire_time
from gateway.house import HOUSE
from gateway.keys.doors import CALLER
from gateway.problems import refused
from gateway.render import Urls
from gateway.requests.queries import SocketQuery, read_query
from gateway.requests.reading import InvalidRequest
from gateway.routes.answers import urls_for
from gateway.routes.parameters import last_seq, refuse_fields, space_of
from gateway.routes.snapshots import snapshot_of
from gateway.sockets import Client, Subject
from shared.answers import SocketTicket
from shared.contracts.base import ErrorCode

LINGER_S = 5.0
"""How long a client that was too slow may take to read its close frame."""

FULL_RETRY_S = 10

routes = web.RouteTableDef()


@routes.get("/api/mv/ws", allow_head=False)
@upgrades("Follow jobs, productions and projects live", query=SocketQuery)
async def follow(request: web.Request) -> web.StreamResponse:
    house, space, key = request.app[HOUSE], space_of(request), request[CALLER].key
    subjects, after, urls = subjects_of(request), last_seq(request.query), _urls(request)
    if len(house.hub.clients) >= house.sockets.open:
        message = f"{house.sockets.open} sockets are open at this gateway, and no more may be"
        raise refused(ErrorCode.OVERLOADED, message, headers={"Retry-After": str(FULL_RETRY_S)}, retryable=True)
    socket = web.WebSocketResponse(
        heartbeat=house.sockets.heartbeat_s,
        timeout=LINGER_S,
        max_msg_size=house.sockets.frame_bytes,
        compress=False,
    )
    if not socket.can_prepare(request).ok:
        raise InvalidRequest.at("", "this address speaks WebSocket: open it with ws:// instead of http://")
    await socket.prepare(request)
    client = Client(socket, space=space, bounds=house.sockets, key_id=key.id if key else None)
    conversation = Conversation(
        client,
        hub=house.hub,
        feed=house.feed,
        history=house.history,
        snapshot=snapshot_of(house, space, urls=urls),
        cancel=house.stopping.job,
    )
    await conversation.hold(subjects, after=after)
    if client.too_slow and request.transport is not None:
        asyncio.get_running_loop().call_later(LINGER_S, request.transport.abort)
    return socket


@routes.post("/api/mv/ws-ticket")
@call("A ticket for one socket", answers={201: SocketTicket}, about="For browsers, whose sockets carry no headers.")
async def new_ticket(request: web.Request) -> web.Response:
    await refuse_fields(request)
    doors = request.app[HOUSE].doors
    ticket, expires_at = await doors.new_ticket(request[CALLER])
    body = {"ticket": ticket, "expires_at": wire_time(expires_at), "expires_in_seconds": doors.rules.ticket_s}
    return web.json_response(body, status=201, headers={hdrs.CACHE_CONTROL: "no-store"})


def _urls(request: web.Request) -> Urls:
    """As the query, or a header, wishes: a browser's socket carries no headers. Raises InvalidRequest."""
    urls = urls_for(request, space_of(request))
    asked = {"media": request.query["media"]} if "media" in request.query else {}
    return urls.of_gateway() if read_query(asked, SocketQuery).media else urls


def subjects_of(request: web.Request) -> tuple[Subject, ...]:
    """What the query asks to follow; every name may be repeated. Raises Refused or InvalidRequest."""
    known = {*NAMES, "after", "ticket", "media"}
    for name in request.query:
        if name not in known:
            raise InvalidRequest.at(name, f"unknown parameter; known are {', '.join(sorted(known))}")
    named = ((name, value) for name in NAMES for value in request.query.getall(name, ()))
    subjects = tuple(dict.fromkeys(read_subject(name, value, space=space_of(request)) for name, value in named))
    most = request.app[HOUSE].sockets.subjects
    if len(subjects) > most:
        raise InvalidRequest.at("job_id", f"a socket follows at most {most} subjects")
    return subjects
