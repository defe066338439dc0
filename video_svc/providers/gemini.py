"""Clips by the video models of Gemini, through its Interactions API."""

import asyncio
import base64
import binascii
import hashlib
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yarl import URL

from shared.config import WorkerConfig
from shared.contracts.base import FREE, utc_now
from shared.contracts.order import Order
from shared.contracts.video import GenerateVideo
from shared.downloads import Downloads, is_loopback, open_downloads
from shared.executions import Handle, Intent
from shared.generation import Done, Output, Pending
from shared.logs import logger
from shared.media.base import CHUNK_BYTES, MediaStore
from shared.pictures import Picture, fitted_picture
from shared.runtime import House
from shared.vendors.gemini import faults
from shared.vendors.gemini.answers import Answered, Unanswered, Unreached
from shared.vendors.gemini.interaction import UNDER_WAY, Interaction, Piece
from shared.vendors.gemini.opening import KEY_HEADER, Reach, gemini_base, open_gemini_account
from video_svc.providers.base import VideoProvider

if TYPE_CHECKING:
    from shared.vendors.gemini.account import Account

SILENCE_S = 45.0
CALL_TIMEOUT_S = 75.0
PICTURE_S = 25.0
"""The picture has to be ready by then: what comes after it is the call that costs."""
MOST_PICTURE_BYTES = 2 << 20
MOST_BYTES = 4 << 30
MOST_REDIRECTS = 2
FIRST_POLL_S, SLOWEST_POLL_S, POLL_GROWTH = 3.0, 8.0, 0.1

RECEIPT = ("reference_sent", "reference_reason")
TASKS = {None: "text_to_video", "reference": "reference_to_video", "first_frame": "image_to_video"}

_FILE = re.compile(r"(?:^|/)files/([a-z0-9][a-z0-9-]{0,79})(?=$|[:/?])")
_NOT_WELL = (Answered, Unreached, Unanswered)


@dataclass(frozen=True)
class Store:
    """Where Gemini keeps what it made; the key goes with `downloads` to `address` alone."""

    address: URL
    downloads: Downloads
    strangers: Downloads

    def fetch(self, location: str) -> AsyncGenerator[bytes, None]:
        """A file of ours is asked for at our own address, whatever host its URI names."""
        name = file_name(location)
        if name is None:
            return self.strangers.stream(location)
        return self.downloads.stream(str(self.address / f"{name}:download" % {"alt": "media"}))


@dataclass
class GeminiClips:
    """Orders interactions in the background, asks for them by id, and fetches what they made."""

    reach: "Reach[Account]"
    store: Store
    media: MediaStore
    scratch: Path
    poll_every_s: float = 4.0
    call_timeout_s: float = CALL_TIMEOUT_S
    first_poll_s: float = FIRST_POLL_S

    async def submit(self, order: Order) -> Handle:
        picture = await self._picture_in_time(order)
        form = order.inputs("" if picture is not None else None)
        prompt = str(form.pop(order.prompt_field))
        role = order.picture.role if picture is not None and order.picture is not None else None
        log = logger(__name__)
        log.debug("gemini_call", model=order.vendor_model, prompt=prompt, form=form, task=TASKS[role])
        try:
            interaction_id = await (await self.reach()).begin_clip(
                order.vendor_model, prompt, picture=_encoded(picture), form=form, task=TASKS[role]
            )
        except _NOT_WELL as problem:
            raise faults.refusal(problem, order.model) from problem
        return Handle(id=interaction_id, detail=_detail(order, sent=picture is not None))

    async def poll(self, handle: Handle) -> Pending | Done:
        model = handle.detail["model"]
        interaction = await self._ask(handle, model)
        if interaction.status in UNDER_WAY:
            return Pending(None, f"{model} at Gemini: {interaction.status}", again_s=self._next_poll_s(handle))
        if interaction.status != "completed":
            raise faults.failure(interaction, model)
        if interaction.video is None:
            raise faults.no_video(interaction, model)
        return await self._output(interaction.video, handle, model)

    def fetch(self, output: Output) -> AsyncGenerator[bytes, None]:
        if output.location.startswith(str(self.scratch)):
            return _read(Path(output.location))
        return self.store.fetch(output.location)

    async def cancel(self, handle: Handle) -> Decimal:
        """Stop it. One that was complete before is paid."""
        model = handle.detail["model"]
        try:
            stopped = await (await self.reach()).stop(handle.id)
        except _NOT_WELL as problem:
            if not faults.refused_for_good(problem):
                raise faults.trouble(problem, model) from problem
            stopped = await self._look_again(handle, model)
        if stopped.status == "completed":
            return Decimal(handle.detail["price_usd"]) if stopped.video is not None else FREE
        return FREE if stopped.status == "failed" else Decimal(handle.detail["cancel_usd"])

    async def find(self, intent: Intent, order: Order) -> Sequence[Handle]:
        """Gemini does not list interactions: an order whose answer was lost stays uncertain."""
        return ()

    async def forget(self, handle: Handle) -> None:
        await asyncio.to_thread(self._inline_file(handle).unlink, missing_ok=True)

    async def _ask(self, handle: Handle, model: str) -> Interaction:
        try:
            return await (await self.reach()).interaction(handle.id)
        except _NOT_WELL as problem:
            if faults.refused_for_good(problem):
                raise faults.vanished(model, problem) from problem
            raise faults.trouble(problem, model) from problem

    async def _look_again(self, handle: Handle, model: str) -> Interaction:
        """It could not be stopped: what it came to counts; of one that is no longer known, nothing is left to pay."""
        try:
            return await (await self.reach()).interaction(handle.id)
        except _NOT_WELL as problem:
            if faults.refused_for_good(problem):
                return Interaction(id=handle.id, status="cancelled")
            raise faults.trouble(problem, model) from problem

    async def _output(self, video: Piece, handle: Handle, model: str) -> Pending | Done:
        if video.data:
            return _done(await self._unpacked(video.data, handle, model), handle)
        location = str(video.uri)
        if (name := file_name(location)) is not None:
            state = await self._file_state(name, model)
            if state == "FAILED":
                raise faults.bad_output(f"Gemini lost the clip that {model} made. Retry the job.", model, charged=True)
            if state != "ACTIVE":
                return Pending(None, f"{model} at Gemini: the file is being made ready", again_s=self.first_poll_s)
        return _done(location, handle)

    async def _file_state(self, name: str, model: str) -> str:
        try:
            return await (await self.reach()).file_state(name)
        except _NOT_WELL as problem:
            if faults.refused_for_good(problem):
                message = f"Gemini no longer keeps the clip that {model} made."
                raise faults.bad_output(message, model, charged=True) from problem
            raise faults.trouble(problem, model) from problem

    async def _unpacked(self, data: str, handle: Handle, model: str) -> str:
        """An inline video as a file of this process; a poll after a restart brings it again."""
        file = self._inline_file(handle)
        try:
            await asyncio.to_thread(_unpack, data, file)
        except binascii.Error as error:
            raise faults.bad_output(
                f"The clip of {model} can't be read. Retry the job.", model, charged=True
            ) from error
        return str(file)

    def _next_poll_s(self, handle: Handle) -> float:
        age_s = (utc_now() - handle.at).total_seconds()
        return min(SLOWEST_POLL_S, max(self.first_poll_s, age_s * POLL_GROWTH))

    def _inline_file(self, handle: Handle) -> Path:
        return self.scratch / f"{hashlib.sha256(handle.id.encode()).hexdigest()[:32]}.mp4"

    async def _picture_in_time(self, order: Order) -> Picture | None:
        """The order's picture, or None where the model takes none. Until it is ready, nothing is bought."""
        command = order.command
        assert isinstance(command, GenerateVideo)
        if command.reference is None or order.picture is None:
            return None
        try:
            async with asyncio.timeout(PICTURE_S):
                return await fitted_picture(
                    self.media, command.reference, scratch=self.scratch, most_bytes=MOST_PICTURE_BYTES
                )
        except TimeoutError as error:
            raise faults.picture_late(order.model) from error


@asynccontextmanager
async def open_gemini(
    house: House, config: WorkerConfig, *, silence_s: float = SILENCE_S
) -> AsyncIterator[VideoProvider]:
    async with open_gemini_account(config, silence_s=silence_s) as reach:
        base = gemini_base(config)
        key = config.gemini_api_key.get_secret_value() if config.gemini_api_key else ""
        scratch = house.scratch / "gemini"
        scratch.mkdir(exist_ok=True)
        async with (
            open_downloads(
                most_bytes=MOST_BYTES,
                from_loopback=is_loopback(base),
                headers={KEY_HEADER: key},
                redirects=MOST_REDIRECTS,
            ) as own,
            open_downloads(most_bytes=MOST_BYTES, from_loopback=is_loopback(base)) as strangers,
        ):
            store = Store(base / config.gemini_api_version, own, strangers)
            yield GeminiClips(reach, store, house.media, scratch)


def file_name(location: str) -> str | None:
    """ "files/abc" of "https://.../v1beta/files/abc:download?alt=media"; None where it is no file of Gemini's."""
    found = _FILE.search(location)
    return f"files/{found[1]}" if found else None


def _detail(order: Order, *, sent: bool) -> dict[str, Any]:
    """What a poll or a cancel has to know of the order; all it gets is the handle."""
    command = order.command
    assert isinstance(command, GenerateVideo)
    detail: dict[str, Any] = {
        "model": order.model,
        "price_usd": str(order.price_usd),
        "cancel_usd": str(order.cancel_usd),
    }
    if command.reference is not None:
        detail["reference_sent"] = sent
        if not sent:
            detail["reference_reason"] = f"{order.model} takes no picture with this order"
    return detail


def _done(location: str, handle: Handle) -> Done:
    """The model takes no seed, so none is reported."""
    receipt = {name: told for name, told in handle.detail.items() if name in RECEIPT}
    return Done((Output(location, "video/mp4"),), report={**receipt, "seed": None})


def _encoded(picture: Picture | None) -> tuple[str, str] | None:
    return (base64.b64encode(picture.content).decode(), picture.media_type) if picture is not None else None


def _unpack(data: str, file: Path) -> None:
    file.write_bytes(base64.b64decode(data, altchars=b"-_" if "-" in data or "_" in data else None))


async def _read(file: Path) -> AsyncGenerator[bytes, None]:
    with await asyncio.to_thread(file.open, "rb", buffering=0) as opened:
        while chunk := await asyncio.to_thread(opened.read, CHUNK_BYTES):
            yield chunk
