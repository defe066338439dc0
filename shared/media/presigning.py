"""Presigned URLs, made on this machine: no call leaves it, so that answers can be rendered without waiting."""

import time
from functools import lru_cache
from urllib.parse import quote, urlencode

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

SIGNED_KEPT = 4096
FRESH_PARTS = 4
"""An address is handed out again for one of so many parts of its life: a page that asks twice need not load twice."""


class Presigner:
    """Signs GET of objects whose addresses begin with `base`. `expires_s` is how long each holds at the most.

    Whoever lets the credentials expire sets `credentials` anew in time.
    """

    def __init__(self, base: str, *, region: str, credentials: ReadOnlyCredentials, expires_s: int) -> None:
        self.credentials = credentials
        self._base, self._region, self._expires_s = base, region, expires_s
        self._signed = lru_cache(SIGNED_KEPT)(self._sign)

    def url(self, name: str, *, media_type: str, disposition: str) -> str:
        """The address of the object `name`; it answers with this Content-Type and Content-Disposition."""
        window = int(time.time() * FRESH_PARTS / self._expires_s)
        return self._signed(name, media_type, disposition, self.credentials, window)

    def _sign(
        self, name: str, media_type: str, disposition: str, credentials: ReadOnlyCredentials, _window: int
    ) -> str:
        answered = {"response-content-disposition": disposition, "response-content-type": media_type}
        request = AWSRequest("GET", f"{self._base}{quote(name)}?{urlencode(answered, quote_via=quote)}")
        S3SigV4QueryAuth(credentials, "s3", self._region, expires=self._expires_s).add_auth(request)
        return str(request.url)
