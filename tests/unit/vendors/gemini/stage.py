"""Orders for Gemini, and a worker that performs one to its end."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import uuid4

from PIL import Image

from shared.contracts.base import AssetId, AssetRef, JobId, OrderId
from shared.contracts.image import GenerateReference
from shared.contracts.order import Ended, Order, PictureField, Throttled, TokenPrices
from shared.contracts.scene import CreateScenes
from shared.contracts.video import GenerateVideo
from shared.runtime import House
from shared.worker import Handler, Worker

CHARACTER = "a lighthouse keeper with short silver hair, a mustard raincoat and a brass lantern"
STYLE = "painterly watercolour in muted blues"


def _order(command: Any, model: str, price: str, **changes: Any) -> Order:
    ids = {"order_id": OrderId(str(uuid4())), "job_id": JobId(str(uuid4()))}
    order = Order(**ids, provider="gemini", model=model, price_usd=Decimal(price), command=command)
    return order.model_copy(update=changes)


def scene_order(
    idea: str = "A lost song comes home", *, scenes: int = 3, price: str = "0.008", **changes: Any
) -> Order:
    command = CreateScenes(
        scene_set_id=AssetId(str(uuid4())),
        markdown_id=AssetId(str(uuid4())),
        output_dir=uuid4().hex,
        idea=idea,
        character_description=CHARACTER,
        video_characteristics=STYLE,
        number_of_scenes=scenes,
        seed=7,
        parameters={"thinking_level": "LOW"},
    )
    prices = TokenPrices(input_usd=Decimal("0.75"), output_usd=Decimal("3.75"))
    return _order(command, "gemini-3.8-flash", price, token_prices=prices, **changes)


def portrait_order(prompt: str = CHARACTER, **changes: Any) -> Order:
    parameters = {"prompt": prompt, "aspect_ratio": "3:4", "image_size": "1K"}
    image_id = AssetId(str(uuid4()))
    command = GenerateReference(image_id=image_id, character_description=CHARACTER, parameters=parameters)
    return _order(command, "gemini-nano-banana-2.1", "0.0336", **changes)


def clip_order(
    prompt: str = "She walks to the harbour.", *, reference: AssetRef | None = None, **changes: Any
) -> Order:
    parameters = {
        "prompt": prompt,
        "aspect_ratio": "16:9",
        "duration": "8s",
        "resolution": "720p",
        "delivery": "uri",
    }
    command = GenerateVideo(
        video_id=AssetId(str(uuid4())), prompt=prompt, parameters=parameters, reference=reference, seed=7
    )
    shown = PictureField(name="image", shape="part", role="reference", tag="<IMAGE_REF_0>") if reference else None
    return _order(command, "gemini-omni-1.1-flash", "0.80", picture=shown, **changes)


def veo_order(prompt: str = "She walks on.", *, reference: AssetRef | None = None, **changes: Any) -> Order:
    parameters = {
        "prompt": prompt,
        "aspect_ratio": "16:9",
        "duration_seconds": 8,
        "resolution": "720p",
        "generate_audio": False,
        "seed": 7,
    }
    command = GenerateVideo(video_id=AssetId(str(uuid4())), prompt=prompt, parameters=parameters, reference=reference)
    shown = PictureField(name="reference_images", shape="list") if reference else None
    told: dict[str, Any] = {"provider": "vertex", "target": "veo-3.1-generate-001", "picture": shown, **changes}
    return _order(command, "vertex/veo-3.1-generate-001", "1.60", **told)


async def stored_picture(house: House) -> AssetRef:
    """A character reference in the media store."""
    file = house.scratch / "character.png"
    Image.new("RGB", (120, 160), (40, 90, 160)).save(file)
    content = file.read_bytes()

    async def once() -> Any:
        yield content

    stored = await house.media.put("character_reference/keeper.png", once(), media_type="image/png")
    return AssetRef(
        asset_id=AssetId("keeper"), key="character_reference/keeper.png", sha256=stored.sha256, media_type="image/png"
    )


async def performed(house: House, order: Order, handler: Handler) -> Ended | Throttled:
    """Publish `order`, let a real worker have it, and wait until it has ended or was given back."""
    inbox = await house.bus.events()
    worker = Worker(
        bus=house.bus,
        kind=order.command.kind,
        handler=handler,
        slots={order.provider: 2},
        owner=f"worker-{uuid4().hex[:8]}",
        discard=house._discard,
        drain_s=0.5,
    )
    await house.bus.publish_order(order)
    task = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(60):
            while True:
                for delivery in await inbox.take(8, within_s=1):
                    await delivery.ack()
                    event = delivery.message
                    if isinstance(event, Ended | Throttled) and event.order_id == order.order_id:
                        return event
    finally:
        await inbox.close()
        worker.draining.set()
        await task
