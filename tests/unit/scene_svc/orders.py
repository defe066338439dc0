"""Orders for scenes, as the tests of the grammar write them."""

from typing import Any

from shared.contracts.base import AssetId
from shared.contracts.scene import CreateScenes

LIGHTHOUSE = "A lighthouse keeper follows a lost song across the sea to the city where it was born"
KEEPER = "a woman in her thirties with short silver hair, a long mustard raincoat and a brass lantern"


def order(idea: str = LIGHTHOUSE, character: str = KEEPER, scenes: int = 4, **more: Any) -> CreateScenes:
    return CreateScenes(
        scene_set_id=AssetId("set"),
        markdown_id=AssetId("markdown"),
        output_dir="a-film",
        idea=idea,
        character_description=character,
        number_of_scenes=scenes,
        **more,
    )
