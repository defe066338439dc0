"""The models that can be asked for: what each makes, takes, costs, and whether it is within reach now (pure)."""

from collections.abc import Mapping
from typing import Any, get_args

from gateway.history.snapshots import usd
from gateway.planning import Means
from shared.catalog import Model
from shared.catalog.entries import Price, Span
from shared.contracts.base import Kind
from shared.errors import PermanentError


def offers(means: Means) -> list[dict[str, Any]]:
    """Every model that may be ordered from, in the catalog's order. `is_default`: taken where an order names none."""
    chosen = {kind: _default(means, kind) for kind in get_args(Kind)}
    return [_offer(model, means, chosen) for kind in chosen for model in means.catalog.of_kind(kind) if model.is_usable]


def _default(means: Means, kind: Kind) -> str | None:
    try:
        return means.choose(kind).model.id
    except PermanentError:
        return None


def _offer(model: Model, means: Means, chosen: Mapping[Kind, str | None]) -> dict[str, Any]:
    reach = means.reach.get(model.kind)
    return {
        "id": model.id,
        "kind": model.kind,
        "backend": model.provider,
        "is_default": chosen[model.kind] == model.id,
        "is_reachable": None if reach is None else reach.covers(model),
        "verified": model.verified,
        "price": _price(model.price),
        "typical_seconds": model.typical_s,
        "longest_seconds": model.longest_s,
        "aspect_ratios": list(model.aspect_ratios),
        "resolutions": list(model.resolutions),
        "durations": _durations(model),
        "needs_picture": model.needs_picture,
        "takes_picture": bool(model.pictures) or "reference" in model.accepts,
    }


def _price(price: Price | None) -> dict[str, Any] | None:
    if price is None:
        return None
    return {"per": price.per, "usd": usd(price.usd), "as_of": price.as_of.isoformat()}


def _durations(model: Model) -> dict[str, Any] | list[float]:
    """Seconds: a list of those it makes, or from where to where and in which steps."""
    if isinstance(model.durations, Span):
        return model.durations.model_dump()
    return list(model.durations)
