"""All that decides how a portrait looks; the same recipe gives the same bytes."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

AspectRatio = Literal["1:1", "16:9", "9:16", "4:3", "3:4"]

_SIZES: dict[AspectRatio, tuple[int, int]] = {
    "1:1": (1024, 1024),
    "16:9": (1344, 756),
    "9:16": (756, 1344),
    "4:3": (1152, 864),
    "3:4": (864, 1152),
}


class PortraitRecipe(BaseModel):
    """One picture of the character. `index` is the candidate, each with another framing and outline."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str
    seed: int = 0
    index: int = Field(default=0, ge=0)
    aspect_ratio: AspectRatio = "1:1"
    output_format: Literal["png", "jpg", "webp"] = "png"

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height): about one megapixel."""
        return _SIZES[self.aspect_ratio]
