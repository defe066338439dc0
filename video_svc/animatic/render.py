"""One clip from its recipe to its file: prepare, film, score, encode."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from shared.contracts.base import MediaFacts
from video_svc.animatic.camera import Matrix, halved, swayed, then
from video_svc.animatic.compositor import Exposure, Picture, Placed
from video_svc.animatic.encode import write_mp4
from video_svc.animatic.plate import STILL, Pixels, Plate
from video_svc.animatic.recipe import ClipRecipe
from video_svc.animatic.scene import Scene, prepare
from video_svc.animatic.sound import sound_bed
from video_svc.animatic.still import film_still

Progress = Callable[[float, str], None]

_REPORT_EVERY = 12
"""Frames between two words about progress."""
_SCORED, _PAINTED, _FILMED = 0.04, 0.12, 0.98
"""Shares of the whole work that are done after each part."""
_LIGHTNING = 70
"""Steps of luma that a flash adds."""
_BREATH = 0.0035
"""How much a standing figure rises and falls, as a share of its height."""


def render(recipe: ClipRecipe, *, out: Path, progress: Progress) -> MediaFacts:
    """Make the clip at `out`. See `video_svc.animatic.render_clip`."""
    cv2.setNumThreads(1)
    progress(0.0, "writing the sound")
    sound = sound_bed(recipe) if recipe.generate_audio else None
    progress(_SCORED, "painting the scene")
    still = recipe.stand_in and recipe.reference_path is not None
    frames = _told(film_still(recipe) if still else film(prepare(recipe), recipe), recipe.frames, progress)
    write_mp4(frames, out=out, width=recipe.width, height=recipe.height, fps=recipe.fps, sound=sound)
    progress(1.0, "done")
    return MediaFacts(
        width=recipe.width,
        height=recipe.height,
        duration_s=recipe.frames / recipe.fps,
        fps=float(recipe.fps),
        frames=recipe.frames,
        has_audio=recipe.generate_audio,
    )


def _told(frames: Iterator[Pixels], total: int, progress: Progress) -> Iterator[Pixels]:
    """The frames, telling progress on the way."""
    for index, frame in enumerate(frames):
        if index % _REPORT_EVERY == 0:
            progress(_PAINTED + (_FILMED - _PAINTED) * index / total, f"filming, frame {index + 1} of {total}")
        yield frame


def film(scene: Scene, recipe: ClipRecipe) -> Iterator[Pixels]:
    """The frames in planar 4:2:0. One memory serves them all: take what you need before the next."""
    picture = Picture(recipe.width, recipe.height)
    exposure = Exposure.blank(recipe.width, recipe.height)
    far = Picture(recipe.width // 2, recipe.height // 2) if scene.camera.frame.blur else None
    for index in range(recipe.frames):
        share, time_s = index / max(1, recipe.frames - 1), index / recipe.fps
        _shoot(scene, picture, far, share, time_s)
        _air(scene, picture.pixels, exposure, time_s)
        for stamp in scene.stamps:
            stamp.press((exposure.luma, exposure.blue, exposure.red))
        yield exposure.planes


def _shoot(scene: Scene, picture: Picture, far: Picture | None, share: float, time_s: float) -> None:
    """One moment, back to front, the figure among the plates. `far` is half a picture for a background out of focus."""
    near = [*_figure(scene, share, time_s), *_placed(scene, scene.before, share, time_s)]
    behind = _placed(scene, scene.behind, share, time_s, half=far is not None)
    if far is None:
        picture.lay([*behind, *near])
        return
    far.lay(behind)
    cv2.resize(far.pixels, picture.pixels.shape[1::-1], picture.pixels, interpolation=cv2.INTER_LINEAR)
    picture.lay(near)


def _placed(
    scene: Scene, plates: tuple[Plate, ...], share: float, time_s: float, *, half: bool = False
) -> list[Placed]:
    """The plates where they are seen. Those of one depth share one matrix, unless they sway."""
    seen = {depth: scene.camera.matrix(share, depth) for depth in {plate.depth for plate in plates}}
    still = {depth: halved(view) if half else view for depth, view in seen.items()}
    return [
        Placed(plate, still[plate.depth] if plate.sway == STILL else _swung(plate, seen[plate.depth], time_s, half))
        for plate in plates
    ]


def _swung(plate: Plate, view: Matrix, time_s: float, half: bool) -> Matrix:
    swung = then(swayed(plate.sway, time_s), view)
    return halved(swung) if half else swung


def _figure(scene: Scene, share: float, time_s: float) -> list[Placed]:
    """The figure's drawing of this moment, breathing, on its way, and what is under it."""
    acting, staging = scene.acting, scene.staging
    breath = _BREATH * math.sin(2 * math.pi * time_s / 3.6) if acting.cycle_s is None else 0.0
    scale, view = staging.height / acting.drawn_px, scene.camera.figure_matrix(share)
    x, y = staging.feet_at(share)
    own: Matrix = np.array([[scale, 0.0, x], [0.0, scale * (1 + breath), y]])
    figure = Placed(acting.phase(time_s), then(own, view))
    if scene.under is None:
        return [figure]
    return [Placed(scene.under, then(np.array([[1.0, 0.0, x], [0.0, 1.0, y]]), view)), figure]


def _air(scene: Scene, picture: Pixels, exposure: Exposure, time_s: float) -> None:
    """Sparks, rain and snow, lightning, and the darker corners."""
    for sparks in scene.air.sparks:
        sparks.fly(picture, time_s)
    exposure.develop(picture)
    for tile in scene.air.tiles:
        tile.fall(exposure.luma, time_s)
    if flash := scene.air.lightning(time_s):
        cv2.convertScaleAbs(exposure.luma, exposure.luma, 1.0, _LIGHTNING * flash)
    scene.vignette.apply(exposure.luma)
