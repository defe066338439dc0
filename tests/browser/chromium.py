"""A real Chromium, headless, spoken to by the DevTools protocol."""

import asyncio
import itertools
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--remote-debugging-port=0",
)
GREETING = b"DevTools listening on "
STARTS_WITHIN_S = 30.0
ANSWERS_WITHIN_S = 60.0


def chromium_binary() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


@dataclass
class Page:
    """One tab. `evaluate` runs a script in it and waits for its promise."""

    socket: aiohttp.ClientWebSocketResponse
    session: str = ""
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def evaluate(self, script: str) -> Any:
        asked = {"expression": script, "awaitPromise": True, "returnByValue": True}
        answer = await self.call("Runtime.evaluate", **asked)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        session = {"sessionId": self.session} if self.session else {}
        await self.socket.send_json({"id": number, "method": method, "params": params, **session})
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            while True:
                said = await self.socket.receive_json()
                if said.get("id") == number:
                    assert "error" not in said, said["error"]
                    return dict(said["result"])


@asynccontextmanager
async def open_page(url: str, *, profile: Path) -> AsyncIterator[Page]:
    """A tab of a new browser with an empty profile, once `url` has loaded."""
    binary = chromium_binary()
    assert binary, "Chromium is missing; on Debian: apt-get install chromium"
    process = await asyncio.create_subprocess_exec(
        binary, *FLAGS, f"--user-data-dir={profile}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        address, rest = await _address(process)
        async with aiohttp.ClientSession() as http, http.ws_connect(address, max_msg_size=0) as socket:
            yield await _tab(socket, url)
        rest.cancel()
        await asyncio.gather(rest, return_exceptions=True)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


async def _address(process: asyncio.subprocess.Process) -> tuple[str, "asyncio.Task[bytes]"]:
    """Where it listens; somebody reads on, so that it never blocks on its own words."""
    assert process.stderr is not None
    async with asyncio.timeout(STARTS_WITHIN_S):
        async for line in process.stderr:
            if line.startswith(GREETING):
                return line.removeprefix(GREETING).decode().strip(), asyncio.create_task(process.stderr.read())
    raise AssertionError("Chromium ended before it listened")


async def _tab(socket: aiohttp.ClientWebSocketResponse, url: str) -> Page:
    page = Page(socket)
    target = await page.call("Target.createTarget", url="about:blank")
    attached = await page.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
    page.session = attached["sessionId"]
    await page.call("Page.navigate", url=url)
    loaded = "new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', () => done()))"
    await page.evaluate(loaded)
    return page
