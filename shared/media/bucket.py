"""Opening a bucket: how to get in, what is wrong where we can't, and credentials that stay fresh."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aioboto3
from aiobotocore.config import AioConfig
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)

from shared.logs import logger
from shared.media.presigning import Presigner
from shared.media.s3 import S3Media, in_words
from shared.stopping import stop

CONNECT_S = 5.0
SILENCE_S = 20.0
MOST_CONNECTIONS = 1000
"""A slow client of the gateway holds one for as long as it reads."""
CREDENTIALS_EVERY_S = 60.0
SWEEP_WITHIN_S = 5.0
DEFAULT_REGION = "us-east-1"

NO_CREDENTIALS = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError, ProfileNotFound)


class Unusable(Exception):
    """There is no such bucket, or we may not use it: the text says what to set."""


@dataclass(frozen=True)
class Bucket:
    """Which bucket, where, and how to get in. What is None is found as the AWS tools do.

    `prefix` goes before every key. `public_url` is the origin that clients reach the store by, where that is another.
    """

    name: str
    prefix: str = ""
    endpoint_url: str | None = None
    public_url: str | None = None
    region: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None
    session_token: str | None = None


@asynccontextmanager
async def open_s3(bucket: Bucket, *, patience_s: float, expires_s: int) -> AsyncIterator[S3Media]:
    """The store in `bucket`; a server that does not answer yet is waited for later. Raises Unusable."""
    try:
        session = _session(bucket)
        credentials = await session.get_credentials()
        frozen = await credentials.get_frozen_credentials() if credentials else None
    except NO_CREDENTIALS as error:
        raise Unusable(f"the AWS credentials can't be used: {error}") from error
    if frozen is None:
        raise Unusable("there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(_client(session, bucket))
        await _examine(client, bucket)
        base, region = await _base(client, bucket), client.meta.region_name
        presigner = Presigner(base, region=region, credentials=frozen, expires_s=expires_s)
        await stack.enter_async_context(_kept_fresh(presigner, credentials))
        media = S3Media(client, bucket.name, presigner, prefix=bucket.prefix, patience_s=patience_s)
        await _swept(media)
        yield media


def _session(bucket: Bucket) -> Any:
    if (bucket.access_key_id is None) != (bucket.secret_access_key is None):
        raise Unusable("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together: set both, or neither")
    return aioboto3.Session(
        aws_access_key_id=bucket.access_key_id,
        aws_secret_access_key=bucket.secret_access_key,
        aws_session_token=bucket.session_token,
        region_name=bucket.region,
    )


def _client(session: Any, bucket: Bucket) -> Any:
    """Tries nothing again by itself: `Patience` does. Checksums are left out that only Amazon's own servers know."""
    config = AioConfig(
        connect_timeout=CONNECT_S,
        read_timeout=SILENCE_S,
        max_pool_connections=MOST_CONNECTIONS,
        retries={"total_max_attempts": 1},
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if bucket.endpoint_url else {},
    )
    region = session.region_name or DEFAULT_REGION
    return session.client("s3", endpoint_url=bucket.endpoint_url, region_name=region, config=config)


async def _examine(client: Any, bucket: Bucket) -> None:
    """Raises Unusable where somebody has to set something first."""
    try:
        await client.head_bucket(Bucket=bucket.name)
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status < 500:
            raise Unusable(_what_to_set(status, bucket, client)) from error
        logger(__name__).warning("storage_away", reason=f"HTTP {status}")
    except (BotoCoreError, OSError) as error:
        logger(__name__).warning("storage_away", reason=in_words(error))


async def _swept(media: S3Media) -> None:
    """A store that is away, or does not let us, is swept another time."""
    try:
        async with asyncio.timeout(SWEEP_WITHIN_S):
            await media.sweep()
    except OSError as error:  # StorageAway and TimeoutError are
        logger(__name__).info("uploads_not_swept", reason=str(error))


def _what_to_set(status: int, bucket: Bucket, client: Any) -> str:
    where = f"{bucket.name} at {urlsplit(client.meta.endpoint_url).netloc}"
    match status:
        case 404:
            return f"there is no bucket {where}: create it, or correct STORAGE_BUCKET"
        case 301:
            return f"the bucket {where} is in another region than {client.meta.region_name}: set AWS_REGION"
        case 401 | 403:
            return (
                f"the bucket {where} refuses these credentials: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                "and that they may list the bucket, and get, put and delete its objects"
            )
        case _:
            return f"the bucket {where} can't be used (HTTP {status}): check STORAGE_BUCKET and AWS_ENDPOINT_URL"


async def _base(client: Any, bucket: Bucket) -> str:
    """What the address of every object begins with, as botocore makes it for this endpoint and region."""
    signed = await client.generate_presigned_url("get_object", Params={"Bucket": bucket.name, "Key": "x"})
    scheme, host, path, _, _ = urlsplit(signed)
    if bucket.public_url:
        scheme, host, _, _, _ = urlsplit(bucket.public_url)
    return str(urlunsplit((scheme, host, path.removesuffix("x"), "", "")))


@asynccontextmanager
async def _kept_fresh(presigner: Presigner, credentials: Any) -> AsyncIterator[None]:
    """Credentials of a role end after a while; asked in time, botocore renews them."""

    async def keep() -> None:
        while True:
            await asyncio.sleep(CREDENTIALS_EVERY_S)
            try:
                presigner.credentials = await credentials.get_frozen_credentials()
            except (BotoCoreError, OSError) as error:
                logger(__name__).warning("credentials_not_renewed", reason=type(error).__name__)

    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        await stop(keeping)
