"""The calls to Replicate, through its SDK; imported only once a key is there."""

import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from time import monotonic
from typing import Any

import httpx
from pydantic import ValidationError
from replicate.client import Client

from shared.logs import logger
from shared.vendors.replicate.answers import Unanswered, Unreached, answered
from shared.vendors.replicate.prediction import Prediction

CONNECT_S = 5.0
SILENCE_S = 30.0
POOL_S = 10.0
WAYS = 100
MOST_PAGES = 10


class _Line(httpx.AsyncBaseTransport):
    """Under the SDK: every request gets its timeouts, every refusal is raised with its headers.

    The SDK posts without any timeout, drops the headers of an error, and would itself repeat a GET up to ten
    times for as long as Retry-After says (replicate 1.0.7). Here one layer retries, and it is not this one.
    """

    def __init__(self, silence_s: float) -> None:
        self._wire = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=WAYS))
        self._bounds = {"connect": CONNECT_S, "read": silence_s, "write": silence_s, "pool": POOL_S}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["timeout"] = self._bounds
        began = monotonic()
        response = await self._wire.handle_async_request(request)
        ms = round((monotonic() - began) * 1000)
        path = request.url.path
        logger(__name__).debug("replicate_answer", method=request.method, path=path, status=response.status_code, ms=ms)
        if response.status_code < 400:
            return response
        try:
            body = await response.aread()
        finally:
            await response.aclose()
        raise answered(response.status_code, response.headers, body)

    async def aclose(self) -> None:
        await self._wire.aclose()


class Account:
    """One token's access. Every call raises Answered, Unreached or Unanswered."""

    def __init__(self, token: str, base_url: str, *, silence_s: float = SILENCE_S) -> None:
        self._client = Client(api_token=token, base_url=base_url, transport=_Line(silence_s))

    async def create(self, model: str, inputs: dict[str, Any]) -> str:
        """Order one prediction of `owner/name` or `owner/name:version`; its id. The one call that costs."""
        name, _, version = model.partition(":")
        with _told_apart():
            if version:
                made = await self._client.predictions.async_create(version=version, input=inputs)
            else:
                made = await self._client.models.predictions.async_create(name, input=inputs)
        return made.id

    async def get(self, prediction_id: str) -> Prediction:
        return await self._ask("GET", f"/v1/predictions/{prediction_id}")

    async def cancel(self, prediction_id: str) -> Prediction:
        return await self._ask("POST", f"/v1/predictions/{prediction_id}/cancel")

    async def created_between(self, after: datetime, before: datetime) -> list[Prediction] | None:
        """All predictions of the account in that time, newest first; None where they are too many to tell."""
        path = httpx.URL("/v1/predictions", params={"created_after": _iso(after), "created_before": _iso(before)})
        found: list[Prediction] = []
        for _ in range(MOST_PAGES):
            with _told_apart():
                page = (await self._client._async_request("GET", str(path))).json()
            entries = [Prediction.model_validate(entry) for entry in page["results"]]
            found += [entry for entry in entries if _is_between(entry, after, before)]
            if not page.get("next") or any(entry.created_at and entry.created_at < after for entry in entries):
                return found
            path = httpx.URL(raw_path=httpx.URL(page["next"]).raw_path)  # the token goes to no other host
        return None

    async def fields_of(self, model: str) -> frozenset[str] | None:
        """The inputs in the live schema of `owner/name`; None where it shows none. Costs nothing."""
        with _told_apart():
            told = (await self._client._async_request("GET", f"/v1/models/{model}")).json()
        step = told
        for name in ("latest_version", "openapi_schema", "components", "schemas", "Input", "properties"):
            step = step.get(name) if isinstance(step, dict) else None
        return frozenset(step) if isinstance(step, dict) else None

    async def upload(self, content: bytes, *, name: str, media_type: str) -> str:
        """Lend a file to predictions for some hours; its URL."""
        with _told_apart():
            made = await self._client.files.async_create(io.BytesIO(content), filename=name, content_type=media_type)
        return made.urls["get"]

    async def close(self) -> None:
        await self._client._async_client.aclose()

    async def _ask(self, method: str, path: str) -> Prediction:
        with _told_apart():
            answer = await self._client._async_request(method, path)
            return Prediction.model_validate(answer.json())


@asynccontextmanager
async def open_account(token: str, base_url: str) -> AsyncIterator[Account]:
    account = Account(token, base_url)
    try:
        yield account
    finally:
        await account.close()


@contextmanager
def _told_apart() -> Iterator[None]:
    """Was it sent at all? The SDK's ways to fail, as ours."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Unreached(type(error).__name__) from error
    except (httpx.TransportError, httpx.InvalidURL, ValidationError, ValueError, KeyError) as error:
        raise Unanswered(type(error).__name__) from error  # pydantic's v1 errors, and those of JSON, are ValueErrors


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _is_between(prediction: Prediction, after: datetime, before: datetime) -> bool:
    return prediction.created_at is not None and after <= prediction.created_at <= before
