"""A cut for other programs: as JSON that explains itself, and as an OpenTimelineIO timeline. Pure."""

from typing import Any

from gateway.cutlist import Cut, CutClip
from gateway.history.snapshots import wire_time
from gateway.requests.fields import Transition

DISSOLVE, CUSTOM = "SMPTE_Dissolve", "Custom_Transition"
# Serialized schemas: https://opentimelineio.readthedocs.io/en/stable/tutorials/otio-serialized-schema.html


def cut_body(cut: Cut) -> dict[str, Any]:
    """The cut as JSON: files beside it, in order, with the words they were made from."""
    facts, film = cut.made.video.facts, cut.film
    return {
        "production_id": film.id,
        "title": film.title,
        "idea": film.request.get("idea"),
        "video_id": cut.made.video.asset_id,
        "width": facts.width,
        "height": facts.height,
        "fps": cut.fps,
        "duration_seconds": facts.duration_s,
        "loudness_lufs": cut.made.loudness_lufs,
        "cards": {name: cut.job.request.get(name) for name in ("title", "credits")},
        "created_at": wire_time(cut.job.completed_at),
        "clips": [_clip_body(clip) for clip in cut.clips],
        "joints": [_joint_body(joint) for joint in cut.joints],
    }


def _clip_body(clip: CutClip) -> dict[str, Any]:
    words = clip.scene.scene if clip.scene else {}
    return {
        "position": clip.position,
        "file": clip.file,
        "video_id": clip.asset.id,
        "sha256": clip.asset.sha256,
        "duration_seconds": clip.facts.duration_s,
        "frames": clip.facts.frames,
        "fps": clip.facts.fps,
        "scene": clip.scene.number if clip.scene else None,
        "is_stand_in": clip.is_stand_in,
        "title": clip.title,
        "description": words.get("description"),
    }


def _joint_body(joint: Transition) -> dict[str, Any]:
    return {"type": joint.type} if joint.type == "cut" else {"type": joint.type, "seconds": joint.seconds}


def timeline(cut: Cut) -> dict[str, Any]:
    """The cut as the JSON of an `.otio` file, at the film's rate.

    Clips are the files beside it, as the ZIP has them: no editor brings a key along, and signed addresses end.
    """
    return {
        "OTIO_SCHEMA": "Timeline.1",
        "name": cut.film.title or cut.film.id,
        "global_start_time": None,
        "metadata": {"scenebeat": {"production_id": cut.film.id, "video_id": cut.made.video.asset_id}},
        "tracks": _composition("Stack.1", "tracks", [_track(cut)]),
    }


def _track(cut: Cut) -> dict[str, Any]:
    lengths = [_frames(clip, cut.fps) for clip in cut.clips]
    overlaps = _overlaps(cut, lengths)
    children: list[dict[str, Any]] = []
    for place, clip in enumerate(cut.clips):
        head, tail = overlaps[place], overlaps[place + 1]
        if head:
            children.append(_transition(cut.joints[place - 1], head, cut.fps))
        shown = _range(head - head // 2, lengths[place] - (head - head // 2) - tail // 2, cut.fps)
        children.append(_clip(clip, shown=shown, whole=_range(0, lengths[place], cut.fps)))
    return _composition("Track.1", "clips", children) | {"kind": "Video"}


def _overlaps(cut: Cut, lengths: list[int]) -> list[int]:
    """Frames that each clip shares with the one before it; nothing before the first, nothing after the last."""
    inner = [
        0 if joint.type == "cut" else min(round((joint.seconds or 0) * cut.fps), before // 2, after // 2)
        for joint, before, after in zip(cut.joints, lengths, lengths[1:], strict=False)
    ]
    return [0, *inner, *[0] * (len(lengths) - len(inner))]


def _frames(clip: CutClip, fps: int) -> int:
    return round((clip.facts.duration_s or 0.0) * fps)


def _clip(clip: CutClip, *, shown: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """Where clips overlap, each lends half of the shared frames to the transition between them."""
    return {
        "OTIO_SCHEMA": "Clip.1",
        "name": clip.title,
        "source_range": shown,
        "media_reference": {
            "OTIO_SCHEMA": "ExternalReference.1",
            "name": clip.file,
            "target_url": clip.file,
            "available_range": whole,
            "metadata": {},
        },
        "effects": [],
        "markers": [],
        "metadata": {"scenebeat": _clip_body(clip)},
    }


def _transition(joint: Transition, frames: int, fps: int) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Transition.1",
        "name": joint.type,
        "transition_type": DISSOLVE if joint.type == "crossfade" else CUSTOM,
        "in_offset": _time(frames - frames // 2, fps),
        "out_offset": _time(frames // 2, fps),
        "metadata": {"scenebeat": _joint_body(joint)},
    }


def _composition(schema: str, name: str, children: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": schema,
        "name": name,
        "source_range": None,
        "children": children,
        "effects": [],
        "markers": [],
        "metadata": {},
    }


def _range(start: int, frames: int, fps: int) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": _time(start, fps), "duration": _time(frames, fps)}


def _time(frames: int, fps: int) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "value": frames, "rate": fps}
