"""The steps of an order, and where on a line each is caught: at the provider's server, or at a gate before the bus."""

import json
from collections.abc import Callable
from typing import Any, Literal

from tests.chaos.gate import Happens, Passing, Stop

Moment = Literal[
    "claimed", "intending", "intended", "accepted", "owning", "owned", "kept", "polled", "sending",
    "storing", "settled", "telling", "told", "acking", "releasing", "released", "applied",
]  # fmt: skip
"""...ing: the bus does not have it yet; ...ed: it has, unknown to who told it. The others are told below."""
AT_PROVIDER: tuple[Moment, ...] = ("accepted", "polled", "sending")
"""After an order was taken and before it is answered, on its first poll, in the middle of its output."""
AT_GATEWAY: tuple[Moment, ...] = ("releasing", "released", "applied")
"""An order to the bus; an event that is committed and not yet acked."""
STEPS: tuple[Moment, ...] = (
    "claimed", "intending", "intended", "accepted", "owning", "owned", "kept", "polled", "sending",
    "storing", "settled", "telling", "told", "acking",
)  # fmt: skip
"""Of a worker, in their order: claim, intent, the call, HANDLES, the handle, the output, the outcome, `ended`, ack."""


def stop_at(moment: Moment, happens: Happens) -> Stop:
    """Where a gate stops for `moment`."""
    wanted, answered = _STOPS[moment]
    return Stop(wanted, happens, answered=answered)


def _record(passing: Passing) -> dict[str, Any]:
    """What is being written to EXECUTIONS, if that is what passes."""
    if not passing.subject.startswith("$KV.EXECUTIONS."):
        return {}
    record: dict[str, Any] = json.loads(passing.payload)
    return record


def _is_claim(passing: Passing) -> bool:
    return "owner" in _record(passing)


def _is_intent(passing: Passing) -> bool:
    return "intent" in _record(passing)


def _is_handle(passing: Passing) -> bool:
    return "handle" in _record(passing)


def _is_outcome(passing: Passing) -> bool:
    return "outcome" in _record(passing)


def _is_owner(passing: Passing) -> bool:
    return passing.subject.startswith("$KV.HANDLES.")


def _is_end(passing: Passing) -> bool:
    return passing.subject.startswith("events.") and passing.subject.endswith(".ended")


def _is_order(passing: Passing) -> bool:
    return passing.subject.startswith("orders.")


def _is_ack_of(stream: str) -> Callable[[Passing], bool]:
    def is_ack(passing: Passing) -> bool:
        return passing.subject.startswith(f"$JS.ACK.{stream}.") and passing.payload in (b"", b"+ACK")

    return is_ack


_STOPS: dict[Moment, tuple[Callable[[Passing], bool], bool]] = {
    "claimed": (_is_claim, True),
    "intending": (_is_intent, False),
    "intended": (_is_intent, True),
    "owning": (_is_owner, False),
    "owned": (_is_owner, True),
    "kept": (_is_handle, True),
    "storing": (_is_outcome, False),
    "settled": (_is_outcome, True),
    "telling": (_is_end, False),
    "told": (_is_end, True),
    "acking": (_is_ack_of("ORDERS"), False),
    "releasing": (_is_order, False),
    "released": (_is_order, True),
    "applied": (_is_ack_of("EVENTS"), False),
}
