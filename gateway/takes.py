"""What an edit makes of a scene: which version follows, what its clip asks, what it shows until then. Pure."""

from collections.abc import Mapping
from typing import Any

from gateway.director import is_filmed, made_last
from gateway.requests.edits import SceneWords
from gateway.storyboard import Film, Take, shot_part
from shared.contracts.base import ErrorCode
from shared.contracts.scene import Scene
from shared.errors import PermanentError


def reworded(take: Take, words: SceneWords) -> Scene:
    """The scene with what `words` name."""
    told = {name: getattr(words, name) for name in SceneWords.model_fields if name in words.model_fields_set}
    if "duration" in told:
        told["duration_seconds"] = told.pop("duration")
    return take.scene.model_copy(update=told)


def asks_of(take: Take, words: SceneWords) -> dict[str, Any]:
    """What its clip asks of its own once it says `words`: a duration that was named, beside what it asked before."""
    return {**take.asks, **({"duration": words.duration} if words.duration else {})}


def draft(film: Film, number: int, scene: Scene, asks: Mapping[str, Any]) -> Take:
    """Other words: they count at once while there is no clip of the scene; afterwards its clip stays as it was."""
    take = film.take(number)
    filmed = not take.wanted or is_filmed(film, number, take)
    basis = _shown(take) if filmed else take.basis
    return Take(version=_next(film, number), scene=scene, asks=asks, wanted=not filmed, basis=basis)


def retake(film: Film, number: int, scene: Scene, asks: Mapping[str, Any]) -> Take:
    """One more clip of the scene. Raises PermanentError CONFLICT while one is being made."""
    take = film.take(number)
    refuse_while_filmed(film, number)
    unfilmed = take.wanted and not is_filmed(film, number, take)
    return Take(version=_next(film, number), scene=scene, asks=asks, basis=take.basis if unfilmed else _shown(take))


def recalled(film: Film, number: int, version: int) -> Take | None:
    """The version to add so that the words of `version` count where it never had a clip; None: it is chosen as it is.

    Nothing is paid by a choice: what was not filmed is not filmed by it.
    """
    take, wished = film.take(number), film.take(number, version)
    filmed = not take.wanted or is_filmed(film, number, take)
    if not wished.wanted or is_filmed(film, number, wished) or not filmed:
        return None
    return Take(version=_next(film, number), scene=wished.scene, asks=wished.asks, wanted=False, basis=_shown(take))


def refuse_while_filmed(film: Film, number: int) -> None:
    """Raises PermanentError CONFLICT while the newest clip of the scene is being made."""
    part = film.parts.get(shot_part(number, made_last(film, number).version))
    if part is not None and not part.is_over:
        raise PermanentError.of(
            ErrorCode.CONFLICT,
            f"a clip of scene {number} is being made: wait for it, or cancel its job first",
        )


def refuse_unknown_scenes(film: Film, numbers: tuple[int, ...]) -> None:
    """Raises PermanentError CONFLICT where there are no scenes yet, NOT_FOUND where there is no such scene."""
    if not film.scenes:
        raise PermanentError.of(ErrorCode.CONFLICT, "the scenes are not written yet")
    if unknown := sorted(set(numbers) - set(film.numbers)):
        named = ", ".join(map(str, unknown))
        raise PermanentError.of(ErrorCode.NOT_FOUND, f"there is no scene {named}; there are 1 to {len(film.scenes)}")


def _shown(take: Take) -> int | None:
    """The version whose clip is shown, or would be."""
    return take.version if take.wanted else take.basis


def _next(film: Film, number: int) -> int:
    return max(film.takes[number]) + 1
