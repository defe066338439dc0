"""The line to one gateway: the key, the time outs, and another try wherever that can't do a thing twice."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from scenebeat.client.faults import NoSocket, Refused, ScenebeatError, Unreachable, fault_of
from scenebeat.client.pace import Pace, Tries

API = "/api/mv"
REQUEST_TIMEOUT_S = 30.0
SILENCE_S = 45.0
"""A socket that says nothing for this long, pings included, is dead."""
HARMLESS = frozenset({"GET", "HEAD", "DELETE"})
"""Whoever asks twice gets the same."""
REFUSED_UNREAD = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
LOST_BEHIND_A_PROXY = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})

Json = Any
Query = Mapping[str, str]
BROKEN = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError)
"""What aiohttp raises where a connection can't be made, breaks, or says nothing."""
NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is no error: its status, its headers, its JSON (None where there is none)."""

    status: int
    headers: Mapping[str, str]
    body: Json


class Line:
    """Requests to the gateway at `url`. The key is sent to no other origin."""

    def __init__(self, url: str, *, key: str | None, timeout_s: float, pace: Pace) -> None:
        self.url = url.rstrip("/")
        self.pace = pace
        self._key = key
        self._timeout_s = timeout_s
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self, method: str, path: str, *, query: Query | None = None, body: Json = None, key: str | None = None
    ) -> Answer:
        """One call, tried again where it is harmless: by its method, by its idempotency `key`, or as nobody took it.

        Raises Unreachable and Refused.
        """
        headers = {"Idempotency-Key": key} if key else {}
        repeatable = method in HARMLESS or key is not None
        tries = Tries(self.pace)
        again = False
        while True:
            try:
                return await self._once(method, path, query=query, body=body, headers=headers)
            except Refused as refused:
                if again and method == "DELETE" and refused.status == HTTPStatus.NOT_FOUND:
                    return Answer(HTTPStatus.NO_CONTENT, {}, None)  # the first try did it, and its answer was lost
                wait_s = _wait_after(refused, tries, repeatable=repeatable)
                if wait_s is None:
                    raise
            except Unreachable as lost:
                wait_s = tries.wait_s() if repeatable or not lost.may_have_arrived else None
                if wait_s is None:
                    raise
            again = True
            await asyncio.sleep(wait_s)

    async def _once(
        self, method: str, path: str, *, query: Query | None, body: Json, headers: Mapping[str, str]
    ) -> Answer:
        sent = None if body is None else json.dumps(body, default=str).encode()
        told = {**headers, **({} if sent is None else {"Content-Type": "application/json"})}
        async with self.request(method, path, params=query, data=sent, headers=told) as answer:
            content = await answer.read()
            return Answer(answer.status, answer.headers, _json_of(answer, content) if content else None)

    @asynccontextmanager
    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Query | None = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: aiohttp.ClientTimeout | None = None,  # noqa: ASYNC109 -- aiohttp's own
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One request, once. Raises Refused for what is answered with an error, Unreachable for what is not."""
        address = self.address(path)
        told = {**(headers or {}), **self._authorization(address)}
        limit = timeout or aiohttp.ClientTimeout(total=self._timeout_s)
        try:
            async with self._opened().request(
                method, address, params=params, data=data, headers=told, timeout=limit
            ) as answer:
                await _refuse(answer)
                yield answer
        except BROKEN as error:
            raise _lost(address, error) from error

    @asynccontextmanager
    async def socket(self, query: list[tuple[str, str]]) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """The WebSocket. Raises Unreachable, and NoSocket where it will not get through."""
        address = self.address("/api/mv/ws")
        try:
            async with self._opened().ws_connect(
                address,
                params=query,
                headers=self._authorization(address),
                timeout=aiohttp.ClientWSTimeout(ws_receive=SILENCE_S, ws_close=2.0),
            ) as socket:
                try:
                    yield socket
                finally:
                    if socket.closed:
                        socket._response.close()  # one that was lost is left open by aiohttp, for the collector to find
        except aiohttp.WSServerHandshakeError as error:
            said = f"{self.url}: the socket was refused with {error.status} {error.message}"
            comes_back = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status in REFUSED_UNREAD
            raise (Unreachable(said) if comes_back else NoSocket(said)) from error
        except BROKEN as error:
            raise _lost(address, error) from error

    def address(self, path: str) -> str:
        """`path` of the gateway as a whole address; one that is whole already stays."""
        return path if "://" in path else f"{self.url}{path}"

    def _authorization(self, address: str) -> dict[str, str]:
        ours = _origin(address) == _origin(self.url)
        return {"Authorization": f"Bearer {self._key}"} if self._key and ours else {}

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(headers={"User-Agent": f"scenebeat/{_version()}"})
            self._session._retry_connection = False  # retries in one layer: a lost answer has to be known here
        return self._session


def _lost(address: str, error: Exception) -> Unreachable:
    why = "it took too long" if isinstance(error, TimeoutError) else str(error) or "the connection broke"
    who = urlsplit(address)._replace(path="", query="").geturl()  # a query may be a signature
    return Unreachable(f"{who} does not answer: {why}", may_have_arrived=not isinstance(error, NEVER_SENT))


def _wait_after(refused: Refused, tries: Tries, *, repeatable: bool) -> float | None:
    """How long to wait before the same is asked again; None where that helps nobody."""
    asked_to = refused.retry_after_s is not None
    passing = refused.status in REFUSED_UNREAD and (asked_to or refused.retryable)
    lost = refused.status in LOST_BEHIND_A_PROXY and not refused.problem and repeatable
    return tries.wait_s(at_least_s=refused.retry_after_s or 0.0) if passing or lost else None


async def _refuse(answer: aiohttp.ClientResponse) -> None:
    if answer.status < HTTPStatus.BAD_REQUEST:
        return
    try:
        problem = json.loads(await answer.read())
    except ValueError:
        problem = {}
    told = problem if isinstance(problem, dict) else {}
    raise fault_of(answer.status, told, retry_after_s=seconds_of(answer.headers.get("Retry-After")))


def _json_of(answer: aiohttp.ClientResponse, content: bytes) -> Json:
    try:
        return json.loads(content)
    except ValueError:
        where = answer.url.with_query(None)
        raise ScenebeatError(f"{where} answers, but not as Scenebeat does: is it the right address?") from None


def seconds_of(retry_after: str | None) -> float | None:
    """`Retry-After`, seconds or a date, in seconds; None where it is neither."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    default = 443 if parts.scheme == "https" else 80
    return parts.scheme, parts.hostname, parts.port or default


def _version() -> str:
    try:
        return version("scenebeat")
    except PackageNotFoundError:  # a checkout that is run without being installed
        return "0"
