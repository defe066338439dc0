"""Playwright driving Debian's Chromium. It never downloads a browser of its own."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

from gateway.routes.studio import BUILT
from tests.browser.chromium import FLAGS, chromium_binary

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 375, "height": 812}
PATIENCE_MS = 10_000
"""A guard, never a wait."""
IN_CI = "CI" in os.environ
OWN_FLAGS = [flag for flag in FLAGS if not flag.startswith(("--headless", "--remote-debugging-port"))]
PLAYED = """async video => {
  video.muted = true;
  await video.play();
  const from = video.currentTime;
  await new Promise(done => video.addEventListener("timeupdate", () => video.currentTime > from && done()));
  return {width: video.videoWidth, height: video.videoHeight, at: video.currentTime, from};
}"""
"""Its shape, and two moments of a video that is played."""

needs_a_browser = [
    pytest.mark.skipif(chromium_binary() is None and not IN_CI, reason="chromium is missing"),
    pytest.mark.skipif(not BUILT.is_dir() and not IN_CI, reason="the studio is not built: make studio"),
]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser with no page yet."""
    binary = chromium_binary()
    assert binary, "Chromium is missing; on Debian: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=binary, args=OWN_FLAGS)
        yield browser
        await browser.close()


def page_options(*, phone: bool = False, light: bool = False) -> dict[str, Any]:
    return {
        "viewport": PHONE if phone else WIDE,
        "color_scheme": "light" if light else "dark",
        "reduced_motion": "reduce",
    }


@dataclass
class Watch:
    """What must not happen in a tab: a request to elsewhere, an error, a breach of the page's own policy."""

    origin: str
    faults: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("request", self._requested)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._said)

    def _requested(self, request: Request) -> None:
        inside = (self.origin, self.origin.replace("http", "ws", 1), "blob:", "data:")
        if not request.url.startswith(inside):
            self.faults.append(f"asked {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        is_the_networks = "Failed to load resource" in message.text or "WebSocket" in message.text
        if message.type == "error" and not is_the_networks:
            self.faults.append(message.text)
