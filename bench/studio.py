"""The studio's page: its weight, how soon forty scenes are drawn, and whether forty moving cards ever stall it."""

import asyncio
import gzip
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page

from bench.machine import conditions
from gateway.history.schema import upgrade
from gateway.routes.studio import BUILT
from shared.contracts.base import OrderId
from shared.contracts.order import Progress
from tests.browser.driving import chromium, page_options
from tests.browser.shoot import Shoot, a_scene, on_set
from tests.browser.states import STORY, a_film

SCENES = 40
PER_SECOND = 4
PAGE_LIMIT_BYTES, DRAWN_LIMIT_MS, TASK_LIMIT_MS = 150_000, 1_000, 100
DRAWN = """new Promise(done => {
  const look = () => document.querySelectorAll(".frame h3").length >= %d && !document.querySelector(".unwritten")
    ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look);
  look();
})"""
WATCH = """window.longest = 0; window.tasks = 0;
new PerformanceObserver(list => {
  for (const task of list.getEntries()) { window.longest = Math.max(window.longest, task.duration); window.tasks += 1; }
}).observe({type: "longtask"});"""


@dataclass(frozen=True, slots=True)
class Moving:
    """What forty moving cards did to the page. Chromium calls a task long from 50 ms on."""

    seconds: float
    updates: int
    long_tasks: int
    longest_ms: float


def page_bytes() -> dict[str, int]:
    """Every file that a visit loads, gzipped as the gateway sends it to a browser without brotli."""
    files = (file for file in BUILT.rglob("*") if file.suffix in {".html", ".js", ".css", ".svg"})
    return {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in files}


async def forty_scenes(shoot: Shoot) -> str:
    """A film of which every scene is being filmed."""
    titles = list(STORY.items())
    scenes = [a_scene(f"{number}. {titles[number % 4][0]}", titles[number % 4][1]) for number in range(SCENES)]
    film = await a_film(shoot, scenes=scenes)
    for number in range(1, SCENES + 1):
        await shoot.house.start((await shoot.job(film, f"clip/{number}")).id)
    await shoot.house.caught_up()
    return film


async def drawn_ms(shoot: Shoot, page: Page, film: str) -> float:
    """From the start of the navigation to the frame in which all cards are there."""
    await page.goto(f"{shoot.url}/productions/{film}", wait_until="commit")
    return float(await page.evaluate(DRAWN % SCENES))


async def moved(shoot: Shoot, page: Page, film: str, *, seconds: float) -> Moving:
    """Let every card move several times a second, through bus, gateway and socket."""
    jobs = [await shoot.job(film, f"clip/{number}") for number in range(1, SCENES + 1)]
    orders = [order for job in jobs for order in await shoot.house.orders(job.id)]
    await page.evaluate(WATCH)
    steps = int(seconds * PER_SECOND)
    for step in range(steps):
        for order in orders:
            told = Progress(order_id=OrderId(order.id), fraction=(step + 1) / steps * 0.9, message=f"frame {step}")
            shoot.house.house.live.hear_progress(told)
        await asyncio.sleep(1 / PER_SECOND)
    await page.get_by_text(f"Frame {steps - 1}").first.wait_for()
    told = await page.evaluate("[window.tasks, window.longest]")
    return Moving(seconds, steps * SCENES, int(told[0]), float(told[1]))


async def bench(folder: Path) -> str:
    """All figures, in lines."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = page_bytes()
    database = folder / "history.db"
    await asyncio.to_thread(upgrade, f"sqlite+aiosqlite:///{database}")
    async with chromium() as browser, on_set(folder, database) as shoot:
        film = await forty_scenes(shoot)
        page = await browser.new_page(**page_options())
        times = sorted([await drawn_ms(shoot, page, film) for _ in range(5)])
        moving = await moved(shoot, page, film, seconds=10)
    return "\n".join(
        (
            f"studio: the page weighs {sum(weights.values()) / 1000:.1f} kB gzipped (goal <= 150)",
            f"studio: {SCENES} scenes drawn {times[2]:.0f} ms after navigation, at most {times[-1]:.0f} (goal <= 1000)",
            f"studio: {SCENES} cards x {PER_SECOND}/s for {moving.seconds:.0f} s: {moving.updates} updates, "
            f"{moving.long_tasks} tasks over 50 ms, longest {moving.longest_ms:.0f} ms (goal <= 100); {conditions()}",
        )
    )
