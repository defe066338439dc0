"""What a key looks like: `sb_<id>_<secret>`. The id finds it, the hash of the whole of it proves it."""

import hashlib
import hmac
import re
import secrets
from typing import NamedTuple

PREFIX = "sb"
_ID_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_FORM = re.compile(r"sb_([a-z0-9]{3,16})_([A-Za-z0-9_-]{32,128})")


class Token(NamedTuple):
    """A key as its holder has it. Never stored, never logged."""

    id: str
    text: str

    @property
    def hash(self) -> str:
        """SHA-256, once: the secret is 256 random bits, which nobody guesses.

        A slow hash such as bcrypt guards short words that people choose. Here it would add nothing but a tenth of a
        second of a core to every request, and a way to keep the gateway busy with wrong keys.
        """
        return hashlib.sha256(self.text.encode()).hexdigest()

    def proves(self, hashed: str) -> bool:
        return hmac.compare_digest(self.hash, hashed)


def new_token() -> Token:
    """A key with 256 bits of randomness."""
    key_id = "".join(secrets.choice(_ID_LETTERS) for _ in range(12))
    return Token(key_id, f"{PREFIX}_{key_id}_{secrets.token_urlsafe(32)}")


def read_token(text: str) -> Token | None:
    """The key that `text` is; None where it has not the form of one."""
    form = _FORM.fullmatch(text)
    return Token(form[1], text) if form else None


def hashed(secret: str) -> str:
    """Of a ticket."""
    return hashlib.sha256(secret.encode()).hexdigest()
