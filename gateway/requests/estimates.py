"""The body of `POST /estimate`: that of any order, and which call it is for where the fields do not say."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, RootModel

from gateway.requests.edits import (
    CandidatesRequest,
    CharacterRequest,
    RegenerateRequest,
    RetryRequest,
    UpgradeRequest,
)
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


class EstimateRegenerate(RegenerateRequest):
    """What another clip of a scene would cost."""

    call: Annotated[str, Field(pattern=r"^productions/[0-9a-fA-F-]{36}/scenes/[1-9][0-9]{0,4}/regenerate$")]


class EstimateUpgrade(UpgradeRequest):
    """What the same scenes by another model would cost."""

    call: Annotated[str, Field(pattern=r"^productions/[0-9a-fA-F-]{36}/upgrade$")]


class EstimateCharacter(CharacterRequest):
    """What clips with another picture of the character would cost."""

    call: Annotated[str, Field(pattern=r"^productions/[0-9a-fA-F-]{36}/character$")]


class EstimateCandidates(CandidatesRequest):
    """What more pictures of the character would cost."""

    call: Annotated[str, Field(pattern=r"^productions/[0-9a-fA-F-]{36}/character/regenerate$")]


class EstimateRetry(RetryRequest):
    """What a retry would cost."""

    call: Annotated[str, Field(pattern=r"^productions/[0-9a-fA-F-]{36}/retry$")]


class EstimateRequest(
    RootModel[
        EstimateScenes
        | EstimateReference
        | EstimateVideo
        | EstimateStitch
        | EstimateProduction
        | EstimateRegenerate
        | EstimateUpgrade
        | EstimateCharacter
        | EstimateCandidates
        | EstimateRetry
    ]
):
    """The body of any order."""

    model_config = ConfigDict(defer_build=True)
