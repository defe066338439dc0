"""A small client of the gateway: order a film, follow it over the socket, fetch it."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

REQUEST_TIMEOUT_S = 30.0
SILENCE_S = 45.0
"""A socket that says nothing for this long, pings included, is dead."""
FIRST_RETRY_S = 0.2
MOST_RETRY_S = 5.0
GIVE_UP_S = 120.0
CHUNK_BYTES = 256 << 10
GREETINGS = frozenset({"hello", "reset"})

Body = dict[str, Any]


class ClientError(Exception):
    """The gateway could not do what was asked; the text is meant for people."""


class Unreachable(ClientError):
    """Nobody answers at this address."""


class Refused(ClientError):
    """The gateway answered with a fault (API.md section 6): `status` of HTTP, `code` of the contract."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(_sentence(problem) or f"the gateway answered {status}")
        self.status = status
        self.code = str(problem.get("error_code", "INTERNAL"))
        self.problem = dict(problem)


@dataclass(frozen=True, slots=True)
class Told:
    """One frame of the socket: `job.progress`, `production.updated`, ... with the state it brings."""

    type: str
    seq: int
    data: Body


class Client:
    """Talks to one gateway. Make it with `connect`."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url.rstrip("/")
        self._session = session

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str) -> AsyncIterator["Client"]:
        timeout = aiohttp.ClientTimeout(total=REQUEST_TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            yield cls(url, session)

    async def create_production(self, order: Mapping[str, Any], *, idempotency_key: str | None = None) -> Body:
        """Order a film (API.md section 3); the production as it stands. Raises Refused, Unreachable."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return await self._call("POST", "/api/mv/productions", json=dict(order), headers=headers)

    async def estimate(self, order: Mapping[str, Any]) -> Body:
        """What `order` would cost, part by part; nothing is ordered. Raises Refused, Unreachable."""
        return await self._call("POST", "/api/mv/estimate", json=dict(order))

    async def production(self, production_id: str) -> Body:
        return await self._call("GET", f"/api/mv/productions/{production_id}")

    async def productions(self) -> list[Body]:
        """The newest productions, newest first."""
        items: list[Body] = (await self._call("GET", "/api/mv/productions"))["items"]
        return items

    async def cancel_production(self, production_id: str) -> Body:
        return await self._call("POST", f"/api/mv/productions/{production_id}/cancel")

    async def follow(self, *, production_id: str, after: int | None = None) -> AsyncGenerator[Told]:
        """Everything told of a production, endlessly; the caller leaves when it knows enough.

        A lost connection is taken up again where it broke: no event is missed and none comes twice. Raises
        Unreachable when the gateway stays away for `GIVE_UP_S`, Refused when it does not want us.
        """
        wait_s, lost_at = FIRST_RETRY_S, None
        clock = asyncio.get_running_loop().time
        while True:
            try:
                async with aclosing(self._listen(production_id, after)) as frames:
                    async for told in frames:
                        wait_s, lost_at = FIRST_RETRY_S, None
                        if told.type in GREETINGS:  # the snapshot they promise may still get lost
                            continue
                        yield told
                        after = told.seq
            except (aiohttp.ClientConnectionError, TimeoutError, Unreachable) as error:
                lost_at = lost_at or clock()
                if clock() - lost_at > GIVE_UP_S:
                    raise Unreachable(f"{self.url} has not answered for {GIVE_UP_S:g} s") from error
            await asyncio.sleep(wait_s)
            wait_s = min(MOST_RETRY_S, wait_s * 2)

    async def download(self, path: str, file: Path) -> int:
        """Fetch `path` into `file`, going on where a broken transfer stopped; its size in bytes.

        `file` appears whole or not at all. Raises Refused, Unreachable.
        """
        transfer = _Transfer(file.with_name(f"{file.name}.part"))
        wait_s = FIRST_RETRY_S
        while True:
            try:
                await self._fetch(path, transfer)
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
                if wait_s > MOST_RETRY_S:
                    raise Unreachable(f"{self.url}{path} breaks off again and again: {error}") from error
                await asyncio.sleep(wait_s)
                wait_s *= 2
            else:
                size = transfer.size
                transfer.part.replace(file)
                return size

    async def _fetch(self, path: str, transfer: "_Transfer") -> None:
        """Append what is missing, or begin again where the file behind `path` has changed."""
        timeout = aiohttp.ClientTimeout(total=None, sock_read=REQUEST_TIMEOUT_S)
        async with self._session.get(self.address(path), headers=transfer.wish(), timeout=timeout) as answer:
            await _refuse(answer)
            goes_on = answer.status == HTTPStatus.PARTIAL_CONTENT
            transfer.etag = answer.headers.get("ETag")
            with transfer.part.open("ab" if goes_on else "wb") as out:
                async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                    out.write(chunk)

    async def _listen(self, production_id: str, after: int | None) -> AsyncGenerator[Told]:
        """One connection's frames. What was seen before (`after`) is not passed on a second time."""
        query = {"production_id": production_id} | ({} if after is None else {"after": str(after)})
        timeout = aiohttp.ClientWSTimeout(ws_receive=SILENCE_S, ws_close=2.0)
        try:
            socket = await self._session.ws_connect(self.address("/api/mv/ws"), params=query, timeout=timeout)
        except aiohttp.WSServerHandshakeError as error:
            raise _not_wanted(error) from error
        async with socket:
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                told = Told(**json.loads(message.data))
                if told.type == "error":
                    raise Refused(int(told.data.get("status", 0)), told.data)
                yield told

    async def _call(self, method: str, path: str, **request: Any) -> Body:
        try:
            async with self._session.request(method, self.address(path), **request) as answer:
                await _refuse(answer)
                body: Body = await answer.json()
                return body
        except (aiohttp.ClientConnectionError, TimeoutError) as error:
            raise Unreachable(f"{self.url} does not answer: {error or 'it took too long'}") from error

    def address(self, path: str) -> str:
        """`path` of the gateway as a whole address; one that is whole already stays."""
        return path if "://" in path else f"{self.url}{path}"


@dataclass(slots=True)
class _Transfer:
    """A download under way: what has come is in `part`, `etag` names the version it is of."""

    part: Path
    etag: str | None = None

    @property
    def size(self) -> int:
        return self.part.stat().st_size

    def wish(self) -> dict[str, str]:
        """The headers that ask for the rest; for all of it where nothing came, or nobody can tell of which version."""
        return {"Range": f"bytes={self.size}-", "If-Range": self.etag} if self.etag and self.size else {}


async def _refuse(answer: aiohttp.ClientResponse) -> None:
    if answer.status < HTTPStatus.BAD_REQUEST:
        return
    try:
        problem = json.loads(await answer.read())
    except ValueError:
        problem = {}
    raise Refused(answer.status, problem if isinstance(problem, dict) else {})


def _not_wanted(error: aiohttp.WSServerHandshakeError) -> ClientError:
    """A gateway that is starting or stopping comes back; one that knows us and says no does not."""
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unreachable(f"the gateway answered {error.status}")
    return Refused(error.status, {"message": f"the socket was refused with {error.status} {error.message}"})


def _sentence(problem: Mapping[str, Any]) -> str:
    """What went wrong and, where the gateway lists them, every fault on a line of its own."""
    faults = problem.get("errors") or ()
    lines = [f"{fault.get('path')}: {fault.get('message')}" for fault in faults if isinstance(fault, dict)]
    return "\n".join(lines) or str(problem.get("message") or problem.get("error") or "")
