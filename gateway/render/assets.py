"""Stored things as clients see them: what the bytes are, never the bytes."""

from typing import Any

from gateway.history.records import Asset
from gateway.history.snapshots import wire_time
from gateway.render.urls import Urls
from shared.contracts.base import MediaFacts

SHOWN_AS = {"upload": "image"}


def asset_body(asset: Asset, *, urls: Urls) -> dict[str, Any]:
    """One asset of a list."""
    return {
        "id": asset.id,
        "kind": SHOWN_AS.get(asset.kind, asset.kind),
        "path": asset.key,
        "url": urls.asset(asset),
        **_facts(asset),
        "job_id": asset.job_id,
        "production_id": asset.production_id,
        "project": asset.project,
    }


def video_info(asset: Asset, *, exists: bool, urls: Urls) -> dict[str, Any]:
    """`GET /get_video/{id}/info`. `exists`: the bytes are where the row says."""
    return {
        "video_id": asset.id,
        "kind": asset.kind,
        "video_path": asset.key,
        "video_url": urls.video(asset.id),
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
        "url": urls.image(asset.id),
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
