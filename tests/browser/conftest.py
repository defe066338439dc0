"""A browser for each file, a gateway and a watched page for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from tests.browser.driving import PATIENCE_MS, Watch, chromium, page_options
from tests.browser.shoot import Shoot, on_set


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def shoot(tmp_path: Path, blank_database: Path) -> AsyncIterator[Shoot]:
    database = Path(await asyncio.to_thread(shutil.copy, blank_database, tmp_path / "history.db"))
    async with on_set(tmp_path, database) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    opened = await browser.new_context(**page_options())
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(context: BrowserContext, shoot: Shoot) -> AsyncIterator[Page]:
    """A tab that must stay within its origin, and in which no script may fail."""
    watch = Watch(origin=shoot.url)
    opened = await context.new_page()
    watch.over(opened)
    yield opened
    assert watch.faults == []
