"""From an empty page to a played film: real services, a real bus, the local backend."""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.driving import PLAYED, Watch, chromium, needs_a_browser, page_options
from tests.e2e.forked import running_up
from tests.natsserver import nats_server_binary

FILMED_WITHIN_MS = 90_000

pytestmark = [
    *needs_a_browser,
    pytest.mark.e2e,
    pytest.mark.skipif(nats_server_binary() is None and "CI" not in os.environ, reason="nats-server is missing"),
]


async def test_from_an_empty_page_to_a_played_film(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up, chromium() as browser:
        url = (await up.ready_line()).removeprefix("ready ")
        page = await browser.new_page(**page_options())
        watch = Watch(url)
        watch.over(page)
        await page.goto(url)
        await expect(page.get_by_role("button", name="Make the film")).to_be_disabled()
        await page.get_by_role("textbox", name="The idea").fill("A lamp wakes up and looks for the sea")
        await page.get_by_role("textbox", name="The character").fill("a small lamp keeper in a yellow coat")
        await page.get_by_role("slider", name="Scenes").fill("1")
        await page.get_by_role("slider", name="Seconds").fill("2")
        await expect(page.locator(".total b")).to_have_text("free")
        await page.get_by_role("button", name="Make the film").click()
        film = page.get_by_label("The film").locator("video")
        await film.wait_for(timeout=FILMED_WITHIN_MS)
        await expect(page.get_by_text("Animatic preview")).to_be_visible()
        told = await film.evaluate(PLAYED)
        assert (told["width"], told["height"]) == (1280, 720)
        assert told["at"] > told["from"]
        await page.reload()
        await expect(page.locator(".film-head .status")).to_have_text("Done")
        await expect(page.get_by_role("radio", name="Option")).to_have_count(4)
        assert watch.faults == []
