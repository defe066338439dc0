"""What an order would cost and how long it would take."""

from typing import Any

from shared.answers.base import Adjusted, Answer, Money
from shared.contracts.base import Kind


class EstimatedPart(Answer):
    """`count` calls of one model. `at_once`: how many are worked side by side; null where nobody has told.

    `seconds`: how long all of them take then, where nobody else has orders there; null where it is not known.
    """

    part: str
    kind: Kind
    backend: str
    model: str
    count: int
    usd_each: Money
    usd: Money
    at_once: int | None
    seconds: float | None
    parameters: dict[str, Any]
    adjusted_parameters: dict[str, Adjusted]
    ignored_parameters: tuple[str, ...]


class Estimate(Answer):
    """`call`: for which call the body was read."""

    call: str
    estimated_usd: Money
    seconds: float | None
    parts: tuple[EstimatedPart, ...]
    warnings: tuple[str, ...]
