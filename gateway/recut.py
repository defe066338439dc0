"""Another cut of a finished film: what it is asked, from the film and from what is to be different. Pure."""

from collections.abc import Sequence
from typing import Any

from gateway.director import joined, showable
from gateway.films import refuse_stray
from gateway.requests.films import RecutRequest
from gateway.requests.reading import InvalidRequest
from gateway.storyboard import Film
from shared.contracts.base import ErrorCode
from shared.errors import PermanentError

SHOWN = frozenset({"succeeded", "partial"})
NULL_SAYS = frozenset({"loudness_lufs", "title", "credits"})
"""Of these null is a wish too: sound as loud as it is, no card."""


def recut(film: Film, request: RecutRequest) -> dict[str, Any]:
    """What the cut is asked. Joints that stay as they were are found again by their clips and transition.

    Raises PermanentError CONFLICT for a film that has no cut yet, InvalidRequest for scenes it does not have.
    """
    if film.status not in SHOWN:
        raise PermanentError.of(
            ErrorCode.CONFLICT,
            f"the production is {film.status}: only one that has its film can be cut again; "
            "clips that are there can be joined with POST /stitch-videos",
        )
    _refuse_missing(film, request.order)
    wanted = joined(film, request.order)
    refuse_stray(request.transition, clips=len(wanted["clips"]))
    differs = {name: value for name, value in wishes_of(request).items() if name != "order"}
    return {**film.settings.inputs["stitch_videos"], **wanted, **differs}


def wishes_of(request: RecutRequest) -> dict[str, Any]:
    """What is to be another way than the film was ordered: wire fields."""
    told = request.model_dump(mode="json", exclude_unset=True, exclude={"project"})
    return {name: value for name, value in told.items() if value is not None or name in NULL_SAYS}


def _refuse_missing(film: Film, order: Sequence[int] | None) -> None:
    there = showable(film)
    if gone := sorted(set(order or ()) - set(there)):
        named = ", ".join(map(str, gone))
        raise InvalidRequest.at("order", f"scene {named} has no clip; there are {', '.join(map(str, there))}")
