"""The body of `POST /productions`: everything a whole film can be told."""

from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from gateway.requests.fields import (
    Backend,
    ClipFields,
    CutFields,
    Fields,
    Loudness,
    Name,
    Note,
    PortraitFields,
    SceneFields,
    SceneNumbers,
    Transitions,
)
from gateway.requests.orders import refuse_two_references
from shared.contracts.stitch import CutAudio, Verify

Gate = Literal["storyboard", "character", "clips"]
GATES: tuple[Gate, ...] = get_args(Gate)
"""In the order in which a film comes to them."""
Continuity = Literal["shared_reference", "previous_last_frame", "independent"]
OnFailedScene = Literal["fail", "skip", "filler"]


Budget = Annotated[
    Decimal,
    Field(ge=0, max_digits=12, decimal_places=4, strict=False),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 99_999_999, "multipleOf": 0.0001},
                {"type": "string", "pattern": r"^[0-9]{1,8}(\.[0-9]{1,4})?$"},
            ],
            "examples": ["5.00"],
        }
    ),
]
"""US dollars, best as text."""


def _gates(value: Any) -> Any:
    """`none` is no gate, one name is that gate."""
    if value == "none":
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


Gates = Annotated[
    tuple[Gate, ...],
    Field(max_length=len(GATES)),
    BeforeValidator(_gates),
    WithJsonSchema({"anyOf": [{"enum": ["none", *GATES]}, {"type": "array", "items": {"enum": list(GATES)}}]}),
]


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
    continuity: Continuity | None = None
    review: Gates | None = None
    reuse: bool | None = None
    budget_usd: Budget | None = None

    @model_validator(mode="after")
    def _one_reference(self) -> "ProductionRequest":
        return refuse_two_references(self)

    @model_validator(mode="after")
    def _a_whole_size(self) -> "ProductionRequest":
        if (self.width is None) != (self.height is None):
            raise ValueError("give `width` and `height` together, or neither")
        return self


class RecutRequest(Fields):
    """`POST /productions/{id}/restitch`: what is to be another way in the next cut; all else stays.

    `order`: numbers of scenes, in the order in which they are to be seen.
    """

    order: SceneNumbers | None = None
    transition: Transitions | None = None
    loudness_lufs: Loudness | None = None
    audio: CutAudio | None = None
    verify: Verify | None = None
    title: Name | None = None
    credits: Note | None = None
