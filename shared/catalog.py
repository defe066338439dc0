"""The models as types, and what becomes of our canonical inputs with each of them."""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shared.config import ConfigError, explain, read_yaml
from shared.contracts.base import Kind

FILE = "models.yaml"

Value = str | int | float | bool | None
Accepts = Literal[
    "seed", "negative_prompt", "generate_audio", "reference", "safety_filter_level", "person_generation"
]  # fmt: skip
CENT = Decimal("0.0001")  # a hundredth of one: text costs fractions of a cent


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(_Entry):
    """Every duration from `min` to `max` seconds, in steps of `step` from `min` where there is one."""

    min: Annotated[float, Field(gt=0)]
    max: Annotated[float, Field(gt=0)]
    step: Annotated[float, Field(gt=0)] | None = None

    def nearest(self, seconds: float) -> float:
        inside = min(max(seconds, self.min), self.max)
        if self.step is None:
            return inside
        steps = math.floor((inside - self.min) / self.step + 0.5)
        return min(self.min + steps * self.step, self.max)


class Price(_Entry):
    """What one call costs, in US dollars per `per`, and where and when that was read."""

    per: Literal["call", "image", "second"]
    usd: Annotated[Decimal, Field(ge=0)]
    as_of: date
    source: str

    def of(self, *, duration_s: float = 0.0) -> Decimal:
        """The price of one call that makes one thing, `duration_s` long."""
        amount = self.usd * Decimal(str(duration_s)) if self.per == "second" else self.usd
        return amount.quantize(CENT).normalize() + 0


class ModelField(_Entry):
    """How one of our inputs is called at the provider, and how its values are spelled there."""

    name: str
    values: dict[str, str | int | float | bool] = Field(default_factory=dict)

    def spelled(self, value: Value) -> Value:
        return self.values.get(str(value), value)


class Model(_Entry):
    """One entry of models.yaml. Empty lists of ratios, resolutions or formats mean: no choice to make."""

    id: Annotated[str, Field(pattern=r"^[\w.-]+(/[\w.:-]+)*$", max_length=120)]
    kind: Kind
    provider: str
    account: str
    aspect_ratios: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    durations: tuple[Annotated[float, Field(gt=0)], ...] | Span = ()
    accepts: frozenset[Accepts] = frozenset()
    fields: dict[str, ModelField] = Field(default_factory=dict)
    constants: dict[str, str | int | float | bool] = Field(default_factory=dict)
    price: Price | None = None
    typical_s: Annotated[float, Field(gt=0)]
    longest_s: Annotated[float, Field(gt=0)]
    fallback: tuple[str, ...] = ()
    verified: Literal["run", "doc", "unverified"] = "unverified"
    enabled: bool = True

    @property
    def is_usable(self) -> bool:
        """A model without a price would be bought blindly."""
        return self.enabled and self.price is not None


class Account(_Entry):
    """One paying access to a provider and its limits. `concurrency` None: as many as there are workers' slots."""

    concurrency: Annotated[int, Field(ge=1)] | None = None
    per_minute: Annotated[int, Field(ge=1)] | None = None


class Catalog(_Entry):
    """models.yaml as a whole."""

    accounts: dict[str, Account]
    models: tuple[Model, ...]

    @model_validator(mode="after")
    def _everything_named_exists(self) -> "Catalog":
        kinds = {model.id: model.kind for model in self.models}
        if len(kinds) < len(self.models):
            raise ValueError("two models share an id")
        for model in self.models:
            if model.account not in self.accounts:
                raise ValueError(f"model {model.id} names the account {model.account}, which is not under `accounts`")
            for other in model.fallback:
                if kinds.get(other) != model.kind or other == model.id:
                    raise ValueError(f"model {model.id} falls back to {other}, which is no other model of its kind")
        return self

    def of_kind(self, kind: Kind) -> tuple[Model, ...]:
        return tuple(model for model in self.models if model.kind == kind)

    def find(self, model_id: str) -> Model | None:
        return next((model for model in self.models if model.id == model_id), None)


def read_catalog(configs: Path) -> Catalog:
    """Read models.yaml under `configs`. Raises ConfigError."""
    try:
        return Catalog.model_validate(read_yaml(configs / FILE))
    except ValidationError as error:
        raise ConfigError(explain(error, FILE, known=Model.model_fields)) from error


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A value a model does not take, and the nearest one that it does."""

    asked: Value
    used: Value


@dataclass(frozen=True, slots=True)
class Fitted:
    """Canonical inputs as one model takes them: `used` in our words, `parameters` in the model's."""

    model: Model
    used: dict[str, Value]
    adjusted: dict[str, Adjustment] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def parameters(self) -> dict[str, Value]:
        """What is sent under the model's own names, its constants included."""
        fields = self.model.fields
        mapped = {fields[name].name: fields[name].spelled(value) for name, value in self.used.items() if name in fields}
        return {**mapped, **self.model.constants}

    def using(self, **values: Value) -> "Fitted":
        return replace(self, used={**self.used, **values})


def fit(model: Model, inputs: Mapping[str, Value], *, asked: Collection[str] = ()) -> Fitted:
    """Fit `inputs` (None: not given) to `model`; `asked` are those the client named itself.

    A value that the model lacks becomes the nearest it has. An input that it lacks is not sent; where the client
    asked for it, a warning says so.
    """
    given = {name: value for name, value in inputs.items() if value is not None}
    taken = {name: value for name, value in given.items() if _takes(model, name)}
    used = {name: _nearest(model, name, value) for name, value in taken.items()}
    adjusted = {name: Adjustment(value, used[name]) for name, value in taken.items() if used[name] != value}
    ignored = tuple(name for name in given if name not in taken and name in asked)
    return Fitted(
        model=model,
        used=used,
        adjusted={name: change for name, change in adjusted.items() if name in asked},
        ignored=ignored,
        warnings=(
            *(f"{model.id} does not take `{name}`: it was left out" for name in ignored),
            *(_adjusted(model, name, change) for name, change in adjusted.items() if name in asked),
        ),
    )


def _takes(model: Model, name: str) -> bool:
    match name:
        case "aspect_ratio":
            return bool(model.aspect_ratios)
        case "resolution":
            return bool(model.resolutions)
        case "output_format":
            return bool(model.formats)
        case "duration":
            return model.durations != ()
        case _:
            return name in model.accepts


def _nearest(model: Model, name: str, value: Value) -> Value:
    near = _NEAREST.get(name)
    return near(model, value) if near else value


def nearest_ratio(ratios: Collection[str], wanted: float) -> str:
    """Of `ratios` ("16:9") the one whose shape is nearest to `wanted` (width by height)."""
    return min(ratios, key=lambda ratio: abs(math.log(shape(ratio) / wanted)))


def shape(ratio: str) -> float:
    """Width by height of "16:9"."""
    width, height = ratio.split(":")
    return int(width) / int(height)


def lines(resolution: str) -> int:
    """The shorter side of "720p" or "4k", in pixels."""
    return int(resolution[:-1]) * (540 if resolution.endswith("k") else 1)


def _near_ratio(model: Model, value: Value) -> Value:
    return value if value in model.aspect_ratios else nearest_ratio(model.aspect_ratios, shape(str(value)))


def _near_resolution(model: Model, value: Value) -> Value:
    if value in model.resolutions:
        return value
    return min(model.resolutions, key=lambda known: abs(lines(known) - lines(str(value))))


def _near_format(model: Model, value: Value) -> Value:
    return value if value in model.formats else model.formats[0]


def _near_duration(model: Model, value: Value) -> Value:
    seconds = float(str(value))
    if isinstance(model.durations, Span):
        return _plain(model.durations.nearest(seconds))
    return _plain(min(model.durations, key=lambda known: (abs(known - seconds), -known)))


def _plain(seconds: float) -> float:
    """8, not 8.0: how people write it."""
    return int(seconds) if seconds == int(seconds) else seconds


_NEAREST: dict[str, Callable[[Model, Value], Value]] = {
    "aspect_ratio": _near_ratio,
    "resolution": _near_resolution,
    "output_format": _near_format,
    "duration": _near_duration,
}


def _adjusted(model: Model, name: str, change: Adjustment) -> str:
    return f"`{name}` {change.asked} is not made by {model.id}: {change.used} was used"
