"""How an order ends: a job or a film is followed until it is over, and what it made is told, or why it made nothing."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

from scenebeat.client.answers import Job, read
from scenebeat.client.faults import NotMade, StillRunning, fault_of
from scenebeat.client.line import API, Line
from scenebeat.client.watching import Subjects, Told, watch
from shared.answers import JobFields, Production, ProductionFields

S = TypeVar("S", bound=Job[Any] | Production)

Progress = Callable[[Told], object]


async def until_over(line: Line, order: S, *, progress: Progress | None, timeout_s: float | None) -> S:
    """The job or film as it stands once it is over, however it ended. Raises StillRunning."""
    timeout = asyncio.timeout(timeout_s)
    try:
        async with timeout:
            return await _followed(line, order, progress or _nobody)
    except TimeoutError as error:
        if not timeout.expired():
            raise
        raise StillRunning(f"{_name(order)} is not over after {timeout_s:g} s; it goes on") from error


def made_of(ended: Job[Any] | Production) -> Any:
    """The result of a job, or the film with its `final_video`; of a partial one what there is. Raises NotMade."""
    made = ended.result if isinstance(ended, Job) else ended.final_video and ended
    if made is None or ended.status not in {"succeeded", "partial"}:
        raise _not_made(ended)
    return made


async def _followed(line: Line, order: S, progress: Progress) -> S:
    model: type[S] = type(order)
    of_film = issubclass(model, Production)
    subjects = Subjects(production_ids=(_id(order),)) if of_film else Subjects(job_ids=(_id(order),))

    async def look() -> S:
        told = await line.call("GET", f"{API}/{'productions' if of_film else 'jobs'}/{_id(order)}")
        return read(model, told.body)

    async def standing() -> Sequence[Told]:
        return [await look()]

    async with aclosing(watch(line, subjects, standing)) as everything:
        async for told in everything:
            progress(told)
            if of_film and _changes_the_film(told):
                progress(await look())
            if told.is_over and _id(told) == _id(order):
                break
    return await look()


def _changes_the_film(told: Told) -> bool:
    """Is it the news of something that the film shows otherwise from now on, and not the film itself?"""
    return type(told) is ProductionFields or (type(told) is JobFields and told.is_over)


def _id(told: Told) -> str:
    return told.job_id if isinstance(told, JobFields) else told.production_id


def _name(told: Told) -> str:
    return f"job {told.job_id}" if isinstance(told, JobFields) else f"production {told.production_id}"


def _nobody(_told: Told) -> None:
    """Hears the progress where nobody wants to."""


def _not_made(ended: Job[Any] | Production) -> NotMade:
    problem = ended.error
    if problem is None:
        return NotMade(f"{_name(ended)} was {ended.status} before it was done", ended=ended, fault=None)
    fault = fault_of(problem.status, problem.model_dump(mode="json"))
    return NotMade(f"{_name(ended)} {ended.status}: {problem.message}", ended=ended, fault=fault)
