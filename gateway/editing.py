"""Edits of productions on request: each in one transaction, repeatable by its key; what could not be paid is undone."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from gateway import edits
from gateway.direction import OrderPart
from gateway.edits import Desk
from gateway.history.records import Job, NewJob, Production
from gateway.history.store import History, Transaction
from gateway.idempotency import Answered, answer_again, repeatable_of
from gateway.keys.crowd import refuse_crowd
from gateway.planning import Asker, Means
from gateway.requests import edits as requests
from gateway.requests.reading import read_model
from gateway.room import Room
from gateway.stopping import Withdraw
from shared.contracts.base import ErrorCode
from shared.errors import PermanentError


@dataclass(frozen=True, slots=True)
class Edit:
    """One kind of edit: its body, and what it does to the production on the desk. `orders`: something is made by it."""

    name: str
    request: type[BaseModel]
    apply: Callable[..., Awaitable[Any]]
    orders: bool = False
    of_scene: bool = False
    may_say_nothing: bool = False


CONTINUE = Edit("continue", requests.ContinueRequest, edits.open_gate, may_say_nothing=True)
CHANGE = Edit("change", requests.ProductionChanges, edits.change_production)
CHANGE_SCENE = Edit("change scene", requests.SceneChanges, edits.change_scene, of_scene=True)
CHOOSE = Edit("choose", requests.ChooseRequest, edits.choose_version, of_scene=True)
REGENERATE = Edit(
    "regenerate", requests.RegenerateRequest, edits.regenerate, orders=True, of_scene=True, may_say_nothing=True
)
CAST = Edit("character", requests.CharacterRequest, edits.cast, orders=True)
DRAW = Edit("candidates", requests.CandidatesRequest, edits.draw_candidates, orders=True, may_say_nothing=True)
UPGRADE = Edit("upgrade", requests.UpgradeRequest, edits.upgrade, orders=True)
RETRY = Edit("retry", requests.RetryRequest, edits.retry, orders=True, may_say_nothing=True)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What an edit would order: jobs, as planned with these means; the cut that follows costs nothing."""

    production: Production
    jobs: tuple[NewJob, ...]
    means: Means


class Editing:
    """Changes productions. What it returns is committed; what it refuses left no trace.

    Raises InvalidRequest (400) and PermanentError with the codes of API.md section 6.
    """

    def __init__(
        self,
        *,
        history: History,
        means: Callable[[], Awaitable[Means]],
        order_part: OrderPart,
        withdraw: Withdraw,
        room: Room | None = None,
    ) -> None:
        self._history = history
        self._means = means
        self._order_part = order_part
        self._withdraw = withdraw
        self._room = room or Room()

    async def production(
        self,
        edit: Edit,
        production_id: str,
        body: Mapping[str, Any],
        *,
        asker: Asker,
        key: str | None = None,
        number: int | None = None,
    ) -> Production:
        """Edit it (scene `number` of it); the production as it stands then. `key`: the Idempotency-Key."""
        await self._edited(edit, production_id, body, asker=asker, key=key, number=number)
        async with self._history.read() as tx:
            return _found(await tx.production(production_id, space=asker.space), f"production {production_id}")

    async def job(
        self, edit: Edit, production_id: str, body: Mapping[str, Any], *, asker: Asker, key: str | None = None
    ) -> Job:
        """An edit that is one job, beside all else."""
        job_id = await self._edited(edit, production_id, body, asker=asker, key=key)
        async with self._history.read() as tx:
            return _found(await tx.job(job_id or "", space=asker.space), f"job {job_id}")

    async def rehearse(
        self, edit: Edit, production_id: str, body: Mapping[str, Any], *, asker: Asker, number: int | None = None
    ) -> Rehearsed:
        """What the edit would order, from a transaction that is thrown away. A cap is no reason to refuse."""
        request, means = read_model(edit.request, body), await self._means()
        try:
            async with self._history.write() as tx:
                desk = await self._desk(tx, production_id, asker, means)
                desk.capped = False
                await _apply(edit, desk, request, number)
                raise _ThrownAway(Rehearsed(desk.production, (*desk.ordered, *desk.planned()), means))
        except _ThrownAway as thrown:
            return thrown.rehearsed

    async def _edited(
        self,
        edit: Edit,
        production_id: str,
        body: Mapping[str, Any],
        *,
        asker: Asker,
        key: str | None,
        number: int | None = None,
    ) -> str | None:
        """Commit the edit; the id of the job it ordered beside the production's own."""
        request, means = read_model(edit.request, body), await self._means()
        repeatable = await repeatable_of(key, f"{edit.name} {production_id} {number}", body)
        try:
            async with self._history.write() as tx:
                await answer_again(tx, repeatable, space=asker.space)
                if edit.orders:
                    await self._refuse_without_room(tx, asker)
                    await refuse_crowd(tx, asker)
                desk = await self._desk(tx, production_id, asker, means)
                await _apply(edit, desk, request, number)
                withdrawn = await desk.finish()
                job_id = desk.ordered[0].job.id if desk.ordered else None
                if repeatable:
                    told = {"job_id": job_id, "production_id": production_id}
                    await tx.remember(asker.space, repeatable.key, repeatable.fingerprint, **told)
        except Answered as before:
            return before.known.job_id
        await self._withdraw(withdrawn)
        return job_id

    async def _refuse_without_room(self, tx: Transaction, asker: Asker) -> None:
        self._room.refuse_full_disk()
        if self._room.has_quota:
            await self._room.refuse_beyond_quota(tx, asker.space)

    async def _desk(self, tx: Transaction, production_id: str, asker: Asker, means: Means) -> Desk:
        return await Desk.open(tx, production_id, asker=asker, means=means, order_part=self._order_part)


class _ThrownAway(Exception):
    """Ends a transaction that was only a rehearsal."""

    def __init__(self, rehearsed: Rehearsed) -> None:
        self.rehearsed = rehearsed


async def _apply(edit: Edit, desk: Desk, request: BaseModel, number: int | None) -> None:
    await (edit.apply(desk, number, request) if edit.of_scene else edit.apply(desk, request))


R = TypeVar("R", Job, Production)


def _found(record: R | None, name: str) -> R:
    if record is None:
        raise PermanentError.of(ErrorCode.NOT_FOUND, f"there is no {name}")
    return record
