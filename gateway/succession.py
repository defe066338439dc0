"""What is ordered in place of an order that failed: another model where its own is gone, or one more try. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from gateway.commands import refitted, told_of
from gateway.history.records import Job, OrderRow
from gateway.planning import Means, model_of_order, row_of, told_of_model
from shared.catalog import Fitted, Model, Role, fit
from shared.contracts.base import AssetRef, ErrorCode, Fault, OrderId
from shared.contracts.order import Order

SUCCEEDED = frozenset({ErrorCode.MODEL_UNAVAILABLE, ErrorCode.CONTENT_POLICY_VIOLATION})
"""Faults after which there may be a successor."""


@dataclass(frozen=True, slots=True)
class Successor:
    """The order that takes the place of another, and what its job says of it from now on."""

    order: OrderRow
    plan: dict[str, Any]
    warnings: tuple[str, ...] = ()


def successor(job: Job, row: OrderRow, fault: Fault, *, means: Means) -> Successor | None:
    """What is ordered instead of `row`, which ended with `fault`; None: nothing, the fault stands."""
    if "inputs" not in job.plan:
        return None
    old = Order.model_validate(row.body)
    if fault.code is ErrorCode.MODEL_UNAVAILABLE:
        return _by_another_model(job, row, old, means)
    if fault.code is ErrorCode.CONTENT_POLICY_VIOLATION:
        return _by_another_try(job, row, old, fault, means)
    return None


def _by_another_model(job: Job, row: OrderRow, old: Order, means: Means) -> Successor | None:
    for model in _candidates(job, old, means):
        fitted = _fitted(job, model)
        if _bends_the_shape(job, fitted) or (model.needs_picture and fitted.role is None):
            continue
        new = _ordered(job, row, old, fitted, means=means)
        said = f"{old.model} is not available any more: {model.id} was ordered instead, for {new.order.price_usd:f} USD"
        return replace(new, warnings=(said, *fitted.warnings))
    return None


def _candidates(job: Job, old: Order, means: Means) -> Iterator[Model]:
    """The rest of the chain of the model that was chosen first, in order, as far as it can be had."""
    first = means.catalog.find(old.tried[0] if old.tried else old.model)
    reach, backend = means.reach.get(job.kind), job.request.get("backend")
    for model in means.catalog.chain(first) if first else ():
        wanted = model.id not in (*old.tried, old.model) and backend in (None, model.provider)
        if wanted and model.is_usable and (reach is None or reach.covers(model)):
            yield model


def _by_another_try(job: Job, row: OrderRow, old: Order, fault: Fault, means: Means) -> Successor | None:
    model = means.catalog.find(old.model)
    allowed = means.defaults.preference(old.command.kind).rerolls
    if model is None or fault.provider_code not in model.random_refusals or old.rerolls >= allowed:
        return None
    fitted = _fitted(job, model, seed=means.seed())
    another = " with another seed" if "seed" in fitted.used else ""
    said = f"{old.model} refused once with {fault.provider_code}, as it does at random: it was asked again{another}"
    return replace(_ordered(job, row, old, fitted, means=means, rerolls=old.rerolls + 1), warnings=(said,))


def _fitted(job: Job, model: Model, **instead: int) -> Fitted:
    """What was wished for, fitted to `model`; a seed it does not take stays away."""
    role: Role = job.plan.get("role", "reference")
    asked = set(job.plan["asked"]) - instead.keys()
    return fit(model, {**job.plan["inputs"], **instead}, asked=asked, role=role)


def _bends_the_shape(job: Job, fitted: Fitted) -> bool:
    wanted = job.plan["inputs"].get("aspect_ratio")
    return bool(fitted.used.get("aspect_ratio", wanted) != wanted)


def _ordered(
    job: Job,
    row: OrderRow,
    old: Order,
    fitted: Fitted,
    *,
    means: Means,
    rerolls: int | None = None,
) -> Successor:
    named = job.plan.get("reference")
    reference = AssetRef.model_validate(named) if named else None
    command = refitted(old.command, fitted, reference, means.defaults, means.mint)
    told = old.model_copy(
        update={
            "order_id": OrderId(str(means.mint())),
            "command": command,
            "retries": None,
            "replaces": old.order_id,
            "tried": old.tried if rerolls is not None else (*old.tried, old.model),
            "rerolls": old.rerolls if rerolls is None else rerolls,
            **model_of_order(fitted, command),
        }
    )
    used = {**_kept(job), **told_of(fitted)}
    return Successor(
        order=row_of(told, row.position, space=row.space, key_id=row.key_id, at=means.now()),
        plan={**job.plan, **told_of_model(fitted.model, fitted), "parameters_used": used},
    )


def _kept(job: Job) -> dict[str, Any]:
    """The parameters in force that no model decides on."""
    return {name: value for name, value in job.plan["parameters_used"].items() if name not in job.plan["inputs"]}
