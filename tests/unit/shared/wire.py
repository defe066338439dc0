"""The Replicate adapter on the wire server, and orders for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from shared.contracts.base import AssetId, AssetRef, JobId, OrderId
from shared.contracts.image import GenerateReference
from shared.contracts.order import Order, PictureField
from shared.contracts.video import GenerateVideo
from shared.downloads import open_downloads
from shared.media.local import LocalMedia
from shared.vendors.replicate.account import Account
from shared.vendors.replicate.provider import ReplicateProvider
from tests.wire.replicate import TOKEN, ReplicateServer

VEO = "google/veo-3.1"
SILENCE_S = 0.4
CALL_S = 1.5


@asynccontextmanager
async def adapter(
    server: ReplicateServer, media: LocalMedia, *, makes: str = "video/mp4", token: str = TOKEN, url: str = ""
) -> AsyncIterator[ReplicateProvider]:
    account = Account(token, url or server.url, silence_s=SILENCE_S)
    scratch = media.root.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    async with open_downloads(most_bytes=1 << 30, from_loopback=True) as downloads:
        try:
            yield ReplicateProvider(account, downloads, media, scratch, makes, poll_every_s=0.05, call_timeout_s=CALL_S)
        finally:
            await account.close()


def a_clip(prompt: str = "a keeper climbs", *, seed: int | None = 7, **changes: Any) -> Order:
    """An order for 8 seconds at 1.60; canceled after it began it costs 1.20."""
    parameters: dict[str, Any] = {"prompt": prompt, "duration": 8, "aspect_ratio": "16:9"}
    return Order(
        order_id=OrderId(str(uuid4())),
        job_id=JobId(str(uuid4())),
        provider="replicate",
        model=VEO,
        price_usd=Decimal("1.60"),
        cancel_usd=Decimal("1.20"),
        longest_s=30,
        command=GenerateVideo(
            video_id=AssetId(str(uuid4())),
            prompt=prompt,
            parameters=parameters if seed is None else {**parameters, "seed": seed},
        ),
    ).model_copy(update=changes)


def with_picture(order: Order, reference: AssetRef, picture: PictureField | None) -> Order:
    command = order.command.model_copy(update={"reference": reference})
    return order.model_copy(update={"command": command, "picture": picture})


def a_portrait(prompt: str = "a keeper in yellow", *, output_format: str = "png") -> Order:
    return a_clip().model_copy(
        update={
            "model": "google/imagen-4",
            "price_usd": Decimal("0.04"),
            "command": GenerateReference(
                image_id=AssetId(str(uuid4())),
                character_description=prompt,
                prompt=prompt,
                parameters={"prompt": prompt, "aspect_ratio": "3:4", "output_format": output_format},
            ),
        }
    )


async def store(media: LocalMedia, content: bytes, *, name: str = "uploads/reference.png") -> AssetRef:
    async def stream() -> AsyncIterator[bytes]:
        yield content

    stored = await media.put(name, stream(), media_type="image/png")
    return AssetRef(asset_id=AssetId(str(uuid4())), key=name, sha256=stored.sha256, media_type="image/png")


def a_folder(tmp_path: Path) -> LocalMedia:
    return LocalMedia(tmp_path / "media")
