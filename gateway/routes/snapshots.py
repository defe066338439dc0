"""The full state of what a socket follows, and the seq it is true for."""

from collections.abc import Sequence

from gateway.conversation import Snapshot, SnapshotOf
from gateway.history.records import Job, JobFilter, Production
from gateway.history.store import Transaction
from gateway.house import House
from gateway.render import Urls
from gateway.routes.answers import film_body, job_body
from gateway.sockets import Subject

MOST_OF_A_PROJECT = 50
"""Jobs, and productions, of a project that a snapshot shows: the newest."""


def snapshot_of(house: House, space: str, *, urls: Urls) -> SnapshotOf:
    """How the state of subjects is read: the seq first, so that nothing later is taken for told."""

    async def read(subjects: Sequence[Subject]) -> Snapshot:
        async with house.history.read() as tx:
            seq = await tx.newest_seq()
            jobs, films, missing = await _rows(tx, subjects, space)
            data = {
                "jobs": [await job_body(house, tx, job, urls=urls) for job in jobs],
                "productions": [await film_body(house, tx, film, urls=urls) for film in films],
            }
        return Snapshot(seq, data, tuple(missing))

    return read


async def _rows(
    tx: Transaction, subjects: Sequence[Subject], space: str
) -> tuple[list[Job], list[Production], list[Subject]]:
    jobs: dict[str, Job] = {}
    films: dict[str, Production] = {}
    missing: list[Subject] = []
    for subject in subjects:
        found_jobs, found_films = await _found(tx, subject, space)
        jobs |= {job.id: job for job in found_jobs}
        films |= {film.id: film for film in found_films}
        if subject.name != "project" and not found_jobs and not found_films:
            missing.append(subject)
    return list(jobs.values()), list(films.values()), missing


async def _found(tx: Transaction, subject: Subject, space: str) -> tuple[Sequence[Job], Sequence[Production]]:
    match subject.name:
        case "job_id":
            job = await tx.job(subject.id, space=space)
            return ([job] if job else []), []
        case "production_id":
            film = await tx.production(subject.id, space=space)
            return (await tx.jobs_of(film.id), [film]) if film else ([], [])
        case "project":
            wanted = JobFilter(space=space, project=subject.id, limit=MOST_OF_A_PROJECT)
            return (await tx.list_jobs(wanted)).items, (await tx.list_productions(wanted)).items
