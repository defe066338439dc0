"""Reads `scenes.json` where the scenes were too many to travel on the bus."""

import json

from gateway.handlers import ReadScenes
from shared.contracts.base import StoredAsset
from shared.contracts.scene import Scene
from shared.media.base import MediaStore


def scene_reader(media: MediaStore) -> ReadScenes:
    """A reader from `media`. It raises FileNotFoundError, or ValueError for what is no storyboard."""

    async def read(asset: StoredAsset) -> tuple[Scene, ...]:
        content = b"".join([chunk async for chunk in media.open(asset.key)])
        document = json.loads(content)
        if not isinstance(document, dict):
            raise ValueError(f"{asset.key} is no storyboard")
        return tuple(Scene.model_validate(scene) for scene in document.get("scenes", ()))

    return read
