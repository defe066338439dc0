"""The same key and body answer the same thing; the same key with another body is refused."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.history.records import Remembered
from gateway.history.store import Transaction
from shared.contracts.base import ErrorCode
from shared.errors import PermanentError

KEPT_S = 24 * 3600
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Repeatable:
    """One POST that may come again: its `Idempotency-Key` and what its body says, order of fields aside."""

    key: str
    fingerprint: str

    @classmethod
    def of(cls, key: str, *, call: str, body: Mapping[str, Any]) -> "Repeatable":
        """Raises PermanentError INVALID_REQUEST for a key that is none."""
        if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
            raise PermanentError.of(
                ErrorCode.INVALID_REQUEST, f"`Idempotency-Key` must be 1 to {LONGEST_KEY} printable characters"
            )
        text = json.dumps([call, body], sort_keys=True, separators=(",", ":"))
        return cls(key, hashlib.sha256(text.encode()).hexdigest())

    async def answered(self, tx: Transaction, *, space: str) -> Remembered | None:
        """What this call answered before. Raises PermanentError IDEMPOTENCY_KEY_REUSED."""
        known = await tx.idempotent(space, self.key, since=tx.now() - KEPT_S)
        if known is not None and known.fingerprint != self.fingerprint:
            raise PermanentError.of(
                ErrorCode.IDEMPOTENCY_KEY_REUSED,
                "this `Idempotency-Key` was used with another body within 24 hours: send the same body, or a new key",
            )
        return known


class Answered(Exception):
    """This very call was answered before."""

    def __init__(self, known: Remembered) -> None:
        self.known = known


async def repeatable_of(key: str | None, call: str, body: Mapping[str, Any]) -> Repeatable | None:
    """Raises PermanentError INVALID_REQUEST for a key that is none."""
    if key is None:
        return None
    return await asyncio.to_thread(Repeatable.of, key, call=call, body=body)  # a picture's base64 takes a while


async def answer_again(tx: Transaction, repeatable: Repeatable | None, *, space: str) -> None:
    """Raises Answered where this very call was answered before, PermanentError IDEMPOTENCY_KEY_REUSED."""
    if repeatable and (known := await repeatable.answered(tx, space=space)):
        raise Answered(known)
