"""Who may call Replicate, and where."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from yarl import URL

from shared.config import WorkerConfig
from shared.downloads import is_loopback
from shared.openings import Shut
from shared.vendors.replicate.faults import TOKEN

if TYPE_CHECKING:
    from shared.vendors.replicate.account import Account


@asynccontextmanager
async def open_replicate_account(config: WorkerConfig) -> AsyncIterator["Account"]:
    """The account of the configured token. Raises Shut where there is none, or it would travel in the clear."""
    if config.replicate_api_token is None:
        raise Shut(f"set {TOKEN}")
    base = replicate_base(config)
    if base.scheme != "https" and not is_loopback(base):
        raise Shut("REPLICATE_BASE_URL must be an https address")
    try:
        from shared.vendors.replicate.account import open_account  # noqa: PLC0415 -- loads the SDK: only with a key
    except ModuleNotFoundError as error:
        raise Shut("install scenebeat[replicate]") from error
    async with open_account(config.replicate_api_token.get_secret_value(), str(base)) as account:
        yield account


def replicate_base(config: WorkerConfig) -> URL:
    """Where the token is sent, and nowhere else."""
    return URL(config.replicate_base_url)
