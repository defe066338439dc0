"""The whole film as `GET /productions/{id}` shows it (API.md section 3)."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from gateway.cutlist import cut_job
from gateway.director import Shot, made_last, seen_now
from gateway.films import FilmSettings
from gateway.history.records import TERMINAL, Job, Production, SceneVersion, Share
from gateway.history.snapshots import production_snapshot, usd, wire_time
from gateway.live import Live
from gateway.problems import problem_of
from gateway.render.jobs import job_problem
from gateway.render.results import image_entry, made_of, media_facts, stills
from gateway.render.urls import Urls
from gateway.storyboard import Film, Take, conform_part, shot_part
from gateway.viewing import film_of
from shared.contracts.base import FREE, Fault
from shared.contracts.image import ReferenceGenerated
from shared.contracts.scene import Scene
from shared.contracts.stitch import ClipConformed, VideosStitched
from shared.contracts.video import VideoGenerated

WEIGHTS = {"scenes": 0.05, "character": 0.10, "clips": 0.75, "cut": 0.10}
"""How much of the whole each part is, roughly as long as it takes."""
JUST_BEFORE_THE_END = 0.99
SETTLED_OF_CUT = ("width", "height", "fps", "fit", "transition", "audio", "loudness_lufs", "verify", "title", "credits")

FractionOf = Callable[[Job], float]
"""How far a job is, 0 to 1."""
Tell = Callable[[Job], dict[str, Any]]
"""A job in few words."""


def ended(job: Job) -> float:
    """The fraction of a job of which nothing live is known."""
    return 1.0 if job.is_terminal else 0.0


def film_fraction(film: Film, jobs: Sequence[Job], *, fraction_of: FractionOf = ended) -> float:
    """How far the film is: its parts by weight. 1 only when it has ended."""
    if film.status in TERMINAL:
        return 1.0
    newest = newest_parts(jobs)
    settings = film.settings
    done = {name: fraction_of(newest[name]) if name in newest else 0.0 for name in ("scenes", "character", "cut")}
    if film.reference is not None and "character" not in newest:
        done["character"] = 1.0
    numbers = range(1, settings.number_of_scenes + 1)
    clips = [fraction_of(job) for number in numbers if (job := shot_job(film, newest, number))]
    done["clips"] = sum(clips) / settings.number_of_scenes
    return min(JUST_BEFORE_THE_END, sum(WEIGHTS[name] * fraction for name, fraction in done.items()))


def production_body(
    production: Production,
    *,
    urls: Urls,
    scenes: Sequence[SceneVersion] = (),
    jobs: Sequence[Job] = (),
    shares: Sequence[Share] = (),
    spent: tuple[Decimal, Decimal] = (FREE, FREE),
    fraction: float | None = None,
    fraction_of: FractionOf = ended,
    eta_s: float | None = None,
    drawn: Sequence[ReferenceGenerated] = (),
    live: Live | None = None,
) -> dict[str, Any]:
    """The whole film.

    `scenes`: every version; `jobs`: all of it, oldest first; `spent`: (reserved, actual); `fraction`: as told before.
    `drawn`: pictures that are there before the character's job has ended; `live`: what is known of running jobs.
    """
    newest, film = newest_parts(jobs), film_of(production, scenes, jobs)
    settings = film.settings
    done = film_fraction(film, jobs, fraction_of=fraction_of) if fraction is None else fraction
    reserved, actual = spent

    def tell(job: Job) -> dict[str, Any]:
        return _job(job, urls, fraction_of, live)

    return {
        **production_snapshot(production),
        "progress": _progress(production, jobs, done),
        "eta_seconds": None if eta_s is None or production.is_terminal else round(eta_s, 1),
        "request": production.request,
        "settings": _settings(settings),
        "error": _problem(production),
        "scenes": [scene_body(film, number, newest, urls, tell) for number in film.numbers],
        "character": _character(production, jobs, urls, tell, drawn),
        "jobs": [tell(job) for job in jobs],
        "cost": {
            "estimated_usd": usd(settings.estimated_usd),
            "reserved_usd": usd(reserved),
            "actual_usd": usd(actual),
            "budget_usd": usd(production.budget_usd),
        },
        "final_video": _final(cut_job(production, jobs), urls),
        "shares": [share_body(share) for share in shares],
        "urls": urls.production(production.id),
    }


def newest_parts(jobs: Sequence[Job]) -> dict[str, Job]:
    """Part -> its newest job; `jobs` are oldest first."""
    return {job.part: job for job in jobs if job.part}


def shot_job(film: Film, newest: Mapping[str, Job], number: int) -> Job | None:
    """The job that makes what is to be seen of scene `number`: its stand-in's where there is one."""
    version = made_last(film, number).version if film.scenes else 1
    return newest.get(shot_part(number, version, name="filler")) or newest.get(shot_part(number, version))


def share_body(share: Share) -> dict[str, Any]:
    """A shared link without its secret."""
    return {"id": share.id, "created_at": wire_time(share.created_at), "expires_at": wire_time(share.expires_at)}


def _progress(production: Production, jobs: Sequence[Job], fraction: float) -> dict[str, Any]:
    over = sum(job.is_terminal for job in jobs)
    return {
        "fraction": round(fraction, 4),
        "stage": production.stage,
        "message": f"{over} of {len(jobs)} jobs have ended" if jobs else "",
        "done": over,
        "total": len(jobs),
    }


def _settings(settings: FilmSettings) -> dict[str, Any]:
    """What was fixed at the start and is worth knowing, so that the film can be made again."""
    inputs = settings.inputs
    cut = {**inputs["stitch_videos"], **settings.cut}
    return {
        "seed": settings.seed,
        "number_of_scenes": settings.number_of_scenes,
        "on_failed_scene": settings.on_failed_scene,
        "continuity": settings.continuity,
        "review": list(settings.review),
        "opened": list(settings.opened),
        "models": {
            "scene": inputs["create_scenes"]["model"],
            "image": inputs["generate_character_reference"]["model"],
            "video": inputs["generate_video"]["model"],
        },
        **{name: cut.get(name) for name in SETTLED_OF_CUT},
    }


def _problem(production: Production) -> dict[str, Any] | None:
    if production.error is None:
        return None
    return problem_of(
        Fault.model_validate(production.error), request_id=production.request_id, at=production.completed_at
    )


def scene_body(film: Film, number: int, newest: Mapping[str, Job], urls: Urls, tell: Tell) -> dict[str, Any]:
    """A scene as it stands, and what is seen of it now."""
    take, seen, job = film.take(number), seen_now(film, number), shot_job(film, newest, number)
    stale = _why_stale(film, take, seen, newest)
    return {
        "number": number,
        "position": film.numbers.index(number) + 1,
        "version": take.version,
        "shown_version": seen.version if seen.clip else None,
        "stale": bool(stale),
        "stale_because": stale,
        **_words(take.scene),
        "clip": _clip(newest.get(seen.part), newest, urls) if seen.clip else None,
        "is_stand_in": seen.part.startswith("filler/"),
        "job": tell(job) if job else None,
    }


def versions_body(
    production: Production,
    number: int,
    *,
    versions: Sequence[SceneVersion],
    jobs: Sequence[Job],
    urls: Urls,
    fraction_of: FractionOf = ended,
    live: Live | None = None,
) -> dict[str, Any]:
    """A scene as it stands, and every version of it with the clip that was made of it."""
    newest, film = newest_parts(jobs), film_of(production, versions, jobs)
    current = film.take(number).version

    def tell(job: Job) -> dict[str, Any]:
        return _job(job, urls, fraction_of, live)

    def version(row: SceneVersion) -> dict[str, Any]:
        job = newest.get(shot_part(number, row.version))
        return {
            "version": row.version,
            "chosen": row.version == current,
            "created_at": wire_time(row.created_at),
            **_words(film.take(number, row.version).scene),
            "seed": row.asks.get("seed"),
            "model": job.plan.get("model") if job else None,
            "clip": _clip(job, newest, urls),
            "job": tell(job) if job else None,
        }

    mine = [row for row in versions if row.number == number]
    return {**scene_body(film, number, newest, urls, tell), "versions": [version(row) for row in mine]}


def _words(scene: Scene) -> dict[str, Any]:
    return scene.model_dump(mode="json", exclude_none=True)


def _why_stale(film: Film, take: Take, seen: Shot, newest: Mapping[str, Job]) -> list[str]:
    """What has changed since the clip was made that is seen."""
    job = newest.get(seen.part)
    if job is None or seen.clip is None:
        return []
    shown = film.take(number=seen.number, version=seen.version)
    words = (take.scene, take.asks.get("duration")) != (shown.scene, shown.asks.get("duration"))
    given = job.plan.get("reference") if job.plan.get("role", "reference") == "reference" else None
    other = given is not None and film.reference is not None and given["asset_id"] != film.reference.asset_id
    return ["words"] * words + ["character"] * other


def _clip(job: Job | None, newest: Mapping[str, Job], urls: Urls) -> dict[str, Any] | None:
    made = next((made for made in made_of(job) if isinstance(made, VideoGenerated)), None)
    if job is None or made is None:
        return None
    video_id = made.video.asset_id
    conformed = made_of(newest.get(conform_part(job.part or "")))
    has_poster = any(isinstance(result, ClipConformed) and result.poster for result in conformed)
    return {
        "video_id": video_id,
        "video_url": urls.video(video_id, made.video.key),
        "poster_url": urls.poster(video_id) if has_poster else None,
        **media_facts(made),
    }


def _character(
    production: Production, jobs: Sequence[Job], urls: Urls, tell: Tell, drawn: Sequence[ReferenceGenerated]
) -> dict[str, Any]:
    """All candidates and the one that was chosen; a picture the client brought is chosen without candidates."""
    drawing = [job for job in jobs if job.part == "character"]
    made = [picture for job in drawing for picture in made_of(job) if isinstance(picture, ReferenceGenerated)]
    there = {picture.image.asset_id for picture in made}
    made += [picture for picture in drawn if picture.image.asset_id not in there]
    candidates = [image_entry(picture, urls) for picture in made]
    chosen = production.reference
    return {
        "candidates": candidates,
        "chosen": {"id": chosen["asset_id"], "url": urls.image(chosen["asset_id"], chosen["key"])} if chosen else None,
        "job": tell(drawing[-1]) if drawing else None,
    }


def _job(job: Job, urls: Urls, fraction_of: FractionOf, live: Live | None) -> dict[str, Any]:
    """A job in few words."""
    told = live.of_job(job.id) if live and not job.is_terminal else None
    left_s = live.left_s(job.id) if live and not job.is_terminal else None
    return {
        "job_id": job.id,
        "kind": job.kind,
        "part": job.part,
        "status": job.status,
        "fraction": fraction_of(job),
        "message": told.message if told else "",
        "eta_seconds": None if left_s is None else round(left_s, 1),
        "error": job_problem(job),
        "url": urls.job(job.id)["self"],
    }


def _final(cut: Job | None, urls: Urls) -> dict[str, Any] | None:
    made = next((made for made in made_of(cut) if isinstance(made, VideosStitched)), None)
    if made is None:
        return None
    video = made.video
    return {
        "video_id": video.asset_id,
        "video_path": video.key,
        "video_url": urls.video(video.asset_id, video.key),
        **stills(made, urls),
        "size_bytes": video.size_bytes,
        **media_facts(made),
        "quality_report": made.quality_report,
    }
