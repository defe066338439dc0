"""What an event says of its job or production: all the small fields, in wire names."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from gateway.history.records import Job, Production

STAGE_OF_STATUS = {"succeeded": "done", "partial": "done"}
"""Any other status is its own stage."""


def snapshot(subject: Job | Production) -> dict[str, Any]:
    return job_snapshot(subject) if isinstance(subject, Job) else production_snapshot(subject)


def job_snapshot(job: Job) -> dict[str, Any]:
    """The job as a socket tells it; a client can join at any event and know where the job stands."""
    return {
        "job_id": job.id,
        "kind": job.kind,
        "status": job.status,
        "progress": {
            "fraction": 1.0 if job.is_terminal else 0.0,
            "stage": STAGE_OF_STATUS.get(job.status, job.status),
            "message": "",
            "done": job.done,
            "total": job.total,
        },
        "error": job.error,
        "cost": {
            "estimated_usd": usd(job.estimated_usd),
            "reserved_usd": usd(job.reserved_usd),
            "actual_usd": usd(job.actual_usd),
        },
        "warnings": job.warnings,
        "production_id": job.production_id,
        "project": job.project,
        "part": job.part,
        "retry_of": job.retry_of,
        "attempt": job.attempt,
        **_times(job),
    }


def production_snapshot(production: Production) -> dict[str, Any]:
    return {
        "production_id": production.id,
        "status": production.status,
        "stage": production.stage,
        "project": production.project,
        "title": production.title,
        "final_video_id": production.final_video_id,
        "error": production.error,
        "warnings": production.warnings,
        **_times(production),
    }


def usd(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


def wire_time(at: float | None) -> str | None:
    """Seconds since the epoch as RFC 3339 in UTC, to the millisecond."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _times(subject: Job | Production) -> dict[str, Any]:
    return {
        "created_at": wire_time(subject.created_at),
        "started_at": wire_time(subject.started_at),
        "completed_at": wire_time(subject.completed_at),
    }
