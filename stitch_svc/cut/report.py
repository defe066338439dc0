"""What is told of a cut: how it was made, and what was measured in it."""

from collections.abc import Sequence
from typing import Any

from stitch_svc.cut.inspection import Inspection
from stitch_svc.cut.limiter import Level
from stitch_svc.cut.notes import measured_of
from stitch_svc.cut.plan import Plan
from stitch_svc.cut.recipe import CutReport
from stitch_svc.cut.stretches import Stretch
from stitch_svc.cut.takes import Take
from stitch_svc.cut.timeline import Joint

SEEN = ("black", "frozen")


def cut_report(
    plan: Plan, takes: Sequence[Take], joints: Sequence[Joint], starts: Sequence[int], inspection: Inspection,
    *, level: Level, damage: dict[str, int], reused: int, seconds: float,
) -> CutReport:  # fmt: skip
    anew = {clip.name: clip.oddity or "another size, rate or encoding" for clip in plan.clips
            if clip.path not in plan.kept}  # fmt: skip
    loudness = inspection.loudness_lufs
    return CutReport(
        facts=inspection.facts,
        copied_streams=not anew,
        audio_video_drift_ms=inspection.drift_ms,
        merge_time_s=seconds,
        loudness_lufs=None if loudness is None else round(loudness, 2),
        transitions=tuple(joint.told(plan.target.rate) for joint in plan.joints),
        quality_report={
            **_seen(takes, starts, plan=plan),
            **inspection.report,
            "clips_copied": sum(clip.path in plan.kept for clip in plan.clips),
            "clips_encoded": anew,
            "clips_damaged": damage,
            "card_frames": plan.card_frames,
            "pieces_reused": reused,
            "frames_rendered": sum(joint.frames for joint in joints),
            "transitions_shortened": _shortened(plan),
            "sound_limited_ms": level.limited_ms,
        },
    )


def _shortened(plan: Plan) -> dict[str, str]:
    """The joints that are not as they were asked for, named by the clips they stand between."""
    return {
        f"{place}-{place + 1}": f"{_seconds(joint.asked, plan)} asked, "
        + (f"{_seconds(joint.frames, plan)} made" if joint.frames else "a cut made")
        + ": the clips are too short"
        for place, joint in enumerate(plan.joints, start=1)
        if joint.frames != joint.asked
    }


def _seconds(frames: int, plan: Plan) -> str:
    return f"{float(frames / plan.target.rate):.2f} s"


def _seen(takes: Sequence[Take], starts: Sequence[int], *, plan: Plan) -> dict[str, Any]:
    """What was seen in the parts when they were conformed, at its place in the film."""
    found: dict[str, list[list[float]]] = {name: [] for name in SEEN}
    unseen = []
    for take, start in zip(takes, starts, strict=True):
        measured = measured_of(take.clip)
        if measured is None:
            unseen.append(take.name)
            continue
        for name in SEEN:
            at = float(start / plan.target.rate)
            found[name] += [Stretch(*span).moved(at).told() for span in _spans(measured.get(name))]
    return {**found, "parts_not_looked_at": unseen}


def _spans(told: Any) -> list[tuple[float, float]]:
    """Stretches as a file tells them; files are written by anybody."""
    try:
        return [(float(begin), float(end)) for begin, end in told or ()]
    except (TypeError, ValueError):
        return []
