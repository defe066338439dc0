"""The job as `GET /jobs/{id}` shows it (API.md section 2)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from gateway.history.records import Job
from gateway.history.snapshots import job_snapshot, usd
from gateway.live import JobProgress
from gateway.problems import problem_of
from gateway.render.results import image_entry, result_body
from gateway.render.urls import Urls
from shared.contracts.base import FREE, Fault
from shared.contracts.image import ReferenceGenerated


def job_body(
    job: Job,
    *,
    urls: Urls,
    live: JobProgress | None = None,
    queue_position: int | None = None,
    eta_s: float | None = None,
    if_canceled_usd: Decimal = FREE,
    drawn: Sequence[ReferenceGenerated] = (),
) -> dict[str, Any]:
    """Everything about a job but bytes. `live`: the newest progress of a running one.

    `drawn`: pictures that are there before it has ended.
    `if_canceled_usd`: what its orders would cost at most all the same if it were canceled now.
    """
    told = job_snapshot(job)
    if live is not None and not job.is_terminal:
        told["progress"] |= {"fraction": live.fraction, "stage": live.stage, "message": live.message}
    return {
        **told,
        "queue_position": queue_position if job.status == "queued" else None,
        "eta_seconds": None if eta_s is None or job.is_terminal else round(eta_s, 1),
        "cost_if_canceled_usd": None if job.is_terminal else usd(if_canceled_usd),
        "request": job.request,
        "made_so_far": [image_entry(made, urls) for made in drawn],
        "result": result_body(job, urls=urls),
        "error": job_problem(job),
        "urls": urls.job(job.id),
    }


def job_problem(job: Job) -> dict[str, Any] | None:
    """A failed job's `error`: the one body of section 6."""
    if job.error is None:
        return None
    fault = Fault.model_validate(job.error)
    told = fault.model_copy(
        update={"backend": fault.backend or job.plan.get("backend"), "model": fault.model or job.plan.get("model")}
    )
    return problem_of(told, job_id=job.id, request_id=job.request_id, at=job.completed_at)
