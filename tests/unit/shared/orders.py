"""Orders and a recording provider for the tests of the worker loop."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

from shared.contracts.base import FREE, AssetId, JobId, OrderId
from shared.contracts.order import Order
from shared.contracts.video import GenerateVideo
from shared.executions import Handle, Intent
from shared.generation import Done, Output, Pending

MP4 = b"\x00\x00\x00\x20ftypisom" + b"\x00" * 64


def clip_order(*, provider: str = "metered", price: str = "1.60", **changes: Any) -> Order:
    video_id = AssetId(str(uuid4()))
    return Order(
        order_id=OrderId(str(uuid4())),
        job_id=JobId(str(uuid4())),
        provider=provider,
        model=f"{provider}/test",
        price_usd=Decimal(price),
        command=GenerateVideo(video_id=video_id, prompt="a lighthouse at dusk"),
    ).model_copy(update=changes)


@dataclass
class RecordingProvider:
    """Counts what was ordered; ends each job after `polls` polls; fails where told to."""

    polls: int = 1
    submit_error: Exception | None = None
    download_error: Exception | None = None
    poll_error: Exception | None = None
    findable: Sequence[Handle] = ()
    poll_every_s: float = 0.01
    call_timeout_s: float = 0.5
    submitted: list[OrderId] = field(default_factory=list)
    polled: dict[str, int] = field(default_factory=dict)
    canceled: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None
    first_poll: asyncio.Event = field(default_factory=asyncio.Event)

    async def submit(self, order: Order) -> Handle:
        self.submitted.append(order.order_id)
        if self.submit_error is not None:
            raise self.submit_error
        return Handle(id=f"job-{order.order_id}")

    async def poll(self, handle: Handle) -> Pending | Done:
        self.polled[handle.id] = self.polled.get(handle.id, 0) + 1
        self.first_poll.set()
        if self.poll_error is not None:
            raise self.poll_error
        if self.hold is not None and not self.hold.is_set():
            return Pending(0.5, "held")
        if self.polled[handle.id] <= self.polls:
            return Pending(self.polled[handle.id] / (self.polls + 1))
        return Done((Output("memory", "video/mp4"),))

    async def fetch(self, output: Output) -> AsyncGenerator[bytes, None]:
        if self.download_error is not None:
            error, self.download_error = self.download_error, None
            raise error
        yield MP4

    async def cancel(self, handle: Handle) -> Decimal:
        self.canceled.append(handle.id)
        return FREE

    async def find(self, intent: Intent, order: Order) -> Sequence[Handle]:
        return self.findable

    async def forget(self, handle: Handle) -> None: ...
