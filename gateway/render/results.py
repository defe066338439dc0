"""The "result" bodies of API.md 1.1 to 1.4, from what the history keeps of a job."""

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from gateway.history.records import Job
from gateway.history.snapshots import usd, wire_time
from gateway.render.urls import Urls
from gateway.results import JobResult
from shared.contracts.base import FREE
from shared.contracts.image import ReferenceGenerated
from shared.contracts.order import Result
from shared.contracts.scene import Scene, ScenesCreated
from shared.contracts.stitch import ClipConformed, VideosStitched
from shared.contracts.video import VideoGenerated


def result_body(
    job: Job,
    *,
    urls: Urls,
    base64: Mapping[str, str] | None = None,
    scenes: Sequence[Scene] | None = None,
) -> dict[str, Any] | None:
    """What the job made, None while there is nothing.

    `base64`: image id -> bytes, for answers that carry them. `scenes`: those of a set too large to travel.
    """
    result = JobResult.model_validate(job.result or {})
    if not result.made:
        return None
    first = result.made[0]
    match first:
        case ScenesCreated():
            return _scenes(job, first, urls, scenes)
        case ReferenceGenerated():
            return _references(job, result, urls, base64 or {})
        case VideoGenerated():
            return _clip(job, first, urls)
        case ClipConformed():
            return _conformed(job, first)
        case VideosStitched():
            return _cut(job, first, urls)
        case _:
            assert_never(first)


def _scenes(job: Job, made: ScenesCreated, urls: Urls, scenes: Sequence[Scene] | None) -> dict[str, Any]:
    told = made.scenes or tuple(scenes or ())
    return {
        "scene_set_id": made.scene_set_id,
        "scenes": [scene.model_dump(mode="json", exclude_none=True) for scene in told],
        "output_files": urls.scene_files(made.scene_set_id),
        **urls.cloud_urls({"json": made.json_file.key, "markdown": made.markdown_file.key}),
        "metadata": {
            "idea": job.request.get("idea"),
            "number_of_scenes": job.plan["parameters_used"]["number_of_scenes"],
            **_how(job),
            "parameters_used": {**job.plan["parameters_used"], **made.parameters_used},
            "processing_time_seconds": _seconds(made.processing_time_s),
            "usage": {"prompt_tokens": made.prompt_tokens, "output_tokens": made.output_tokens},
        },
    }


def _references(job: Job, result: JobResult, urls: Urls, base64: Mapping[str, str]) -> dict[str, Any]:
    images = [made for made in result.made if isinstance(made, ReferenceGenerated)]
    return {
        "images": [image_entry(made, urls, base64) for made in images],
        "failed_images": [
            {"index": missed.index, "error_code": missed.fault.code, "message": missed.fault.message}
            for missed in result.missed
        ],
        **urls.cloud_urls({made.image.asset_id: made.image.key for made in images}),
        "metadata": {
            "character_description": job.request.get("character_description"),
            **_how(job),
            "num_images_requested": job.total,
            "num_images_generated": len(images),
            "prompt": images[0].prompt or job.plan["prompt"],
        },
    }


def image_entry(made: ReferenceGenerated, urls: Urls, base64: Mapping[str, str] | None = None) -> dict[str, Any]:
    """One picture of a reference job; with its bytes where `base64` has them."""
    image = made.image
    entry: dict[str, Any] = {
        "id": image.asset_id,
        "path": image.key,
        "url": urls.image(image.asset_id, image.key),
        "width": image.facts.width,
        "height": image.facts.height,
        "seed": made.seed,
    }
    if base64 and image.asset_id in base64:
        entry["base64"] = base64[image.asset_id]
    return entry


def _clip(job: Job, made: VideoGenerated, urls: Urls) -> dict[str, Any]:
    reference = made.reference
    return {
        **_video(made, urls),
        "metadata": {
            "prompt": job.plan["prompt"],
            **_how(job),
            "reference": reference.model_dump(mode="json", exclude_none=True) if reference else None,
            "provider_job_id": made.provider_job_id,
            "processing_time_seconds": _seconds(made.processing_time_s),
            **media_facts(made),
            "has_audio": made.video.facts.has_audio,
        },
    }


def _conformed(job: Job, made: ClipConformed) -> dict[str, Any]:
    """A part of a film that nobody watches by itself: what was found in the clip, not where it lies."""
    return {
        "video_id": made.clip_id,
        "metadata": {
            **_how(job),
            "kept": made.kept,
            "measured": made.measured,
            "processing_time_seconds": _seconds(made.processing_time_s),
        },
    }


def _cut(job: Job, made: VideosStitched, urls: Urls) -> dict[str, Any]:
    return {
        **_video(made, urls),
        **stills(made, urls),
        "metadata": {
            "input_video_ids": job.request["video_ids"],
            "num_videos_stitched": sum(video_id not in made.skipped for video_id in job.request["video_ids"]),
            "skipped": list(made.skipped),
            "merge_time_seconds": _seconds(made.merge_time_s),
            "total_processing_time_seconds": _seconds(made.processing_time_s),
            **_how(job),
            "storage_backend": urls.storage_backend,
            **media_facts(made),
            "has_audio": made.video.facts.has_audio,
            "loudness_lufs": made.loudness_lufs,
            "audio_video_drift_ms": made.audio_video_drift_ms,
            "copied_streams": made.copied_streams,
            "transitions": [one.model_dump(mode="json") for one in made.transitions],
            "quality_report": made.quality_report,
        },
    }


def _video(made: VideoGenerated | VideosStitched, urls: Urls) -> dict[str, Any]:
    video = made.video
    return {
        "video_id": video.asset_id,
        "video_path": video.key,
        "video_url": urls.video(video.asset_id, video.key),
        **urls.cloud_urls(_files(made)),
    }


def _files(made: VideoGenerated | VideosStitched) -> dict[str, str | None]:
    if isinstance(made, VideoGenerated):
        return {"video": made.video.key}
    stills = {"poster": made.poster, "contact_sheet": made.contact_sheet}
    return {"video": made.video.key, **{name: still.key if still else None for name, still in stills.items()}}


def stills(made: VideosStitched, urls: Urls) -> dict[str, Any]:
    """The pictures of a cut; null where they were not made."""
    return {
        "poster_url": urls.poster(made.video.asset_id) if made.poster else None,
        "contact_sheet_url": urls.contact_sheet(made.video.asset_id) if made.contact_sheet else None,
    }


def media_facts(made: VideoGenerated | VideosStitched) -> dict[str, Any]:
    """Duration in seconds, size in pixels, frames per second."""
    facts = made.video.facts
    return {"duration_seconds": facts.duration_s, "width": facts.width, "height": facts.height, "fps": facts.fps}


def _how(job: Job) -> dict[str, Any]:
    """By what it was made, with what, when and for how much."""
    plan = job.plan
    return {
        "backend_used": plan["backend"],
        "model_used": plan["model"],
        "parameters_used": plan["parameters_used"],
        "adjusted_parameters": plan["adjusted_parameters"],
        "ignored_parameters": plan["ignored_parameters"],
        "generation_timestamp": wire_time(job.completed_at),
        "cost_usd": usd(job.actual_usd if job.actual_usd is not None else FREE),
        **({"reused_from": plan["reused_from"]} if "reused_from" in plan else {}),
    }


def made_of(job: Job | None) -> tuple[Result, ...]:
    """What a job made, in order; nothing while it has not."""
    return JobResult.model_validate(job.result).made if job is not None and job.result else ()


def _seconds(value: float) -> float:
    return round(value, 3)
