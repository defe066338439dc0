"""What models took before: the middle and the long end of their last calls."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from gateway.history.tables import orders
from gateway.history.transaction import Transaction

LAST_CALLS = 50


@dataclass(frozen=True, slots=True)
class Past:
    """How long a model's calls took, in seconds: half of them at most `p50_s`, nine in ten at most `p90_s`."""

    p50_s: float
    p90_s: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Past | None":
        """None where there is no past."""
        ordered = sorted(seconds)
        return cls(_quantile(ordered, 0.5), _quantile(ordered, 0.9)) if ordered else None

    def left_s(self, elapsed_s: float) -> float:
        """What is still expected after `elapsed_s`: of an ordinary call, then of a long one, then ever a little."""
        for typical_s in (self.p50_s, self.p90_s):
            if elapsed_s < typical_s:
                return typical_s - elapsed_s
        return max(1.0, 0.1 * self.p90_s)


async def past_of(tx: Transaction, model: str) -> Past | None:
    """The past of the model's newest successful calls."""
    query = (
        select(orders.c.started_at, orders.c.ended_at, orders.c.outcome)
        .where(orders.c.model == model, orders.c.ended_at.is_not(None))
        .order_by(orders.c.ended_at.desc())
        .limit(2 * LAST_CALLS)
    )
    rows = (await tx.connection.execute(query)).all()
    took = [
        row.ended_at - row.started_at
        for row in rows
        if row.started_at is not None and (row.outcome or {}).get("status") == "succeeded"
    ]
    return Past.of(took[:LAST_CALLS])


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
