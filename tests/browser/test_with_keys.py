"""A gateway with keys, whose media are fetched from a bucket: the studio asks for one, and stays at its origin."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from gateway.keys.rules import KeyRules
from shared.media.bucket import open_s3
from tests.browser.driving import PLAYED, needs_a_browser
from tests.browser.shoot import Shoot, on_set
from tests.browser.states import EXAMPLE, SCENES
from tests.browser.test_studio import FILM_ADDRESS, badge
from tests.contract.keyholders import holder
from tests.s3server import S3Server

PICTURES_ARE_SEEN = "[...document.images].every(image => image.complete && image.naturalWidth > 0)"

pytestmark = [*needs_a_browser, pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def shoot(tmp_path: Path, blank_database: Path, s3_server: S3Server, s3_bucket: str) -> AsyncIterator[Shoot]:
    """As docker-compose runs it: with keys, and with media that other clients fetch from the bucket."""
    database = Path(await asyncio.to_thread(shutil.copy, blank_database, tmp_path / "history.db"))
    bucket = s3_server.bucket(s3_bucket)
    async with (
        open_s3(bucket, patience_s=1.0, expires_s=600) as media,
        on_set(tmp_path, database, keys=KeyRules(required=True), media=media, serve_from_cloud=True) as opened,
    ):
        yield opened


async def test_the_key_is_asked_for_once_and_opens_everything(
    shoot: Shoot, context: BrowserContext, page: Page
) -> None:
    key = (await holder(shoot.house, "alice")).key
    await page.goto(shoot.url)
    await expect(page.get_by_role("dialog", name="Your key, please")).to_be_visible()
    await page.get_by_label("API key").fill("not-a-key")
    await page.get_by_role("button", name="Open the studio").click()
    await expect(page.get_by_role("dialog")).to_contain_text("That key is not valid here.")
    await page.get_by_label("API key").fill(key)
    await page.get_by_role("button", name="Open the studio").click()
    await page.get_by_role("button", name=EXAMPLE).click()
    await page.get_by_role("button", name="Make the film").click()
    await expect(page).to_have_url(FILM_ADDRESS)
    film = page.url.rsplit("/", 1)[1]
    await shoot.draw(film)
    await shoot.write(film, SCENES)
    await shoot.roll(film, 1, 0.4, "rendering")
    await expect(page.get_by_text("40 %")).to_be_visible()  # the line is open: by a ticket
    await expect(page.locator(".portrait img")).to_have_count(4)
    for picture in await page.locator("img").all():
        await expect(picture).to_have_js_property("complete", value=True)
    assert await page.evaluate(PICTURES_ARE_SEEN)
    await shoot.all(film)
    await expect(badge(page, 4)).to_have_text("Ready")
    video = page.get_by_label("The film").locator("video")
    await expect(video).to_have_attribute("src", re.compile("signature="))
    played = await video.evaluate(PLAYED)
    assert played["width"] > 0
    assert played["at"] > played["from"]
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="All clips").click()
    assert (await saved.value).suggested_filename.endswith(".zip")
    await page.reload()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    stranger = await context.new_page()
    await stranger.goto(page.url)
    await expect(stranger.get_by_role("dialog", name="Your key, please")).to_be_visible()
