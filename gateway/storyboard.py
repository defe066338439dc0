"""What the director looks at and what he says: a film as it stands, and the plan for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gateway.films import FilmSettings
from gateway.history.records import Stage
from shared.contracts.base import AssetRef, Fault, Kind
from shared.contracts.scene import Scene

Status = Literal["queued", "running", "succeeded", "partial", "failed", "canceling", "canceled"]


@dataclass(frozen=True, slots=True)
class Part:
    """The newest job of one part of the film: how it stands and what it made, in order."""

    status: str
    made: tuple[AssetRef, ...] = ()
    last_frame: AssetRef | None = None
    fault: Fault | None = None

    @property
    def is_over(self) -> bool:
        return self.status in {"succeeded", "partial", "failed", "canceled"}

    @property
    def is_good(self) -> bool:
        return self.status in {"succeeded", "partial"} and bool(self.made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A production as it stands: what was settled when it was accepted, and everything that has come of it since."""

    settings: FilmSettings
    status: str = "queued"
    stage: Stage = "writing"
    cancel_wished: bool = False
    scenes: tuple[Scene, ...] = ()
    reference: AssetRef | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    refusal: Fault | None = None
    """Why a part that was wanted cannot be ordered (no budget, no model)."""


def conform_part(clip_part: str) -> str:
    """The part that conforms what `clip_part` makes: conform/3 for clip/3, conform/filler/3 for filler/3."""
    return f"conform/{clip_part.removeprefix('clip/')}"


@dataclass(frozen=True, slots=True)
class Want:
    """A part to order now. `request` is its canonical inputs."""

    part: str
    kind: Kind
    request: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to order, how the film stands, and whether everything still under way is to be stopped."""

    status: Status
    stage: Stage
    wanted: tuple[Want, ...] = ()
    stop: bool = False
    reference: AssetRef | None = None
    final_video_id: str | None = None
    error: Fault | None = None
    warnings: tuple[str, ...] = ()
