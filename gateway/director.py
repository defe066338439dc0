"""What follows what: a film as it stands -> the parts still wanted, and how it stands then. The whole film on one page.

Scenes are written and the character is drawn side by side; every scene is shot once both are there, or one after the
other where each clip begins with the last picture of the one before; each clip is conformed the moment it arrives; the
cut is made when every shot has ended. At a gate it waits for a person. Every version of a scene has a clip of its own,
every list of shots a cut of its own: a film that is edited wants what it lacks by then, and nothing again. `plan` is
pure and looks only at what is there, so it may be asked at any time, any number of times, after whatever got lost or
came twice.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from gateway.history.records import Stage
from gateway.joints import as_json, entrances, from_json, joints
from gateway.requests.fields import SEEDS
from gateway.requests.films import Gate
from gateway.storyboard import Film, Part, Plan, Status, Take, Want, conform_part, shot_part
from shared.contracts.base import AssetRef, ErrorCode, Fault, Kind
from shared.contracts.scene import Scene, SceneCue

STAND_IN: dict[str, Any] = {"backend": "local", "model": None, "stand_in": True, "role": "reference"}
"""The character's picture, slowly moved: free and always there; what it makes says so."""

WAITS_AT: Mapping[Gate, Stage] = {
    "storyboard": "review: storyboard",
    "character": "review: character",
    "clips": "review: clips",
}

DECIDES_A_CUT = (
    "video_ids", "transition", "audio", "loudness_lufs", "verify", "title", "credits", "song_id", "song_gain_db",
    "clip_gain_db",
)  # fmt: skip
"""The fields of a cut that may differ between two of one film."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One scene on its way into the cut: without want, clip or fault it is awaited; clip and fault: a stand-in.

    `part` made what is shown, `clip` is what was shot, `conformed` the same as the cut takes it. `version` is the one
    that is shown: an earlier one than wanted where there is a fault too, and it `kept` its place.
    """

    number: int
    part: str = ""
    want: Want | None = None
    clip: AssetRef | None = None
    conformed: AssetRef | None = None
    fault: Fault | None = None
    version: int = 1
    kept: bool = False

    @property
    def is_over(self) -> bool:
        return self.want is None and (self.conformed is not None or self.fault is not None)


NOT_MADE = Fault(code=ErrorCode.CONFLICT, message="A part of the film was canceled before it was made.", retryable=True)


def plan(film: Film) -> Plan:
    """What to do next for a film that is not over yet."""
    cut = _cut_of(film)
    if cut is not None and cut.is_good:
        return _premiere(film, cut)
    if film.cancel_wished:
        return _stop(film, "canceled", stage=film.stage)
    if film.refusal is not None:
        return _stop(film, "failed", film.refusal, stage=film.stage)
    return _write_and_cast(film) or _shoot(film) or _cut(film)


def _write_and_cast(film: Film) -> Plan | None:
    """Scenes and character, side by side, each looked at by a person where that was asked; None once both are there."""
    reference = _reference(film)
    scenes_lost = None if film.scenes else _why_lost(film.parts.get("scenes"))
    character_lost = None if reference else _why_lost(film.parts.get("character"))
    if fault := _cause((scenes_lost, character_lost)):
        return _stop(film, "failed", fault, stage="writing")
    wanted = []
    if not film.scenes and "scenes" not in film.parts:
        wanted.append(_want(film, "scenes", "create_scenes"))
    if reference is None and "character" not in film.parts:
        wanted.append(_want(film, "character", "generate_character_reference"))
    if film.scenes and _is_shut(film, "storyboard"):
        return _wait(film, "storyboard", wanted)
    if not film.scenes or reference is None:
        return _go_on(film, "writing", wanted)
    return _wait(film, "character") if _is_shut(film, "character") else None


def _shoot(film: Film) -> Plan | None:
    """A clip of every scene; None once every shot is over and there is something to show."""
    shots = shots_of(film)
    fault = _cause(shot.fault for shot in shots if not shot.kept)
    if fault and film.settings.on_failed_scene == "fail":
        return _stop(film, "failed", fault, stage="clips")
    if not all(shot.is_over for shot in shots):
        return _go_on(film, "clips", [shot.want for shot in shots if shot.want])
    if not any(shot.conformed for shot in shots):
        return _stop(film, "failed", fault, stage="clips")
    return _wait(film, "clips") if _is_shut(film, "clips") else None


def _cut(film: Film) -> Plan:
    """All clips, conformed and in their order, become one video."""
    part = _cut_of(film)
    if fault := _why_lost(part):
        return _stop(film, "failed", fault, stage="cut")
    if part is not None:
        return _go_on(film, "cut")
    asked = cut_wanted(film)
    name = f"cut/{cut_digest(asked)}" if "cut" in film.parts else "cut"
    return _go_on(film, "cut", [_want(film, name, "stitch_videos", asked)])


def _cut_of(film: Film) -> Part | None:
    """The cut of the film as it stands, made or on its way; None while it is not settled what would be cut."""
    if not film.scenes or not any(name.startswith("cut") for name in film.parts):
        return None
    shots = shots_of(film)
    if not all(shot.is_over for shot in shots) or not any(shot.conformed for shot in shots):
        return None
    digest = cut_digest(cut_wanted(film))
    first = film.parts.get("cut")
    return film.parts.get(f"cut/{digest}") or (first if first and first.asked in (None, digest) else None)


def _premiere(film: Film, cut: Part) -> Plan:
    whole = cut.status == "succeeded" and not any(shot.fault for shot in shots_of(film))
    return Plan(
        status="succeeded" if whole else "partial",
        stage="done",
        reference=_reference(film),
        final_video_id=cut.made[0].asset_id,
        warnings=(*film.warnings, *told_of_shots(film)),
    )


def shown_cut(film: Film) -> str | None:
    """The video that shows the film as it stands; None where there is none yet."""
    cut = _cut_of(film)
    return cut.made[0].asset_id if cut is not None and cut.is_good else None


def cut_wanted(film: Film) -> dict[str, Any]:
    """What a cut of the film as it stands is asked, the wishes of the last restitch included."""
    told = {name: value for name, value in film.settings.cut.items() if name != "order"}
    there = set(showable(film))
    numbers = [number for number in film.settings.cut.get("order") or film.numbers if number in there]
    asked = {**film.settings.inputs["stitch_videos"], **joined(film, numbers or None), **told}
    if len(told.get("transition") or ()) not in {0, 1, len(asked["clips"]) - 1}:
        asked["transition"] = joined(film, numbers or None)["transition"]  # a clip that they counted on is gone
    return asked


def cut_digest(asked: Mapping[str, Any]) -> str:
    """Tells apart what two cuts of one film join, and how."""
    told = json.dumps([_as_floats(asked.get(name)) for name in DECIDES_A_CUT], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _as_floats(value: Any) -> Any:
    """-14 and -14.0 are the same loudness."""
    if isinstance(value, Mapping):
        return {name: _as_floats(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_as_floats(part) for part in value]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def joined(film: Film, order: Sequence[int] | None = None) -> dict[str, Any]:
    """What a cut is asked: the clips of the scenes in `order` (their numbers), or of all; and how they are joined."""
    shown = {shot.number: shot for shot in shots_of(film) if shot.conformed}
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
    return [shot.number for shot in shots_of(film) if shot.conformed]


def shots_of(film: Film) -> list[Shot]:
    """Every scene, in the order in which they are seen."""
    return [_shot(film, number, film.take(number)) for number in film.numbers]


def seen_now(film: Film, number: int) -> Shot:
    """What a scene shows at this moment: while its newest clip is being made, the one before."""
    take = film.take(number)
    while True:
        shot = _shot(film, number, take)
        if shot.clip or take.basis is None:
            return shot
        take = film.take(number, take.basis)


def made_last(film: Film, number: int) -> Take:
    """The version of a scene whose clip is made, or was made last."""
    take = film.take(number)
    while not take.wanted and take.basis:
        take = film.take(number, take.basis)
    return take


def unfilmed(film: Film) -> list[Want]:
    """The clips that are wanted and not ordered yet, whether they can begin now or have to wait for others."""
    takes = ((number, film.take(number)) for number in film.numbers)
    return [
        _want(film, name, "generate_video", _asked_of_clip(film, number, take))
        for number, take in takes
        if take.wanted and (name := shot_part(number, take.version)) not in film.parts
    ]


def is_filmed(film: Film, number: int, take: Take) -> bool:
    """The clip of this version was ordered, whatever became of it."""
    return shot_part(number, take.version) in film.parts


def _shot(film: Film, number: int, take: Take) -> Shot:
    """The clip of this version; where that failed, an earlier version's, or what `on_failed_scene` says instead."""
    before = film.take(number, take.basis) if take.basis else None
    if not take.wanted and before:
        return _shot(film, number, before)
    asked = _asked_of_clip(film, number, take)
    own = _footage(film, number, take, asked)
    if own.fault is None:
        return own
    if before and (kept := _shot(film, number, before)).conformed:
        return replace(kept, fault=own.fault, kept=True)
    if film.settings.on_failed_scene != "filler":
        return own
    still = _reference(film)
    picture = {"reference": still.model_dump(mode="json") if still else None}
    instead = _footage(film, number, take, asked | STAND_IN | picture, name="filler")
    return replace(instead, fault=own.fault) if instead.is_over else instead


def _footage(film: Film, number: int, take: Take, asked: dict[str, Any], *, name: str = "clip") -> Shot:
    """A clip of the scene: made, then conformed."""
    part = shot_part(number, take.version, name=name)
    shot, made = Shot(number, part, version=take.version), film.parts.get(part)
    if made is None and not _may_begin(film, number):
        return shot
    if made is None:
        return replace(shot, want=_want(film, part, "generate_video", asked))
    clip = _first(made)
    return _conformed(film, shot, clip) if clip else replace(shot, fault=_why_lost(made))


def _conformed(film: Film, shot: Shot, clip: AssetRef) -> Shot:
    part = conform_part(shot.part)
    done = film.parts.get(part)
    if done is None:
        own = {**film.settings.target, "clips": [clip.model_dump(mode="json")]}
        return replace(shot, clip=clip, want=_want(film, part, "conform_clip", own))
    return replace(shot, clip=clip, conformed=_first(done), fault=_why_lost(done))


def _may_begin(film: Film, number: int) -> bool:
    """A clip that begins with the last picture of the one before it waits for that."""
    before = _before(film, number)
    return film.settings.continuity != "previous_last_frame" or before is None or _is_over(film, before)


def _before(film: Film, number: int) -> int | None:
    """The scene that is seen before this one."""
    place = film.numbers.index(number)
    return film.numbers[place - 1] if place else None


def _is_over(film: Film, number: int) -> bool:
    """Nothing more will be seen of the scene than there is now, conformed or not."""
    take = made_last(film, number)
    own = film.parts.get(shot_part(number, take.version))
    instead = film.parts.get(shot_part(number, take.version, name="filler"))
    if own is None or not own.is_over:
        return False
    if own.is_good or take.basis or film.settings.on_failed_scene != "filler":
        return True
    return instead is not None and instead.is_over


def _picture_of(film: Film, number: int) -> dict[str, Any]:
    """The picture a clip works from, and what that shall be to its model."""
    reference, role = _reference(film), "reference"
    before = _before(film, number)
    if film.settings.continuity == "independent":
        reference = None
    elif film.settings.continuity == "previous_last_frame" and before and (frame := _last_frame(film, before)):
        reference, role = frame, "first_frame"
    return {"reference": reference.model_dump(mode="json") if reference else None, "role": role}


def _last_frame(film: Film, number: int) -> AssetRef | None:
    """Of what is seen of a scene; None where that shows nothing."""
    take: Take | None = made_last(film, number)
    while take is not None:
        names = (shot_part(number, take.version), shot_part(number, take.version, name="filler"))
        for part in map(film.parts.get, names):
            if part and part.is_good:
                return part.last_frame
        take = film.take(number, take.basis) if take.basis else None
    return None


def _asked_of_clip(film: Film, number: int, take: Take) -> dict[str, Any]:
    """What this scene asks beyond what all clips of the film share."""
    scene = take.scene
    shared = film.settings.inputs["generate_video"].get("negative_prompt")
    avoided = ", ".join(text for text in (scene.negative_description, shared) if text)
    return {
        "prompt": scene.description,
        "negative_prompt": avoided[:4000] or None,
        "seed": (film.settings.seed + number - 1) % SEEDS,
        **_picture_of(film, number),
        "cue": _cue(film, number, scene).model_dump(mode="json"),
        **take.asks,
    }


def _cue(film: Film, number: int, scene: Scene) -> SceneCue:
    return SceneCue(
        index=film.numbers.index(number),
        total=len(film.numbers),
        title=scene.title,
        camera_angle=scene.camera_angle,
        mood=scene.mood,
        caption=scene.caption,
        film_seed=film.settings.seed,
        character=film.settings.character or None,
    )


def _want(film: Film, part: str, kind: Kind, own: Mapping[str, Any] | None = None) -> Want:
    return Want(part, kind, {**film.settings.inputs.get(kind, {}), **(own or {})})


def _is_shut(film: Film, gate: Gate) -> bool:
    return gate in film.settings.review and gate not in film.settings.opened


def _wait(film: Film, gate: Gate, wanted: Sequence[Want] = ()) -> Plan:
    """Nothing that follows is made before a person has said so."""
    return replace(_go_on(film, WAITS_AT[gate], wanted), status="waiting")


def _go_on(film: Film, stage: Stage, wanted: Sequence[Want] = ()) -> Plan:
    begun = film.status != "queued" or any(part.status != "queued" for part in film.parts.values())
    return Plan(
        status="running" if begun else "queued",
        stage=stage,
        wanted=tuple(wanted),
        reference=_reference(film),
        final_video_id=film.final_video_id,
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
        final_video_id=film.final_video_id,
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


def told_of_shots(film: Film) -> tuple[str, ...]:
    """Every scene that is not what was asked for, in words."""
    told = []
    for shot in shots_of(film):
        if shot.fault:
            instead = "shows a stand-in" if shot.conformed else "is missing"
            instead = f"still shows version {shot.version}" if shot.kept else instead
            told.append(f"Scene {shot.number} {instead}: {shot.fault.message}")
    return tuple(told)
