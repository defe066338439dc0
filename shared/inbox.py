"""Pulling from a durable consumer: exactly as many messages as there are hands free."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from pydantic import ValidationError

from shared.bucket import BUS_TROUBLE
from shared.logs import logger

M = TypeVar("M")

PULL_EXPIRES_S = 5.0

Bury = Callable[[Msg, str], Awaitable[None]]
"""What is done with a message nobody can read: (message, reason)."""


class Delivery(Generic[M]):
    """One message in hand. `message` is what it says; `raw` stays for whoever must report it unreadable."""

    def __init__(self, message: M, raw: Msg) -> None:
        self.message = message
        self.raw = raw

    @property
    def traceparent(self) -> str | None:
        """The span that sent it."""
        return (self.raw.headers or {}).get("traceparent")

    async def ack(self) -> None:
        await self._answer(self.raw.ack())

    async def nak(self, delay_s: float = 0.0) -> None:
        await self._answer(self.raw.nak(delay=delay_s or None))

    async def in_progress(self) -> None:
        await self._answer(self.raw.in_progress())

    async def _answer(self, sent: Awaitable[None]) -> None:
        # A lost answer is a redelivery, which every reader can stand.
        with suppress(*BUS_TROUBLE, nats.errors.MsgAlreadyAckdError):
            await sent


class Inbox(Generic[M]):
    """Pulls from one durable consumer, never more than asked for.

    nats-py's `fetch(n)` waits for all n once one has come; this returns what is there.
    """

    def __init__(self, client: Client, stream: str, durable: str, *, read: Callable[[Msg], M], bury: Bury) -> None:
        self._client = client
        self._bury = bury
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._read = read
        self._queue: asyncio.Queue[Msg] = asyncio.Queue()
        self._asked = 0
        self._asked_until = 0.0
        self._reply = client.new_inbox()
        self._subscription: Subscription | None = None

    async def take(self, most: int, *, within_s: float) -> list[Delivery[M]]:
        """Up to `most` messages, waiting at most `within_s` seconds for the first; [] when none came."""
        await self._ask(most)
        taken: list[Delivery[M]] = []
        until = asyncio.get_running_loop().time() + within_s
        while not taken and (raw := await self._next_until(until)) is not None:
            await self._collect(raw, taken)
        while len(taken) < most and not self._queue.empty():
            await self._collect(self._queue.get_nowait(), taken)
        return taken

    async def close(self) -> None:
        """Ask for nothing more and give back what was delivered and not taken."""
        if self._subscription is not None:
            with suppress(*BUS_TROUBLE, nats.errors.Error):
                await self._subscription.unsubscribe()
            self._subscription = None
        while not self._queue.empty():
            message = self._queue.get_nowait()
            if not _is_status(message):
                await Delivery(None, message).nak()

    async def _ask(self, most: int) -> None:
        if self._subscription is None:
            self._subscription = await self._client.subscribe(self._reply, cb=self._queue.put)
        if time.monotonic() > self._asked_until:
            self._asked = 0
        missing = most - self._asked - self._queue.qsize()
        if missing <= 0:
            return
        request = {"batch": missing, "expires": int(PULL_EXPIRES_S * 1e9)}
        with suppress(*BUS_TROUBLE):
            await self._client.publish(self._next, json.dumps(request).encode(), reply=self._reply)
            self._asked += missing
            self._asked_until = time.monotonic() + PULL_EXPIRES_S

    async def _next_until(self, moment: float) -> Msg | None:
        """The next message. Nothing else is done under this timeout: nats-py could swallow its one cancellation."""
        try:
            async with asyncio.timeout_at(moment):
                return await self._queue.get()
        except TimeoutError:
            return None

    async def _collect(self, raw: Msg, taken: list[Delivery[M]]) -> None:
        if _is_status(raw):
            self._asked = max(0, self._asked - _given_up(raw))
            return
        self._asked = max(0, self._asked - 1)
        try:
            taken.append(Delivery(self._read(raw), raw))
        except (ValidationError, ValueError, KeyError) as error:
            logger(__name__).error("message_unreadable", subject=raw.subject, reason=str(error)[:500])
            await self._bury(raw, str(error))

    def forget_requests(self) -> None:
        """After a reconnect: the server has forgotten what was asked."""
        self._asked = 0


def _is_status(message: Msg) -> bool:
    return bool(message.headers and message.headers.get("Status"))


def _given_up(message: Msg) -> int:
    headers = message.headers or {}
    return int(headers.get("Nats-Pending-Messages", 0) or 0)
