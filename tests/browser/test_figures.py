"""The studio's figures, in short: `python -m bench studio` measures them for longer."""

import pytest
from playwright.async_api import Browser

from bench.studio import (
    DRAWN_LIMIT_MS,
    PAGE_LIMIT_BYTES,
    TASK_LIMIT_MS,
    drawn_ms,
    forty_scenes,
    moved,
    page_bytes,
)
from tests.browser.driving import needs_a_browser, page_options
from tests.browser.shoot import Shoot

TRIES = 3
"""A busy machine is slow once; a slow page is slow every time."""
STALLED = """new Promise(done => setTimeout(() => {
  const end = performance.now() + 150;
  while (performance.now() < end);
  setTimeout(() => done(window.longest), 100);
}))"""

pytestmark = [*needs_a_browser, pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


async def test_the_whole_page_is_light() -> None:
    assert 0 < sum(page_bytes().values()) <= PAGE_LIMIT_BYTES


async def test_forty_scenes_are_drawn_at_once_and_never_stall(shoot: Shoot, browser: Browser) -> None:
    page = await browser.new_page(**page_options())
    film = await forty_scenes(shoot)
    assert min([await drawn_ms(shoot, page, film) for _ in range(TRIES)]) <= DRAWN_LIMIT_MS
    longest = [(await moved(shoot, page, film, seconds=1)).longest_ms for _ in range(TRIES)]
    assert min(longest) <= TASK_LIMIT_MS
    assert await page.evaluate(STALLED) > TASK_LIMIT_MS, "a stall would have been seen"
    await page.close()
