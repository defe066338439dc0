"""A film being made before a browser's eyes: the theatre's gateway, with pictures and clips that can be seen."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from gateway.history.records import Job, OrderRow
from shared.contracts.base import ErrorCode, Fault, OrderId, StoredAsset
from shared.contracts.order import Failed, Outcome, Progress, Succeeded
from shared.contracts.scene import Scene, ScenesCreated
from tests.contract.theatre import Theatre, theatre
from tests.factories import ended, succeeded
from tests.unit.stitch_svc.footage import Footage, shoot

CLIP = Footage(size=(320, 180), frames=24, hue=150, options={"preset": "ultrafast", "crf": "30"})
SKIES = (("#1b2a4a", "#e8a25c"), ("#2b1b3d", "#d96c8a"), ("#0f3b3a", "#e6d27a"), ("#3a1f1a", "#f0b48a"))


@dataclass
class Shoot:
    """The hands that make a film, one order at a time."""

    house: Theatre
    clip: bytes
    painted: int = 0
    pictures: dict[str, bytes] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return str(self.house.client.make_url("")).rstrip("/")

    async def order(self, **film: Any) -> str:
        """A film is ordered; its id."""
        told = {"idea": "a lighthouse that sings", "character_description": "a keeper in a yellow coat", **film}
        self.house.clock.pass_s(1)
        return await self.house.ordered("/productions", told)

    async def job(self, film: str, part: str) -> Job:
        """The newest job of a part of the film."""
        return [job for job in await self.house.jobs_of(film) if job.part == part][-1]

    async def write(self, film: str, scenes: Sequence[Scene] = ()) -> None:
        """The storyboard is there: these scenes, or the ones that services of tests write."""
        for order in await self.house.start((await self.job(film, "scenes")).id):
            outcome = succeeded(order)
            assert isinstance(outcome.result, ScenesCreated)
            if scenes:
                written = outcome.result.model_copy(update={"scenes": tuple(scenes)})
                outcome = outcome.model_copy(update={"result": written})
            await self._end(order, outcome)

    async def draw(self, film: str, count: int = 99) -> None:
        """So many of the portraits are there."""
        await self.end((await self.job(film, "character")).id, count=count)

    async def shoot(self, film: str, number: int, *, part: str = "clip") -> None:
        """The clip of a scene is there, and conformed."""
        await self.end((await self.job(film, f"{part}/{number}")).id)
        await self.end((await self.job(film, f"conform/{number}" if part == "clip" else f"conform/filler/{number}")).id)

    async def lose(self, film: str, number: int, code: ErrorCode, message: str) -> None:
        fault = Fault(code=code, message=message, backend="replicate", model="google/veo-3.1", stage="prompt")
        await self.end((await self.job(film, f"clip/{number}")).id, outcome=Failed(fault=fault))

    async def roll(self, film: str, number: int, fraction: float, message: str = "") -> None:
        """The clip of a scene is so far."""
        job = await self.job(film, f"clip/{number}")
        await self.begin(job.id)
        await self.progress(job.id, fraction, message)

    async def progress(self, job_id: str, fraction: float, message: str = "") -> None:
        for order in await self.house.orders(job_id):
            told = Progress(order_id=OrderId(order.id), fraction=fraction, stage="rendering", message=message)
            self.house.house.live.hear_progress(told)

    async def begin(self, job_id: str) -> None:
        await self.house.start(job_id)
        await self.house.caught_up()

    async def end(self, job_id: str, *, count: int = 99, outcome: Outcome | None = None) -> None:
        """So many orders of a job end, well unless `outcome` says otherwise."""
        orders = [order for order in await self.house.start(job_id) if order.status != "ended"]
        for order in orders[:count]:
            await self._end(order, outcome or succeeded(order))

    async def all(self, film: str) -> None:
        """Everything that is still to be done, well."""
        while jobs := [job for job in await self.house.jobs_of(film) if not job.is_terminal]:
            for job in jobs:
                await self.end(job.id)

    async def _end(self, order: OrderRow, outcome: Outcome) -> None:
        if isinstance(outcome, Succeeded):
            outcome = await self._stored(outcome)
        await self.house.applier.apply([ended(order, outcome)])
        self.house.clock.pass_s(1)
        await self.house.caught_up()

    async def _stored(self, outcome: Succeeded) -> Succeeded:
        result = outcome.result
        stored = {name: await self._store(value) for name, value in result if isinstance(value, StoredAsset)}
        return outcome.model_copy(update={"result": result.model_copy(update=stored)})

    async def _store(self, asset: StoredAsset) -> StoredAsset:
        content = self.clip if asset.media_type == "video/mp4" else self.picture(asset.media_type)

        async def chunks() -> AsyncIterator[bytes]:
            yield content

        put = await self.house.media.put(asset.key, chunks(), media_type=asset.media_type)
        return asset.model_copy(update={"size_bytes": put.size_bytes, "sha256": put.sha256})

    def picture(self, media_type: str) -> bytes:
        self.painted += 1
        return painted(self.painted, "PNG" if media_type == "image/png" else "JPEG")


def painted(number: int, form: str) -> bytes:
    """A horizon, a sun and a figure: every one a little different."""
    above, below = SKIES[number % len(SKIES)]
    size = (512, 512) if form == "PNG" else (640, 360)
    picture = Image.new("RGB", size, above)
    brush = ImageDraw.Draw(picture)
    width, height = size
    horizon = height * (5 + number % 3) // 9
    brush.rectangle((0, horizon, width, height), fill=below)
    sun = width * (2 + number % 6) // 9
    brush.ellipse((sun, horizon - 90, sun + 120, horizon + 30), fill="#fff2d0")
    brush.rectangle((0, horizon, width, horizon + 4), fill="#0008")
    figure = width * (6 - number % 4) // 9
    brush.polygon([(figure, horizon + 90), (figure + 36, horizon - 60), (figure + 72, horizon + 90)], fill="#15121c")
    brush.ellipse((figure + 20, horizon - 92, figure + 52, horizon - 58), fill="#15121c")
    stored = io.BytesIO()
    picture.save(stored, form)
    return stored.getvalue()


def a_scene(title: str, description: str, **more: Any) -> Scene:
    return Scene(title=title, description=description, negative_description="crowds", duration_seconds=8.0, **more)


@asynccontextmanager
async def on_set(folder: Path, database: Path, **rules: Any) -> AsyncIterator[Shoot]:
    """A gateway with nothing in it yet, and who makes films on it. `rules` as of the theatre."""
    clip = await asyncio.to_thread(shoot, folder / "clip.mp4", CLIP)
    async with theatre(folder, f"sqlite+aiosqlite:///{database}", **rules) as house:
        yield Shoot(house, clip.read_bytes())
