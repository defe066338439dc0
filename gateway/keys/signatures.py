"""Signed, expiring addresses of media, so that a page's <video> tag needs no key: one path, read only, one space."""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

LONGEST = 400


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs paths for a space. All gateways of one database have the same secret."""

    secret: bytes
    lasts_s: int
    now: Callable[[], float] = time.time

    def signed(self, path: str, *, space: str) -> str:
        """`path` with its signature. The same for a while, so that browsers keep what they have fetched."""
        expires = (int(self.now()) // self.lasts_s + 2) * self.lasts_s
        return f"{path}?expires={expires}&signature={self._signature(path, space, expires)}"

    def space_of(self, path: str, query: Mapping[str, str]) -> str | None:
        """The space that `path` was signed for; None where the signature is wrong, of another path, or over."""
        expires, signature = query.get("expires", ""), query.get("signature", "")
        if not expires.isascii() or not expires.isdigit() or len(expires) > 12 or len(signature) > LONGEST:
            return None
        space = _decoded(signature.partition(".")[0])
        if space is None or int(expires) <= self.now():
            return None
        expected = self._signature(path, space, int(expires))
        return space if hmac.compare_digest(expected.encode(), signature.encode()) else None

    def _signature(self, path: str, space: str, expires: int) -> str:
        """It says the space in front, as nothing else in the address does."""
        signed = f"{path}\n{space}\n{expires}".encode()
        return f"{_encoded(space.encode())}.{_encoded(hmac.digest(self.secret, signed, hashlib.sha256))}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decoded(text: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
