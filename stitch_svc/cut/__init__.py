"""Clips in, one checked MP4 out. Blocking: runs in a child process; nothing heavy loads before a function is called."""

from collections.abc import Callable
from pathlib import Path

from stitch_svc.cut.recipe import ClipRecipe, ClipReport, CutError, CutRecipe, CutReport

__all__ = ["ClipRecipe", "ClipReport", "CutError", "CutRecipe", "CutReport", "conform_clip", "cut"]


def cut(recipe: CutRecipe, *, out: Path, progress: Callable[[float, str], None]) -> CutReport:
    """Join the clips of `recipe` into an MP4 at `out`, which appears whole and checked or not at all.

    `progress` hears a fraction 0..1 that never falls, and the stage. Raises CutError with a sentence for the user.
    """
    from stitch_svc.cut.film import make_film  # noqa: PLC0415 - PyAV and numpy load in the child only

    return make_film(recipe, out=out, progress=progress)


def conform_clip(recipe: ClipRecipe, *, out: Path, progress: Callable[[float, str], None]) -> ClipReport:
    """Bring one clip into the house format at `out`; one that fits already is measured and nothing is written.

    Raises CutError with a sentence for the user.
    """
    from stitch_svc.cut.house import make_clip  # noqa: PLC0415 - PyAV and numpy load in the child only

    return make_clip(recipe, out=out, progress=progress)
