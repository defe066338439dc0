"""How far running jobs are: the newest progress of their orders, added up, never going down."""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import DBAPIError

from gateway.hands import wall_s
from gateway.history.past import Past, past_of
from gateway.history.records import TERMINAL, EventRow, Job, OrderRow, Production
from gateway.history.snapshots import job_snapshot
from gateway.history.store import History
from shared.contracts.base import OrderId
from shared.contracts.order import Progress
from shared.logs import logger

JUST_BEFORE_THE_END = 0.99
MOST_GUESSED = 0.95
MOST_LOOKED_UP_AT_ONCE = 1_000
MOST_FORGOTTEN = 10_000

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is. `fraction` is below 1: only the end of the job makes it 1."""

    fraction: float
    stage: str
    message: str


@dataclass(slots=True)
class Running:
    """A job under way: its small fields as last told, and how far each of its orders is."""

    told: dict[str, Any]
    space: str
    total: int
    fractions: dict[str, float] = field(default_factory=dict)
    newest: JobProgress = JobProgress(0.0, "", "")

    def take(self, progress: Progress, fraction: float) -> None:
        known = self.fractions.get(progress.order_id, 0.0)
        self.fractions[progress.order_id] = max(known, min(1.0, fraction))
        furthest = sorted(self.fractions.values())[-self.total :]  # one that was replaced is among them by its heir
        together = sum(furthest) / max(1, self.total)
        together = max(self.newest.fraction, min(JUST_BEFORE_THE_END, together))
        self.newest = JobProgress(together, progress.stage, progress.message)

    def as_told(self) -> dict[str, Any]:
        """The data of a `job.progress` frame."""
        live = {"fraction": self.newest.fraction, "stage": self.newest.stage, "message": self.newest.message}
        return self.told | {"progress": self.told["progress"] | live}


@dataclass(frozen=True, slots=True)
class _Known:
    """An order whose progress counts: its job, and what a guess needs (seconds since the epoch, seconds)."""

    job_id: str
    started_at: float
    typical_s: float
    past: Past | None = None


Watcher = Callable[[Running], None]
HandsOf = Callable[[str], int | None]
"""A model -> how many of its calls are worked at once; None where nobody knows."""


class Live:
    """Hears progress from the bus and ends from the feed. Nothing in here matters: progress comes again."""

    def __init__(self, history: History, *, now: Callable[[], float]) -> None:
        self._history = history
        self._now = now
        self._orders: dict[str, _Known] = {}
        self._running: dict[str, Running] = {}
        self._over: OrderedDict[str, None] = OrderedDict()
        self._films: dict[str, float] = {}
        self._pasts: dict[str, Past | None] = {}
        self._strangers: asyncio.Queue[Progress] = asyncio.Queue(MOST_LOOKED_UP_AT_ONCE)
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> None:
        """`watcher` is called at every step of every job; it neither blocks nor raises."""
        self._watchers.append(watcher)

    def of_job(self, job_id: str) -> JobProgress | None:
        """The newest progress of a running job; None where nothing was heard of it yet."""
        running = self._running.get(job_id)
        return running.newest if running else None

    def left_s(self, job_id: str) -> float | None:
        """How long the job will still take, by its models' own past; None where there is no past."""
        known = [order for order in self._orders.values() if order.job_id == job_id]
        left = [order.past.left_s(self._now() - order.started_at) for order in known if order.past]
        return max(left) if left and len(left) == len(known) else None

    def film_left_s(self, film: Production, jobs: Sequence[Job], hands: HandsOf) -> float | None:
        """How long the film will still take: what runs and waits, then the acts to come; None where nobody can know."""
        underway = [job for job in jobs if not job.is_terminal]
        if film.is_terminal or not underway:
            return None
        models = {_model_of(job) for job in underway}
        now = [self._act_s(model, [job for job in underway if _model_of(job) == model], hands) for model in models]
        coming = self._coming_s(film, jobs, hands)
        if coming is None or None in now:
            return None
        return max(seconds or 0.0 for seconds in now) + coming

    def _act_s(self, model: str, jobs: Sequence[Job], hands: HandsOf) -> float | None:
        """Jobs of one model: those that run, then those that wait for a hand."""
        running = [self.left_s(job.id) for job in jobs if job.status != "queued"]
        waiting, past = [job for job in jobs if job.status == "queued"], self._pasts.get(model)
        if None in running or (waiting and past is None):
            return None
        calls = [past.p50_s for job in waiting for _ in range(job.total)] if past else []
        return wall_s(calls, hands(model), busy=[seconds or 0.0 for seconds in running])

    def _coming_s(self, film: Production, jobs: Sequence[Job], hands: HandsOf) -> float | None:
        """Clips that are not ordered yet, in turn where each begins as the one before ends.

        What comes after them, the cut, takes no time worth telling.
        """
        if film.stage not in {"writing", "clips"}:
            return 0.0
        ordered = {job.part.split("/")[1] for job in jobs if job.kind == "generate_video" and job.part}
        number = film.settings["number_of_scenes"] - len(ordered)
        if number <= 0:
            return 0.0
        model = film.settings["inputs"]["generate_video"].get("model") or ""
        in_turn = film.settings["continuity"] == "previous_last_frame"
        past = self._pasts.get(model)
        return wall_s([past.p50_s] * number, 1 if in_turn else hands(model)) if past else None

    def film_fraction(self, film: Production, fraction: float) -> float:
        """`fraction`, or what was told before when that was more: a film never goes back."""
        if film.is_terminal:
            return fraction
        self._films[film.id] = max(fraction, self._films.get(film.id, 0.0))
        return self._films[film.id]

    def hear_progress(self, progress: Progress) -> None:
        """The bus's callback."""
        known = self._orders.get(progress.order_id)
        if known is not None:
            self._step(known, progress)
        elif progress.order_id not in self._over and not self._strangers.full():
            self._strangers.put_nowait(progress)

    def hear(self, event: EventRow) -> None:
        """The feed's callback: a job that has ended is live no more."""
        if event.job_id is None:
            if event.data.get("status") in TERMINAL:
                self._films.pop(event.production_id or "", None)
        elif event.data.get("status") in TERMINAL:
            self._forget(event.job_id)
        elif (running := self._running.get(event.job_id)) is not None and running.told["status"] != "canceling":
            running.told = event.data  # its start may be heard after the wish to cancel it

    def note(self, job: Job) -> None:
        """A job stands differently without an event that says so: it is being canceled."""
        if (running := self._running.get(job.id)) is not None and not job.is_terminal:
            running.told = job_snapshot(job)

    async def resume(self) -> None:
        """What an earlier gateway told is gone: its jobs go on at what their time so far suggests, not at 0."""
        async with self._history.read() as tx:
            under_way = await tx.orders_under_way()
        for order in under_way[:MOST_LOOKED_UP_AT_ONCE]:
            self.hear_progress(Progress(order_id=OrderId(order.id), stage="resuming"))

    async def run(self) -> None:
        """Look up the jobs of orders not met before, until canceled."""
        while True:
            progress = await self._strangers.get()
            try:
                await self._meet(progress)
            except DBAPIError as error:
                log.warning("progress_not_placed", error=str(error.orig))

    async def _meet(self, progress: Progress) -> None:
        if progress.order_id not in self._orders:
            async with self._history.read() as tx:
                order = await tx.order(progress.order_id)
                job = await tx.job(order.job_id) if order else None
                if order is None or job is None or order.status == "ended" or job.is_terminal:
                    self._lay_aside(progress.order_id)
                elif (
                    job.status != "queued" and job.id not in self._over
                ):  # queued: its start is still on the way here; progress comes again
                    self._pasts[order.model] = await past_of(tx, order.model)
                    self._admit(order, job, siblings=await tx.orders_of(job.id))
        known = self._orders.get(progress.order_id)
        if known is not None:
            self._step(known, progress)

    def _admit(self, order: OrderRow, job: Job, *, siblings: Sequence[OrderRow]) -> None:
        started = order.started_at or order.released_at or self._now()
        past = self._pasts.get(order.model)
        typical = past.p50_s if past else float(order.body.get("typical_s") or 10.0)
        self._orders[order.id] = _Known(job_id=job.id, started_at=started, typical_s=typical, past=past)
        if job.id not in self._running:
            replaced = {sibling.body.get("replaces") for sibling in siblings}
            over = {one.id: 1.0 for one in siblings if one.status == "ended" and one.id not in replaced}
            self._running[job.id] = Running(job_snapshot(job), space=job.space, total=job.total, fractions=over)

    def _step(self, known: _Known, progress: Progress) -> None:
        running = self._running[known.job_id]
        fraction = progress.fraction
        if fraction is None:
            fraction = guessed(elapsed_s=self._now() - known.started_at, typical_s=known.typical_s)
        running.take(progress, fraction)
        for watcher in self._watchers:
            watcher(running)

    def _forget(self, job_id: str) -> None:
        self._running.pop(job_id, None)
        self._lay_aside(job_id)  # a look-up under way may still take it for running
        for order_id in [order_id for order_id, known in self._orders.items() if known.job_id == job_id]:
            del self._orders[order_id]
            self._lay_aside(order_id)

    def _lay_aside(self, order_id: str) -> None:
        self._over[order_id] = None
        if len(self._over) > MOST_FORGOTTEN:
            self._over.popitem(last=False)


def _model_of(job: Job) -> str:
    return str(job.plan.get("model", ""))


def guessed(*, elapsed_s: float, typical_s: float) -> float:
    """How far an order is whose provider does not say: always moving, below 0.95."""
    return MOST_GUESSED * (1 - math.exp(-2 * max(0.0, elapsed_s) / max(0.1, typical_s)))
