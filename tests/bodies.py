"""Answers of a gateway as they come over the wire, whole."""

from typing import Any

ID = "0190aaaa-0000-7000-8000-000000000001"
NOON = "2026-11-21T12:00:00.000Z"
URLS = dict.fromkeys(
    (
        "self",
        "events",
        "cancel",
        "retry",
        "websocket",
        "restitch",
        "export",
        "jobs",
        "continue",
        "scenes",
        "character",
        "upgrade",
        "share",
    ),
    "/api/mv/somewhere",
)


def progress(**more: Any) -> dict[str, Any]:
    return {"fraction": 0.0, "stage": "", "message": "", "done": 0, "total": 1, **more}


def job_fields(**more: Any) -> dict[str, Any]:
    """What an event says of a job."""
    return {
        "job_id": ID,
        "kind": "generate_video",
        "status": "queued",
        "progress": progress(),
        "error": None,
        "cost": {"estimated_usd": "0", "reserved_usd": "0", "actual_usd": None},
        "warnings": [],
        "production_id": None,
        "project": None,
        "part": None,
        "retry_of": None,
        "attempt": 1,
        "created_at": NOON,
        "started_at": None,
        "completed_at": None,
        **more,
    }


def job(**more: Any) -> dict[str, Any]:
    """A job, whole."""
    return job_fields(
        **{
            "queue_position": None,
            "eta_seconds": None,
            "cost_if_canceled_usd": None,
            "request": {},
            "result": None,
            "urls": URLS,
            **more,
        }
    )


def problem(message: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "urn:scenebeat:problem:backend_unavailable",
        "title": "The backend is not available",
        "status": 503,
        "detail": message,
        "error": "The backend is not available",
        "error_code": "BACKEND_UNAVAILABLE",
        "message": message,
        "backend_used": None,
        "model_used": None,
        "provider_code": None,
        "retryable": False,
        "charged": False,
        "stage": None,
        "job_id": None,
        "request_id": None,
        "timestamp": NOON,
        **more,
    }


def production(**more: Any) -> dict[str, Any]:
    """A film of two scenes of which nothing is made yet."""
    cut = ("width", "height", "fps", "fit", "transition", "audio", "loudness_lufs", "verify", "title", "credits")
    settings = dict.fromkeys(cut)
    fixed = {"seed": 7, "number_of_scenes": 2, "on_failed_scene": "filler", "continuity": "shared_reference"}
    return {
        "production_id": ID,
        "status": "running",
        "stage": "writing",
        "project": None,
        "title": None,
        "final_video_id": None,
        "error": None,
        "warnings": [],
        "created_at": NOON,
        "started_at": None,
        "completed_at": None,
        "progress": progress(),
        "eta_seconds": None,
        "request": {"idea": "A lighthouse keeper follows a lost song"},
        "settings": {
            **settings,
            **fixed,
            "review": [],
            "opened": [],
            "models": dict.fromkeys(("scene", "image", "video")),
        },
        "scenes": [],
        "character": {"candidates": [], "chosen": None, "job": None},
        "jobs": [],
        "cost": {"estimated_usd": "0", "reserved_usd": "0", "actual_usd": "0", "budget_usd": None},
        "final_video": None,
        "shares": [],
        "urls": URLS,
        **more,
    }
