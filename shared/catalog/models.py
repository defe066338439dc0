"""models.yaml as types: what each model is called, takes, costs, and what is taken instead."""

import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shared.config import ConfigError, explain, read_yaml
from shared.contracts.base import Kind
from shared.contracts.order import TokenPrices

FILE = "models.yaml"

Value = str | int | float | bool | None
Role = Literal["reference", "first_frame"]
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
    """What one call costs, in US dollars per `per`, and where and when that was read.

    `usd_silent`: per unit without audio; `usd_at`: per unit at a resolution; `tokens`: where they are billed,
    `usd` is then what an ordinary call comes to.
    """

    per: Literal["call", "image", "second"]
    usd: Annotated[Decimal, Field(ge=0)]
    usd_silent: Annotated[Decimal, Field(ge=0)] | None = None
    usd_at: dict[str, Annotated[Decimal, Field(ge=0)]] = Field(default_factory=dict)
    tokens: TokenPrices | None = None
    as_of: date
    source: str

    def of(self, *, duration_s: float = 0.0, audio: bool = True, resolution: str | None = None) -> Decimal:
        """The price of one call that makes one thing, `duration_s` long."""
        unit = self.usd_at.get(resolution or "", self.usd)
        if not audio and self.usd_silent is not None:
            unit = self.usd_silent
        amount = unit * Decimal(str(duration_s)) if self.per == "second" else unit
        return amount.quantize(CENT).normalize() + 0


class ModelField(_Entry):
    """How one of our inputs is called at the provider, and how its values are spelled there.

    `instead`: our values that it refuses -> the nearest it takes; `written`: a text around the value ("{}s").
    """

    name: str
    values: dict[str, str | int | float | bool] = Field(default_factory=dict)
    instead: dict[str, str] = Field(default_factory=dict)
    written: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_name_alone(cls, entry: Any) -> Any:
        return {"name": entry} if isinstance(entry, str) else entry

    def nearest(self, value: Value) -> Value:
        """The value to use in our words; None where it takes nothing like it."""
        near = self.instead.get(str(value), value)
        return near if not self.values or str(near) in self.values else None

    def spelled(self, value: Value) -> Value:
        known = self.values.get(str(value), value)
        return self.written.format(known) if self.written else known


class PromptField(_Entry):
    """Where the prompt goes, how long it may be, and how it says what to avoid where there is no field for that."""

    name: str = "prompt"
    most_characters: Annotated[int, Field(ge=100)] | None = None
    avoiding: Annotated[str, Field(pattern=r"\{\}")] | None = None


class Picture(_Entry):
    """One way of sending a picture; `requires` are our inputs that must have these values then."""

    name: str
    shape: Literal["single", "list", "part"] = "single"
    tag: str | None = None
    requires: dict[str, str | int | float | bool] = Field(default_factory=dict)


class Rule(_Entry):
    """Where our inputs have the values of `when`, they must have those of `require` too."""

    when: dict[str, str | int | float | bool]
    require: dict[str, str | int | float | bool]

    def applies(self, used: Mapping[str, Value]) -> bool:
        return all(used.get(name) == value for name, value in self.when.items())


class Model(_Entry):
    """One entry of models.yaml. Empty lists of ratios, resolutions or formats mean: no choice to make.

    `fields` are sent under the model's own names; `accepts` names what it takes without a field of its own.
    """

    id: Annotated[str, Field(pattern=r"^[\w.-]+(/[\w.:-]+)*$", max_length=120)]
    kind: Kind
    provider: str
    account: str
    target: str = ""
    prompt: PromptField | None = None
    aspect_ratios: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    durations: tuple[Annotated[float, Field(gt=0)], ...] | Span = ()
    rounding: Literal["nearest", "up", "down"] = "nearest"
    seed_below: Annotated[int, Field(ge=1)] | None = None
    accepts: frozenset[Accepts] = frozenset()
    fields: dict[str, ModelField] = Field(default_factory=dict)
    pictures: dict[Role, Picture] = Field(default_factory=dict)
    needs_picture: bool = False
    rules: tuple[Rule, ...] = ()
    constants: dict[str, str | int | float | bool] = Field(default_factory=dict)
    output: Literal["file", "files", "inline"] = "file"
    price: Price | None = None
    bills_canceled: bool = False
    random_refusals: tuple[str, ...] = ()
    typical_s: Annotated[float, Field(gt=0)]
    longest_s: Annotated[float, Field(gt=0)]
    fallback: tuple[str, ...] = ()
    verified: Literal["run", "doc", "unverified"] = "unverified"
    enabled: bool = True

    @property
    def is_usable(self) -> bool:
        """A model without a price would be bought blindly."""
        return self.enabled and self.price is not None

    @property
    def vendor_model(self) -> str:
        """What the provider calls it."""
        return self.target or self.id


class Account(_Entry):
    """One paying access to a provider and its limits. `concurrency` None: as many as there are workers' slots.

    `per_minute` orders may go out in a minute, `burst` of them at once (None: all of them).
    """

    concurrency: Annotated[int, Field(ge=1)] | None = None
    per_minute: Annotated[int, Field(ge=1)] | None = None
    burst: Annotated[int, Field(ge=1)] | None = None


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

    def chain(self, model: Model) -> tuple[Model, ...]:
        """`model` and what is taken instead of it, in that order."""
        return (model, *(found for name in model.fallback if (found := self.find(name)) is not None))


def read_catalog(configs: Path) -> Catalog:
    """Read models.yaml under `configs`. Raises ConfigError."""
    try:
        return Catalog.model_validate(read_yaml(configs / FILE))
    except ValidationError as error:
        raise ConfigError(explain(error, FILE, known=Model.model_fields)) from error
