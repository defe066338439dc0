"""What the director reads and writes: a film as it stands with its parts, and a plan. No behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gateway.films import FilmSettings
from gateway.history.records import Stage
from shared.contracts.base import AssetRef, Fault, Kind
from shared.contracts.scene import Scene

Status = Literal["queued", "running", "waiting", "succeeded", "partial", "failed", "canceling", "canceled"]


@dataclass(frozen=True, slots=True)
class Part:
    """The newest job of one part of the film: how it stands and what it made, in order."""

    status: str
    made: tuple[AssetRef, ...] = ()
    last_frame: AssetRef | None = None
    fault: Fault | None = None
    asked: str | None = None
    """Of a cut: the digest of what it joins, and how. None fits everything."""

    @property
    def is_over(self) -> bool:
        return self.status in {"succeeded", "partial", "failed", "canceled"}

    @property
    def is_good(self) -> bool:
        return self.status in {"succeeded", "partial"} and bool(self.made)

    def shows(self, asset_id: str) -> bool:
        return any(made.asset_id == asset_id for made in self.made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One version of a scene: its words, and what its clip asks of its own (model, seed, duration).

    `wanted`: its clip is made. Where it is not, or brings nothing, what `basis` shows is shown: an earlier version.
    """

    version: int = 1
    scene: Scene
    asks: Mapping[str, Any] = field(default_factory=dict)
    wanted: bool = True
    basis: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A production as it stands: what was settled when it was accepted, and everything that has come of it since.

    `scenes`: the words of each scene as they stand; `takes`: scene number -> version -> all that there were.
    """

    settings: FilmSettings
    status: str = "queued"
    stage: Stage = "writing"
    cancel_wished: bool = False
    scenes: tuple[Scene, ...] = ()
    takes: Mapping[int, Mapping[int, Take]] = field(default_factory=dict)
    reference: AssetRef | None = None
    final_video_id: str | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    refusal: Fault | None = None
    """Why a part that was wanted cannot be ordered (no budget, no model)."""

    def take(self, number: int, version: int | None = None) -> Take:
        """A version of a scene; without `version`, the one that was chosen, else the newest."""
        versions = self.takes.get(number)
        if versions is None:
            return Take(scene=self.scenes[number - 1])
        return versions[version or self.settings.chosen.get(number) or max(versions)]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The scenes in the order in which they are seen."""
        return self.settings.order or tuple(range(1, len(self.scenes) + 1))


def shot_part(number: int, version: int = 1, *, name: str = "clip") -> str:
    """The part that makes a clip of a scene: clip/3, of its second version clip/3/2; filler/3 stands in for it."""
    return f"{name}/{number}" if version == 1 else f"{name}/{number}/{version}"


def shot_of(part: str) -> tuple[int, int]:
    """The number and the version of the scene whose clip `part` makes."""
    _, number, *version = part.split("/")
    return int(number), int(version[0]) if version else 1


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
