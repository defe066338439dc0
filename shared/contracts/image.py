"""Character -> reference: one order draws one picture."""

from typing import Any, Literal

from pydantic import Field

from shared.contracts.base import AssetId, Contract, StoredAsset

ImageFormat = Literal["png", "jpg", "webp"]

EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


class GenerateReference(Contract):
    """Order one picture of the character. `index` tells it from its siblings of the same job."""

    kind: Literal["generate_character_reference"] = "generate_character_reference"
    image_id: AssetId
    index: int = 0
    character_description: str
    prompt: str = ""
    """What a model reads: the description inside the configured template."""
    aspect_ratio: str = "1:1"
    output_format: ImageFormat = "png"
    negative_prompt: str | None = None
    seed: int | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    """The model's own fields, as the catalog mapped them."""

    def key(self, extension: str) -> str:
        return f"character_reference/{self.image_id}.{extension}"

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key this order may store under: the bytes decide the extension."""
        return tuple(self.key(extension) for extension in EXTENSIONS.values())


class ReferenceGenerated(Contract):
    """One picture, stored under the true extension of the bytes received."""

    kind: Literal["generate_character_reference"] = "generate_character_reference"
    index: int
    image: StoredAsset
    seed: int | None = None
    prompt: str = ""
    provider_job_id: str | None = None
    processing_time_s: float = 0.0

    @property
    def stored(self) -> tuple[StoredAsset, ...]:
        return (self.image,)
