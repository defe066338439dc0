"""`python -m tests.browser.pictures FOLDER [NAME ...]`: a screenshot of every state of the studio, to be looked at."""

import asyncio
import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from playwright.async_api import Browser, Page

from tests.blank import blank_history
from tests.browser.driving import chromium, page_options
from tests.browser.shoot import on_set
from tests.browser.states import STATES, State

SETTLES_MS = 2_500
"""A player turns its ring for a moment after it knows its video."""


async def main(folder: Path, wanted: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    async with chromium() as browser:
        for state in STATES:
            if not wanted or state.name in wanted:
                for screen in state.screens:
                    await _take(browser, state, screen, folder / f"{state.name}-{screen}.png")


async def _take(browser: Browser, state: State, screen: str, to: Path) -> None:
    with TemporaryDirectory() as scratch:
        database = await asyncio.to_thread(blank_history, Path(scratch) / "history.db")
        async with on_set(Path(scratch), database) as shoot:
            context = await browser.new_context(**page_options(phone="phone" in screen, light="light" in screen))
            page = await context.new_page()
            await state.play(shoot, page)
            await page.wait_for_timeout(SETTLES_MS)
            await page.screenshot(path=to, full_page=True)
            sys.stdout.write(f"{to}{await _overflow(page)}\n")
            await context.close()


async def _overflow(page: Page) -> str:
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return f"  {wide} px too wide" if wide > 0 else ""


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
