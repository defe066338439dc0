"""The local clip: a moving animatic of one scene, painted, lit, scored and encoded without any outside help."""

from collections.abc import Callable
from pathlib import Path

from shared.contracts.base import MediaFacts
from video_svc.animatic.recipe import ClipRecipe

__all__ = ["ClipRecipe", "render_clip"]


def render_clip(recipe: ClipRecipe, *, out: Path, progress: Callable[[float, str], None]) -> MediaFacts:
    """Render one clip as an MP4 at `out`. Blocking: seconds of CPU; meant for a child process.

    `progress` hears a share 0..1 and what is being done. The same recipe gives the same bytes.
    """
    from video_svc.animatic.render import render  # noqa: PLC0415 - numpy, cv2 and av belong to the child process

    return render(recipe, out=out, progress=progress)
