"""What the ids of a request stand for: pictures and clips looked up, and what a film tells its parts."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.catalog import Role
from shared.contracts.base import AssetId, AssetRef, StoredAsset
from shared.contracts.scene import SceneCue


class Materials(BaseModel):
    """Everything an order needs besides the words of its request. Bytes never: assets are named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reference: StoredAsset | AssetRef | None = None
    role: Role = "reference"
    """What the picture shall be to the model, if it can."""
    keep_last_frame: bool = False
    stand_in: bool = False
    """The clip is shown for one that failed."""
    clips: tuple[AssetRef, ...] = ()
    """What is joined: of a film, each clip as it was conformed."""
    missing: tuple[AssetId, ...] = ()
    """Videos that were named and are not there; the cut goes on without them."""
    cue: SceneCue | None = None
    clip_fps: int | None = None
    scene_duration_s: float | None = None
    """How long the clips of the scenes to be written will be."""

    @classmethod
    def part_of(cls, wanted: Mapping[str, Any]) -> tuple["Materials", dict[str, Any]]:
        """Split a production's want into materials and the wire fields of a request."""
        mine = {name: value for name, value in wanted.items() if name in cls.model_fields}
        rest = {name: value for name, value in wanted.items() if name not in mine}
        return cls.model_validate(mine), rest
