"""The film in the player most people have: it plays through every joint, shows what it should, and can be sought."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from shared.contracts.stitch import Transition
from stitch_svc.cut import ClipRecipe, CutRecipe, CutReport, conform_clip, cut
from tests.browser.chromium import Page, chromium_binary, open_page
from tests.unit.stitch_svc.footage import FLASH_AT_S, Footage, flashes, shoot

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(chromium_binary() is None and "CI" not in os.environ, reason="chromium is missing"),
]

HALT_MS, PLAYS = 500, 3
SIZE = (640, 360)
FRAMES, SHARED = 36, 12
HUES = (60, 220, 60, 220)
JOINTS = (Transition(type="crossfade", seconds=0.5), Transition(), Transition(type="fade_black", seconds=0.5))
PAGE = """<!doctype html><meta charset="utf-8"><video src="/film.mp4" preload="auto"></video><script>
const video = document.querySelector("video"), seen = [];
for (const name of ["playing", "waiting", "stalled", "error", "ended"])
  video.addEventListener(name, () => seen.push(name));
const heard = name => new Promise(done => video.addEventListener(name, () => done(), {once: true}));
const ready = video.readyState >= 3 ? Promise.resolve() : heard("canplay");
</script>"""
PLAY = """(async () => {
  await ready;
  seen.length = 0;
  const last = heard("ended");
  let longest = 0, before = performance.now(), shown = -1;
  const watch = () => {
    const now = performance.now();
    if (video.currentTime > shown) {
      longest = Math.max(longest, now - before);
      before = now;
      shown = video.currentTime;
    }
    if (!video.ended) setTimeout(watch, 10);
  };
  await video.play();
  before = performance.now();
  watch();
  await last;
  const quality = video.getVideoPlaybackQuality();
  return {seen, longest_ms: longest, at: video.currentTime, duration: video.duration, width: video.videoWidth,
          height: video.videoHeight, frames: quality.totalVideoFrames, corrupted: quality.corruptedVideoFrames,
          error: video.error && video.error.message};
})()"""
SEEK = """(async second => {
  await ready;
  const landed = heard("seeked"), patience = new Promise(over => setTimeout(over, 1000));
  const drawn = new Promise(done => video.requestVideoFrameCallback(done));
  video.currentTime = second;
  await landed;
  await Promise.race([drawn, patience]);  // a busy machine shows the frame a little later, the same frame not again
  const canvas = Object.assign(document.createElement("canvas"), {width: video.videoWidth, height: video.videoHeight});
  const brush = canvas.getContext("2d");
  brush.drawImage(video, 0, 0);
  return {at: video.currentTime, blue: brush.getImageData(canvas.width * 0.6, canvas.height * 0.3, 1, 1).data[2]};
})"""
LISTEN = """(async () => {
  const bytes = await (await fetch("/film.mp4")).arrayBuffer();
  const sound = await new OfflineAudioContext(2, 1, 48000).decodeAudioData(bytes);
  const left = sound.getChannelData(0), beeps = [];
  for (let at = 0, quiet = 1e9; at < left.length; at++, quiet++)
    if (Math.abs(left[at]) > 0.2) { if (quiet > 9600) beeps.push(at / 48000); quiet = 0; }
  return {beeps, seconds: sound.duration};
})()"""


@dataclass(frozen=True)
class Shown:
    """A film, what was told of it, and a page with it."""

    film: Path
    report: CutReport
    page: Page


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CutReport]:
    """Four clips from different cameras: a crossfade, a cut, a fade through black."""
    folder = tmp_path_factory.mktemp("premiere")
    clips = []
    for number, hue in enumerate(HUES):
        codec = "libx265" if number == 2 else "libx264"
        options = {"preset": "ultrafast"} | ({"x265-params": "log-level=none"} if number == 2 else {})
        loose = shoot(
            folder / f"{number}.mp4", Footage(size=SIZE, frames=FRAMES, hue=hue, codec=codec, options=options)
        )
        recipe = ClipRecipe(clip=loose, width=SIZE[0], height=SIZE[1], fps=24, work_dir=folder / "work")
        clips.append(conform_clip(recipe, out=folder / f"ready-{number}.mp4", progress=_quiet).path)
    out = folder / "film.mp4"
    recipe_of_cut = CutRecipe(clips=tuple(clips), transitions=JOINTS, verify="full", work_dir=folder / "work")
    return out, cut(recipe_of_cut, out=out, progress=_quiet)


@pytest.fixture
async def shown(film: tuple[Path, CutReport], tmp_path: Path, unused_tcp_port: int) -> AsyncIterator[Shown]:
    path, report = film
    app = web.Application()
    app.router.add_get("/", _page)
    app.router.add_static("/", path.parent)  # with ranges, as the gateway serves them
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    async with open_page(f"http://127.0.0.1:{unused_tcp_port}/", profile=tmp_path / "profile") as page:
        yield Shown(path, report, page)
    await runner.cleanup()


async def _page(request: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")


def _quiet(fraction: float, stage: str) -> None:
    """Nobody listens."""


async def played(page: Page) -> dict[str, Any]:
    """What a play told. A busy machine halts the page, not the film: a halt that is the film's own comes every time."""
    told: dict[str, Any] = {}
    for _ in range(PLAYS):
        told = await page.evaluate(PLAY)
        if told["longest_ms"] < HALT_MS and "waiting" not in told["seen"]:
            break
    return told


async def test_the_film_plays_to_its_end_without_a_stall(shown: Shown) -> None:
    told = await played(shown.page)
    last_joint = (len(HUES) * FRAMES - 2 * SHARED - FRAMES) / 24
    assert told["error"] is None
    assert told["at"] > last_joint
    assert told["at"] == pytest.approx(shown.report.facts.duration_s, abs=0.05)
    assert told["duration"] == pytest.approx(shown.report.facts.duration_s, abs=0.025)
    assert (told["width"], told["height"]) == SIZE
    assert told["corrupted"] == 0
    assert [name for name in told["seen"] if name != "playing"] == ["ended"], "it never waited"
    assert told["longest_ms"] < HALT_MS


async def test_every_second_of_the_film_can_be_sought_and_shows_its_clip(shown: Shown) -> None:
    length = shown.report.facts.duration_s or 0.0
    for second in [*range(int(length) + 1), length - 0.02, 0.1]:
        told = await shown.page.evaluate(f"{SEEK}({second})")
        assert told["at"] == pytest.approx(second, abs=0.001)
        if (hue := _hue_at(second)) is not None:
            assert told["blue"] == pytest.approx(hue, abs=8), f"the picture at {second} s"


async def test_who_counts_samples_hears_every_beep_on_its_flash(shown: Shown) -> None:
    """`decodeAudioData` knows no time stamps: what it gives is what a counting player plays."""
    told = await shown.page.evaluate(LISTEN)
    seen = flashes(shown.film)
    assert len(seen) == len(HUES)
    assert told["beeps"] == pytest.approx(seen, abs=0.001)


def _hue_at(second: float) -> int | None:
    """The blue of the only clip that is seen then, away from its flash; None within a joint."""
    frame = int(second * 24)
    starts = (0, FRAMES - SHARED, 2 * FRAMES - SHARED, 3 * FRAMES - 2 * SHARED)
    seen = [number for number, start in enumerate(starts) if start <= frame < start + FRAMES]
    flash = any(abs(frame / 24 - start / 24 - FLASH_AT_S) < 0.15 for start in starts)
    return None if flash or len(seen) != 1 else HUES[seen[0]]
