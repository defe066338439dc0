"""Receives Scenebeat's webhooks: checks the signature, takes each event once, and answers at once."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

OLDEST_S = 5 * 60


def is_genuine(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Was `body`, byte for byte as it came, signed with `secret` (whsec_...) just now?"""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mine = "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    is_fresh = abs(time.time() - int(headers["webhook-timestamp"])) < OLDEST_S
    return is_fresh and any(hmac.compare_digest(mine, theirs) for theirs in headers["webhook-signature"].split())
