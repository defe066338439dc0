"""The media store that the configuration names: a folder, or a bucket."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from pydantic import SecretStr

from shared.config import ConfigError, ServiceConfig
from shared.media.base import MediaStore
from shared.media.local import LocalMedia


@asynccontextmanager
async def open_media(config: ServiceConfig) -> AsyncIterator[MediaStore]:
    """Raises ConfigError where it can't be used, and says what to set."""
    if config.serve_from_cloud and config.storage_bucket is None:
        raise ConfigError("SERVE_FROM_CLOUD needs STORAGE_BUCKET: name the bucket, or leave both out for a folder.")
    async with AsyncExitStack() as stack:
        yield await _bucket(config, stack) if config.storage_bucket else LocalMedia(config.media_dir)


async def _bucket(config: ServiceConfig, stack: AsyncExitStack) -> MediaStore:
    try:
        from shared.media.bucket import Bucket, Unusable, open_s3  # noqa: PLC0415 -- 40 MB that a folder never needs
    except ImportError as error:
        raise ConfigError(
            f'STORAGE_BUCKET is set, but what talks to S3 is not installed ({error.name}): pip install "scenebeat[s3]".'
        ) from error
    bucket = Bucket(
        name=config.storage_bucket or "",
        prefix=f"{config.storage_prefix}/" if config.storage_prefix else "",
        endpoint_url=config.aws_endpoint_url,
        public_url=config.storage_public_url,
        region=config.aws_region,
        access_key_id=_told(config.aws_access_key_id),
        secret_access_key=_told(config.aws_secret_access_key),
        session_token=_told(config.aws_session_token),
    )
    opening = open_s3(bucket, patience_s=config.storage_patience_s, expires_s=config.cloud_url_s)
    try:
        return await stack.enter_async_context(opening)
    except Unusable as error:
        raise ConfigError(f"STORAGE_BUCKET: {error}.") from error


def _told(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
