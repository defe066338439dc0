"""A small HTTP listener beside a process, for those who watch over it: /healthz, /readyz, /metrics."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from shared.config import LookoutConfig
from shared.logs import logger
from shared.metrics import MEDIA_TYPE, exposition

Health = Callable[[], Awaitable[tuple[bool, dict[str, Any]]]]
"""(ready, what works)"""
Refresh = Callable[[], Awaitable[None]]


@asynccontextmanager
async def lookout(
    config: LookoutConfig, *, name: str, health: Health, before_scrape: Sequence[Refresh] = ()
) -> AsyncIterator[int | None]:
    """Listen while the block runs; yields the port."""
    if config.port is None:
        yield None
        return
    runner = web.AppRunner(_app(name, health, before_scrape), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, config.host, config.port).start()
        port = runner.addresses[0][1]
        logger(__name__).info("lookout_listens", host=config.host, port=port)
        yield port
    finally:
        await runner.cleanup()


async def metrics_answer(*before: Refresh) -> web.Response:
    for refresh in before:
        await refresh()
    return web.Response(body=exposition(), headers={"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"})


def _app(name: str, health: Health, before_scrape: Sequence[Refresh]) -> web.Application:
    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"status": "alive", "service": name})

    async def ready(_request: web.Request) -> web.Response:
        is_ready, works = await health()
        return web.json_response({"ready": is_ready, "service": name, **works}, status=200 if is_ready else 503)

    async def metrics(_request: web.Request) -> web.Response:
        return await metrics_answer(*before_scrape)

    app = web.Application(client_max_size=1024)
    app.add_routes([web.get("/healthz", alive), web.get("/readyz", ready), web.get("/metrics", metrics)])
    return app
