"""The body of `POST /productions`: everything a whole film can be told."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gateway.requests.fields import Backend, ClipFields, CutFields, Name, PortraitFields, SceneFields
from gateway.requests.orders import refuse_two_references

OnFailedScene = Literal["fail", "skip", "filler"]


class ModelWishes(BaseModel):
    """Which model makes what."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    scene: Name | None = None
    image: Name | None = None
    video: Name | None = None


class ProductionRequest(SceneFields, PortraitFields, ClipFields, CutFields):
    """`POST /productions`: the fields of 1.1, 1.3 and 1.4 and those of a film."""

    models: ModelWishes | None = None
    backend: Backend | None = None
    on_failed_scene: OnFailedScene | None = None
    budget_usd: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=4, strict=False)] | None = None

    @model_validator(mode="after")
    def _one_reference(self) -> "ProductionRequest":
        return refuse_two_references(self)

    @model_validator(mode="after")
    def _a_whole_size(self) -> "ProductionRequest":
        if (self.width is None) != (self.height is None):
            raise ValueError("give `width` and `height` together, or neither")
        return self
