"""The adapter to the metered server, as a real provider's would be."""

import os
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

import aiohttp

from shared.config import WorkerConfig
from shared.contracts.base import FREE, ErrorCode, MediaFacts
from shared.contracts.order import Order
from shared.errors import PermanentError, SubmissionUnknown, Throttled, TransientError
from shared.executions import Handle, Intent
from shared.generation import Done, Output, Pending
from shared.runtime import House

FACTS = {
    "image/png": MediaFacts(width=64, height=64),
    "video/mp4": MediaFacts(width=320, height=180, duration_s=1.0, fps=24, frames=24, has_audio=False),
}


class MeteredProvider:
    """Sells at a price; can't list, so there is no `find`."""

    poll_every_s = 0.1
    call_timeout_s = 2.0

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def submit(self, order: Order) -> Handle:
        body = {"order_id": order.order_id, "kind": order.command.kind}
        try:
            async with self._session.post(f"{self._url}/jobs", json=body) as answer:
                if answer.status == 429:
                    wait_s = float(answer.headers.get("Retry-After", "1"))
                    refusal = Throttled.of(ErrorCode.RATE_LIMITED, "the account is asked to slow down")
                    refusal.retry_after_s = wait_s
                    raise refusal
                if 400 <= answer.status < 500:
                    raise PermanentError.of(ErrorCode.PROVIDER_ERROR, await answer.text(), provider_code="bad_input")
                if answer.status >= 500:
                    raise SubmissionUnknown.of(ErrorCode.PROVIDER_ERROR, "the provider broke off")
                return Handle(id=(await answer.json())["id"])
        except aiohttp.ClientConnectorError as error:
            raise TransientError.of(ErrorCode.PROVIDER_ERROR, "the provider is not there") from error
        except aiohttp.ClientError as error:
            raise SubmissionUnknown.of(ErrorCode.PROVIDER_ERROR, "the connection broke") from error

    async def poll(self, handle: Handle) -> Pending | Done:
        try:
            async with self._session.get(f"{self._url}/jobs/{handle.id}") as answer:
                job = await answer.json()
        except aiohttp.ClientError as error:
            raise TransientError.of(ErrorCode.PROVIDER_ERROR, "the poll broke") from error
        if job["status"] != "succeeded":
            return Pending(message=job["status"])
        location = f"{self._url}/jobs/{handle.id}/output"
        return Done((Output(location, job["media_type"], FACTS[job["media_type"]]),))

    async def fetch(self, output: Output) -> AsyncGenerator[bytes, None]:
        try:
            async with self._session.get(output.location) as answer:
                async for chunk in answer.content.iter_chunked(1 << 16):
                    yield chunk
        except aiohttp.ClientError as error:
            raise TransientError.of(ErrorCode.PROVIDER_ERROR, "the download broke") from error

    async def cancel(self, handle: Handle) -> Decimal:
        async with self._session.post(f"{self._url}/jobs/{handle.id}/cancel"):
            return FREE

    async def find(self, intent: Intent, order: Order) -> Sequence[Handle]:
        return ()

    async def forget(self, handle: Handle) -> None: ...


@asynccontextmanager
async def open_metered(_house: House, _config: WorkerConfig) -> AsyncIterator[MeteredProvider]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        yield MeteredProvider(session, os.environ["METERED_URL"])
