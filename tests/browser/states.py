"""Every state in which the studio can be seen, each made on a real gateway."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from playwright.async_api import Page

from gateway.keys.rules import KeyRules
from shared.contracts.base import ErrorCode
from shared.contracts.scene import Scene
from tests.browser.shoot import Shoot, a_scene

EXAMPLE = "The lighthouse that sings"
STORM = "The night the lighthouse sang"
REFUSED = (
    "google/veo-3.1 refused the prompt: it may show a real person. "
    "The words “in the style of” a living director were named"
)
GERMAN = (
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenhersteller trifft auf die Rindfleischetikettierungs"
    "überwachungsaufgabenübertragungsgesetzdebatte: eine Sommernachtsliebesgeschichte 🎬🌊✨ mit Überlänge,"
    " Straßenbahnen und einem außergewöhnlich ausführlichen Untertitel, der einfach nicht enden will"
)
STORY = {
    "Foot of the Tower": "Black night, spray over the rocks. A keeper in a yellow coat sits very still at the foot of "
    "the lighthouse; the beam passes over her and comes back. An eye-level extreme wide shot.",
    "A Full Sail": "Out at sea a sailing boat turns towards a sound nobody has heard before. Fog rolls in low and "
    "swallows the distance; the sail fills with a crack.",
    "The Whole Sky": "The door swings open and lets the wind in. She runs up the stairs, lantern first, her shadow "
    "climbing the wall ahead of her.",
    "Morning After": "A fresh morning, every edge sharp. Boats lie side by side in the harbour, and the keeper walks "
    "between nets and crates, humming.",
}
SCENES = tuple(a_scene(title, words) for title, words in STORY.items())


@dataclass(frozen=True)
class State:
    """Something to look at: how it comes about, and on which screens."""

    name: str
    play: Callable[[Shoot, Page], Awaitable[None]]
    screens: Sequence[str] = ("dark",)
    rules: Mapping[str, object] = field(default_factory=dict)
    """Of the gateway, as the theatre's."""


async def open_film(shoot: Shoot, page: Page, film: str) -> None:
    await page.goto(f"{shoot.url}/productions/{film}")
    await page.get_by_role("heading", level=1).wait_for()


async def a_film(shoot: Shoot, *, scenes: Sequence[Scene] = SCENES, **told: object) -> str:
    """Ordered, written and cast; nothing filmed yet."""
    film = await shoot.order(**{"title": STORM, "number_of_scenes": len(scenes), **told})
    await shoot.draw(film)
    await shoot.write(film, scenes)
    return film


async def empty(shoot: Shoot, page: Page) -> None:
    await page.goto(shoot.url)
    await page.get_by_text("free").first.wait_for()


async def filled(shoot: Shoot, page: Page) -> None:
    await empty(shoot, page)
    await page.get_by_role("button", name=EXAMPLE).click()
    await page.get_by_role("button", name="Make the film").is_enabled()


async def drawing(shoot: Shoot, page: Page) -> None:
    """Two of four portraits are there."""
    await filled(shoot, page)
    await page.get_by_role("button", name="Choose from four portraits").click()
    await page.get_by_text("Waiting for a free hand").or_(page.get_by_text("Generating 4")).first.wait_for()
    job_id = await page.evaluate("JSON.parse(localStorage['scenebeat.casting']).job")
    await shoot.end(job_id, count=2)
    await shoot.progress(job_id, 0.5)
    await page.get_by_role("radio", name="Option 2").wait_for(state="attached")


async def cast(shoot: Shoot, page: Page) -> None:
    await drawing(shoot, page)
    job_id = await page.evaluate("JSON.parse(localStorage['scenebeat.casting']).job")
    await shoot.end(job_id)
    await page.get_by_text("Option 4").first.wait_for()
    await page.locator(".portrait").nth(1).click()
    await page.get_by_text("will play in your film").wait_for()


async def empty_library(shoot: Shoot, page: Page) -> None:
    await page.goto(f"{shoot.url}/library")
    await page.get_by_text("No films yet").wait_for()


async def ordered(shoot: Shoot, page: Page) -> None:
    film = await shoot.order(title=STORM, number_of_scenes=4)
    await open_film(shoot, page, film)


async def generating(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot)
    await shoot.shoot(film, 1)
    await open_film(shoot, page, film)
    await shoot.roll(film, 2, 0.62, "rendering, frame 119 of 192")
    await shoot.roll(film, 3, 0.18, "polling google/veo-3.1")
    await page.get_by_text("62 %").wait_for()


async def one_failed(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot, on_failed_scene="skip")
    await shoot.shoot(film, 1)
    await shoot.lose(film, 2, ErrorCode.CONTENT_POLICY_VIOLATION, REFUSED)
    await shoot.roll(film, 3, 0.4, "rendering, frame 77 of 192")
    await open_film(shoot, page, film)
    await page.get_by_text("Try again").first.wait_for()


async def done(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot)
    await shoot.all(film)
    await open_film(shoot, page, film)
    await page.get_by_text("Download", exact=True).wait_for()


async def with_gaps(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot)
    await shoot.lose(film, 3, ErrorCode.PROVIDER_TIMEOUT, "google/veo-3.1 did not finish within 600 s")
    await shoot.all(film)
    await open_film(shoot, page, film)
    await page.get_by_text("Stand-in").wait_for()


async def failed(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot, on_failed_scene="fail")
    await shoot.lose(film, 1, ErrorCode.CONTENT_POLICY_VIOLATION, REFUSED)
    await shoot.all(film)
    await open_film(shoot, page, film)
    await page.get_by_text("could not be finished").wait_for()


async def canceled(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot)
    await shoot.shoot(film, 1)
    await open_film(shoot, page, film)
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Stop it").wait_for()


async def stopped(shoot: Shoot, page: Page) -> None:
    await canceled(shoot, page)
    await page.get_by_role("button", name="Stop it").click()
    await page.get_by_text("You stopped this film").wait_for()


async def at_the_storyboard(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot, review=["storyboard"])
    await open_film(shoot, page, film)
    await page.get_by_role("button", name="Approve and go on").wait_for()


async def at_the_character(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot, review=["character"])
    await open_film(shoot, page, film)
    await page.get_by_role("button", name="Approve and go on").wait_for()


async def at_the_clips(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot, review=["clips"])
    await shoot.all(film)
    await open_film(shoot, page, film)
    await page.get_by_role("button", name="Approve and go on").wait_for()


async def rewriting(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot)
    await shoot.all(film)
    await open_film(shoot, page, film)
    await page.get_by_role("button", name="Change scene 2").click()


async def another_model(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot, models={"video": "local/animatic"})
    await shoot.all(film)
    await open_film(shoot, page, film)
    await page.get_by_role("button", name="Film for real").click()
    await page.get_by_text("The sketches are kept").wait_for()


async def versions(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot)
    await shoot.all(film)
    await shoot.house.post(f"/productions/{film}/scenes/2/regenerate", {})
    await shoot.all(film)
    await open_film(shoot, page, film)
    await page.get_by_role("button", name="Versions of scene 2").click()
    await page.get_by_role("button", name="Show this one").wait_for()


async def stale(shoot: Shoot, page: Page) -> None:
    """Other words than its clip, and a word about what was done."""
    await rewriting(shoot, page)
    await page.get_by_label("What happens").fill("The sail burns")
    await page.get_by_role("button", name="Keep the words").click()
    await page.get_by_text("Filmed with other words").wait_for()


async def recast(shoot: Shoot, page: Page) -> None:
    await done(shoot, page)
    await page.locator(".portrait").nth(2).click()
    await page.get_by_role("button", name="New clips only").wait_for()


async def recut(shoot: Shoot, page: Page) -> None:
    await done(shoot, page)
    await page.get_by_role("button", name="Cut again").click()


async def shared(shoot: Shoot, page: Page) -> None:
    await done(shoot, page)
    await page.get_by_role("button", name="Share").click()
    await page.get_by_role("button", name="Revoke it").wait_for()


async def revoked(shoot: Shoot, page: Page) -> None:
    """What was done is said at the foot of the page."""
    await shared(shoot, page)
    await page.get_by_role("button", name="Revoke it").click()
    await page.get_by_text("no longer works").wait_for()


async def deleting(shoot: Shoot, page: Page) -> None:
    await done(shoot, page)
    await page.get_by_role("button", name="Delete this film").click()


async def with_a_key(shoot: Shoot, page: Page) -> None:
    await page.goto(shoot.url)
    await page.get_by_label("API key").wait_for()


async def with_a_wrong_key(shoot: Shoot, page: Page) -> None:
    await with_a_key(shoot, page)
    await page.get_by_label("API key").fill("not-a-key")
    await page.get_by_role("button", name="Open the studio").click()
    await page.get_by_text("not valid").wait_for()


async def too_dear(shoot: Shoot, page: Page) -> None:
    """An order that is refused."""
    await filled(shoot, page)
    await page.get_by_label("Never spend more than").fill("0.5")
    await page.get_by_role("button", name="Make the film").click()
    await page.locator(".toast.fault").wait_for()


async def by_keyboard(shoot: Shoot, page: Page) -> None:
    """Where the keyboard is, can be seen."""
    await done(shoot, page)
    await page.get_by_role("button", name="Share").focus()
    await page.keyboard.press("Tab")


async def gone(shoot: Shoot, page: Page) -> None:
    await page.goto(f"{shoot.url}/productions/00000000-0000-4000-8000-000000000000")
    await page.get_by_text("This film is not here").wait_for()


async def nowhere(shoot: Shoot, page: Page) -> None:
    await page.goto(f"{shoot.url}/productions/no-such-film")
    await page.get_by_text("There is nothing at this address").wait_for()


async def unreachable(shoot: Shoot, page: Page) -> None:
    """The gateway went away while somebody looked for a film."""
    await empty(shoot, page)
    await page.context.set_offline(True)
    await page.get_by_role("link", name="Library").click()
    await page.get_by_text("does not answer").wait_for()


async def one_scene(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot, scenes=SCENES[:1], title="One scene")
    await shoot.all(film)
    await open_film(shoot, page, film)


async def tall(shoot: Shoot, page: Page) -> None:
    film = await a_film(shoot, aspect_ratio="9:16", title="Tall")
    await shoot.all(film)
    await open_film(shoot, page, film)


async def forty(shoot: Shoot, page: Page) -> None:
    scenes = [a_scene(f"Beat {number}", SCENES[number % 4].description) for number in range(1, 41)]
    film = await a_film(shoot, scenes=scenes, title="Forty scenes")
    for number in (1, 2, 3):
        await shoot.shoot(film, number)
    for number in range(4, 12):
        await shoot.roll(film, number, number / 14, f"rendering, frame {number * 12} of 192")
    await open_film(shoot, page, film)


async def german(shoot: Shoot, page: Page) -> None:
    scenes = [a_scene(GERMAN, f"{GERMAN}. {GERMAN}") for number in (1, 2, 3)]
    film = await a_film(
        shoot, scenes=scenes, title=GERMAN[:200], on_failed_scene="skip", character_description=f"{GERMAN} 👩‍🚀🦊"
    )
    await shoot.lose(film, 1, ErrorCode.PROVIDER_ERROR, f"Fehler: {GERMAN}")
    await shoot.roll(film, 2, 0.3, GERMAN)
    await open_film(shoot, page, film)


async def library(shoot: Shoot, page: Page) -> None:
    for title in (STORM, "A fox learns to fly", GERMAN[:200]):
        await shoot.all(await a_film(shoot, title=title))
    lost = await a_film(shoot, title="The one that failed", on_failed_scene="fail")
    await shoot.lose(lost, 1, ErrorCode.PROVIDER_ERROR, "no")
    await shoot.all(lost)
    moving = await a_film(shoot, title="Still being made")
    await shoot.roll(moving, 1, 0.5)
    await page.goto(f"{shoot.url}/library")
    await page.get_by_text(STORM).first.wait_for()


async def many(shoot: Shoot, page: Page) -> None:
    for number in range(1, 31):
        await shoot.order(title=f"Film {number}", number_of_scenes=1)
    await page.goto(f"{shoot.url}/library")
    await page.get_by_text("Film 30").wait_for()


async def nothing_found(shoot: Shoot, page: Page) -> None:
    await shoot.order(title=STORM)
    await page.goto(f"{shoot.url}/library")
    await page.get_by_text(STORM).wait_for()
    await page.get_by_label("Search").fill("a whale")
    await page.get_by_text("Nothing like that").wait_for()


async def cut_off(shoot: Shoot, page: Page) -> None:
    await generating(shoot, page)
    await page.context.set_offline(True)
    await shoot.house.house.hub.close()
    await page.get_by_text("Connection lost").wait_for()


EVERYWHERE = ("dark", "light", "phone", "phone-light", "tablet", "wide")
A_KEY = {"keys": KeyRules(required=True)}

STATES = (
    State("empty", empty, EVERYWHERE),
    State("empty-library", empty_library, ("dark", "phone")),
    State("filled", filled, EVERYWHERE),
    State("too-dear", too_dear, ("dark", "phone-light")),
    State("drawing", drawing, ("dark", "phone-light")),
    State("cast", cast, ("dark", "light")),
    State("ordered", ordered, ("dark", "light")),
    State("generating", generating, EVERYWHERE),
    State("one-failed", one_failed, EVERYWHERE),
    State("with-gaps", with_gaps, ("dark", "phone")),
    State("failed", failed, ("dark", "phone-light")),
    State("canceled", canceled, ("dark", "phone")),
    State("stopped", stopped, ("light", "phone")),
    State("done", done, EVERYWHERE),
    State("by-keyboard", by_keyboard, ("dark", "light")),
    State("storyboard-gate", at_the_storyboard, ("dark", "phone-light")),
    State("character-gate", at_the_character, ("light",)),
    State("clips-gate", at_the_clips, ("dark",)),
    State("rewriting", rewriting, ("dark", "phone")),
    State("stale", stale, ("light",)),
    State("versions", versions, ("dark", "phone-light")),
    State("recast", recast, ("light", "phone")),
    State("recut", recut, ("dark", "phone")),
    State("shared", shared, ("light", "phone")),
    State("revoked", revoked, ("light", "phone")),
    State("deleting", deleting, ("dark", "phone-light")),
    State("another-model", another_model, ("light", "phone")),
    State("key", with_a_key, ("dark", "phone-light"), A_KEY),
    State("wrong-key", with_a_wrong_key, ("light",), A_KEY),
    State("gone", gone, ("dark", "phone")),
    State("nowhere", nowhere, ("light",)),
    State("unreachable", unreachable, ("dark", "phone-light")),
    State("one-scene", one_scene, ("light",)),
    State("tall", tall, ("dark", "phone")),
    State("forty", forty, ("dark", "phone")),
    State("german", german, ("light", "phone")),
    State("cut-off", cut_off, ("dark", "phone-light")),
    State("library", library, EVERYWHERE),
    State("many", many, ("dark", "tablet")),
    State("nothing-found", nothing_found, ("light", "phone")),
)
