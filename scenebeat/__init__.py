"""Scenebeat as a program uses it: `from scenebeat import Client`. Nothing is loaded before it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenebeat.client import (
        BrokenDownload,
        BudgetExceeded,
        Client,
        Conflict,
        ContentRefused,
        InvalidRequest,
        NoSocket,
        NotAllowed,
        NotFound,
        NotMade,
        Pace,
        ProviderFailed,
        Refused,
        ScenebeatError,
        StillRunning,
        SyncClient,
        TooMuch,
        Unavailable,
        Unreachable,
    )

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


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("scenebeat.client"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
