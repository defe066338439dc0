"""The server: sells pictures and clips, and writes down every order it accepted."""

import asyncio
import io
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic
from uuid import uuid4

import av
import numpy as np
from aiohttp import web
from PIL import Image

KINDS = {"generate_character_reference": "image/png", "generate_video": "video/mp4"}


@dataclass
class Job:
    id: str
    order_id: str
    kind: str
    ready_at: float
    canceled: bool = False


@dataclass
class MeteredServer:
    """`seconds` is how long a job takes; an order is answered `hesitates_s` after it was written down.

    `moments` are called, if set, at the named moment of any job:
    `accepted` after an order was written down and before it is answered, `polled` before a poll is answered,
    `sending` after half of the output was sent.
    """

    seconds: float = 0.4
    hesitates_s: float = 0.0
    jobs: dict[str, Job] = field(default_factory=dict)
    moments: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    refuse: Callable[[str], web.Response | None] | None = None
    url: str = ""

    def __post_init__(self) -> None:
        self.outputs = {"generate_character_reference": picture(), "generate_video": clip()}

    @property
    def submissions(self) -> Counter[str]:
        """Order id -> how often it was bought."""
        return Counter(job.order_id for job in self.jobs.values())

    @asynccontextmanager
    async def running(self) -> AsyncIterator["MeteredServer"]:
        app = web.Application()
        app.add_routes(
            [
                web.post("/jobs", self._submit),
                web.get("/jobs/{id}", self._get),
                web.get("/jobs/{id}/output", self._output),
                web.post("/jobs/{id}/cancel", self._cancel),
            ]
        )
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _submit(self, request: web.Request) -> web.Response:
        body = await request.json()
        if self.refuse is not None and (refusal := self.refuse(body["order_id"])) is not None:
            return refusal
        job = Job(uuid4().hex, body["order_id"], body["kind"], monotonic() + self.seconds)
        self.jobs[job.id] = job
        await self._moment("accepted")
        await asyncio.sleep(self.hesitates_s)
        return web.json_response({"id": job.id}, status=201)

    async def _get(self, request: web.Request) -> web.Response:
        job = self.jobs[request.match_info["id"]]
        await self._moment("polled")
        status = "canceled" if job.canceled else "succeeded" if monotonic() >= job.ready_at else "processing"
        return web.json_response({"id": job.id, "status": status, "media_type": KINDS[job.kind]})

    async def _output(self, request: web.Request) -> web.StreamResponse:
        job = self.jobs[request.match_info["id"]]
        content = self.outputs[job.kind]
        answer = web.StreamResponse(headers={"Content-Type": KINDS[job.kind], "Content-Length": str(len(content))})
        await answer.prepare(request)
        await answer.write(content[: len(content) // 2])
        await self._moment("sending")
        await answer.write(content[len(content) // 2 :])
        return answer

    async def _moment(self, name: str) -> None:
        if (happens := self.moments.pop(name, None)) is not None:
            await happens()

    async def _cancel(self, request: web.Request) -> web.Response:
        self.jobs[request.match_info["id"]].canceled = True
        return web.json_response({})


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 120, 40)).save(buffer, "PNG")
    return buffer.getvalue()


def clip(*, seconds: float = 1.0, fps: int = 24, width: int = 320, height: int = 180) -> bytes:
    """A small H.264 clip without sound, its brightness rising."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = Fraction(1, fps)
        for number in range(round(seconds * fps)):
            shade = np.full((height, width, 3), 40 + number * 4, np.uint8)
            frame = av.VideoFrame.from_ndarray(shade, format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()
