"""Who may call Google, and where: opened with the first call, closed with the service."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar

from yarl import URL

from shared.config import WorkerConfig
from shared.downloads import is_loopback
from shared.openings import Shut
from shared.vendors.gemini.faults import KEY

if TYPE_CHECKING:
    from shared.vendors.gemini.account import Account
    from shared.vendors.gemini.veo import VeoAccount

A = TypeVar("A")

KEY_HEADER = "x-goog-api-key"
SDK = "google.genai"

Reach = Callable[[], Awaitable[A]]
"""The account, which the first call opens: the SDK takes half a second, and memory an idle service can spare."""


@asynccontextmanager
async def open_gemini_account(config: WorkerConfig, *, silence_s: float) -> AsyncIterator["Reach[Account]"]:
    """The account of the configured key; a call gives up after `silence_s`. Raises Shut without a key."""
    if config.gemini_api_key is None:
        raise Shut(f"set {KEY}")
    gemini_base(config)
    async with _with_the_first_call(partial(_account, config, silence_s)) as reach:
        yield reach


@asynccontextmanager
async def open_vertex_account(config: WorkerConfig, *, silence_s: float) -> AsyncIterator["Reach[VeoAccount]"]:
    """The account of the configured project or key. Raises Shut without either."""
    if config.vertex_api_key is None and config.google_cloud_project is None:
        raise Shut("set GOOGLE_CLOUD_PROJECT, with credentials of Google Cloud")
    base = config.google_vertex_base_url
    if base is not None and URL(base).scheme != "https" and not is_loopback(URL(base)):
        raise Shut("GOOGLE_VERTEX_BASE_URL must be an https address")
    async with _with_the_first_call(partial(_veo_account, config, silence_s)) as reach:
        yield reach


def gemini_base(config: WorkerConfig) -> URL:
    """Where the key is sent, and nowhere else. Raises Shut where that would be in the clear."""
    base = URL(config.google_gemini_base_url.rstrip("/"))
    if base.scheme != "https" and not is_loopback(base):
        raise Shut("GOOGLE_GEMINI_BASE_URL must be an https address")
    return base


@asynccontextmanager
async def _with_the_first_call(opening: Callable[[], AbstractAsyncContextManager[A]]) -> AsyncIterator[Reach[A]]:
    if not _installed():
        raise Shut("install scenebeat[gemini]")
    opened: list[A] = []
    once = asyncio.Lock()
    async with AsyncExitStack() as stack:

        async def reach() -> A:
            async with once:
                if not opened:
                    await asyncio.to_thread(import_module, SDK)
                    opened.append(await stack.enter_async_context(opening()))
            return opened[0]

        yield reach


def _account(config: WorkerConfig, silence_s: float) -> AbstractAsyncContextManager["Account"]:
    from shared.vendors.gemini.account import open_account  # noqa: PLC0415 -- loads the SDK

    assert config.gemini_api_key is not None
    key, version = config.gemini_api_key.get_secret_value(), config.gemini_api_version
    return open_account(key, base_url=str(gemini_base(config)), version=version, silence_s=silence_s)


def _veo_account(config: WorkerConfig, silence_s: float) -> AbstractAsyncContextManager["VeoAccount"]:
    from shared.vendors.gemini.veo import open_veo  # noqa: PLC0415 -- loads the SDK

    return open_veo(
        key=config.vertex_api_key.get_secret_value() if config.vertex_api_key else None,
        project=config.google_cloud_project,
        location=config.google_cloud_location,
        base_url=config.google_vertex_base_url,
        silence_s=silence_s,
    )


def _installed() -> bool:
    try:
        return find_spec(SDK) is not None
    except ModuleNotFoundError:
        return False
