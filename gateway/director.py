"""What follows what: a film as it stands -> the parts still wanted, and how it stands then. The whole film on one page.

Scenes are written and the character is drawn side by side; every scene is shot once both are there; the cut is made
when every shot has ended. `plan` is pure and looks only at what is there, so it may be asked at any time, any number of
times, after whatever got lost or came twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gateway.history.records import Stage
from gateway.requests.fields import SEEDS
from gateway.storyboard import Film, Part, Plan, Status, Want
from shared.contracts.base import AssetRef, ErrorCode, Fault, Kind
from shared.contracts.scene import SceneCue

STAND_IN: dict[str, Any] = {"backend": "local", "model": None}
"""Free and always there; what it makes says so."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One scene on its way into the cut: without want, clip or fault it is awaited; clip and fault: a stand-in."""

    number: int
    want: Want | None = None
    clip: AssetRef | None = None
    fault: Fault | None = None

    @property
    def is_over(self) -> bool:
        return self.want is None and (self.clip is not None or self.fault is not None)


NOT_MADE = Fault(code=ErrorCode.CONFLICT, message="A part of the film was canceled before it was made.", retryable=True)


def plan(film: Film) -> Plan:
    """What to do next for a film that is not over yet."""
    cut = film.parts.get("cut")
    if cut is not None and cut.is_good:
        return _premiere(film, cut)
    if film.cancel_wished:
        return _stop(film, "canceled", stage=film.stage)
    if film.refusal is not None:
        return _stop(film, "failed", film.refusal, stage=film.stage)
    return _write_and_cast(film) or _shoot(film) or _cut(film)


def _write_and_cast(film: Film) -> Plan | None:
    """Scenes and character, side by side; None once both are there."""
    if film.scenes and _reference(film):
        return None
    if fault := _cause(_why_lost(film.parts.get(name)) for name in ("scenes", "character")):
        return _stop(film, "failed", fault, stage="writing")
    wanted = []
    if "scenes" not in film.parts:
        wanted.append(_want(film, "scenes", "create_scenes"))
    if "character" not in film.parts and film.reference is None:
        wanted.append(_want(film, "character", "generate_character_reference"))
    return _go_on(film, "writing", wanted)


def _shoot(film: Film) -> Plan | None:
    """A clip of every scene; None once every shot is over and there is something to show."""
    shots = _shots(film)
    fault = _cause(shot.fault for shot in shots)
    if fault and film.settings.on_failed_scene == "fail":
        return _stop(film, "failed", fault, stage="clips")
    if not all(shot.is_over for shot in shots):
        return _go_on(film, "clips", [shot.want for shot in shots if shot.want])
    if not any(shot.clip for shot in shots):
        return _stop(film, "failed", fault, stage="clips")
    return None


def _cut(film: Film) -> Plan:
    """All clips, in the order of their scenes, become one video."""
    if fault := _why_lost(film.parts.get("cut")):
        return _stop(film, "failed", fault, stage="cut")
    if "cut" in film.parts:
        return _go_on(film, "cut")
    clips = [shot.clip.model_dump(mode="json") for shot in _shots(film) if shot.clip]
    return _go_on(film, "cut", [_want(film, "cut", "stitch_videos", {"clips": clips})])


def _premiere(film: Film, cut: Part) -> Plan:
    whole = not any(shot.fault for shot in _shots(film))
    return Plan(
        status="succeeded" if whole else "partial",
        stage="done",
        reference=_reference(film),
        final_video_id=cut.made[0].asset_id,
        warnings=_warnings(film),
    )


def _shots(film: Film) -> list[Shot]:
    return [_shot(film, number) for number in range(1, len(film.scenes) + 1)]


def _shot(film: Film, number: int) -> Shot:
    """The scene's own clip; where that failed, what `on_failed_scene` says instead."""
    own, instead = film.parts.get(f"clip/{number}"), film.parts.get(f"filler/{number}")
    if own is None:
        return Shot(number, want=_want(film, f"clip/{number}", "generate_video", _asked_of_clip(film, number)))
    fault = _why_lost(own)
    if fault is None or film.settings.on_failed_scene != "filler":
        return Shot(number, clip=_first(own), fault=fault)
    if instead is None:
        asked = _asked_of_clip(film, number) | STAND_IN
        return Shot(number, want=_want(film, f"filler/{number}", "generate_video", asked))
    return Shot(number, clip=_first(instead), fault=fault) if instead.is_over else Shot(number)


def _asked_of_clip(film: Film, number: int) -> dict[str, Any]:
    """What this scene asks beyond what all clips of the film share."""
    scene, reference = film.scenes[number - 1], _reference(film)
    shared = film.settings.inputs["generate_video"].get("negative_prompt")
    avoided = ", ".join(text for text in (scene.negative_description, shared) if text)
    return {
        "prompt": scene.description,
        "negative_prompt": avoided[:4000] or None,
        "seed": (film.settings.seed + number - 1) % SEEDS,
        "reference": reference.model_dump(mode="json") if reference else None,
        "cue": _cue(film, number).model_dump(mode="json"),
    }


def _cue(film: Film, number: int) -> SceneCue:
    scene = film.scenes[number - 1]
    return SceneCue(
        index=number - 1,
        total=len(film.scenes),
        title=scene.title,
        camera_angle=scene.camera_angle,
        mood=scene.mood,
        caption=scene.caption,
        film_seed=film.settings.seed,
        character=film.settings.character or None,
    )


def _want(film: Film, part: str, kind: Kind, own: Mapping[str, Any] | None = None) -> Want:
    return Want(part, kind, {**film.settings.inputs.get(kind, {}), **(own or {})})


def _go_on(film: Film, stage: Stage, wanted: Sequence[Want] = ()) -> Plan:
    begun = film.status == "running" or any(part.status != "queued" for part in film.parts.values())
    return Plan(
        status="running" if begun else "queued",
        stage=stage,
        wanted=tuple(wanted),
        reference=_reference(film),
        warnings=film.warnings,
    )


def _stop(film: Film, ending: Literal["failed", "canceled"], error: Fault | None = None, *, stage: Stage) -> Plan:
    """The film ends so, once everything that is under way has been stopped."""
    over = all(part.is_over for part in film.parts.values())
    until_then: Status = "canceling" if ending == "canceled" else "running"
    return Plan(
        status=ending if over else until_then,
        stage=stage,
        stop=not over,
        reference=_reference(film),
        error=error if over else None,
        warnings=film.warnings,
    )


def _reference(film: Film) -> AssetRef | None:
    """The picture everybody works from: the chosen one, else the first that was drawn."""
    return film.reference or _first(film.parts.get("character"))


def _first(part: Part | None) -> AssetRef | None:
    return part.made[0] if part is not None and part.is_good else None


def _why_lost(part: Part | None) -> Fault | None:
    """Why a part that is over brought nothing; None while it may still, or when it did."""
    if part is None or not part.is_over or part.is_good:
        return None
    return part.fault or NOT_MADE


def _cause(faults: Iterable[Fault | None]) -> Fault | None:
    """The fault to tell: one that something failed by, rather than what was canceled because of it."""
    return min((fault for fault in faults if fault), key=lambda fault: fault is NOT_MADE, default=None)


def _warnings(film: Film) -> tuple[str, ...]:
    """What the film was accepted with, then every scene that is not what was asked for."""
    told = list(film.warnings)
    for shot in _shots(film):
        if shot.fault:
            instead = "shows a stand-in" if shot.clip else "is missing"
            told.append(f"Scene {shot.number} {instead}: {shot.fault.message}")
    return tuple(told)
