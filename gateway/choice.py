"""Which model makes it: what the client says, else config, else what is reachable. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gateway.defaults import Preference
from shared.catalog import Catalog, Model
from shared.contracts.base import ErrorCode, Kind
from shared.contracts.order import ServiceCard
from shared.errors import PermanentError

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Reach:
    """What the live services of one kind reach: provider -> models (empty: every one), and why not the others.

    `slots`: provider -> how many orders they take at once.
    """

    providers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    refusals: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, int] = field(default_factory=dict)

    def covers(self, model: Model) -> bool:
        models = self.providers.get(model.provider)
        return models is not None and (not models or model.id in models)


@dataclass(frozen=True, slots=True)
class Choice:
    """The model taken, and what the client should know about how."""

    model: Model
    warnings: tuple[str, ...] = ()


def reach_of(cards: Iterable[ServiceCard]) -> dict[str, Reach]:
    """Kind -> what its live services reach together. A kind without a live service is missing: unknown."""
    found: dict[str, Reach] = {}
    for card in cards:
        so_far = found.get(card.kind, Reach())
        providers = dict(so_far.providers)
        for provider, models in card.providers.items():
            known = providers.get(provider)
            everything = not models or known == frozenset()
            providers[provider] = frozenset() if everything else frozenset(models) | (known or frozenset())
        slots = Counter(so_far.slots) + Counter(card.slots)
        found[card.kind] = Reach(providers, {**so_far.refusals, **card.refusals}, slots)
    return found


def choose(
    kind: Kind,
    *,
    catalog: Catalog,
    preference: Preference,
    reach: Reach | None,
    one_machine: bool,
    model: str | None = None,
    backend: str | None = None,
) -> Choice:
    """Take the first usable, reachable model of those that may be taken. Raises PermanentError (503).

    `reach` None: no service of this kind is alive, so nobody knows; the first one is taken and its job waits.
    """
    candidates = _candidates(kind, catalog, preference, one_machine, model=model, backend=backend)
    for found in candidates:
        if found.is_usable and (reach is None or reach.covers(found)):
            return Choice(found, _substituted(candidates[0], found) if model or preference.model else ())
    raise _unavailable(kind, candidates, reach, preference)


def _candidates(
    kind: Kind,
    catalog: Catalog,
    preference: Preference,
    one_machine: bool,
    *,
    model: str | None,
    backend: str | None,
) -> list[Model]:
    if model:
        return _chain(kind, catalog, model, backend, told_by="`model`")
    if backend:
        return _of_backend(kind, catalog, backend, told_by="`backend`")
    if preference.model:
        return _chain(kind, catalog, preference.model, None, told_by=f"`defaults.model` in {preference.file}")
    if preference.backend != "auto":
        return _of_backend(kind, catalog, preference.backend, told_by=f"`defaults.backend` in {preference.file}")
    allowed = [name for name in preference.prefer if name != LOCAL or one_machine]
    return [found for name in allowed for found in catalog.of_kind(kind) if found.provider == name]


def _chain(kind: Kind, catalog: Catalog, model: str, backend: str | None, *, told_by: str) -> list[Model]:
    known = {found.id: found for found in catalog.of_kind(kind)}
    if model not in known:
        raise _no_such_model(f"{told_by} names {model}, which the catalog does not have", known)
    first = known[model]
    if backend and first.provider != backend:
        raise PermanentError.of(
            ErrorCode.INVALID_REQUEST, f"`model` {model} is made by `{first.provider}`, not by `backend` {backend}"
        )
    return [found for found in catalog.chain(first) if backend in (None, found.provider)]


def _of_backend(kind: Kind, catalog: Catalog, backend: str, *, told_by: str) -> list[Model]:
    models = [found for found in catalog.of_kind(kind) if found.provider == backend]
    if not models:
        known = {found.id: found for found in catalog.of_kind(kind)}
        raise _no_such_model(f"{told_by} names {backend}, for which the catalog has no `{kind}` model", known)
    return models


def _no_such_model(what: str, known: Mapping[str, Model]) -> PermanentError:
    return PermanentError.of(ErrorCode.MODEL_UNAVAILABLE, f"{what}; it has {', '.join(known)} (configs/models.yaml)")


def _substituted(wanted: Model, found: Model) -> tuple[str, ...]:
    if found is wanted:
        return ()
    why = "is not reachable" if wanted.is_usable else "is disabled or without a price in configs/models.yaml"
    return (f"{wanted.id} {why}: {found.id} was used",)


def _unavailable(kind: Kind, candidates: list[Model], reach: Reach | None, preference: Preference) -> PermanentError:
    disabled = [found.id for found in candidates if not found.is_usable]
    refusals = reach.refusals if reach else {}
    wanted = {found.provider for found in candidates} or set(preference.prefer)
    reasons = [why for provider, why in sorted(refusals.items()) if provider in wanted]
    if reasons:
        return PermanentError.of(ErrorCode.MISSING_API_KEY, f"no model for `{kind}` is reachable: {'; '.join(reasons)}")
    if disabled and len(disabled) == len(candidates):
        return PermanentError.of(
            ErrorCode.MODEL_UNAVAILABLE,
            f"{', '.join(disabled)}: disabled or without a price in configs/models.yaml; "
            "write the price there and say `enabled: true`",
        )
    return PermanentError.of(
        ErrorCode.MODEL_UNAVAILABLE,
        f"no model for `{kind}` is reachable: set `defaults.backend: local` in {preference.file}, "
        "or `one_machine: true` in gateway.yaml, or say `backend` in the order",
    )
