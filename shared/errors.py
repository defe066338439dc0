"""Errors as instructions: what the machine does next is their type, what the user reads is their fault."""

from decimal import Decimal
from typing import Any, Self

from shared.contracts.base import ErrorCode, Fault


class ServiceError(Exception):
    """Something a user is told about. `str()` is the fault's message."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault

    @classmethod
    def of(cls, code: ErrorCode, message: str, **fields: Any) -> Self:
        return cls(Fault(code=code, message=message, **fields))


class PermanentError(ServiceError):
    """Trying again changes nothing: the job fails with this fault.

    `cost_usd` is what it costs all the same, where that is known; else a `charged` fault costs the order's price.
    """

    def __init__(self, fault: Fault, *, cost_usd: Decimal | None = None) -> None:
        super().__init__(fault)
        self.cost_usd = cost_usd


class TransientError(ServiceError):
    """Nothing was bought and nothing is lost: try again later."""


class Throttled(TransientError):
    """A proven refusal for now. Raised before anything was bought; the account waits `retry_after_s`."""

    def __init__(self, fault: Fault, *, retry_after_s: float = 10.0) -> None:
        super().__init__(fault)
        self.retry_after_s = retry_after_s


class SubmissionUnknown(ServiceError):
    """The request left and no answer came: it may have been bought. Only `find` or a person can tell."""


class BusAway(Exception):
    """The bus did not answer in time. Whatever was asked may or may not have happened."""
