"""The edits of a production, each inside its transaction: rows are changed, then the director looks at them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway import lookups
from gateway.choice import Choice
from gateway.cutlist import CUT
from gateway.direction import OrderPart, accepted_warnings, assign_clip, direct, read_film
from gateway.director import WAITS_AT, is_filmed, made_last, seen_now, shots_of, shown_cut, unfilmed
from gateway.films import FilmSettings
from gateway.history.records import Job, NewJob, OrderRow, Production, SceneVersion
from gateway.history.store import Transaction
from gateway.planning import Asker, Means, plan_part, plan_retry, search_text
from gateway.requests.edits import (
    CandidatesRequest,
    CharacterRequest,
    ChooseRequest,
    ContinueRequest,
    ProductionChanges,
    RegenerateRequest,
    RetryRequest,
    SceneChanges,
    UpgradeRequest,
)
from gateway.requests.films import GATES, Gate
from gateway.requests.reading import InvalidRequest
from gateway.storyboard import Film, Take, conform_part, shot_part
from gateway.takes import asks_of, draft, recalled, refuse_unknown_scenes, refuse_while_filmed, retake, reworded
from shared.contracts.base import ErrorCode
from shared.errors import PermanentError

LOST = frozenset({"failed", "canceled"})
RETRIED = frozenset({"failed", "canceled", "partial"})


@dataclass
class Desk:
    """One production on the table: as it stands in this transaction, and with whom and what it is worked on."""

    tx: Transaction
    production: Production
    film: Film
    asker: Asker
    means: Means
    order_part: OrderPart
    capped: bool = True
    """False: only asked what it would be; no cap refuses it."""
    changed: bool = False
    ordered: list[NewJob] = field(default_factory=list)
    """Ordered by the edit itself, beside what the director makes of it."""

    @classmethod
    async def open(cls, tx: Transaction, production_id: str, **with_what: Any) -> "Desk":
        """Raises PermanentError NOT_FOUND, and CONFLICT while it is being canceled."""
        production = await tx.production(production_id, space=with_what["asker"].space)
        if production is None:
            raise PermanentError.of(ErrorCode.NOT_FOUND, f"there is no production {production_id}")
        if production.status == "canceling":
            raise PermanentError.of(
                ErrorCode.CONFLICT, f"production {production_id} is being canceled: edit it once that is over"
            )
        return cls(tx, production, await read_film(tx, production), **with_what)

    async def change(self, **columns: Any) -> None:
        await self.tx.edit_production(self.production.id, **columns)
        self.changed = True
        self.production = replace(self.production, **columns)
        self.film = await read_film(self.tx, self.production)

    async def settle(self, **changes: Any) -> None:
        """Change the settings of the film."""
        settings = FilmSettings.model_validate(self.production.settings).model_copy(update=changes)
        await self.change(settings=settings.model_dump(mode="json"))

    async def reopen(self) -> None:
        """A production that has ended goes on; what it said of its shots is said anew at its next end."""
        if self.production.is_terminal:
            kept = {"warnings": list(accepted_warnings(self.film)), "completed_at": None, "error": None}
            await self.change(status="running", cancel_wished=False, **kept)

    async def add(self, number: int, take: Take) -> None:
        """`take` is the version of the scene that counts from now on."""
        await self.tx.add_version(
            SceneVersion(
                production_id=self.production.id,
                number=number,
                version=take.version,
                scene=take.scene.model_dump(mode="json"),
                created_at=self.tx.now(),
                asks=dict(take.asks),
                wanted=take.wanted,
                basis=take.basis,
            )
        )
        chosen = {other: version for other, version in self.film.settings.chosen.items() if other != number}
        await self.settle(chosen=chosen)

    async def warn(self, warnings: Sequence[str]) -> None:
        new = [warning for warning in warnings if warning not in self.production.warnings]
        if new:
            await self.change(warnings=[*self.production.warnings, *new])

    def planned(self) -> list[NewJob]:
        """The clips that are wanted and not ordered yet. Raises InvalidRequest for a model that cannot make them."""
        wants = unfilmed(self.film) if self.film.scenes else []
        new = [self.order_part(self.production, want) for want in wants]
        for planned in new:
            _refuse_misfit(planned, self.means, has_picture=self.film.settings.continuity != "independent")
        return new

    async def order(self, *new: NewJob) -> None:
        """Raises PermanentError BUDGET_EXCEEDED."""
        if self.capped:
            await self.tx.afford(*(order for job in new for order in job.orders))
        for ordered in new:
            await self.tx.insert_job(ordered)
            await self.tx.reserve(*ordered.orders)
            self.tx.tell("job.queued", ordered.job)
            await assign_clip(self.tx, ordered.job)
        self.ordered += new
        self.film = await read_film(self.tx, self.production)

    async def finish(self) -> list[OrderRow]:
        """All that is wanted can be paid; it is told, and the director looks; the orders to withdraw afterwards."""
        if not self.changed:
            return []
        if not self.production.is_terminal:
            await self.tx.afford(*(order for new in self.planned() for order in new.orders))
        self.tx.tell("production.updated", self.production)
        return await direct(self.tx, self.production.id, order_part=self.order_part, asked=True)


async def open_gate(desk: Desk, request: ContinueRequest) -> None:
    """Open the gate at which it waits; one that is named and open already stays so. Raises PermanentError CONFLICT."""
    waits = next((gate for gate in GATES if WAITS_AT[gate] == desk.production.stage), None)
    at_it = waits if desk.production.status == "waiting" else None
    opened = desk.film.settings.opened
    if request.gate in opened:
        return
    if at_it is None or request.gate not in (None, at_it):
        raise PermanentError.of(ErrorCode.CONFLICT, _no_gate(desk.production, at_it, request.gate))
    await desk.settle(opened=(*opened, at_it))


def _no_gate(production: Production, waits: Gate | None, asked: Gate | None) -> str:
    if waits:
        return f"production {production.id} waits at `{waits}`, not at `{asked}`"
    return f"production {production.id} is {production.status} and waits at no gate"


async def change_production(desk: Desk, request: ProductionChanges) -> None:
    told = {name: getattr(request, name) for name in request.model_fields_set}
    if told:
        await desk.change(**told, search=search_text({**desk.production.request, **told}))


async def change_scene(desk: Desk, number: int, request: SceneChanges) -> None:
    """Other words or another place. Nothing is ordered by it that was not going to be."""
    refuse_unknown_scenes(desk.film, (number,))
    take = desk.film.take(number)
    scene, asks = reworded(take, request), asks_of(take, request)
    if (scene, asks) != (take.scene, dict(take.asks)):
        await desk.add(number, draft(desk.film, number, scene, asks))
    if request.position is not None:
        await _move(desk, number, request.position)


async def _move(desk: Desk, number: int, position: int) -> None:
    numbers = list(desk.film.numbers)
    if position > len(numbers):
        raise InvalidRequest.at("position", f"must be at most {len(numbers)}: there are no more scenes")
    numbers.remove(number)
    numbers.insert(position - 1, number)
    if tuple(numbers) != desk.film.numbers:
        cut = {name: value for name, value in desk.film.settings.cut.items() if name != "order"}
        await desk.settle(order=tuple(numbers), cut=cut)


async def regenerate(desk: Desk, number: int, request: RegenerateRequest) -> None:
    """One more clip of the scene; the film is cut anew with it."""
    refuse_unknown_scenes(desk.film, (number,))
    take = desk.film.take(number)
    scene, asks = reworded(take, request), asks_of(take, request)
    same = take.wanted and (scene, asks) == (take.scene, dict(take.asks))
    asks |= {"seed": request.seed} if request.seed is not None else {"seed": desk.means.seed()} if same else {}
    if request.model or request.backend:
        choice = desk.means.choose("generate_video", model=request.model, backend=request.backend)
        asks["model"] = choice.model.id
        await _take_on(desk, [number], choice)
    await _go_on(desk, (number,))
    await desk.add(number, retake(desk.film, number, scene, asks))


async def upgrade(desk: Desk, request: UpgradeRequest) -> None:
    """The same words, seed, length and character by another model. Raises PermanentError CONFLICT if all is by it."""
    numbers = tuple(dict.fromkeys(request.scenes or desk.film.numbers))
    refuse_unknown_scenes(desk.film, numbers)
    choice = desk.means.choose("generate_video", model=request.models.video)
    others = [number for number in numbers if _model_of(desk.film, number) != choice.model.id]
    if not others:
        raise PermanentError.of(ErrorCode.CONFLICT, f"these scenes are by {choice.model.id} already")
    await _take_on(desk, others, choice)
    await _go_on(desk, tuple(others))
    for number in others:
        take = desk.film.take(number)
        await desk.add(number, retake(desk.film, number, take.scene, {**take.asks, "model": choice.model.id}))


async def choose_version(desk: Desk, number: int, request: ChooseRequest) -> None:
    """Another version counts, with its clip; what is shown is cut anew, or found again. Nothing is paid by it."""
    refuse_unknown_scenes(desk.film, (number,))
    if request.version not in desk.film.takes[number]:
        known = ", ".join(map(str, desk.film.takes[number]))
        raise PermanentError.of(
            ErrorCode.NOT_FOUND, f"scene {number} has no version {request.version}; there are {known}"
        )
    if request.version == desk.film.take(number).version:
        return
    if desk.production.final_video_id:
        await desk.reopen()
    if again := recalled(desk.film, number, request.version):
        await desk.add(number, again)
    else:
        await desk.settle(chosen={**desk.film.settings.chosen, number: request.version})
    shown = seen_now(desk.film, number).conformed
    if shown and shown_cut(desk.film) is None:
        await lookups.refuse_deleted(desk.tx, (shown,))


async def cast(desk: Desk, request: CharacterRequest) -> None:
    """Another picture of the character. Clips that there are stay; with `regenerate` they are made again with it."""
    picture = await lookups.picture(desk.tx, request.image_id, space=desk.production.space, field="image_id")
    if request.regenerate:
        refuse_unknown_scenes(desk.film, ())
        await _go_on(desk, desk.film.numbers)
    await desk.change(reference=picture.model_dump(mode="json"))
    for number in desk.film.numbers if request.regenerate else ():
        take = desk.film.take(number)
        if not take.wanted or is_filmed(desk.film, number, take):
            await desk.add(number, retake(desk.film, number, take.scene, take.asks))


async def draw_candidates(desk: Desk, request: CandidatesRequest) -> None:
    """More pictures to choose from; the chosen one stays until another is. Raises PermanentError CONFLICT."""
    jobs = await desk.tx.jobs_of(desk.production.id)
    if any(job.part == "character" and not job.is_terminal for job in jobs):
        raise PermanentError.of(ErrorCode.CONFLICT, "pictures of the character are being drawn: wait for them")
    told = request.model_dump(exclude_none=True, exclude={"backend", "model"})
    wanted = {**desk.film.settings.inputs["generate_character_reference"], "seed": desk.means.seed(), **told}
    if request.model or request.backend:
        wanted["model"] = desk.means.choose(
            "generate_character_reference", model=request.model, backend=request.backend
        ).model.id
    asker = replace(desk.asker, project=desk.production.project, production_id=desk.production.id, part="character")
    await desk.order(plan_part("generate_character_reference", wanted, asker=asker, means=desk.means))


async def retry(desk: Desk, request: RetryRequest) -> None:
    """Order again what it lacks, and go on. Raises PermanentError CONFLICT where it lacks nothing."""
    if desk.production.status not in RETRIED:
        raise PermanentError.of(
            ErrorCode.CONFLICT,
            f"production {desk.production.id} is {desk.production.status}: "
            "only one that failed, was canceled or is partial can be retried",
        )
    if request.scenes:
        refuse_unknown_scenes(desk.film, request.scenes)
    lost = await _lost(desk, request.scenes)
    if not lost and (desk.production.status == "partial" or request.scenes):
        raise PermanentError.of(ErrorCode.CONFLICT, "there is nothing to retry: no clip of these scenes is missing")
    await desk.reopen()
    await _again(desk, lost)


async def _go_on(desk: Desk, numbers: tuple[int, ...]) -> None:
    """The production is worked on again; where it never became a film, all else that it lacks is ordered too."""
    for number in numbers:
        refuse_while_filmed(desk.film, number)
    if desk.production.is_terminal and desk.production.final_video_id is None:
        others = tuple(number for number in desk.film.numbers if number not in numbers)
        lost = await _lost(desk, others) if others else []
        await desk.reopen()
        await _again(desk, lost)
    await desk.reopen()


async def _again(desk: Desk, lost: Sequence[Job]) -> None:
    for job in lost:
        orders = await desk.tx.orders_of(job.id)
        await desk.order(plan_retry(job, orders, means=desk.means, request_id=desk.asker.request_id))


async def _lost(desk: Desk, numbers: tuple[int, ...] | None) -> list[Job]:
    """The newest jobs of parts that brought nothing and are needed: of all, or of these scenes alone."""
    film = desk.film
    newest = {job.part: job for job in await desk.tx.jobs_of(desk.production.id) if job.part}
    names: list[str] = []
    if numbers is None:
        names += ["scenes"] * (not film.scenes) + ["character"] * (film.reference is None)
    for number in numbers or film.numbers:
        names += _parts_of_scene(film, number)
    lost = [job for name in dict.fromkeys(names) if (job := newest.get(name)) and job.status in LOST]
    if lost or numbers is not None:
        return lost
    cut = next((job for part, job in reversed(newest.items()) if part.partition("/")[0] == CUT), None)
    return [cut] if cut and cut.status in LOST and all(shot.is_over for shot in shots_of(film)) else []


def _parts_of_scene(film: Film, number: int) -> list[str]:
    clip = shot_part(number, made_last(film, number).version)
    return [clip, conform_part(clip)]


async def _take_on(desk: Desk, numbers: Sequence[int], choice: Choice) -> None:
    named = ", ".join(map(str, numbers))
    await desk.warn([f"Scene {named}: {warning}" for warning in choice.warnings])


def _model_of(film: Film, number: int) -> str | None:
    model = film.take(number).asks.get("model") or film.settings.inputs["generate_video"].get("model")
    return model if film.take(number).wanted else None


def _refuse_misfit(planned: NewJob, means: Means, *, has_picture: bool) -> None:
    """Raises InvalidRequest where a model makes another shape, or nothing without the picture that there is not."""
    model = means.catalog.find(planned.job.plan["model"])
    if shape := planned.job.plan["adjusted_parameters"].get("aspect_ratio"):
        raise InvalidRequest.at("model", f"{planned.job.plan['model']} does not make {shape['asked']}")
    if model is not None and model.needs_picture and not has_picture:
        raise InvalidRequest.at("model", f"{model.id} makes clips from a picture only, and these have none")
