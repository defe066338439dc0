"""Sends what the outbox holds: each attempt by one gateway only, later again when nobody took it, for about a day."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, hdrs
from aiohttp.abc import AbstractResolver

from gateway.handlers import DATABASE_AWAY
from gateway.history import outbox
from gateway.history.addressees import Delivery, Hook
from gateway.history.records import EventRow
from gateway.history.store import Committed, History, Transaction
from gateway.sockets import event_frame
from gateway.webhooks.rules import WebhookRules
from gateway.webhooks.signing import new_secret, signed
from shared.logs import logger
from shared.redaction import redacted

ASK_EVERY_S = 1.0
GATHER_S = 0.02
TROUBLE_PAUSE_S = 1.0
LEASE_BEYOND_S = 30.0
LONGEST_WISH_S = 3600.0
"""A receiver's own `Retry-After` is heeded up to here."""
SPREAD = 0.2
USER_AGENT = "Scenebeat-Webhooks/1"

log = logger(__name__)


class Answer(NamedTuple):
    """What an attempt came to: the receiver's status, or why there was none. Of its body nothing is read."""

    status: int | None = None
    error: str | None = None
    retry_after_s: float = 0.0

    @property
    def is_taken(self) -> bool:
        return self.status is not None and HTTPStatus(200) <= self.status < HTTPStatus(300)


class Postman:
    """Looks into the outbox when something was put there and every second, and keeps some attempts going at once."""

    def __init__(
        self,
        history: History,
        rules: WebhookRules,
        *,
        resolver: Callable[[], AbstractResolver] | None = None,
        ask_every_s: float = ASK_EVERY_S,
    ) -> None:
        self._history = history
        self._rules = rules
        self._resolver = resolver
        self._under_way: Counter[str] = Counter()
        self._ask_every_s = ask_every_s
        self._bell = asyncio.Event()

    async def run(self) -> None:
        """Send until canceled. An attempt that is cut off by that is made again once its lease has run out."""
        self._history.after_commit.append(self._hear)
        async with self._session() as session, asyncio.TaskGroup() as attempts:
            while True:
                try:
                    while taken := await self._take():
                        for delivery, event, hook in taken:
                            self._under_way[delivery.host] += 1
                            attempts.create_task(self._deliver(session, delivery, event, hook))
                    await self._wait()
                except DATABASE_AWAY as error:
                    log.warning("webhooks_wait_for_database", error=str(error))
                    await asyncio.sleep(TROUBLE_PAUSE_S)

    def _hear(self, committed: Committed) -> None:
        if committed.fills_outbox:
            self._bell.set()

    async def _wait(self) -> None:
        """For something to be put there, here or (a second at most) elsewhere, or for the time of a retry."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._ask_every_s):
                await self._bell.wait()
                await asyncio.sleep(GATHER_S)
        self._bell.clear()

    async def _take(self) -> list[tuple[Delivery, EventRow | None, Hook]]:
        """Lease what is due, as far as there is room; a host that is slow to answer leaves room for others."""
        room = self._rules.at_once - self._under_way.total()
        if room <= 0:
            return []
        busy = {host for host, count in self._under_way.items() if count >= self._rules.at_once_per_host}
        async with self._history.glance() as tx:
            found = self._spread(await outbox.due(tx, busy_hosts=busy, limit=self._rules.at_once))[:room]
        if not found:
            return []
        async with self._history.write() as tx:
            taken = await outbox.lease(tx, found, for_s=self._rules.timeout_s + LEASE_BEYOND_S)
            return [(one, await outbox.event_of(tx, one), await known_hook(tx, one.space)) for one in taken]

    def _spread(self, found: list[Delivery]) -> list[Delivery]:
        """No more per host than may be under way at once."""
        counted, kept = Counter(self._under_way), []
        for one in found:
            if counted[one.host] < self._rules.at_once_per_host:
                counted[one.host] += 1
                kept.append(one)
        return kept

    async def _deliver(self, session: ClientSession, delivery: Delivery, event: EventRow | None, hook: Hook) -> None:
        try:
            answer = (
                Answer(error="the event is not kept any more")
                if event is None
                else await self._attempt(session, delivery, event_frame(event), hook)
            )
            await self._settle(delivery, answer, is_lost=event is None)
        except DATABASE_AWAY as error:  # its lease runs out, and it is made again
            log.warning("webhook_attempt_not_noted", delivery=delivery.id, error=str(error))
        finally:
            self._under_way.subtract([delivery.host])
            self._under_way = +self._under_way  # without the zeros
            self._bell.set()

    async def _attempt(self, session: ClientSession, delivery: Delivery, body: bytes, hook: Hook) -> Answer:
        now = self._history.now()
        headers = signed(body, delivery_id=delivery.id, at=now, by=hook.secrets(now))
        try:
            async with (
                asyncio.timeout(self._rules.timeout_s),
                session.post(delivery.url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                response.close()  # whatever else it has to say
                answer = Answer(response.status, _of_status(response.status))
                return answer if answer.is_taken else answer._replace(retry_after_s=self._wish_s(response.headers))
        except TimeoutError:
            return Answer(error=f"no answer within {self._rules.timeout_s:g} s")
        except (ClientError, OSError, ValueError) as error:
            cause = error.os_error if isinstance(error, ClientConnectorError) else error
            return Answer(error=redacted(str(cause)) or type(error).__name__)
        except Exception as error:  # logged whole: what a stranger's answer does to our client must end no gateway
            log.exception("webhook_attempt_failed_by_a_bug", delivery=delivery.id)
            return Answer(error=type(error).__name__)

    async def _settle(self, delivery: Delivery, answer: Answer, *, is_lost: bool) -> None:
        now, tried = self._history.now(), delivery.attempts
        pauses = self._rules.retry_s
        over = is_lost or tried > len(pauses) or answer.status == HTTPStatus.GONE
        log.info(
            "webhook_taken" if answer.is_taken else "webhook_given_up" if over else "webhook_failed",
            delivery=delivery.id, host=delivery.host, type=delivery.type, attempt=tried, status=answer.status,
            error=answer.error,
        )  # fmt: skip
        noted = {"answer": answer.status, "error": answer.error}
        async with self._history.write() as tx:
            if answer.is_taken:
                await outbox.settle(tx, delivery, status="delivered", ended_at=now, **noted)
            elif over:
                await outbox.settle(tx, delivery, status="failed", ended_at=now, **noted)
            else:
                pause_s = max(pauses[tried - 1] * random.uniform(1 - SPREAD, 1 + SPREAD), answer.retry_after_s)
                await outbox.settle(tx, delivery, not_before=now + pause_s, **noted)

    def _wish_s(self, headers: Mapping[str, str]) -> float:
        """How long the receiver asks to be left alone."""
        told = headers.get(hdrs.RETRY_AFTER, "").strip()
        if told.isascii() and told.isdigit() and len(told) < 10:
            return min(float(told), LONGEST_WISH_S)
        try:
            return min(max(0.0, parsedate_to_datetime(told).timestamp() - self._history.now()), LONGEST_WISH_S)
        except (ValueError, OverflowError):
            return 0.0

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[ClientSession]:
        """No cookies, no proxies, no redirects, a new connection each time; only where the rules allow it."""
        connector = TCPConnector(
            resolver=self._resolver() if self._resolver else None,
            socket_factory=self._rules.socket_to,
            use_dns_cache=False,
            force_close=True,
            limit=0,
        )
        async with ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=self._rules.timeout_s),
            headers={hdrs.CONTENT_TYPE: "application/json", hdrs.USER_AGENT: USER_AGENT},
            auto_decompress=False,
            trust_env=False,
        ) as session:
            yield session


async def known_hook(tx: Transaction, space: str) -> Hook:
    """The space's secret, made the first time that it is needed. Writes only."""
    return await outbox.hook_of(tx, space) or await outbox.ensure_hook(
        tx, Hook(space=space, secret=new_secret(), created_at=tx.now())
    )


def rotated(hook: Hook, *, now: float, old_signs_for_s: float) -> Hook:
    """A new secret; the one before signs along for a while."""
    return replace(
        hook, secret=new_secret(), previous_secret=hook.secret, previous_until=now + old_signs_for_s, created_at=now
    )


def _of_status(status: int) -> str | None:
    if HTTPStatus(200) <= status < HTTPStatus(300):
        return None
    if HTTPStatus(300) <= status < HTTPStatus(400):
        return f"answered {status}: redirects are not followed; give the address that takes it"
    return f"answered {status}"
