"""How clips follow each other: a transition belongs to the clip that enters by it. Pure."""

from collections.abc import Sequence
from typing import Any

from gateway.requests.fields import Transition

HARD = Transition(type="cut")


def entrances(told: Sequence[Transition], *, clips: int) -> tuple[Transition, ...]:
    """How each of `clips` clips enters, the first by nothing. `told`: none, one for all joints, or one per joint."""
    per_joint = tuple(told) * (clips - 1) if len(told) == 1 else tuple(told)
    return (HARD, *per_joint, *[HARD] * (clips - 1 - len(per_joint)))[:clips]


def joints(entered: Sequence[Transition], order: Sequence[int]) -> tuple[Transition, ...]:
    """The transition of every joint, where only the clips at `order` are shown, in this order (counted from 0)."""
    return tuple(entered[place] for place in order[1:])


def timed(told: Sequence[Transition], *, seconds: float) -> tuple[Transition, ...]:
    """`told` with `seconds` where one does not say how long it takes; a cut takes none."""
    return tuple(
        HARD if one.type == "cut" else one if one.seconds else one.model_copy(update={"seconds": seconds})
        for one in told
    )


def as_json(told: Sequence[Transition]) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json") for one in told]


def from_json(told: Sequence[Any] | None) -> tuple[Transition, ...]:
    return tuple(Transition.model_validate(one) for one in told or ())
