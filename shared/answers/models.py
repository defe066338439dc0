"""Which models can be asked for."""

from datetime import date
from typing import Literal

from shared.answers.base import Answer, Money
from shared.contracts.base import Kind


class ModelPrice(Answer):
    """What one call costs, in US dollars per `per`, as it stood on that day."""

    per: Literal["call", "image", "second"]
    usd: Money
    as_of: date


class DurationSpan(Answer):
    """Every duration from `min` to `max` seconds, in steps of `step` where there is one."""

    min: float
    max: float
    step: float | None


class Model(Answer):
    """A model an order may name. `is_default`: taken where an order names none; `is_reachable` null: nobody knows."""

    id: str
    kind: Kind
    backend: str
    is_default: bool
    is_reachable: bool | None
    verified: Literal["run", "doc", "unverified"]
    price: ModelPrice | None
    typical_seconds: float
    longest_seconds: float
    aspect_ratios: tuple[str, ...]
    resolutions: tuple[str, ...]
    durations: tuple[float, ...] | DurationSpan
    needs_picture: bool
    takes_picture: bool


class ModelList(Answer):
    items: tuple[Model, ...]
