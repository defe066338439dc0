"""Fields of API.md whose feature this version does not have: refused by name, never ignored."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from gateway.requests.films import ProductionRequest
from gateway.requests.orders import (
    CreateScenesRequest,
    GenerateReferenceRequest,
    GenerateVideoRequest,
    StitchVideosRequest,
)


@dataclass(frozen=True, slots=True)
class Later:
    """A field of a later version. `harmless` tells values that ask for nothing; those are dropped."""

    sentence: str
    harmless: Callable[[Any], bool] = lambda value: value is None


def _one_of(*values: Any) -> Callable[[Any], bool]:
    return lambda value: value in values


def _hard_cuts(value: Any) -> bool:
    if isinstance(value, list):
        return all(_hard_cuts(joint) for joint in value)
    return value in (None, "cut") or (isinstance(value, dict) and value.get("type") == "cut")


_REUSE = {
    "reuse": Later("`reuse` needs a search of earlier results, which this version does not have", _one_of(None, False))
}
_CUT = {
    "transition": Later("this version joins by hard cuts only: leave `transition` out or say `cut`", _hard_cuts),
    "loudness_lufs": Later("this version leaves the audio's loudness alone: leave `loudness_lufs` out or say null"),
    "audio": Later(
        "this version plays the clips' own audio only: leave `audio` out or say `clips`", _one_of(None, "clips")
    ),
    "song_id": Later("`song_id` needs songs, which this version does not have"),
    "song_gain_db": Later("`song_gain_db` needs songs, which this version does not have"),
    "clip_gain_db": Later("`clip_gain_db` needs an audio mix, which this version does not have", _one_of(None, 0)),
    "on_missing": Later(
        "this version joins all clips or none: leave `on_missing` out or say `fail`", _one_of(None, "fail")
    ),
}
_FILM = {
    "review": Later("`review` needs gates, which this version does not have: say `none`", _one_of(None, "none", [])),
    "continuity": Later(
        "this version gives every clip the same reference: leave `continuity` out or say `shared_reference`",
        _one_of(None, "shared_reference"),
    ),
    "webhook_url": Later(
        "`webhook_url` needs webhooks, which this version does not have: follow the production on `/ws`"
    ),
    "model": Later('a production takes `models`: {"scene": ..., "image": ..., "video": ...}'),
}

LATER: dict[type[BaseModel], dict[str, Later]] = {
    CreateScenesRequest: _REUSE,
    GenerateReferenceRequest: _REUSE,
    GenerateVideoRequest: _REUSE,
    StitchVideosRequest: _REUSE | _CUT,
    ProductionRequest: _REUSE | _CUT | _FILM,
}


def refusal(model: type[BaseModel], name: str, value: Any) -> str | None:
    """Why `name` is refused; "" where it is known, asks for nothing and is to be dropped; None: not a later field."""
    later = LATER[model].get(name)
    if later is None:
        return None
    return "" if later.harmless(value) else later.sentence
