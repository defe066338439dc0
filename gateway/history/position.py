"""Where a queued job stands in its line."""

from sqlalchemy import Select, and_, bindparam, func, or_, select, text

from gateway.history.records import Job
from gateway.history.store import Transaction
from gateway.history.tables import jobs

QUEUED = text("status = 'queued'")
"""To the letter as the index `ix_jobs_queued` has it (revision 0008): SQLite would not know it by a parameter."""


async def queue_position(tx: Transaction, job: Job) -> int | None:
    """1 for the next of its kind to start; None for a job that does not wait."""
    if job.status != "queued":
        return None
    mine = {"space": job.space, "kind": job.kind, "at": job.created_at, "id": job.id}
    return 1 + int((await tx.connection.execute(AHEAD, mine)).scalar_one())


def _ahead() -> Select[int]:
    before, same = jobs.c.created_at < bindparam("at"), jobs.c.created_at == bindparam("at")
    earlier = or_(before, and_(same, jobs.c.id < bindparam("id")))
    of_its_kind = and_(jobs.c.space == bindparam("space"), jobs.c.kind == bindparam("kind"), QUEUED)
    return select(func.count()).select_from(jobs).where(of_its_kind, earlier)


AHEAD = _ahead()
"""How many of its kind have waited longer."""
