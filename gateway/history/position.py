"""Where a queued job stands in its line."""

from sqlalchemy import and_, func, or_, select

from gateway.history.records import Job
from gateway.history.store import Transaction
from gateway.history.tables import QUEUED, jobs


async def queue_position(tx: Transaction, job: Job) -> int | None:
    """1 for the next of its kind to start; None for a job that does not wait."""
    if job.status != "queued":
        return None
    earlier = or_(jobs.c.created_at < job.created_at, and_(jobs.c.created_at == job.created_at, jobs.c.id < job.id))
    ahead = (
        select(func.count())
        .select_from(jobs)
        .where(jobs.c.space == job.space, jobs.c.kind == job.kind, QUEUED, earlier)
    )
    return 1 + int((await tx.connection.execute(ahead)).scalar_one())
