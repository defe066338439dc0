"""Fields of API.md whose feature this version does not have: refused by name, never ignored."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from gateway.requests.films import ProductionRequest, RecutRequest
from gateway.requests.orders import (
    CreateScenesRequest,
    GenerateReferenceRequest,
    GenerateVideoRequest,
    StitchVideosRequest,
)


@dataclass(frozen=True, slots=True)
class Later:
    """A field, or some values of it, of a later version.

    `harmless` tells values that ask for nothing; those are dropped. `known` tells values that this version has.
    """

    sentence: str
    harmless: Callable[[Any], bool] = lambda value: value is None
    known: Callable[[Any], bool] = lambda value: False


def _one_of(*values: Any) -> Callable[[Any], bool]:
    return lambda value: value in values


_SONG = ("song", "mix")
_CUT = {
    "audio": Later(
        "`audio` of a song needs songs, which this version does not have: say `clips` or `none`",
        known=lambda value: value not in _SONG,
    ),
    "song_id": Later("`song_id` needs songs, which this version does not have"),
    "song_gain_db": Later("`song_gain_db` needs songs, which this version does not have"),
    "clip_gain_db": Later("`clip_gain_db` needs an audio mix, which this version does not have", _one_of(None, 0)),
}
_FILM = {
    "on_missing": Later(
        "a production says with `on_failed_scene` what becomes of a scene without a clip", _one_of(None, "fail")
    ),
    "model": Later('a production takes `models`: {"scene": ..., "image": ..., "video": ...}'),
}

_FIXED = "`{}` was fixed when the production was ordered: every clip is conformed to it"
_RECUT = {name: Later(_FIXED.format(name)) for name in ("width", "height", "fps", "fit")}

LATER: dict[type[BaseModel], dict[str, Later]] = {
    CreateScenesRequest: {},
    GenerateReferenceRequest: {},
    GenerateVideoRequest: {},
    StitchVideosRequest: _CUT,
    ProductionRequest: _CUT | _FILM,
    RecutRequest: _CUT | _RECUT,
}


def refusal(model: type[BaseModel], name: str, value: Any) -> str | None:
    """Why `name` is refused; "" where it is known, asks for nothing and is to be dropped; None: not a later field."""
    later = LATER.get(model, {}).get(name)
    if later is None or later.known(value):
        return None
    return "" if later.harmless(value) else later.sentence
