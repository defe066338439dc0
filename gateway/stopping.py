"""Cancel on request: written down first, then told to the workers; the reconciler repeats what could not be told."""

from collections.abc import Awaitable, Callable, Iterable

from gateway.direction import OrderPart, stop_job, stop_production
from gateway.history.records import Job, OrderRow, Production
from gateway.history.store import History
from gateway.problems import refused
from shared.contracts.base import ErrorCode

Withdraw = Callable[[Iterable[OrderRow]], Awaitable[None]]
"""Tells the workers of orders that were canceled, after the commit that says so."""


class Stopping:
    """Cancels jobs and productions, any number of times. What has ended stays as it ended."""

    def __init__(self, history: History, *, order_part: OrderPart, withdraw: Withdraw) -> None:
        self._history = history
        self._order_part = order_part
        self._withdraw = withdraw
        self._watchers: list[Callable[[Job], None]] = []

    def watch(self, watcher: Callable[[Job], None]) -> None:
        """`watcher` is shown every job that a cancel has touched, once that is committed."""
        self._watchers.append(watcher)

    async def job(self, job_id: str, space: str) -> Job:
        """The job as it stands once its cancel is committed. Raises Refused (404)."""
        async with self._history.write() as tx:
            job = await tx.job(job_id, space=space)
            if job is None:
                raise refused(ErrorCode.NOT_FOUND, f"there is no job {job_id}")
            released = [] if job.is_terminal else await stop_job(tx, job, order_part=self._order_part)
        async with self._history.read() as tx:
            self._show(await tx.job(job_id) or job)
        await self._withdraw(released)
        async with self._history.read() as tx:
            return await tx.job(job_id) or job

    async def production(self, production_id: str, space: str) -> Production:
        """The production as it stands once its cancel is committed. Raises Refused (404)."""
        async with self._history.write() as tx:
            film = await tx.production(production_id, space=space)
            if film is None:
                raise refused(ErrorCode.NOT_FOUND, f"there is no production {production_id}")
            released = [] if film.is_terminal else await stop_production(tx, film, order_part=self._order_part)
        async with self._history.read() as tx:
            self._show(*await tx.jobs_of(production_id))
        await self._withdraw(released)
        async with self._history.read() as tx:
            return await tx.production(production_id) or film

    def _show(self, *jobs: Job) -> None:
        for job in jobs:
            for watcher in self._watchers:
                watcher(job)
