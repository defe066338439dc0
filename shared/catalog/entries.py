"""The pieces of an entry of models.yaml: durations, price, fields, prompt, pictures, rules."""

import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.contracts.order import TokenPrices

Value = str | int | float | bool | None
Plain = str | int | float | bool
Role = Literal["reference", "first_frame"]
CENT = Decimal("0.0001")  # a hundredth of one: text costs fractions of a cent


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(Entry):
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


class Price(Entry):
    """What one call costs, in US dollars per `per`, and where and when that was read.

    `usd_silent`: per unit without audio; `usd_at`: per unit at a resolution, `usd_silent_at` there without audio;
    `tokens`: where they are billed, `usd` is then what an ordinary call comes to.
    """

    per: Literal["call", "image", "second"]
    usd: Annotated[Decimal, Field(ge=0)]
    usd_silent: Annotated[Decimal, Field(ge=0)] | None = None
    usd_at: dict[str, Annotated[Decimal, Field(ge=0)]] = Field(default_factory=dict)
    usd_silent_at: dict[str, Annotated[Decimal, Field(ge=0)]] = Field(default_factory=dict)
    tokens: TokenPrices | None = None
    as_of: date
    source: str

    @model_validator(mode="after")
    def _silence_has_one_price(self) -> "Price":
        if self.usd_at and self.usd_silent is not None:
            raise ValueError("a price with `usd_at` says what silence costs under `usd_silent_at`, not `usd_silent`")
        return self

    def of(self, *, duration_s: float = 0.0, audio: bool = True, resolution: str | None = None) -> Decimal:
        """The price of one call that makes one thing, `duration_s` long."""
        unit = self.usd_at.get(resolution or "", self.usd)
        if not audio:
            unit = self.usd_silent_at.get(resolution or "", unit if self.usd_silent is None else self.usd_silent)
        amount = unit * Decimal(str(duration_s)) if self.per == "second" else unit
        return amount.quantize(CENT).normalize() + 0


class ModelField(Entry):
    """How one of our inputs is called at the provider, and how its values are spelled there.

    `instead`: our values that it refuses -> the nearest it takes; `written`: a text around the value ("{}s").
    """

    name: str
    values: dict[str, Plain] = Field(default_factory=dict)
    instead: dict[str, str] = Field(default_factory=dict)
    written: Annotated[str, Field(pattern=r"^[^{}]*\{\}[^{}]*$")] | None = None

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


class PromptField(Entry):
    """Where the prompt goes, how long it may be, and how it says what to avoid where there is no field for that."""

    name: str = "prompt"
    most_characters: Annotated[int, Field(ge=100)] | None = None
    avoiding: Annotated[str, Field(pattern=r"^[^{}]*\{\}[^{}]*$")] | None = None


class Picture(Entry):
    """One way of sending a picture; `requires` are our inputs that must have these values then."""

    name: str
    shape: Literal["single", "list", "part"] = "single"
    tag: str | None = None
    requires: dict[str, Plain] = Field(default_factory=dict)


class Rule(Entry):
    """Where our inputs have the values of `when`, they must have those of `require` too."""

    when: dict[str, Plain]
    require: dict[str, Plain]

    def applies(self, used: Mapping[str, Value]) -> bool:
        return all(used.get(name) == value for name, value in self.when.items())
