"""The Python client: `Client` for asyncio, `SyncClient` for everything else."""

from scenebeat.client.calls import Client
from scenebeat.client.faults import (
    BrokenDownload,
    BudgetExceeded,
    Conflict,
    ContentRefused,
    InvalidRequest,
    NoSocket,
    NotAllowed,
    NotFound,
    NotMade,
    ProviderFailed,
    Refused,
    ScenebeatError,
    StillRunning,
    TooMuch,
    Unavailable,
    Unreachable,
)
from scenebeat.client.pace import Pace
from scenebeat.client.sync import SyncClient

__all__ = [
    "BrokenDownload",
    "BudgetExceeded",
    "Client",
    "Conflict",
    "ContentRefused",
    "InvalidRequest",
    "NoSocket",
    "NotAllowed",
    "NotFound",
    "NotMade",
    "Pace",
    "ProviderFailed",
    "Refused",
    "ScenebeatError",
    "StillRunning",
    "SyncClient",
    "TooMuch",
    "Unavailable",
    "Unreachable",
]
