"""What is asked -> a job and its orders: model, fitting, price, ids. Pure: clock, ids and seeds are given."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args
from uuid import uuid4

from gateway.choice import Choice, Reach, choose
from gateway.commands import Mint, Ordered, again, commands_of, shown, wishes
from gateway.defaults import Defaults
from gateway.history.records import Job, NewJob, OrderRow
from gateway.history.search import searchable
from gateway.materials import Materials
from gateway.prices import price_of
from gateway.requests.fields import SEEDS
from gateway.requests.orders import PARTS, JobRequest
from gateway.requests.reading import InvalidRequest
from gateway.reuse import fingerprint
from shared import tracing
from shared.catalog import Catalog, Fitted, Model, fit
from shared.config import ConfigError
from shared.contracts.base import FREE, AssetRef, JobId, Kind, OrderId, ProductionId
from shared.contracts.order import Command, Order, PictureField

SEARCHED = ("idea", "character_description", "prompt", "title", "output_dir", "project")
FILM_TOLD = frozenset({"seed", "negative_prompt"})
"""What a film gives its parts without the client having named it for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a plan draws on. `reach`: kind -> what its live services reach; a kind that is missing is unknown."""

    catalog: Catalog
    defaults: Defaults
    reach: Mapping[str, Reach] = field(default_factory=dict)
    one_machine: bool = False
    now: Callable[[], float] = time.time
    mint: Mint = uuid4
    seed: Callable[[], int] = lambda: random.randrange(SEEDS)

    def hands(self, model: str) -> int | None:
        """How many calls of a model are worked at once, where nobody else has orders there; None where nobody knows."""
        known = self.catalog.find(model)
        if known is None:
            return None
        reach = self.reach.get(known.kind)
        told = (self.catalog.accounts[known.account].concurrency, reach and reach.slots.get(known.provider))
        return min((count for count in told if count), default=None)

    def choose(self, kind: Kind, *, model: str | None = None, backend: str | None = None) -> Choice:
        """The model that makes `kind`. Raises PermanentError (503)."""
        return choose(
            kind,
            catalog=self.catalog,
            preference=self.defaults.preference(kind),
            reach=self.reach.get(kind),
            one_machine=self.one_machine,
            model=model,
            backend=backend,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """For whom a job is made, and as which part of which production."""

    space: str
    key_id: str | None = None
    jobs_in_flight: int | None = None
    """How many of the key's jobs may be under way; None: any number."""
    request_id: str | None = None
    project: str | None = None
    production_id: str | None = None
    part: str | None = None
    traceparent: str | None = None


def plan_job(request: JobRequest, materials: Materials, *, asker: Asker, means: Means) -> NewJob:
    """Resolve one request into a job. Raises InvalidRequest (400) or PermanentError (503)."""
    choice = means.choose(
        request.kind, model=getattr(request, "model", None), backend=getattr(request, "backend", None)
    )
    inputs = wishes(request, materials, means.defaults, seed=means.seed())
    asked = asked_of(request, materials) - (FILM_TOLD if asker.production_id else frozenset())
    fitted = fit(choice.model, inputs, asked=asked, role=materials.role)
    if asker.production_id is None:
        refuse_other_shapes(choice.model, fitted)
        refuse_without_picture(choice.model, fitted)
    ordered = commands_of(request, materials, fitted, means.defaults, means.mint, space=asker.space)
    new = _new_job(request, materials, choice, fitted, ordered, asker=asker, means=means)
    picture = materials.reference and materials.reference.model_dump(mode="json", include=set(AssetRef.model_fields))
    plan = {**new.job.plan, "inputs": inputs, "asked": sorted(asked), "role": materials.role, "reference": picture}
    same = fingerprint(fitted, ordered.commands, seed_asked=getattr(request, "seed", None) is not None)
    return replace(new, job=replace(new.job, plan=plan, fingerprint=same))


def plan_part(kind: Kind, wanted: Mapping[str, Any], *, asker: Asker, means: Means) -> NewJob:
    """A director's want -> a job. `wanted` holds wire fields of the kind's request and, beside them, `Materials`."""
    materials, asked = Materials.part_of(wanted)
    settled = replace(means, reach={})  # the film's models were chosen when it was accepted: its parts wait for them
    if asked.get("seed") is not None:
        asked["seed"] %= SEEDS
    if kind == "stitch_videos":
        asked.setdefault("video_ids", [clip.asset_id for clip in materials.clips])
    return plan_job(PARTS[kind].model_validate(asked), materials, asker=asker, means=settled)


def plan_retry(
    job: Job, orders: Sequence[OrderRow], *, means: Means, key_id: str | None = None, request_id: str | None = None
) -> NewJob:
    """A new job that orders again what `job` did not get. An uncertain order is settled first, never bought twice."""
    job_id = str(means.mint())
    replaced = {order.body.get("replaces") for order in orders}
    missing = [
        order for order in orders if order.id not in replaced and (order.outcome or {}).get("status") != "succeeded"
    ]
    rows = tuple(
        replace(_order_again(order, position, job_id, means=means, request_id=request_id), key_id=key_id)
        for position, order in enumerate(missing)
    )
    price = sum((row.price_usd for row in rows), FREE)
    fresh = Job(
        id=job_id,
        space=job.space,
        key_id=key_id,
        kind=job.kind,
        request=job.request,
        plan=job.plan,
        created_at=means.now(),
        project=job.project,
        production_id=job.production_id,
        part=job.part,
        warnings=job.warnings,
        estimated_usd=price,
        reserved_usd=price,
        total=len(rows),
        retry_of=job.id,
        attempt=job.attempt + 1,
        request_id=request_id,
        search=job.search,
    )
    return NewJob(fresh, rows)


def asked_of(request: JobRequest, materials: Materials) -> frozenset[str]:
    """The canonical inputs that the client named itself."""
    named = {name for name in request.model_fields_set if getattr(request, name) is not None}
    return frozenset(named | ({"reference"} if materials.reference else set()))


def refuse_other_shapes(model: Model, fitted: Fitted) -> None:
    """A film of another shape than asked is no film: nothing is ordered. Raises InvalidRequest."""
    if shape := fitted.adjusted.get("aspect_ratio"):
        made = ", ".join(model.aspect_ratios)
        raise InvalidRequest.at("aspect_ratio", f"{shape.asked} is not made by {model.id}; it makes {made}")


def refuse_without_picture(model: Model, fitted: Fitted) -> None:
    """Raises InvalidRequest where the model makes nothing without a picture and gets none."""
    if model.needs_picture and fitted.role is None:
        raise InvalidRequest.at("character_reference_image_id", f"{model.id} makes clips from a picture only: give one")


def refuse_unpriced(means: Means) -> None:
    """Raises ConfigError where a file names a default model that cannot be ordered from."""
    for kind in get_args(Kind):
        preference = means.defaults.preference(kind)
        model = means.catalog.find(preference.model) if preference.model else None
        if model is not None and not model.is_usable:
            raise ConfigError(
                f"{preference.file}: `defaults.model` {model.id} is disabled or without a price: write its price into "
                "configs/models.yaml and say `enabled: true`, or name another model"
            )


def _new_job(
    request: JobRequest,
    materials: Materials,
    choice: Choice,
    fitted: Fitted,
    ordered: Ordered,
    *,
    asker: Asker,
    means: Means,
) -> NewJob:
    job_id = str(means.mint())
    asked = shown(request, materials.reference)
    project = asker.project or request.project
    orders = _orders(job_id, ordered.commands, fitted, asker=replace(asker, project=project), means=means)
    price = sum((order.price_usd for order in orders), FREE)
    job = Job(
        id=job_id,
        space=asker.space,
        key_id=asker.key_id,
        kind=request.kind,
        request=asked,
        plan={**told_of_model(choice.model, fitted), "prompt": ordered.prompt, "parameters_used": ordered.used},
        created_at=means.now(),
        project=project,
        production_id=asker.production_id,
        part=asker.part,
        warnings=[*choice.warnings, *fitted.warnings, *ordered.warnings],
        estimated_usd=price,
        reserved_usd=price,
        total=len(orders),
        request_id=asker.request_id,
        search=search_text(asked),
    )
    return NewJob(job, orders)


def told_of_model(model: Model, fitted: Fitted) -> dict[str, Any]:
    """What a job's plan says of its model: JSON."""
    return {
        "backend": model.provider,
        "model": model.id,
        "adjusted_parameters": {
            name: {"asked": change.asked, "used": change.used} for name, change in fitted.adjusted.items()
        },
        "ignored_parameters": list(fitted.ignored),
        "typical_s": model.typical_s,
    }


def _orders(
    job_id: str, commands: Sequence[Command], fitted: Fitted, *, asker: Asker, means: Means
) -> tuple[OrderRow, ...]:
    return tuple(
        row_of(
            Order(
                order_id=OrderId(str(means.mint())),
                job_id=JobId(job_id),
                production_id=ProductionId(asker.production_id) if asker.production_id else None,
                project=asker.project,
                request_id=asker.request_id,
                traceparent=asker.traceparent or tracing.traceparent(),
                command=command,
                **model_of_order(fitted, command),
            ),
            position,
            space=asker.space,
            key_id=asker.key_id,
            at=means.now(),
        )
        for position, command in enumerate(commands)
    )


def model_of_order(fitted: Fitted, command: Command) -> dict[str, Any]:
    """The fields of an order that follow from its model."""
    model, picture = fitted.model, fitted.picture
    return {
        "provider": model.provider,
        "model": model.id,
        "account": model.account,
        "target": model.target,
        "prompt_field": model.prompt.name if model.prompt else "prompt",
        "picture": picture and PictureField(name=picture.name, shape=picture.shape, role=fitted.role, tag=picture.tag),
        **_price_of_order(model, command),
        "typical_s": model.typical_s,
        "longest_s": model.longest_s,
    }


def _price_of_order(model: Model, command: Command) -> dict[str, Any]:
    price = price_of(model, command)
    return {
        "price_usd": price,
        "cancel_usd": price if model.bills_canceled else FREE,
        "token_prices": model.price.tokens if model.price else None,
    }


def row_of(order: Order, position: int, *, space: str, key_id: str | None, at: float) -> OrderRow:
    return OrderRow(
        id=order.order_id,
        job_id=order.job_id,
        production_id=order.production_id,
        space=space,
        key_id=key_id,
        position=position,
        kind=order.command.kind,
        provider=order.provider,
        model=order.model,
        account=order.account,
        body=order.model_dump(mode="json", exclude={"release"}),
        price_usd=order.price_usd,
        created_at=at,
    )


def _order_again(row: OrderRow, position: int, job_id: str, *, means: Means, request_id: str | None) -> OrderRow:
    old = Order.model_validate(row.body)
    uncertain = (row.outcome or {}).get("status") == "uncertain"
    fresh = old.model_copy(
        update={
            "order_id": OrderId(str(means.mint())),
            "job_id": JobId(job_id),
            "request_id": request_id,
            "traceparent": tracing.traceparent(),
            "retries": old.order_id if uncertain else None,
            "replaces": None,
            "rerolls": 0,
            "command": again(old.command, means.mint),
            **_price_today(old, means),
        }
    )
    return row_of(fresh, position, space=row.space, key_id=row.key_id, at=means.now())


def _price_today(old: Order, means: Means) -> dict[str, Any]:
    """The fields of an order that its price decides on, where the catalog still has one for its model."""
    model = means.catalog.find(old.model)
    return _price_of_order(model, old.command) if model and model.price else {}


def search_text(asked: Mapping[str, Any]) -> str:
    """What `q` looks through: the words of a request's texts."""
    return searchable(*(str(asked[name]) for name in SEARCHED if asked.get(name)))
