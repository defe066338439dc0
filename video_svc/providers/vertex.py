"""Clips by Veo on Vertex: tested against its wire protocol only, never run against Google's."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from shared.config import WorkerConfig
from shared.contracts.base import FREE
from shared.contracts.order import Order
from shared.contracts.video import GenerateVideo
from shared.errors import PermanentError
from shared.executions import Handle, Intent
from shared.generation import Done, Output, Pending
from shared.logs import logger
from shared.media.base import CHUNK_BYTES, MediaStore
from shared.pictures import fitted_picture
from shared.runtime import House
from shared.vendors.gemini import faults
from shared.vendors.gemini.answers import Answered, Unanswered, Unreached
from shared.vendors.gemini.opening import Reach, open_vertex_account
from video_svc.providers.base import VideoProvider

if TYPE_CHECKING:
    from shared.vendors.gemini.veo import Operation, VeoAccount

SILENCE_S = 45.0
CALL_TIMEOUT_S = 75.0
PICTURE_S = 25.0
MOST_PICTURE_BYTES = 2 << 20

RECEIPT = ("reference_sent", "reference_reason")

_NOT_WELL = (Answered, Unreached, Unanswered)


@dataclass
class VertexClips:
    """Orders operations and asks for them by name; a finished one brings its clip along."""

    reach: "Reach[VeoAccount]"
    media: MediaStore
    scratch: Path
    poll_every_s: float = 10.0
    call_timeout_s: float = CALL_TIMEOUT_S

    async def submit(self, order: Order) -> Handle:
        picture = await self._picture_in_time(order)
        settings = order.inputs()
        prompt = str(settings.pop(order.prompt_field))
        shown = order.picture.role if order.picture is not None else "reference"
        logger(__name__).debug("vertex_call", model=order.vendor_model, prompt=prompt, settings=settings)
        try:
            name = await (await self.reach()).begin_clip(
                order.vendor_model,
                prompt,
                first_frame=picture if shown == "first_frame" else None,
                reference=picture if shown == "reference" else None,
                settings=settings,
            )
        except _NOT_WELL as problem:
            raise faults.refusal(problem, order.model, "vertex") from problem
        return Handle(id=name, detail=_detail(order, sent=picture is not None))

    async def poll(self, handle: Handle) -> Pending | Done:
        model = handle.detail["model"]
        operation = await self._ask(handle, model)
        if not operation.done:
            return Pending(None, f"{model} at Vertex: running")
        if operation.error is not None:
            code, message = operation.error
            raise faults.ended_badly(message, code, model, "vertex")
        if operation.video is None:
            raise _without_video(operation, model)
        file = self._file(handle)
        await asyncio.to_thread(file.write_bytes, operation.video)
        receipt = {name: told for name, told in handle.detail.items() if name in RECEIPT}
        return Done((Output(str(file), "video/mp4"),), report=receipt)

    async def fetch(self, output: Output) -> AsyncGenerator[bytes, None]:
        with await asyncio.to_thread(Path(output.location).open, "rb", buffering=0) as opened:
            while chunk := await asyncio.to_thread(opened.read, CHUNK_BYTES):
                yield chunk

    async def cancel(self, handle: Handle) -> Decimal:
        """Vertex has no way to stop one: it is paid unless it came to nothing by itself."""
        operation = await self._ask(handle, handle.detail["model"])
        came_to_nothing = operation.done and operation.video is None and operation.uri is None
        return FREE if came_to_nothing else Decimal(handle.detail["price_usd"])

    async def find(self, intent: Intent, order: Order) -> Sequence[Handle]:
        """Vertex does not list operations of its publishers' models."""
        return ()

    async def forget(self, handle: Handle) -> None:
        await asyncio.to_thread(self._file(handle).unlink, missing_ok=True)

    async def _ask(self, handle: Handle, model: str) -> "Operation":
        try:
            return await (await self.reach()).operation(handle.id)
        except _NOT_WELL as problem:
            if faults.refused_for_good(problem):
                raise faults.vanished(model, problem, "vertex") from problem
            raise faults.trouble(problem, model, "vertex") from problem

    def _file(self, handle: Handle) -> Path:
        return self.scratch / f"{hashlib.sha256(handle.id.encode()).hexdigest()[:32]}.mp4"

    async def _picture_in_time(self, order: Order) -> tuple[bytes, str] | None:
        command = order.command
        assert isinstance(command, GenerateVideo)
        if command.reference is None or order.picture is None:
            return None
        try:
            async with asyncio.timeout(PICTURE_S):
                picture = await fitted_picture(
                    self.media, command.reference, scratch=self.scratch, most_bytes=MOST_PICTURE_BYTES
                )
        except TimeoutError as error:
            raise faults.picture_late(order.model, "vertex") from error
        return picture.content, picture.media_type


@asynccontextmanager
async def open_vertex(
    house: House, config: WorkerConfig, *, silence_s: float = SILENCE_S
) -> AsyncIterator[VideoProvider]:
    async with open_vertex_account(config, silence_s=silence_s) as reach:
        scratch = house.scratch / "vertex"
        scratch.mkdir(exist_ok=True)
        yield VertexClips(reach, house.media, scratch)


def _without_video(operation: "Operation", model: str) -> PermanentError:
    if operation.filtered is not None:
        return faults.filtered(operation.filtered, model, "vertex")
    if operation.uri is not None:
        message = f"{model} put its clip into a bucket, which is not read. Take `output_gcs_uri` out of its entry."
        return faults.bad_output(message, model, "vertex", charged=True, retryable=False)
    return faults.bad_output(f"{model} ended without a video. Retry the job.", model, "vertex")


def _detail(order: Order, *, sent: bool) -> dict[str, object]:
    command = order.command
    assert isinstance(command, GenerateVideo)
    detail: dict[str, object] = {"model": order.model, "price_usd": str(order.price_usd)}
    if command.reference is not None:
        detail["reference_sent"] = sent
        if not sent:
            detail["reference_reason"] = f"{order.model} takes no picture with this order"
    return detail
