"""The port of whoever writes scenes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from shared.contracts.base import FREE
from shared.contracts.order import Order
from shared.contracts.scene import Scene


@dataclass(frozen=True)
class Script:
    """The scenes in order, with what writing them took."""

    scenes: tuple[Scene, ...]
    cost_usd: Decimal = FREE
    prompt_tokens: int = 0
    output_tokens: int = 0


class SceneProvider(Protocol):
    """Writes all scenes of one video.

    The call may cost a fraction of a cent, has no handle to ask again, and is bounded by `call_timeout_s`.
    Raises the errors of shared.errors; no vendor exception escapes. Throttled, TransientError and PermanentError
    that is not `charged` prove that nothing was bought, SubmissionUnknown is any doubt.
    """

    call_timeout_s: float

    async def write(self, order: Order) -> Script: ...
