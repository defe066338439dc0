"""Portraits by the image models of Gemini."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from image_svc.providers.base import ImageProvider
from shared.config import WorkerConfig
from shared.contracts.base import FREE, ErrorCode, Fault
from shared.contracts.image import EXTENSIONS, GenerateReference
from shared.contracts.order import Order
from shared.errors import PermanentError
from shared.executions import Handle, Intent
from shared.generation import Done, Output, Pending
from shared.logs import logger
from shared.media.base import MediaStore, StorageAway
from shared.media.sniff import media_type_of
from shared.runtime import House
from shared.vendors.gemini import faults
from shared.vendors.gemini.answers import Answered, Unanswered, Unreached
from shared.vendors.gemini.opening import Reach, open_gemini_account
from shared.vendors.gemini.reply import Reply

if TYPE_CHECKING:
    from shared.vendors.gemini.account import Account

SILENCE_S = 150.0
STORE_WITHIN_S = 15.0
CALL_TIMEOUT_S = SILENCE_S + STORE_WITHIN_S + 5

FORM = ("aspect_ratio", "image_size")


@dataclass
class GeminiPainter:
    """The one call answers with the picture itself: it is stored under the order's own key before the handle is.

    So an answer that was paid for is found again there, whatever died after it; while the store is away it is kept
    here. Every answer becomes a handle, that of a refusal too: what it came to is told by `poll`.
    """

    reach: "Reach[Account]"
    media: MediaStore
    poll_every_s: float = 1.0
    call_timeout_s: float = CALL_TIMEOUT_S
    unstored: dict[str, bytes] = field(default_factory=dict, repr=False)

    async def submit(self, order: Order) -> Handle:
        command = order.command
        assert isinstance(command, GenerateReference)
        inputs = order.inputs()
        prompt = str(inputs.pop(order.prompt_field, "") or command.prompt or command.character_description)
        form = {name: inputs.pop(name) for name in FORM if name in inputs}
        log = logger(__name__)
        log.debug("gemini_call", model=order.vendor_model, prompt=prompt, form=form, settings=inputs)
        try:
            reply = await (await self.reach()).draw(order.vendor_model, prompt, form=form, settings=inputs)
        except (Answered, Unreached, Unanswered) as problem:
            raise faults.refusal(problem, order.model) from problem
        log.debug("gemini_answer", model=order.vendor_model, finished=reply.finished, bytes=len(reply.picture or b""))
        return Handle(id=reply.id or uuid4().hex, detail=await self._kept(reply, order, command))

    async def poll(self, handle: Handle) -> Pending | Done:
        if (fault := handle.detail.get("fault")) is not None:
            told = Fault.model_validate(fault)
            raise PermanentError(told, cost_usd=_paid(handle) if told.charged else None)
        return Done((Output(handle.detail["key"], handle.detail["media_type"]),), _paid(handle))

    def fetch(self, output: Output) -> AsyncGenerator[bytes, None]:
        kept = self.unstored.get(output.location)
        return _read(self.media, output.location) if kept is None else _once(kept)

    async def cancel(self, handle: Handle) -> Decimal:
        """Too late: the picture is there and paid."""
        return FREE if "fault" in handle.detail else _paid(handle) or Decimal(handle.detail["price_usd"])

    async def find(self, intent: Intent, order: Order) -> Sequence[Handle]:
        """Google can't be asked. But what it answered lies under the order's key, if it was received at all."""
        command = order.command
        assert isinstance(command, GenerateReference)
        for media_type, extension in EXTENSIONS.items():
            if await self.media.stat(command.key(extension)) is not None:
                detail = {"key": command.key(extension), "media_type": media_type, "price_usd": str(order.price_usd)}
                return [Handle(id=f"stored-{order.order_id}", detail=detail)]
        return ()

    async def forget(self, handle: Handle) -> None:
        self.unstored.pop(handle.detail.get("key", ""), None)

    async def _kept(self, reply: Reply, order: Order, command: GenerateReference) -> dict[str, Any]:
        detail: dict[str, Any] = {"price_usd": str(order.price_usd)}
        if order.token_prices is not None and reply.output_tokens:
            cost = order.token_prices.of(prompt_tokens=reply.prompt_tokens, output_tokens=reply.output_tokens)
            detail["cost_usd"] = str(cost)
        media_type = media_type_of(reply.picture or b"")
        if reply.picture is None or media_type not in EXTENSIONS:
            return {**detail, "fault": _fault(reply, order.model).model_dump(mode="json", exclude_none=True)}
        key = command.key(EXTENSIONS[media_type])
        await self._store(key, reply.picture, media_type)
        return {**detail, "key": key, "media_type": media_type}

    async def _store(self, key: str, picture: bytes, media_type: str) -> None:
        """Within the time of the call; what the store does not take now is stored when it is fetched."""
        try:
            async with asyncio.timeout(STORE_WITHIN_S):
                await self.media.put(key, _once(picture), media_type=media_type)
        except (StorageAway, TimeoutError) as error:
            logger(__name__).warning("picture_not_stored_yet", key=key, reason=str(error))
            self.unstored[key] = picture


@asynccontextmanager
async def open_gemini(
    house: House, config: WorkerConfig, *, silence_s: float = SILENCE_S
) -> AsyncIterator[ImageProvider]:
    async with open_gemini_account(config, silence_s=silence_s) as reach:
        yield GeminiPainter(reach, house.media)


def _fault(reply: Reply, model: str) -> Fault:
    """Why an answer brought no picture."""
    if reply.moderated is not None:
        return faults.moderated(reply, model).fault
    if reply.picture is not None:
        return faults.bad_output(
            f"{model} sent a picture of no known format. Retry the job.", model, charged=True
        ).fault
    code = reply.finished or "NO_IMAGE"
    message = f"{model} answered without a picture ({code}). Retry the job."
    return faults.bad_output(message, model, provider_code=code).fault


def _paid(handle: Handle) -> Decimal | None:
    """By tokens where the model is billed so; else the order's own price holds."""
    cost = handle.detail.get("cost_usd")
    return Decimal(cost) if cost is not None else None


async def _read(media: MediaStore, key: str) -> AsyncGenerator[bytes, None]:
    try:
        async with aclosing(media.open(key)) as chunks:
            async for chunk in chunks:
                yield chunk
    except FileNotFoundError as error:  # whoever kept it died while the store was away
        message = "The picture was lost before it could be stored. Retry the job."
        raise PermanentError.of(ErrorCode.PROVIDER_BAD_OUTPUT, message, stage="output", retryable=True) from error


async def _once(content: bytes) -> AsyncGenerator[bytes, None]:
    yield content
