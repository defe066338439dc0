"""A KV bucket of the bus: get, create, compare-and-set."""

from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

import nats.errors
import nats.js.errors
from nats.js.kv import KeyValue

from shared.errors import BusAway

BUS_TROUBLE = (
    nats.errors.TimeoutError,
    nats.errors.ConnectionClosedError,
    nats.errors.NoRespondersError,
    nats.errors.OutboundBufferLimitError,
    nats.js.errors.ServiceUnavailableError,
    nats.js.errors.NoStreamResponseError,
    TimeoutError,
    ConnectionError,
)


class Bucket:
    """A KV bucket with compare-and-set. Raises BusAway when nobody answers."""

    def __init__(self, store: KeyValue) -> None:
        self._store = store

    async def get(self, key: str) -> tuple[bytes, int] | None:
        try:
            entry = await self._store.get(key)
        except nats.js.errors.KeyNotFoundError:
            return None
        except BUS_TROUBLE as error:
            raise BusAway(f"reading {key}") from error
        return entry.value or b"", entry.revision or 0

    async def create(self, key: str, value: bytes) -> int | None:
        """The new revision, or None when the key is already there."""
        return await self._change(self._store.create(key, value), key)

    async def update(self, key: str, value: bytes, *, last: int) -> int | None:
        """The new revision, or None when `last` is no longer the newest."""
        return await self._change(self._store.update(key, value, last=last), key)

    async def put(self, key: str, value: bytes) -> None:
        await self._change(self._store.put(key, value), key)

    async def delete(self, key: str) -> None:
        with suppress(nats.js.errors.KeyNotFoundError):
            await self._change(self._store.delete(key), key)

    async def keys(self) -> list[str]:
        try:
            return list(await self._store.keys())
        except nats.js.errors.NoKeysError:
            return []
        except (nats.js.errors.NotFoundError, *BUS_TROUBLE) as error:  # no bucket: the bus has just lost its folder
            raise BusAway("listing keys") from error

    async def _change(self, change: Awaitable[Any], key: str) -> int | None:
        try:
            revision = await change
        except nats.js.errors.KeyWrongLastSequenceError:
            return None
        except BUS_TROUBLE as error:
            raise BusAway(f"writing {key}") from error
        return int(revision)
