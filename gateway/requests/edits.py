"""The bodies of the calls that edit a production (API.md section 3)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gateway.requests.fields import Backend, Fields, Name, Note, PlainFields, SceneNumbers, Seconds, Seed, Text, Uuid
from gateway.requests.films import Budget, Gate

MOST_SCENES = 40
MOST_DAYS = 366


class ContinueRequest(PlainFields):
    """`POST /productions/{id}/continue`: which gate is opened; without a name the one at which it waits."""

    gate: Gate | None = None


class SceneWords(PlainFields):
    """What happens in a scene, and for how long. Null takes away what a scene need not have."""

    description: Text | None = None
    negative_description: Note | None = None
    title: Name | None = None
    camera_angle: Note | None = None
    mood: Note | None = None
    caption: Note | None = None
    lyrics: Note | None = None
    duration: Seconds | None = None

    @model_validator(mode="after")
    def _something_happens(self) -> "SceneWords":
        for name in ("description", "negative_description", "duration"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"`{name}` cannot be null: leave it out to keep what there is")
        return self


class SceneChanges(SceneWords):
    """`PATCH /productions/{id}/scenes/{n}`. `position`: where in the film it is seen, from 1."""

    position: Annotated[int, Field(ge=1, le=MOST_SCENES)] | None = None


class RegenerateRequest(SceneWords):
    """`POST /productions/{id}/scenes/{n}/regenerate`: one more clip of the scene, with changes or as it is."""

    seed: Seed | None = None
    model: Name | None = None
    backend: Backend | None = None


class ChooseRequest(PlainFields):
    """`POST /productions/{id}/scenes/{n}/choose`: which version of the scene counts."""

    version: Annotated[int, Field(ge=1)]


class CharacterRequest(PlainFields):
    """`POST /productions/{id}/character`. `regenerate`: every clip that shows another picture is made again."""

    image_id: Uuid
    regenerate: bool = False


class CandidatesRequest(PlainFields):
    """`POST /productions/{id}/character/regenerate`: more pictures of the character to choose from."""

    num_images: Annotated[int, Field(ge=1, le=4)] | None = None
    character_description: Text | None = None
    seed: Seed | None = None
    model: Name | None = None
    backend: Backend | None = None


class UpgradedModels(BaseModel):
    """The model that makes the clips from now on."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    video: Name


class UpgradeRequest(PlainFields):
    """`POST /productions/{id}/upgrade`: the same scenes by another model; without `scenes`, all of them."""

    models: UpgradedModels
    scenes: SceneNumbers | None = None


class RetryRequest(PlainFields):
    """`POST /productions/{id}/retry`: what a production lacks is ordered again, or only of these scenes."""

    scenes: SceneNumbers | None = None


class ProductionChanges(Fields):
    """`PATCH /productions/{id}`: names to find it by, and its cap. Null: none."""

    title: Name | None = None
    budget_usd: Budget | None = None


class ShareRequest(PlainFields):
    """`POST /productions/{id}/share`: for how long the link works."""

    expires_days: Annotated[float, Field(gt=0, le=MOST_DAYS)] = 30
