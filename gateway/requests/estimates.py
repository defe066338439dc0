"""The body of `POST /estimate`: that of any order, and which call it is for where the fields do not say."""

from typing import Literal

from pydantic import ConfigDict, RootModel

from gateway.requests.films import ProductionRequest
from gateway.requests.orders import (
    CreateScenesRequest,
    GenerateReferenceRequest,
    GenerateVideoRequest,
    StitchVideosRequest,
)


class EstimateScenes(CreateScenesRequest):
    """Has to name its call: by its fields it could be a whole film."""

    call: Literal["create_scenes"]


class EstimateReference(GenerateReferenceRequest):
    """What pictures of the character would cost."""

    call: Literal["generate_character_reference"] | None = None


class EstimateVideo(GenerateVideoRequest):
    """What a clip would cost."""

    call: Literal["generate_video"] | None = None


class EstimateStitch(StitchVideosRequest):
    """What a cut would cost."""

    call: Literal["stitch-videos"] | None = None


class EstimateProduction(ProductionRequest):
    """What a whole film would cost."""

    call: Literal["productions"] | None = None


class EstimateRequest(
    RootModel[EstimateScenes | EstimateReference | EstimateVideo | EstimateStitch | EstimateProduction]
):
    """The body of any order."""

    model_config = ConfigDict(defer_build=True)
