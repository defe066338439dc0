"""Who comes in, and as whom: with a key, a signed address of media, or a ticket. What is not open is shut."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from secrets import token_urlsafe
from typing import NewType

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from gateway.documents.operations import operation_of
from gateway.history import keys
from gateway.history.keys import ApiKey, Ticket
from gateway.history.records import LOCAL
from gateway.history.store import History
from gateway.keys.addresses import address_of
from gateway.keys.paces import Paces
from gateway.keys.rules import KeyRules
from gateway.keys.signatures import Signer
from gateway.keys.token import Token, hashed, read_token
from gateway.problems import Refused, refused
from shared.contracts.base import ErrorCode

SIGNED = frozenset(
    {
        "/api/mv/get_video/{video_id}",
        "/api/mv/get_video/{video_id}/poster",
        "/api/mv/get_video/{video_id}/contact-sheet",
        "/api/mv/get_character_reference/{image_id}",
        "/api/mv/scenes/{scene_set_id}/scenes.json",
        "/api/mv/scenes/{scene_set_id}/scenes.md",
    }
)
"""Routes that a signed address opens, for GET and HEAD."""
OPERATORS = frozenset({"/metrics"})
"""Routes that tell of all spaces: for keys of the operator's own space, `local`."""
SOCKET = "/api/mv/ws"
LOOK_AGAIN_S = 1.0
LONG_S = 2.0
"""A request that took longer is checked again before it is answered: its key may be gone."""
KNOWN_GOOD = 10_000

Address = NewType("Address", str)


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom a request is answered."""

    space: str
    key: ApiKey | None = None


CALLER: web.RequestKey[Caller] = web.RequestKey("caller", Caller)


class Doors:
    """Locked or not, and what opens them. `beyond_loopback`: others than this machine can reach the gateway."""

    def __init__(self, history: History, rules: KeyRules, *, beyond_loopback: bool = False) -> None:
        self.rules = rules
        self.locked = beyond_loopback or rules.required is True
        self._history = history
        self._may_stay_open = rules.required is False and not beyond_loopback
        self._look_at = 0.0
        self._signer: Signer | None = None
        self._requests = Paces()
        self._failures = Paces()
        self._good: OrderedDict[str, None] = OrderedDict()

    async def is_locked(self) -> bool:
        """Once locked they stay so. A database that does not answer is an error, never an open door."""
        if not self.locked and not self._may_stay_open and time.monotonic() >= self._look_at:
            async with self._history.glance() as tx:
                self.locked = await keys.were_made(tx)
            self._look_at = time.monotonic() + LOOK_AGAIN_S
        if self.locked:
            await self.signer()
        return self.locked

    async def signer(self) -> Signer:
        if self._signer is None:
            async with self._history.write() as tx:
                secret = await keys.secret(tx, "media_urls")
            self._signer = Signer(secret, self.rules.media_url_s, self._history.now)
        return self._signer

    def signed(self, path: str, *, space: str) -> str:
        """`path` as a page can load it."""
        return path if self._signer is None or not self.locked else self._signer.signed(path, space=space)

    async def caller_of(self, request: web.Request) -> Caller | None:
        """Who asks; None where it does not matter. Raises Refused (401, 403, 429)."""
        route = _route_of(request)
        if is_public(request):
            return None
        if not await self.is_locked():
            return Caller(LOCAL)
        if (presented := _presented(request)) is not None:
            caller = await self._holder(request, presented)
        elif (unsigned := await self._without_key(request, route)) is not None:
            return unsigned
        else:
            raise _unauthorized("this gateway asks for an API key: send `Authorization: Bearer sb_...`")
        if route in OPERATORS and caller.space != LOCAL:
            raise refused(ErrorCode.FORBIDDEN, f"{route} tells of all spaces: it takes a key of the space `{LOCAL}`")
        return caller

    async def still_good(self, caller: Caller) -> bool:
        """May an answer that took long still be given?"""
        if caller.key is None:
            return True
        async with self._history.glance() as tx:
            return caller.key.id in await keys.still_good(tx, (caller.key.id,))

    async def new_ticket(self, caller: Caller) -> tuple[str, float]:
        """A ticket for one socket of `caller`, and when it is over."""
        ticket = token_urlsafe(32)
        async with self._history.write() as tx:
            expires_at = tx.now() + self.rules.ticket_s
            key_id = caller.key.id if caller.key else None
            await keys.put_ticket(
                tx, Ticket(hash=hashed(ticket), space=caller.space, key_id=key_id, expires_at=expires_at)
            )
        return ticket, expires_at

    async def _without_key(self, request: web.Request, route: str) -> Caller | None:
        if request.method in {hdrs.METH_GET, hdrs.METH_HEAD} and route in SIGNED and "signature" in request.query:
            return await self._signed_in(request)
        if route == SOCKET and "ticket" in request.query:
            return await self._ticketed(request)
        return None

    async def _signed_in(self, request: web.Request) -> Caller:
        space = (await self.signer()).space_of(request.path, request.query)
        if space is None:
            raise _unauthorized("this address is over, or was not signed for what it names: fetch it anew")
        return Caller(space)

    async def _ticketed(self, request: web.Request) -> Caller:
        address = self._refuse_guessing(request)
        async with self._history.write() as tx:
            ticket = await keys.take_ticket(tx, hashed(request.query["ticket"][:200]))
            key = None if ticket is None or ticket.key_id is None else await keys.find(tx, ticket.key_id)
        if ticket is None or key is None or key.revoked_at is not None:
            self._failed(address)
            raise _unauthorized(
                "this ticket was used, is over, or never was: ask for another at POST /api/mv/ws-ticket"
            )
        return Caller(ticket.space, key)

    async def _holder(self, request: web.Request, presented: str) -> Caller:
        token = read_token(presented)
        known = token is not None and token.hash in self._good
        address = Address("") if known else self._refuse_guessing(request)
        key = None if token is None else await self._key_of(token)
        if token is None or key is None:
            self._failed(address or Address(address_of(request, self.rules.trusted_proxies)))
            raise _unauthorized("this API key is unknown or revoked")
        self._remember(token)
        self._refuse_haste(key)
        return Caller(key.space, key)

    async def _key_of(self, token: Token) -> ApiKey | None:
        async with self._history.glance() as tx:
            key = await keys.find(tx, token.id)
        return key if key is not None and token.proves(key.hash) and key.revoked_at is None else None

    def _refuse_haste(self, key: ApiKey) -> None:
        per_minute = key.requests_per_minute or self.rules.requests_per_minute
        if wait_s := self._requests.take(key.id, per_minute=per_minute):
            raise _too_many(f"key {key.id} may ask {per_minute} times a minute", wait_s)

    def _refuse_guessing(self, request: web.Request) -> Address:
        """Before the database is asked. Keys that were good a moment ago come in past it."""
        address = Address(address_of(request, self.rules.trusted_proxies))
        if wait_s := self._failures.is_empty(address, per_minute=self.rules.failures_per_minute):
            raise _too_many("too many wrong keys came from this address", wait_s)
        return address

    def _failed(self, address: Address) -> None:
        self._failures.take(address, per_minute=self.rules.failures_per_minute)

    def _remember(self, token: Token) -> None:
        self._good[token.hash] = None
        self._good.move_to_end(token.hash)
        if len(self._good) > KNOWN_GOOD:
            self._good.popitem(last=False)


def let_in(doors: Doors) -> Middleware:
    """The middleware that finds out for whom a request is answered."""

    @web.middleware
    async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
        caller = await doors.caller_of(request)
        if caller is None:
            return await handler(request)
        request[CALLER] = caller
        began = asyncio.get_running_loop().time()
        response = await handler(request)
        took_s = asyncio.get_running_loop().time() - began
        if took_s > LONG_S and not response.prepared and not await doors.still_good(caller):
            raise _unauthorized("this API key was revoked while the request was under way")
        return response

    return admit


def is_public(request: web.Request) -> bool:
    """Does it tell nothing of anybody? Only what describes itself so: whatever says nothing asks for a key."""
    told = operation_of(request.match_info.handler)
    return told is not None and told.public


def _route_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return "" if resource is None else resource.canonical


def _presented(request: web.Request) -> str | None:
    """The key as it was sent; empty for another scheme than Bearer."""
    headers: Mapping[str, str] = request.headers
    if (sent := headers.get(hdrs.AUTHORIZATION)) is not None:
        scheme, _, key = sent.partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""
    return headers.get("X-API-Key")


def _unauthorized(message: str) -> Refused:
    return refused(ErrorCode.UNAUTHORIZED, message, headers={hdrs.WWW_AUTHENTICATE: 'Bearer realm="scenebeat"'})


def _too_many(why: str, wait_s: float) -> Refused:
    seconds = max(1, ceil(wait_s))
    message = f"{why}: come again in {seconds} s"
    return refused(ErrorCode.RATE_LIMITED, message, headers={"Retry-After": str(seconds)}, retryable=True)
