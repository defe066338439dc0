"""Where a queued job stands in its line."""

from sqlalchemy import Select, and_, func, or_, select, text

from gateway.history.records import Job
from gateway.history.store import Transaction
from gateway.history.tables import jobs

QUEUED = text("status = 'queued'")
"""To the letter as the index `ix_jobs_queued` has it (revision 0008): SQLite would not know it by a parameter."""


async def queue_position(tx: Transaction, job: Job) -> int | None:
    """1 for the next of its kind to start; None for a job that does not wait."""
    if job.status != "queued":
        return None
    return 1 + int((await tx.connection.execute(ahead_of(job))).scalar_one())


def ahead_of(job: Job) -> Select[int]:
    """How many of its kind have waited longer."""
    earlier = or_(jobs.c.created_at < job.created_at, and_(jobs.c.created_at == job.created_at, jobs.c.id < job.id))
    of_its_kind = and_(jobs.c.space == job.space, jobs.c.kind == job.kind, QUEUED)
    return select(func.count()).select_from(jobs).where(of_its_kind, earlier)
