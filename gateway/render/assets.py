"""Stored things as clients see them: what the bytes are, never the bytes."""

from typing import Any

from gateway.history.listing import Project
from gateway.history.records import Asset, Job, Production
from gateway.history.snapshots import usd, wire_time
from gateway.render.urls import Urls
from shared.contracts.base import MediaFacts

SHOWN_AS = {"upload": "image"}
TELLING = ("prompt", "idea", "character_description", "title")


def asset_body(
    asset: Asset, *, urls: Urls, job: Job | None = None, film: Production | None = None, has_poster: bool = False
) -> dict[str, Any]:
    """One asset of a list. `job` made it, for `film`; `about` is what it was asked for, in words."""
    return {
        "id": asset.id,
        "kind": SHOWN_AS.get(asset.kind, asset.kind),
        "path": asset.key,
        "url": urls.asset(asset),
        "poster_url": urls.poster(asset.id) if has_poster else None,
        "about": (job and _about(job)) or (film and (film.title or _about(film))),
        "model_used": job and job.plan.get("model"),
        **_facts(asset),
        "job_id": asset.job_id,
        "production_id": asset.production_id,
        "project": asset.project,
    }


def scene_set_body(asset: Asset, *, urls: Urls, job: Job | None) -> dict[str, Any]:
    """One scene set of a list; `GET` of its `url` gives the scenes."""
    used = job.plan.get("parameters_used", {}) if job else {}
    return {
        "scene_set_id": asset.id,
        "url": urls.scenes(asset.id),
        "output_files": urls.scene_files(asset.id),
        "idea": job and _about(job),
        "number_of_scenes": used.get("number_of_scenes"),
        "model_used": job and job.plan.get("model"),
        "created_at": wire_time(asset.created_at),
        "job_id": asset.job_id,
        "production_id": asset.production_id,
        "project": asset.project,
    }


def project_body(project: Project) -> dict[str, Any]:
    """One project: what was ordered and made under its name, and its money."""
    return {
        "project": project.name,
        "jobs": project.jobs,
        "productions": project.productions,
        "assets": project.assets,
        "bytes": project.bytes,
        "spent_usd": usd(project.spent_usd),
        "spent_today_usd": usd(project.spent_today_usd),
        "reserved_usd": usd(project.reserved_usd),
        "budget_usd": usd(project.budget_usd),
        "created_at": wire_time(project.created_at),
        "last_order_at": wire_time(project.last_order_at),
    }


def _about(order: Job | Production) -> str | None:
    """The words that tell most of a job or film."""
    return next((str(order.request[name]) for name in TELLING if order.request.get(name)), None)


def video_info(asset: Asset, *, exists: bool, urls: Urls) -> dict[str, Any]:
    """`GET /get_video/{id}/info`. `exists`: the bytes are where the row says."""
    return {
        "video_id": asset.id,
        "kind": asset.kind,
        "video_path": asset.key,
        "video_url": urls.video(asset.id, asset.key),
        "exists": exists,
        "storage_backend": urls.storage_backend,
        **_facts(asset),
        "job_id": asset.job_id,
        "production_id": asset.production_id,
    }


def image_info(asset: Asset, *, exists: bool, urls: Urls) -> dict[str, Any]:
    """`GET /get_character_reference/{id}/info`."""
    facts = _facts(asset)
    return {
        "id": asset.id,
        "path": asset.key,
        "url": urls.image(asset.id, asset.key),
        "exists": exists,
        "storage_backend": urls.storage_backend,
        **{name: facts[name] for name in facts if name in _OF_PICTURES},
        "job_id": asset.job_id,
        "production_id": asset.production_id,
    }


_OF_PICTURES = frozenset({"media_type", "file_size_bytes", "sha256", "created_at", "width", "height"})


def _facts(asset: Asset) -> dict[str, Any]:
    facts = MediaFacts.model_validate(asset.facts)
    return {
        "media_type": asset.media_type,
        "file_size_bytes": asset.size_bytes,
        "sha256": asset.sha256,
        "created_at": wire_time(asset.created_at),
        "duration_seconds": facts.duration_s,
        "width": facts.width,
        "height": facts.height,
        "fps": facts.fps,
        "frames": facts.frames,
        "has_audio": facts.has_audio,
    }
