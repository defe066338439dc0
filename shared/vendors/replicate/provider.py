"""The adapter: orders to predictions and back. It serves pictures and clips alike; the order says what is sent."""

import asyncio
import base64
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.config import WorkerConfig
from shared.contracts.base import FREE, AssetRef, ErrorCode, utc_now
from shared.contracts.order import Order
from shared.downloads import Downloads, is_loopback, open_downloads
from shared.errors import PermanentError, TransientError
from shared.executions import Handle, Intent
from shared.generation import Done, Output, Pending
from shared.logs import logger
from shared.media.base import MediaStore
from shared.pictures import Picture, fitted_picture
from shared.runtime import House
from shared.vendors.replicate import faults
from shared.vendors.replicate.answers import Answered, Unanswered, Unreached
from shared.vendors.replicate.opening import open_replicate_account, replicate_base
from shared.vendors.replicate.prediction import Prediction

if TYPE_CHECKING:
    from shared.vendors.replicate.account import Account

CALL_TIMEOUT_S = 75.0
PICTURE_S = 25.0
"""The picture has to be ready and lent by then: what comes after it is the call that costs."""
MOST_URI_BYTES = 740_000  # base64 makes a third more of it, and Replicate wants data URIs below 1 MB
CLOCK_SKEW = timedelta(seconds=60)
"""How far the provider's clock may be from ours."""
FIRST_POLL_S, SLOWEST_POLL_S, POLL_GROWTH = 1.0, 5.0, 0.1

_MODEL = re.compile(r"[\w.-]+/[\w.-]+(:[0-9a-f]{64})?")
_NO_ANSWER = (Unreached, Unanswered)


@dataclass
class ReplicateProvider:
    """`makes` is the media type of the outputs: "image/*" or "video/mp4"."""

    account: "Account"
    downloads: Downloads
    media: MediaStore
    scratch: Path
    makes: str
    poll_every_s: float = 2.0
    call_timeout_s: float = CALL_TIMEOUT_S

    async def submit(self, order: Order) -> Handle:
        if not _MODEL.fullmatch(order.vendor_model):
            message = (
                f"{order.vendor_model!r} is no model of Replicate: it has to be owner/name. See configs/models.yaml."
            )
            raise PermanentError.of(ErrorCode.MODEL_UNAVAILABLE, message, backend="replicate", model=order.model)
        picture = await self._picture_in_time(order)
        inputs = order.inputs(picture)
        logger(__name__).debug("replicate_call", model=order.vendor_model, input={**inputs, **_hidden(order, picture)})
        try:
            prediction_id = await self.account.create(order.vendor_model, inputs)
        except (Answered, *_NO_ANSWER) as problem:
            raise faults.refusal(problem, order.model) from problem
        return Handle(id=prediction_id, detail=_detail(order, sent=picture is not None))

    async def poll(self, handle: Handle) -> Pending | Done:
        model = handle.detail["model"]
        try:
            prediction = await self.account.get(handle.id)
        except (Answered, *_NO_ANSWER) as problem:
            if isinstance(problem, Answered) and problem.status in (404, 410):
                raise faults.vanished(model) from problem
            raise faults.trouble(problem, model) from problem
        match prediction.status:
            case "succeeded":
                return self._done(prediction, handle)
            case "failed" | "canceled" | "aborted":
                raise faults.failure(prediction, model)
            case status:
                return Pending(prediction.fraction, f"{model} at Replicate: {status}", again_s=_next_poll_s(handle))

    def fetch(self, output: Output) -> AsyncGenerator[bytes, None]:
        return self.downloads.stream(output.location)

    async def cancel(self, handle: Handle) -> Decimal:
        """Stop it. Replicate charges what had begun, and nothing for what had not or failed."""
        try:
            prediction = await self._canceled(handle)
        except (Answered, *_NO_ANSWER) as problem:
            raise faults.trouble(problem, handle.detail["model"]) from problem
        if prediction.status == "succeeded":
            return Decimal(handle.detail["price_usd"])
        if prediction.status in ("failed", "aborted") or not prediction.has_begun:
            return FREE
        return Decimal(handle.detail["cancel_usd"])

    async def find(self, intent: Intent, order: Order) -> Sequence[Handle]:
        """The predictions of that time with this order's model and input.

        Its list of predictions is complete and carries the inputs, for an hour
        (https://replicate.com/docs/reference/http#predictions.list), but not a picture that came as a data URI.
        """
        try:
            made = await self.account.created_between(intent.at - CLOCK_SKEW, intent.ends_by + CLOCK_SKEW)
        except (Answered, *_NO_ANSWER) as problem:
            raise faults.trouble(problem, order.model) from problem
        sent = order.picture is not None and getattr(order.command, "reference", None) is not None
        detail = _detail(order, sent=sent)
        return [_handle(prediction, detail) for prediction in made or () if _is_of(prediction, order)]

    async def forget(self, handle: Handle) -> None: ...

    async def _canceled(self, handle: Handle) -> Prediction:
        """A prediction that has ended already refuses to be canceled: then what it came to counts."""
        try:
            return await self.account.cancel(handle.id)
        except Answered as answer:
            if answer.status == 429 or answer.status >= 500:
                raise
            return await self.account.get(handle.id)

    def _done(self, prediction: Prediction, handle: Handle) -> Done:
        if prediction.location is None:
            raise faults.nothing_made(handle.detail["model"])
        return Done((Output(prediction.location, self.makes),), report=handle.detail.get("report", {}))

    async def _picture_in_time(self, order: Order) -> str | None:
        """The order's picture as the model is given it, or None. Until it is ready, nothing is bought."""
        reference = getattr(order.command, "reference", None)
        if reference is None or order.picture is None:
            return None
        try:
            async with asyncio.timeout(PICTURE_S):
                return await self._picture(reference, order)
        except TimeoutError as error:
            message = f"The reference {reference.asset_id} could not be handed to Replicate in {PICTURE_S:.0f} s."
            raise TransientError.of(ErrorCode.BACKEND_UNAVAILABLE, message) from error

    async def _picture(self, reference: AssetRef, order: Order) -> str:
        picture = await fitted_picture(self.media, reference, scratch=self.scratch, most_bytes=MOST_URI_BYTES)
        if len(picture.content) <= MOST_URI_BYTES:
            return _data_uri(picture)
        name = f"reference.{picture.media_type.partition('/')[2]}"
        try:
            return await self.account.upload(picture.content, name=name, media_type=picture.media_type)
        except (Answered, *_NO_ANSWER) as problem:
            refused = faults.refusal(problem, order.model)
            if isinstance(refused, PermanentError | TransientError):
                raise refused from problem
            raise faults.trouble(problem, order.model) from problem  # lending a file buys nothing


@asynccontextmanager
async def open_replicate_provider(
    house: House, config: WorkerConfig, *, makes: str, most_bytes: int
) -> AsyncIterator[ReplicateProvider]:
    """Open the adapter with the configured token. Raises Shut without one."""
    async with (
        open_replicate_account(config) as account,
        open_downloads(most_bytes=most_bytes, from_loopback=is_loopback(replicate_base(config))) as downloads,
    ):
        yield ReplicateProvider(account, downloads, house.media, house.scratch, makes)


def _detail(order: Order, *, sent: bool) -> dict[str, Any]:
    """What a poll or a cancel has to know of the order; all it gets is the handle."""
    return {
        "model": order.model,
        "price_usd": str(order.price_usd),
        "cancel_usd": str(order.cancel_usd),
        "report": _receipt(order, sent=sent),
    }


def _handle(prediction: Prediction, detail: dict[str, Any]) -> Handle:
    return Handle(id=prediction.id, detail=detail, at=min(prediction.created_at or utc_now(), utc_now()))


def _receipt(order: Order, *, sent: bool) -> dict[str, Any]:
    if sent or getattr(order.command, "reference", None) is None:
        return {"reference_sent": sent}
    return {"reference_sent": False, "reference_reason": f"{order.model} takes no picture with this order"}


def _is_of(prediction: Prediction, order: Order) -> bool:
    """Same model, same words, same settings, ordered through the API. The picture can't be compared.

    Replicate keeps no data URI and gives none back ("Replicate will not store it", say its OpenAPI description and
    https://github.com/replicate/inpainter/issues/1); how its place looks then, empty or not there, it does not say.
    """
    if prediction.model != order.vendor_model.partition(":")[0] or prediction.source == "web":
        return False
    if order.picture is None or getattr(order.command, "reference", None) is None:
        return prediction.input == order.inputs()
    place = order.picture.name
    return {**prediction.input, place: None} == {**order.inputs("(picture)"), place: None}


def _next_poll_s(handle: Handle) -> float:
    """Often at first, when pictures come; a clip takes minutes."""
    age_s = (utc_now() - handle.at).total_seconds()
    return min(SLOWEST_POLL_S, max(FIRST_POLL_S, age_s * POLL_GROWTH))


def _data_uri(picture: Picture) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.content).decode()}"


def _hidden(order: Order, picture: str | None) -> dict[str, str]:
    """The picture as a log may show it."""
    if picture is None or order.picture is None:
        return {}
    return {order.picture.name: f"({len(picture)} characters)"}
