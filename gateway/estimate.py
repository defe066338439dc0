"""What an order would cost and how long it would take, part by part; nothing is ordered and nothing is kept."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from gateway import lookups
from gateway.films import TO_COME, FilmSettings, picture_roles, plan_production
from gateway.hands import wall_s
from gateway.history.past import Past, past_of
from gateway.history.records import Job, NewJob
from gateway.history.snapshots import usd
from gateway.history.store import History, Transaction
from gateway.materials import Materials
from gateway.planning import Asker, Means, plan_job, plan_part
from gateway.requests.films import ProductionRequest
from gateway.requests.orders import GenerateVideoRequest, JobRequest, StitchVideosRequest
from gateway.requests.reading import InvalidRequest, read_production, read_request
from gateway.uploads import picture_of
from shared.contracts.base import FREE, AssetRef, Kind

CALLS: Mapping[str, Kind | None] = {
    "create_scenes": "create_scenes",
    "generate_character_reference": "generate_character_reference",
    "generate_video": "generate_video",
    "stitch-videos": "stitch_videos",
    "productions": None,
}
TOLD_BY = (
    ("idea", "productions"),
    ("prompt", "generate_video"),
    ("video_ids", "stitch-videos"),
    ("character_description", "generate_character_reference"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an order: `count` calls of one model, of which `hands` are worked at once, if that is known.

    `call_s`: how long one takes. `in_turn`: each begins with what the one before it made.
    """

    name: str
    job: Job
    count: int
    model: str
    backend: str
    price_usd: Decimal
    call_s: float
    hands: int | None
    in_turn: bool = False

    @property
    def usd(self) -> Decimal:
        return self.price_usd * self.count

    @property
    def calls(self) -> list[float]:
        return [self.call_s * self.count] if self.in_turn else [self.call_s] * self.count

    @property
    def seconds(self) -> float | None:
        return wall_s(self.calls, self.hands)


@dataclass(frozen=True, slots=True)
class Estimate:
    """All parts; those of one `step` are made side by side, the steps one after the other."""

    call: str
    steps: Sequence[Sequence[Part]]
    warnings: Sequence[str] = field(default_factory=tuple)

    def body(self) -> dict[str, Any]:
        parts = [part for step in self.steps for part in step]
        return {
            "call": self.call,
            "estimated_usd": usd(sum((part.usd for part in parts), FREE)),
            "seconds": _rounded(_together(map(_step_s, self.steps))),
            "parts": [_part_body(part) for part in parts],
            "warnings": list(self.warnings),
        }


def _step_s(parts: Sequence[Part]) -> float | None:
    """Parts of one kind by one provider share their hands; others are made beside them."""
    shared: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        shared.setdefault((part.job.kind, part.backend), []).append(part)
    walls = [wall_s([s for part in alike for s in part.calls], alike[0].hands) for alike in shared.values()]
    return None if None in walls else max((wall for wall in walls if wall is not None), default=0.0)


def _together(steps: Iterable[float | None]) -> float | None:
    total = 0.0
    for seconds in steps:
        if seconds is None:
            return None
        total += seconds
    return total


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


class Estimator:
    """Plans like `Acceptance` and keeps nothing."""

    def __init__(self, *, history: History, means: Callable[[], Awaitable[Means]]) -> None:
        self._history = history
        self._means = means

    async def __call__(self, body: Mapping[str, Any], *, asker: Asker) -> Estimate:
        """Raises InvalidRequest and PermanentError as the order itself would; a cap is no reason to refuse."""
        call, told = _call_of(body)
        kind = CALLS[call]
        means = await self._means()
        async with self._history.read() as tx:
            if kind is None:
                return await _film(tx, read_production(told), asker, means)
            request = read_request(kind, told)
            new = plan_job(request, await _materials(tx, request, asker), asker=asker, means=means)
            new = await lookups.made_before(tx, request, new)
            return Estimate(call, [[await part_of(tx, call, new, means)]] if new.orders else [], new.job.warnings)


def _call_of(body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Which call the body is for: what `call` says, else what its fields say; `idea` is that of a whole film."""
    told = {name: value for name, value in body.items() if name != "call"}
    call = body.get("call")
    if call is None:
        call = next((found for name, found in TOLD_BY if name in told), None)
    if not isinstance(call, str) or call not in CALLS:
        raise InvalidRequest.at("call", f"say for which call the body is: one of {', '.join(CALLS)}")
    return call, told


async def _materials(tx: Transaction, request: JobRequest, asker: Asker) -> Materials:
    if isinstance(request, StitchVideosRequest):
        skips = request.on_missing == "skip"
        named = await lookups.clips(tx, request.video_ids, space=asker.space, skip_missing=skips)
        return Materials(clips=named.clips, missing=named.missing)
    return Materials(reference=await _reference(tx, request, asker))


async def _reference(tx: Transaction, request: JobRequest | ProductionRequest, asker: Asker) -> AssetRef | None:
    """The picture, if there is one: looked at, never stored."""
    if not isinstance(request, GenerateVideoRequest | ProductionRequest):
        return None
    if request.reference_image_base64 is not None:
        await picture_of(request.reference_image_base64)
        return TO_COME
    if request.character_reference_image_id is not None:
        return await lookups.picture(tx, request.character_reference_image_id, space=asker.space)
    return None


async def _film(tx: Transaction, request: ProductionRequest, asker: Asker, means: Means) -> Estimate:
    uncapped = request.model_copy(update={"budget_usd": None})
    given = await _reference(tx, request, asker)
    film = plan_production(uncapped, given, asker=asker, means=means)
    settings = FilmSettings.model_validate(film.settings)
    picture = None if settings.continuity == "independent" else (given or TO_COME).model_dump(mode="json")
    own: dict[str, dict[str, Any]] = {
        "generate_video": {"prompt": "(written later)", "reference": picture},
        "stitch_videos": {"clips": [TO_COME.model_dump(mode="json")] * settings.number_of_scenes},
    }

    async def part(name: str, kind: Kind, times: int = 1, **also: Any) -> Part:
        wanted = {**settings.inputs[kind], **own.get(kind, {}), **also}
        new = plan_part(kind, wanted, asker=_of_film(asker, film.id), means=means)
        return await part_of(tx, name, new, means, times)

    writing = [await part("scenes", "create_scenes")]
    if given is None:
        writing.append(await part("character", "generate_character_reference"))
    first, *following = picture_roles(settings.continuity, settings.number_of_scenes)
    if settings.continuity == "previous_last_frame" and following:
        opening = await part("first clip", "generate_video", role=first)
        rest = await part("clips", "generate_video", len(following), role=following[0])
        shooting = [[opening], [replace(rest, in_turn=True)]]
    else:
        shooting = [[await part("clips", "generate_video", settings.number_of_scenes)]]
    return Estimate("productions", [writing, *shooting, [await part("cut", "stitch_videos")]], film.warnings)


def _of_film(asker: Asker, film_id: str) -> Asker:
    return Asker(space=asker.space, request_id=asker.request_id, production_id=film_id)


async def part_of(tx: Transaction, name: str, new: NewJob, means: Means, times: int = 1) -> Part:
    """One job as a part of an estimate, `times` over."""
    first = new.orders[0]
    past = await past_of(tx, first.model) or Past(p50_s=first.body["typical_s"], p90_s=first.body["typical_s"])
    return Part(
        name=name,
        job=new.job,
        count=len(new.orders) * times,
        model=first.model,
        backend=first.provider,
        price_usd=first.price_usd,
        call_s=past.p50_s,
        hands=means.hands(first.model),
    )


def _part_body(part: Part) -> dict[str, Any]:
    return {
        "part": part.name,
        "kind": part.job.kind,
        "backend": part.backend,
        "model": part.model,
        "count": part.count,
        "usd_each": usd(part.price_usd),
        "usd": usd(part.usd),
        "at_once": part.hands,
        "seconds": _rounded(part.seconds),
        "parameters": part.job.plan["parameters_used"],
        "adjusted_parameters": part.job.plan["adjusted_parameters"],
        "ignored_parameters": part.job.plan["ignored_parameters"],
    }
