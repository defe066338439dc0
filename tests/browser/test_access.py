"""axe-core looks at every kind of page, in both colour schemes, and finds nothing, however small."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, Page

from scenebeat.studio import WEB
from tests.browser import states
from tests.browser.driving import needs_a_browser, page_options
from tests.browser.shoot import Shoot

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = [
    *needs_a_browser,
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="module"),
]

LOOK = """axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}).then(told =>
  told.violations.map(one =>
    `${one.impact} ${one.id}: ${one.nodes.map(node => node.html.slice(0, 160) + node.failureSummary).join(" | ")}`))"""
PAGES: dict[str, Callable[[Shoot, Page], Awaitable[None]]] = {
    "cast": states.cast,
    "one failed": states.one_failed,
    "done": states.done,
    "question": states.canceled,
    "library": states.library,
}
SEEN = (
    ("cast", "light"),
    ("one failed", "dark"),
    ("one failed", "light"),
    ("done", "dark"),
    ("question", "light"),
    ("library", "dark"),
)


@pytest.mark.parametrize(("name", "scheme"), SEEN)
async def test_axe_finds_nothing(shoot: Shoot, browser: Browser, name: str, scheme: str) -> None:
    context = await browser.new_context(
        **page_options(light=scheme == "light"), bypass_csp=True
    )  # so that axe can be put in
    page = await context.new_page()
    await PAGES[name](shoot, page)
    await page.add_script_tag(path=AXE)
    assert await page.evaluate(LOOK) == []
    await context.close()
