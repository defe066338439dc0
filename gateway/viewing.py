"""A production's rows as the director sees them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway.cutlist import CUT
from gateway.director import cut_digest
from gateway.films import FilmSettings
from gateway.history.records import Job, Production, SceneVersion
from gateway.results import JobResult
from gateway.storyboard import Film, Part, Take
from shared.contracts.base import AssetRef, Fault
from shared.contracts.scene import Scene


def film_of(production: Production, versions: Sequence[SceneVersion], jobs: Sequence[Job]) -> Film:
    """The film that a production is: every version of its scenes, and its jobs oldest first."""
    takes = _takes(versions)
    film = Film(
        settings=FilmSettings.model_validate(production.settings),
        status=production.status,
        stage=production.stage,
        cancel_wished=production.cancel_wished,
        takes=takes,
        reference=AssetRef.model_validate(production.reference) if production.reference else None,
        final_video_id=production.final_video_id,
        parts=_parts(jobs),
        warnings=tuple(production.warnings),
    )
    return replace(film, scenes=tuple(film.take(number).scene for number in sorted(takes)))


def _takes(versions: Sequence[SceneVersion]) -> dict[int, dict[int, Take]]:
    """Scene number -> version -> take."""
    takes: dict[int, dict[int, Take]] = {}
    for row in versions:
        takes.setdefault(row.number, {})[row.version] = Take(
            version=row.version,
            scene=Scene.model_validate(row.scene),
            asks=row.asks,
            wanted=row.wanted,
            basis=row.basis,
        )
    return takes


def _parts(jobs: Sequence[Job]) -> Mapping[str, Part]:
    """Name -> newest; every cut also by what it joins, whoever asked for it: one that is there before one to come."""
    parts: dict[str, Part] = {}
    for job in jobs:
        part = _part(job)
        if job.part:
            parts[job.part] = part
        cut = f"{CUT}/{part.asked}"
        if part.asked and (part.is_good or cut not in parts or not parts[cut].is_good):
            parts[cut] = part
    return parts


def _part(job: Job) -> Part:
    made = JobResult.model_validate(job.result).made if job.result else ()
    return Part(
        status=job.status,
        made=tuple(result.stored[0].ref for result in made),
        last_frame=next((frame.ref for result in made if (frame := getattr(result, "last_frame", None))), None),
        fault=Fault.model_validate(job.error) if job.error else None,
        asked=cut_digest(job.request) if job.kind == "stitch_videos" and "video_ids" in job.request else None,
    )
