"""What clients may ask for, as types: the four orders of the pipeline and a production."""

from gateway.requests.films import ProductionRequest, RecutRequest
from gateway.requests.orders import (
    REQUESTS,
    CreateScenesRequest,
    GenerateReferenceRequest,
    GenerateVideoRequest,
    JobRequest,
    StitchVideosRequest,
)
from gateway.requests.reading import FaultAt, InvalidRequest, read_production, read_recut, read_request

__all__ = [
    "REQUESTS",
    "CreateScenesRequest",
    "FaultAt",
    "GenerateReferenceRequest",
    "GenerateVideoRequest",
    "InvalidRequest",
    "JobRequest",
    "ProductionRequest",
    "RecutRequest",
    "StitchVideosRequest",
    "read_production",
    "read_recut",
    "read_request",
]
