"""What a provider made, fetched as a stream: no key, no redirect, no end in sight is too much."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

import aiohttp
from yarl import URL

from shared.contracts.base import ErrorCode
from shared.errors import PermanentError, TransientError

CHUNK_BYTES = 1 << 18
CONNECT_S = 10.0
SILENCE_S = 30.0
GONE = (404, 410)


@dataclass(frozen=True)
class Downloads:
    """Fetches outputs. `from_loopback` allows plain http, and then from this machine alone: for servers of tests.

    `headers` go to the first address only; `redirects` is how often it may send us on, without them.
    """

    session: aiohttp.ClientSession
    most_bytes: int
    from_loopback: bool = False
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    redirects: int = 0

    async def stream(self, location: str) -> AsyncGenerator[bytes, None]:
        """The bytes at `location`. Raises TransientError where another try may help, else PermanentError."""
        url, headers = self._checked(location), self.headers
        try:
            for _ in range(self.redirects):
                if (onward := await self._onward(url, headers)) is None:
                    break
                url, headers = onward, {}
            async with self.session.get(url, allow_redirects=False, headers=headers) as answer:
                self._judge(answer)
                received = 0
                async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                    received += len(chunk)
                    self._weigh(received)
                    yield chunk
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TransientError.of(
                ErrorCode.PROVIDER_ERROR, f"The download from {url.host} broke off ({type(error).__name__})."
            ) from error

    async def _onward(self, url: URL, headers: Mapping[str, str]) -> URL | None:
        """Where `url` sends us, or None: asked for its first byte only."""
        asked = {**headers, "Range": "bytes=0-0"}
        async with self.session.get(url, allow_redirects=False, headers=asked) as answer:
            location = answer.headers.get("Location") if 300 <= answer.status < 400 else None
            return self._checked(str(url.join(URL(location)))) if location else None

    def _checked(self, location: str) -> URL:
        url = URL(location)
        if self.from_loopback and url.scheme == "http" and is_loopback(url):
            return url
        if url.scheme != "https" or url.host is None or is_loopback(url):
            raise _bad_output(f"The provider's output lies at a {url.scheme or 'strange'} address, not an https one.")
        return url

    def _judge(self, answer: aiohttp.ClientResponse) -> None:
        host = answer.url.host
        if answer.status in GONE:
            raise _bad_output(f"The output is no longer kept at {host}.")
        if 300 <= answer.status < 400:
            raise _bad_output(f"{host} sends us elsewhere for its output; that is not followed.")
        if answer.status != 200:
            raise TransientError.of(ErrorCode.PROVIDER_ERROR, f"{host} answered {answer.status} to the download.")
        self._weigh(answer.content_length or 0)

    def _weigh(self, size_bytes: int) -> None:
        if size_bytes > self.most_bytes:
            raise _bad_output(f"The output is larger than {self.most_bytes >> 20} MB.")


@asynccontextmanager
async def open_downloads(
    *, most_bytes: int, from_loopback: bool, headers: Mapping[str, str] | None = None, redirects: int = 0
) -> AsyncIterator[Downloads]:
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=SILENCE_S)
    async with aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session:
        yield Downloads(session, most_bytes, from_loopback, headers or {}, redirects)


def is_loopback(url: URL) -> bool:
    """Does `url` name this machine?"""
    try:
        return ip_address(url.host or "").is_loopback
    except ValueError:
        return url.host == "localhost"


def _bad_output(message: str) -> PermanentError:
    return PermanentError.of(ErrorCode.PROVIDER_BAD_OUTPUT, message, retryable=True)
