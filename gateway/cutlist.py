"""A finished film as an editor takes it along: which clips, in which order, joined how."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.history.records import Asset, Job, Production, SceneVersion
from gateway.history.store import Transaction
from gateway.joints import from_json
from gateway.requests.fields import Transition
from gateway.results import JobResult
from gateway.storyboard import shot_of
from shared.contracts.base import ErrorCode, MediaFacts
from shared.contracts.stitch import VideosStitched
from shared.contracts.video import VideoGenerated
from shared.errors import PermanentError

CUT, RECUT = "cut", "recut"
FALLBACK_FPS = 24
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CutClip:
    """One clip of a cut. `file`: its name in an export; a stand-in shows a scene whose own clip failed."""

    position: int
    asset: Asset
    file: str
    scene: SceneVersion | None = None
    is_stand_in: bool = False

    @property
    def title(self) -> str:
        return _title(self.scene, self.position)

    @property
    def facts(self) -> MediaFacts:
        return MediaFacts.model_validate(self.asset.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The newest cut of a film. `joints`: one transition between every two clips."""

    film: Production
    job: Job
    made: VideosStitched
    clips: tuple[CutClip, ...]
    joints: tuple[Transition, ...]

    @property
    def fps(self) -> int:
        return round(self.made.video.facts.fps or FALLBACK_FPS)


def cut_job(film: Production, jobs: Sequence[Job]) -> Job | None:
    """The job that made the cut which the film shows, if any; `jobs` are oldest first."""
    made = ((job, cut_of(job)) for job in reversed(jobs) if job.kind == "stitch_videos")
    return next((job for job, cut in made if cut and cut.video.asset_id == film.final_video_id), None)


def cut_of(job: Job) -> VideosStitched | None:
    made = JobResult.model_validate(job.result).made if job.result else ()
    return next((result for result in made if isinstance(result, VideosStitched)), None)


async def read_cut(tx: Transaction, film: Production) -> Cut:
    """Raises PermanentError CONFLICT while there is none, NOT_FOUND where clips of it were deleted."""
    jobs = await tx.jobs_of(film.id)
    job = cut_job(film, jobs)
    made = cut_of(job) if job else None
    if job is None or made is None:
        raise PermanentError.of(ErrorCode.CONFLICT, f"production {film.id} has no cut to export: it is {film.status}")
    shown = [video_id for video_id in job.request["video_ids"] if video_id not in made.skipped]
    assets = await _assets(tx, shown)
    scenes = {(scene.number, scene.version): scene for scene in await tx.versions_of(film.id)}
    return Cut(
        film=film,
        job=job,
        made=made,
        clips=_clips([assets[video_id] for video_id in shown], scenes, _shots(jobs)),
        joints=_joints(job, made),
    )


def _joints(job: Job, made: VideosStitched) -> tuple[Transition, ...]:
    """As they were really made; as they were asked where the cut does not say."""
    told = [joint.model_dump(exclude={"seconds"} if joint.type == "cut" else None) for joint in made.transitions]
    return from_json(told or job.plan["parameters_used"].get("transition"))


def _clips(
    shown: Sequence[Asset],
    scenes: Mapping[tuple[int, int], SceneVersion],
    shots: Mapping[str, tuple[tuple[int, int], bool]],
) -> tuple[CutClip, ...]:
    """The clips in their order; one that is shown again is the same file."""
    files: dict[str, str] = {}
    clips = []
    for position, asset in enumerate(shown, start=1):
        number, is_stand_in = shots.get(asset.id, ((0, 0), False))
        scene = scenes.get(number)
        file = files.setdefault(asset.id, _file_name(_title(scene, position), position))
        clips.append(CutClip(position=position, asset=asset, file=file, scene=scene, is_stand_in=is_stand_in))
    return tuple(clips)


def _title(scene: SceneVersion | None, position: int) -> str:
    told = scene.scene.get("title") if scene else None
    return str(told or f"Clip {position}")


def _file_name(title: str, position: int) -> str:
    name = _NOT_IN_A_NAME.sub("-", title.lower()).strip("-")[:48]
    return f"clips/{position:02d}-{name or 'clip'}.mp4"


async def _assets(tx: Transaction, video_ids: Sequence[str]) -> dict[str, Asset]:
    found = {video_id: await tx.asset(video_id) for video_id in dict.fromkeys(video_ids)}
    if gone := [video_id for video_id, asset in found.items() if asset is None]:
        raise PermanentError.of(ErrorCode.NOT_FOUND, f"clips of this cut were deleted: {', '.join(gone)}")
    return {video_id: asset for video_id, asset in found.items() if asset is not None}


def _shots(jobs: Sequence[Job]) -> dict[str, tuple[tuple[int, int], bool]]:
    """Video id -> number and version of the scene it shows, and whether it is a stand-in."""
    shots: dict[str, tuple[tuple[int, int], bool]] = {}
    for job in jobs:
        name = (job.part or "").partition("/")[0]
        made = JobResult.model_validate(job.result).made if job.result else ()
        if name in {"clip", "filler"}:
            shots |= {
                result.video.asset_id: (shot_of(job.part or ""), name == "filler")
                for result in made
                if isinstance(result, VideoGenerated)
            }
    return shots
