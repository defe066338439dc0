"""Every body the gateway answers with, as types: OpenAPI is generated from them, and clients read into them."""

from shared.answers.base import TERMINAL, Adjusted, Answer, Status
from shared.answers.estimates import Estimate, EstimatedPart
from shared.answers.jobs import Cost, Job, JobEvent, JobEvents, JobFields, JobPage, JobUrls, Progress
from shared.answers.media import Asset, AssetPage, PictureInfo, Project, ProjectPage, SceneSet, SceneSetPage, VideoInfo
from shared.answers.models import Model, ModelList
from shared.answers.operation import Health, Index, Readiness, SocketTicket
from shared.answers.problems import FaultAt, Problem
from shared.answers.productions import (
    Character,
    FilmScene,
    FinalVideo,
    JobInShort,
    Production,
    ProductionEvent,
    ProductionFields,
    ProductionPage,
)
from shared.answers.results import (
    AnyResult,
    ClipResult,
    ConformedResult,
    CutResult,
    MissedPicture,
    Picture,
    PicturesResult,
    Result,
    ScenesResult,
)
from shared.answers.webhooks import DefaultWebhook, Delivery, DeliveryPage, DeliveryWithBody, Replayed, WebhookSecret

__all__ = [
    "TERMINAL",
    "Adjusted",
    "Answer",
    "AnyResult",
    "Asset",
    "AssetPage",
    "Character",
    "ClipResult",
    "ConformedResult",
    "Cost",
    "CutResult",
    "DefaultWebhook",
    "Delivery",
    "DeliveryPage",
    "DeliveryWithBody",
    "Estimate",
    "EstimatedPart",
    "FaultAt",
    "FilmScene",
    "FinalVideo",
    "Health",
    "Index",
    "Job",
    "JobEvent",
    "JobEvents",
    "JobFields",
    "JobInShort",
    "JobPage",
    "JobUrls",
    "MissedPicture",
    "Model",
    "ModelList",
    "Picture",
    "PictureInfo",
    "PicturesResult",
    "Problem",
    "Production",
    "ProductionEvent",
    "ProductionFields",
    "ProductionPage",
    "Progress",
    "Project",
    "ProjectPage",
    "Readiness",
    "Replayed",
    "Result",
    "SceneSet",
    "SceneSetPage",
    "ScenesResult",
    "SocketTicket",
    "Status",
    "VideoInfo",
    "WebhookSecret",
]
