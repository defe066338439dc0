"""`python -m tests.browser.pictures FOLDER [NAME ...]`: a screenshot of every state of the studio, to be looked at."""

import asyncio
import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from playwright.async_api import Browser, Page

from tests.blank import blank_history
from tests.browser.driving import chromium, page_options
from tests.browser.shoot import on_set
from tests.browser.states import STATES, State

SETTLES_MS = 2_500
"""A player turns its ring for a moment after it knows its video."""

SIZES = {"tablet": {"width": 820, "height": 1180}, "wide": {"width": 1920, "height": 1080}}
ALL_IS_DRAWN = ".storyboard > li { content-visibility: visible } .go { position: static !important }"
"""Cards out of sight are not drawn, and a picture of the whole page is not sight; what sticks would lie across it."""


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
        async with on_set(Path(scratch), database, **state.rules) as shoot:
            context = await browser.new_context(**_screen(screen), bypass_csp=True)
            page = await context.new_page()
            await state.play(shoot, page)
            await page.add_style_tag(content=ALL_IS_DRAWN)
            await page.wait_for_timeout(SETTLES_MS)
            await page.screenshot(path=to, full_page=not await page.get_by_role("dialog").count())
            sys.stdout.write(f"{to}{await _overflow(page)}\n")
            await context.close()


def _screen(name: str) -> dict[str, Any]:
    options = page_options(phone="phone" in name, light="light" in name)
    return options | {"viewport": SIZES[name]} if name in SIZES else options


async def _overflow(page: Page) -> str:
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return f"  {wide} px too wide" if wide > 0 else ""


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
