"""The studio in a real browser, on a real gateway whose orders are performed one by one."""

import asyncio
import re

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from shared.contracts.base import ErrorCode
from tests.browser.driving import needs_a_browser, page_options
from tests.browser.shoot import Shoot, a_scene
from tests.browser.states import (
    EXAMPLE,
    GERMAN,
    REFUSED,
    STORM,
    a_film,
    drawing,
    empty,
    generating,
    one_failed,
    open_film,
)

pytestmark = [*needs_a_browser, pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

FILM_ADDRESS = re.compile(r"/productions/[0-9a-f-]{36}$")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def badge(page: Page, scene: int) -> Locator:
    return page.get_by_role("article", name=f"Scene {scene}", exact=True).locator(".badge")


async def test_a_first_film_takes_two_presses(shoot: Shoot, page: Page) -> None:
    await empty(shoot, page)
    await page.get_by_role("button", name=EXAMPLE).click()
    await page.get_by_role("button", name="Make the film").click()
    await expect(page).to_have_url(FILM_ADDRESS)
    await expect(page.get_by_role("heading", name="Writing the storyboard")).to_be_visible()
    films = (await (await shoot.house.get("/productions")).json())["items"]
    assert [film["request"]["number_of_scenes"] for film in films] == [4]


async def test_the_price_follows_what_is_typed(shoot: Shoot, page: Page) -> None:
    await empty(shoot, page)
    total = page.locator(".total b")
    await expect(total).to_have_text("$12.97")
    await page.get_by_role("slider", name="Scenes").fill("8")
    await expect(total).to_have_text("$25.77")
    await page.get_by_text("Animatic preview").click()
    await expect(page.locator(".preview")).to_contain_text("Sketches drawn on this machine")


async def test_a_draft_is_kept_across_a_reload(shoot: Shoot, page: Page) -> None:
    await empty(shoot, page)
    await page.get_by_label("The idea").fill(GERMAN)
    await page.get_by_role("radio", name="Tall").check()
    await page.reload()
    await expect(page.get_by_label("The idea")).to_have_value(GERMAN)
    await expect(page.get_by_role("radio", name="Tall")).to_be_checked()


async def test_portraits_appear_one_by_one_and_the_chosen_one_plays(shoot: Shoot, page: Page) -> None:
    await drawing(shoot, page)
    assert await page.locator(".portrait img").count() == 2
    assert await page.locator(".portrait.skeleton").count() == 2
    await page.reload()  # in the middle
    await expect(page.locator(".portrait img")).to_have_count(2)
    job_id = await page.evaluate("JSON.parse(localStorage['scenebeat.casting']).job")
    await shoot.end(job_id)
    await expect(page.locator(".portrait img")).to_have_count(4)
    await page.locator(".portrait").nth(2).click()
    await expect(page.get_by_text("Option 3 will play in your film.")).to_be_visible()
    await page.get_by_role("button", name="Make the film").click()
    await expect(page).to_have_url(FILM_ADDRESS)
    told = (await (await shoot.house.get(f"/jobs/{job_id}")).json())["result"]["images"]
    film = (await (await shoot.house.get("/productions")).json())["items"][0]
    assert film["character"]["chosen"]["id"] == told[2]["id"]


async def test_a_picture_of_ones_own_plays(shoot: Shoot, page: Page) -> None:
    await empty(shoot, page)
    await page.get_by_role("button", name=EXAMPLE).click()
    await page.locator("input[type=file]").set_input_files(
        {"name": "me.png", "mimeType": "image/png", "buffer": shoot.picture("image/png")}
    )
    await expect(page.get_by_alt_text("Your picture")).to_be_visible()
    await page.get_by_role("button", name="Make the film").click()
    await expect(page.get_by_alt_text("The character")).to_be_visible()


async def test_a_film_is_watched_being_made(shoot: Shoot, page: Page) -> None:
    film = await shoot.order(title=STORM, number_of_scenes=2)
    await open_film(shoot, page, film)
    await shoot.draw(film)
    await shoot.write(film, [a_scene("One", "first"), a_scene("Two", "second")])
    await expect(page.get_by_role("heading", name="1 One")).to_be_visible()
    await shoot.roll(film, 1, 0.4, "rendering")
    await expect(page.get_by_text("40 %")).to_be_visible()
    await expect(badge(page, 1)).to_have_text("Generating")
    await shoot.shoot(film, 1)
    await expect(badge(page, 1)).to_have_text("Ready")
    await expect(page.locator(".summary p").first).to_have_text(re.compile("1 loading.*1 succeeded.*0 failed"))
    await shoot.all(film)
    await expect(page.get_by_label("The film").locator("video")).to_be_visible()
    await expect(page.locator(".film-head .status")).to_have_text("Done")


async def test_a_scene_that_fails_says_why_and_is_tried_again(shoot: Shoot, page: Page) -> None:
    await one_failed(shoot, page)
    film = page.url.rsplit("/", 1)[1]
    await expect(page.get_by_role("article", name="Scene 2")).to_contain_text(REFUSED[1:])
    await expect(page.locator(".count.failed")).to_have_text("1 failed")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("dialog")).to_contain_text("It costs about $3.20.")
    await page.get_by_role("button", name="Order it").click()
    await expect(badge(page, 2)).to_have_text("Waiting")
    await shoot.shoot(film, 2)
    await expect(badge(page, 2)).to_have_text("Ready")


async def test_a_cut_line_is_told_and_heals_without_a_gap(shoot: Shoot, page: Page) -> None:
    await generating(shoot, page)
    film = page.url.rsplit("/", 1)[1]
    async with asyncio.timeout(10):
        while not shoot.house.house.hub.clients:
            await asyncio.sleep(0.01)  # until it follows: what is not open yet can't be cut
    await page.context.set_offline(True)
    await shoot.house.house.hub.close()
    await expect(page.get_by_text("Connection lost")).to_be_visible()
    await shoot.shoot(film, 2)
    await page.context.set_offline(False)
    await expect(badge(page, 2)).to_have_text("Ready")
    await expect(page.get_by_text("Connection lost")).to_be_hidden()


async def test_a_reload_in_the_middle_shows_the_same(shoot: Shoot, page: Page) -> None:
    await generating(shoot, page)
    badges, stand = page.locator(".badge"), ["Ready", "Generating", "Generating", "Waiting"]
    await expect(badges).to_have_text(stand)
    await page.reload()
    await expect(page.get_by_text("62 %")).to_be_visible()
    await expect(badges).to_have_text(stand)


async def test_two_tabs_agree(shoot: Shoot, context: BrowserContext, page: Page) -> None:
    film = await a_film(shoot)
    other = await context.new_page()
    await open_film(shoot, other, film)
    await open_film(shoot, page, film)
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_text("It costs nothing.")).to_be_visible()
    await page.get_by_role("button", name="Stop it").click()
    await expect(page.locator(".film-head .status")).to_have_text("Canceled")
    await expect(other.locator(".film-head .status")).to_have_text("Canceled")


async def test_a_finished_film_is_cut_again_without_paying(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot)
    await shoot.all(film)
    await open_film(shoot, page, film)
    before = await page.get_by_label("The film").locator("video").get_attribute("src")
    await page.get_by_role("button", name="Cut again").click()
    await page.get_by_role("radio", name="Crossfade").check()
    await page.get_by_label("Title").fill("The Keeper")
    await page.get_by_label("Credits").fill("Written by the sea")
    await page.get_by_role("button", name="Cut it").click()
    await expect(page.get_by_text("This one stays until the new one is there.")).to_be_visible()
    await shoot.all(film)
    await expect(page.get_by_text("This one stays until")).to_be_hidden()
    assert await page.get_by_label("The film").locator("video").get_attribute("src") != before
    await expect(page.get_by_text("with title “The Keeper” and credits")).to_be_visible()


async def test_the_library_finds_filters_and_stays_true(shoot: Shoot, page: Page) -> None:
    await shoot.all(await a_film(shoot, title="Done already"))
    moving = await a_film(shoot, title="Being made")
    await page.goto(f"{shoot.url}/library")
    await expect(page.locator(".tile")).to_have_count(2)
    await shoot.all(moving)
    await expect(page.locator(".tile .status")).to_have_text(["Done", "Done"])
    await page.get_by_label("Search").fill("already")
    await expect(page.locator(".tile")).to_have_count(1)
    await page.get_by_role("button", name="Failed").click()
    await expect(page.get_by_text("Nothing like that")).to_be_visible()


async def test_errors_of_the_gateway_are_said_in_words(shoot: Shoot, page: Page) -> None:
    await page.goto(f"{shoot.url}/productions/00000000-0000-4000-8000-000000000000")
    await expect(page.get_by_role("heading", name="This film is not here")).to_be_visible()
    await empty(shoot, page)
    await page.get_by_role("button", name=EXAMPLE).click()
    await page.get_by_label("Never spend more than").fill("0.5")
    await page.get_by_role("button", name="Make the film").click()
    await expect(page.locator(".toast.fault")).to_contain_text("budget")


@pytest.mark.parametrize(("phone", "light"), [(True, False), (False, True)], ids=["375 dark", "1440 light"])
async def test_nothing_is_wider_than_the_screen(shoot: Shoot, browser: Browser, phone: bool, light: bool) -> None:
    context = await browser.new_context(**page_options(phone=phone, light=light))
    page = await context.new_page()
    film = await a_film(
        shoot,
        title=GERMAN[:200],
        scenes=[a_scene(GERMAN, GERMAN)] * 2,
        on_failed_scene="skip",
        character_description=GERMAN,
    )
    await shoot.lose(film, 1, ErrorCode.PROVIDER_ERROR, GERMAN)
    await shoot.roll(film, 2, 0.5, GERMAN)
    await open_film(shoot, page, film)
    await expect(page.get_by_text("50 %")).to_be_visible()
    assert await page.evaluate(OVERFLOW) == 0
    for path in ("/", "/library"):
        await page.goto(f"{shoot.url}{path}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert await page.evaluate(OVERFLOW) == 0
    ground = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == ("rgb(246, 244, 239)" if light else "rgb(16, 15, 20)")
    await context.close()


async def test_everything_can_be_reached_and_pressed_with_the_keyboard(shoot: Shoot, page: Page) -> None:
    await empty(shoot, page)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.get_by_role("button", name=EXAMPLE).focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("radio", name="Wide").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("radio", name="Tall")).to_be_checked()
    await page.get_by_role("button", name="Make the film").focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(FILM_ADDRESS)
    await page.get_by_role("button", name="Cancel").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
