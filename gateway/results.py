"""What comes of a job: its orders' outcomes folded into one status, result and fault (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import TypeAdapter

from shared.contracts.base import FREE, Contract, ErrorCode, Fault
from shared.contracts.order import Outcome, Result
from shared.contracts.stitch import VideosStitched

OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)

FinalStatus = Literal["succeeded", "partial", "failed", "canceled"]


class Missed(Contract):
    """One order of a job that brought nothing. `index` is its place among the job's orders, from 0."""

    index: int
    fault: Fault


class JobResult(Contract):
    """A job's `result` as the history keeps it: what was made, in the order it was asked, and what was not."""

    made: tuple[Result, ...] = ()
    missed: tuple[Missed, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ends once its last order has."""

    status: FinalStatus
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    actual_usd: Decimal


CANCELED = Fault(code=ErrorCode.CONFLICT, message="This part was canceled before it was made.", retryable=True)


def ending_of(outcomes: Sequence[Outcome]) -> Ending:
    """The end of a job whose orders ended so, in order of position. What was made is kept whatever the status."""
    made = tuple(outcome.result for outcome in outcomes if outcome.status == "succeeded")
    missed = tuple(
        Missed(index=index, fault=fault_of(outcome))
        for index, outcome in enumerate(outcomes)
        if outcome.status != "succeeded"
    )
    status = _status(outcomes)
    return Ending(
        status=status,
        result=JobResult(made=made, missed=missed).model_dump(mode="json") if made else None,
        error=missed[0].fault.model_dump(mode="json") if status == "failed" else None,
        actual_usd=sum((outcome.cost_usd for outcome in outcomes), FREE),
    )


def fault_of(outcome: Outcome) -> Fault:
    return outcome.fault if outcome.status in {"failed", "uncertain"} else CANCELED


def _status(outcomes: Sequence[Outcome]) -> FinalStatus:
    ends = {outcome.status for outcome in outcomes}
    if ends == {"succeeded"}:
        return "partial" if _left_out(outcomes) else "succeeded"
    if "canceled" in ends:
        return "canceled"
    return "partial" if "succeeded" in ends else "failed"


def _left_out(outcomes: Sequence[Outcome]) -> bool:
    """Is a cut among them that had to go without some of its clips?"""
    results = (outcome.result for outcome in outcomes if outcome.status == "succeeded")
    return any(isinstance(result, VideosStitched) and result.skipped for result in results)
