"""What follows what: a film as it stands -> the parts still wanted, and how it stands then. The whole film on one page.

Scenes are written and the character is drawn side by side; every scene is shot once both are there, or one after the
other where each clip begins with the last picture of the one before; each clip is conformed the moment it arrives; the
cut is made when every shot has ended. `plan` is pure and looks only at what is there, so it may be asked at any time,
any number of times, after whatever got lost or came twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from gateway.history.records import Stage
from gateway.joints import as_json, entrances, from_json, joints
from gateway.requests.fields import SEEDS
from gateway.storyboard import Film, Part, Plan, Status, Want, conform_part
from shared.contracts.base import AssetRef, ErrorCode, Fault, Kind
from shared.contracts.scene import SceneCue

STAND_IN: dict[str, Any] = {"backend": "local", "model": None, "stand_in": True, "role": "reference"}
"""The character's picture, slowly moved: free and always there; what it makes says so."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One scene on its way into the cut: without want, clip or fault it is awaited; clip and fault: a stand-in.

    `clip` is what was shot, `conformed` the same as the cut takes it.
    """

    number: int
    want: Want | None = None
    clip: AssetRef | None = None
    conformed: AssetRef | None = None
    fault: Fault | None = None

    @property
    def is_over(self) -> bool:
        return self.want is None and (self.conformed is not None or self.fault is not None)


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
    if not any(shot.conformed for shot in shots):
        return _stop(film, "failed", fault, stage="clips")
    return None


def _cut(film: Film) -> Plan:
    """All clips, conformed and in the order of their scenes, become one video."""
    if fault := _why_lost(film.parts.get("cut")):
        return _stop(film, "failed", fault, stage="cut")
    if "cut" in film.parts:
        return _go_on(film, "cut")
    return _go_on(film, "cut", [_want(film, "cut", "stitch_videos", joined(film))])


def _premiere(film: Film, cut: Part) -> Plan:
    whole = cut.status == "succeeded" and not any(shot.fault for shot in _shots(film))
    return Plan(
        status="succeeded" if whole else "partial",
        stage="done",
        reference=_reference(film),
        final_video_id=cut.made[0].asset_id,
        warnings=_warnings(film),
    )


def joined(film: Film, order: Sequence[int] | None = None) -> dict[str, Any]:
    """What a cut is asked: the clips of the scenes in `order` (their numbers), or of all; and how they are joined."""
    shown = {shot.number: shot for shot in _shots(film) if shot.conformed}
    numbers = list(order or shown)
    told = from_json(film.settings.inputs["stitch_videos"].get("transition"))
    entered = entrances(told, clips=len(film.scenes))
    cut = [shown[number] for number in numbers]
    return {
        "clips": [shot.conformed.model_dump(mode="json") for shot in cut if shot.conformed],
        "video_ids": [shot.clip.asset_id for shot in cut if shot.clip],
        "transition": as_json(joints(entered, [number - 1 for number in numbers])),
    }


def showable(film: Film) -> list[int]:
    """The numbers of the scenes that there is a clip of."""
    return [shot.number for shot in _shots(film) if shot.conformed]


def _shots(film: Film) -> list[Shot]:
    return [_shot(film, number) for number in range(1, len(film.scenes) + 1)]


def _shot(film: Film, number: int) -> Shot:
    """The scene's own clip; where that failed, what `on_failed_scene` says instead."""
    asked = _asked_of_clip(film, number)
    own = _footage(film, number, f"clip/{number}", asked)
    if own.fault is None or film.settings.on_failed_scene != "filler":
        return own
    still = _reference(film)
    picture = {"reference": still.model_dump(mode="json") if still else None}
    instead = _footage(film, number, f"filler/{number}", asked | STAND_IN | picture)
    return replace(instead, fault=own.fault) if instead.is_over else instead


def _footage(film: Film, number: int, name: str, asked: dict[str, Any]) -> Shot:
    """A clip of the scene: made, then conformed."""
    made = film.parts.get(name)
    if made is None and not _may_begin(film, number):
        return Shot(number)
    if made is None:
        return Shot(number, want=_want(film, name, "generate_video", asked))
    clip = _first(made)
    return _conformed(film, number, name, clip) if clip else Shot(number, fault=_why_lost(made))


def _conformed(film: Film, number: int, name: str, clip: AssetRef) -> Shot:
    part = conform_part(name)
    done = film.parts.get(part)
    if done is None:
        own = {**film.settings.target, "clips": [clip.model_dump(mode="json")]}
        return Shot(number, clip=clip, want=_want(film, part, "conform_clip", own))
    return Shot(number, clip=clip, conformed=_first(done), fault=_why_lost(done))


def _may_begin(film: Film, number: int) -> bool:
    """A clip that begins with the last picture of the one before it waits for that."""
    return film.settings.continuity != "previous_last_frame" or number == 1 or _is_filmed(film, number - 1)


def _is_filmed(film: Film, number: int) -> bool:
    """Nothing more will be seen of the scene than there is now, conformed or not."""
    own, instead = film.parts.get(f"clip/{number}"), film.parts.get(f"filler/{number}")
    if own is None or not own.is_over:
        return False
    return own.is_good or film.settings.on_failed_scene != "filler" or (instead is not None and instead.is_over)


def _picture_of(film: Film, number: int) -> dict[str, Any]:
    """The picture a clip works from, and what that shall be to its model."""
    reference, role = _reference(film), "reference"
    if film.settings.continuity == "independent":
        reference = None
    elif film.settings.continuity == "previous_last_frame" and (frame := _last_frame(film, number - 1)):
        reference, role = frame, "first_frame"
    return {"reference": reference.model_dump(mode="json") if reference else None, "role": role}


def _last_frame(film: Film, number: int) -> AssetRef | None:
    """Of what is seen of a scene; None where that shows nothing."""
    parts = (film.parts.get(f"clip/{number}"), film.parts.get(f"filler/{number}"))
    return next((part.last_frame for part in parts if part and part.is_good), None)


def _asked_of_clip(film: Film, number: int) -> dict[str, Any]:
    """What this scene asks beyond what all clips of the film share."""
    scene = film.scenes[number - 1]
    shared = film.settings.inputs["generate_video"].get("negative_prompt")
    avoided = ", ".join(text for text in (scene.negative_description, shared) if text)
    return {
        "prompt": scene.description,
        "negative_prompt": avoided[:4000] or None,
        "seed": (film.settings.seed + number - 1) % SEEDS,
        **_picture_of(film, number),
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
            instead = "shows a stand-in" if shot.conformed else "is missing"
            told.append(f"Scene {shot.number} {instead}: {shot.fault.message}")
    return tuple(told)
