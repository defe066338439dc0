"""A painter of sunsets: an example of a provider, without key and without network."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

from image_svc.providers.base import ImageProvider
from shared.config import WorkerConfig
from shared.contracts.base import FREE, MediaFacts
from shared.contracts.image import GenerateReference
from shared.contracts.order import Order
from shared.executions import Handle, Intent
from shared.generation import Done, Output, Pending
from shared.runtime import House

SIDE_PX = 512


class Sunset:
    """Its handle holds the seed, so that whoever takes the order over paints the same picture."""

    poll_every_s = 0.5
    call_timeout_s = 30.0

    async def submit(self, order: Order) -> Handle:
        assert isinstance(order.command, GenerateReference)
        return Handle(id=f"sunset-{order.order_id}", detail={"seed": order.command.seed or 0})

    async def poll(self, handle: Handle) -> Pending | Done:
        facts = MediaFacts(width=SIDE_PX, height=SIDE_PX)
        return Done((Output(str(handle.detail["seed"]), "image/png", facts),))

    async def fetch(self, output: Output) -> AsyncIterator[bytes]:
        yield await asyncio.to_thread(painted, int(output.location))

    async def cancel(self, handle: Handle) -> Decimal:
        return FREE

    async def find(self, intent: Intent, order: Order) -> Sequence[Handle]:
        return ()

    async def forget(self, handle: Handle) -> None: ...


@asynccontextmanager
async def open_sunset(house: House, config: WorkerConfig) -> AsyncIterator[ImageProvider]:
    yield Sunset()


def painted(seed: int) -> bytes:
    """A PNG: orange above, blue below, the horizon where the seed puts it."""
    horizon = 200 + seed % 200
    sky, sea = bytes((255, 150, 60)) * SIDE_PX, bytes((30, 60, 110)) * SIDE_PX
    rows = b"".join(b"\0" + (sky if y < horizon else sea) for y in range(SIDE_PX))
    head = struct.pack(">IIBBBBB", SIDE_PX, SIDE_PX, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
