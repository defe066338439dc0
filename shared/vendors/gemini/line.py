"""The SDK and the wire below it; imported only once a key is there."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any

import httpx2
from google.genai import Client, types

from shared.logs import logger
from shared.vendors.gemini.answers import Answered, Unanswered, Unreached, answered

CONNECT_S = 5.0
POOL_S = 10.0
WAYS = 100


class Line(httpx2.AsyncBaseTransport):
    """Under the SDK: an answer is read to its end, or the call did not end well, in our own words.

    The SDK has two families of errors and, over aiohttp, sends a POST again by itself when the connection
    breaks (google-genai 3.4.0). Here one layer retries, and it is not this one.
    """

    def __init__(self, silence_s: float) -> None:
        self._wire = httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_connections=WAYS))
        self._bounds = {"connect": CONNECT_S, "read": silence_s, "write": silence_s, "pool": POOL_S}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.extensions["timeout"] = self._bounds
        began = monotonic()
        with _told_apart():
            response = await self._wire.handle_async_request(request)
            try:
                body = await response.aread()
            finally:
                await response.aclose()
        ms = round((monotonic() - began) * 1000)
        path = request.url.path
        logger(__name__).debug("gemini_responded", method=request.method, path=path, status=response.status_code, ms=ms)
        if response.status_code >= 300:
            raise answered(response.status_code, response.headers, body)
        if not _is_object(body):
            raise Unanswered("no JSON object")
        return response

    async def aclose(self) -> None:
        await self._wire.aclose()


def open_client(line: Line, *, base_url: str | None, version: str | None, **access: Any) -> Client:
    """A client that neither retries nor looks into the environment for another key or address."""
    options = types.HttpOptions(
        base_url=base_url,
        api_version=version,
        retry_options=types.HttpRetryOptions(attempts=1),
        async_client_args={"transport": line},
    )
    return Client(http_options=options, **access)


@contextmanager
def readable() -> Iterator[None]:
    """An answer that the SDK can't read is none."""
    try:
        yield
    except (Answered, Unreached, Unanswered):
        raise
    except ValueError as error:  # JSON, pydantic and the SDK's UnknownApiResponseError all are ValueErrors
        raise Unanswered(type(error).__name__) from error


def _is_object(body: bytes) -> bool:
    """The SDK has three ways to fail at anything else, one of which is to be content with it."""
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


@contextmanager
def _told_apart() -> Iterator[None]:
    """Was it sent at all?"""
    try:
        yield
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
        raise Unreached(type(error).__name__) from error
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        raise Unanswered(type(error).__name__) from error


def content_config(settings: Mapping[str, Any], **fields: Any) -> types.GenerateContentConfig:
    """`settings` are those of a catalog entry: names of GenerateContentConfig, and `thinking_level`."""
    known = dict(settings)
    if (level := known.pop("thinking_level", None)) is not None:
        fields["thinking_config"] = types.ThinkingConfig(thinking_level=level)
    return types.GenerateContentConfig(**known, **fields)
