"""What an order would cost and how long it would take."""

from typing import Any

from shared.answers.base import Adjusted, Answer, Money
from shared.contracts.base import Kind


class EstimatedPart(Answer):
    """`count` calls of one model. `seconds`: how long they take side by side."""

    part: str
    kind: Kind
    backend: str
    model: str
    count: int
    usd_each: Money
    usd: Money
    seconds: float
    parameters: dict[str, Any]
    adjusted_parameters: dict[str, Adjusted]
    ignored_parameters: tuple[str, ...]


class Estimate(Answer):
    """`call`: for which call the body was read."""

    call: str
    estimated_usd: Money
    seconds: float
    parts: tuple[EstimatedPart, ...]
    warnings: tuple[str, ...]
