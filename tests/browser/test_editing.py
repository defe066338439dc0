"""Films that are changed in the studio: gates, words, order, versions, portraits, links."""

import re

import pytest
from playwright.async_api import Locator, Page, expect
from yarl import URL

from shared.contracts.base import ErrorCode
from tests.browser.driving import needs_a_browser
from tests.browser.shoot import Shoot
from tests.browser.states import EXAMPLE, REFUSED, SCENES, STORM, a_film, at_the_character, empty, open_film
from tests.browser.test_studio import FILM_ADDRESS, badge

UNDER_WAY = re.compile("In line|Being made")

pytestmark = [
    *needs_a_browser,
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="module"),
]


def card(page: Page, scene: int) -> Locator:
    return page.get_by_role("article", name=f"Scene {scene}", exact=True)


async def test_a_film_waits_at_every_gate_and_goes_on_when_told(shoot: Shoot, page: Page) -> None:
    await empty(shoot, page)
    await page.get_by_role("button", name=EXAMPLE).click()
    for gate in ("the storyboard", "the character", "the clips"):
        await page.get_by_role("checkbox", name=gate).check()
    await page.get_by_role("button", name="Make the film").click()
    await expect(page).to_have_url(FILM_ADDRESS)
    film = page.url.rsplit("/", 1)[1]
    await shoot.draw(film)
    await shoot.write(film, SCENES)
    for title in ("Read the storyboard", "Who plays in it?"):
        await expect(page.get_by_role("heading", name=title)).to_be_visible()
        await page.get_by_role("button", name="Approve and go on").click()
    await expect(page.get_by_text("In line for a free hand")).to_have_count(4)
    await shoot.all(film)
    await expect(page.get_by_role("heading", name="Look at the clips")).to_be_visible()
    await page.get_by_role("button", name="Approve and go on").click()
    await expect(page.get_by_role("heading", name="Cutting the film")).to_be_visible()
    await shoot.all(film)
    await expect(page.locator(".film-head .status")).to_have_text("Done")


async def test_another_portrait_is_chosen_at_the_gate(shoot: Shoot, page: Page) -> None:
    await at_the_character(shoot, page)
    await page.locator(".portrait").nth(3).click()
    await expect(page.get_by_text("Option 4 plays in this film.")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("Option 4 plays in this film.")).to_be_visible()


async def test_words_are_changed_and_the_scene_is_filmed_again(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot)
    await shoot.all(film)
    await open_film(shoot, page, film)
    await page.get_by_role("button", name="Change scene 2").click()
    await page.get_by_label("What happens").fill("The sail burns")
    await page.get_by_role("button", name="Keep the words").click()
    await expect(card(page, 2)).to_contain_text("The sail burns")
    await expect(card(page, 2)).to_contain_text("Filmed with other words")
    await page.get_by_role("button", name="Change scene 2").click()
    await page.get_by_role("button", name=re.compile("Film again")).click()
    await expect(page.locator(".film-head .status")).to_have_text(UNDER_WAY)
    await shoot.all(film)
    await expect(card(page, 2)).not_to_contain_text("Filmed with other words")
    await expect(page.locator(".film-head .status")).to_have_text("Done")


async def test_an_earlier_version_is_shown_again(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot)
    await shoot.all(film)
    await open_film(shoot, page, film)
    first = await card(page, 2).locator("video").get_attribute("src")
    await shoot.house.post(f"/productions/{film}/scenes/2/regenerate", {})
    await shoot.all(film)
    video = card(page, 2).locator("video")
    await expect(video).not_to_have_attribute("src", first or "")
    await page.get_by_role("button", name="Versions of scene 2").click()
    await page.get_by_role("button", name="Show this one").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await shoot.all(film)
    await expect(video).to_have_attribute("src", first or "")


async def test_scenes_are_put_in_another_order_by_dragging_and_by_buttons(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot)
    await shoot.all(film)
    await open_film(shoot, page, film)
    await card(page, 4).locator(".grip").drag_to(card(page, 1))
    await expect(page.locator(".frame h3 i")).to_have_text(["4", "1", "2", "3"])
    await page.get_by_role("button", name="Move scene 4 later").click()
    await expect(page.locator(".frame h3 i")).to_have_text(["1", "4", "2", "3"])
    await page.reload()
    await expect(page.locator(".frame h3 i")).to_have_text(["1", "4", "2", "3"])


async def test_a_scene_of_a_finished_film_is_tried_again(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot)
    await shoot.lose(film, 3, ErrorCode.CONTENT_POLICY_VIOLATION, REFUSED)
    await shoot.all(film)
    await open_film(shoot, page, film)
    await expect(badge(page, 3)).to_have_text("Stand-in")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("dialog")).to_contain_text("It costs about $3.20.")
    await page.get_by_role("button", name="Order it").click()
    await expect(badge(page, 3)).to_have_text("Waiting")
    await shoot.all(film)
    await expect(badge(page, 3)).to_have_text("Ready")
    await expect(page.locator(".film-head .status")).to_have_text("Done")


async def test_sketches_are_filmed_for_real_with_the_price_first(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot, models={"video": "local/animatic"})
    await shoot.all(film)
    await open_film(shoot, page, film)
    await page.get_by_role("button", name="Film for real").click()
    await page.get_by_role("combobox", name="Model").select_option("google/veo-3.1")
    await page.get_by_role("checkbox", name="1 Foot of the Tower").uncheck()
    await expect(page.get_by_role("dialog")).to_contain_text("$9.60")
    await page.get_by_role("button", name="Film 3 scenes").click()
    await expect(page.locator(".film-head .status")).to_have_text(UNDER_WAY)
    await shoot.all(film)
    await expect(page.locator(".film-head .status")).to_have_text("Done")


async def test_a_link_is_shared_watched_and_revoked(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot)
    await shoot.all(film)
    await open_film(shoot, page, film)
    await page.get_by_role("button", name="Share").click()
    address = URL(await page.get_by_label("Link").input_value()).path
    assert (await shoot.house.client.get(address)).status == 200
    await page.get_by_role("button", name="Revoke it").click()
    await expect(page.get_by_text("The link no longer works.")).to_be_visible()
    assert (await shoot.house.client.get(address)).status == 404


async def test_a_film_is_deleted(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot, title=STORM)
    await shoot.all(film)
    await open_film(shoot, page, film)
    await page.get_by_role("button", name="Delete this film").click()
    await page.get_by_role("button", name="Delete it").click()
    await expect(page.get_by_text("No films yet")).to_be_visible()
