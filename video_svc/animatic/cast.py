"""The figure: who it is, what it does, how it is lit, and its drawn phases."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from shared.figure import Figure, Light, Look, Pose, draw_figure, look_from_picture, look_of, read_look
from video_svc.animatic.camera import Size
from video_svc.animatic.colour import WHITE, luminance, mix
from video_svc.animatic.palette import Palette
from video_svc.animatic.plate import Plate, as_yuv
from video_svc.animatic.recipe import ClipRecipe, seed_of
from video_svc.animatic.setting import scene_words
from video_svc.animatic.staging import Extent

CYCLES: Mapping[Pose, float] = {Pose.WALKING: 1.2, Pose.RUNNING: 0.75, Pose.DANCING: 2.0}
"""Seconds one cycle takes; other poses only breathe."""
PACES: Mapping[Pose, float] = {Pose.WALKING: 0.5, Pose.RUNNING: 1.2}
"""How fast the figure gets on, in its own heights per second."""
POSES: Mapping[Pose, str] = {
    Pose.KNEELING: r"kneel\w*|knelt|crouch\w*|bends? down|picks? up|on (?:her|his|their|its) knees|bows?",
    Pose.SITTING: r"sits?|sitting|sat|seated|perch\w*|rests?|resting|slump\w*|leans? back",
    Pose.DANCING: (
        r"danc\w+|spin(?:s|ning)|twirl\w*|sways?|swaying|whirl\w*|sing(?:s|ing)|perform\w*|plays?|playing|"
        r"jump\w*|leaps?"
    ),
    Pose.RUNNING: (
        r"run(?:s|ning)?|ran|sprint\w*|chas\w+|rush\w*|races?|racing|flee\w*|escap\w+|dash\w*|hurr\w+|"
        r"charg\w+"
    ),
    Pose.LOOKING_BACK: (
        r"look(?:s|ing)? (?:back|over)|glanc\w+|turn(?:s|ing)? (?:back|around|round|away|to)|over (?:her|"
        r"his|their|its) shoulder|hesitat\w*|remember\w*"
    ),
    Pose.ARMS_RAISED: (
        r"(?:rais|lift|throw|spread|open)(?:s|es|ing)? (?:up )?(?:both |her |his |their |its )*(?:arms|"
        r"hands)|arms (?:raised|wide|open|up)|celebrat\w*|cheer\w*|triumph\w*|shouts?|screams?|welcom\w*"
    ),
    Pose.REACHING: (
        r"reach\w*|points?|pointing|touch\w*|stretch\w*|grasp\w*|holds? (?:out|up)|offers?|waves?|waving|"
        r"grabs?|open(?:s|ing) (?:the|a) (?:door|gate|box)|lifts?|raises?|knock\w*"
    ),
    Pose.WALKING: (
        r"walk\w*|stroll\w*|wander\w*|steps?|stepping|march\w*|follow\w*|cross(?:es|ing)|climb\w*|"
        r"trudg\w*|stride\w*|stroll\w*|approach\w*|leav(?:es|ing)|arriv\w*|heads?|descend\w*|journey\w*|"
        r"roam\w*|drift\w*|travel\w*|enters?"
    ),
    Pose.STANDING: (
        r"stand(?:s|ing)?|stood|waits?|waiting|watch\w*|gaz\w+|star(?:es|ing)|listen\w*|faces|facing|"
        r"looks?|pauses?"
    ),
}
_IN_TURN = (
    Pose.WALKING,
    Pose.LOOKING_BACK,
    Pose.SITTING,
    Pose.REACHING,
    Pose.STANDING,
    Pose.RUNNING,
    Pose.KNEELING,
    Pose.ARMS_RAISED,
    Pose.DANCING,
)
_SMALL = 120
"""Pixels: the size at which a pose is measured."""
_LARGEST_DRAWN = 900
"""Pixels; a taller figure is drawn this tall and enlarged: nobody sees it, and it saves half a second."""


def pose_in(size: Size, pose: Pose) -> Pose:
    """The pose as a shot of that size can show it: where only head and shoulders are seen nobody sits or runs."""
    if size is not Size.CLOSE or pose is Pose.LOOKING_BACK:
        return pose
    return Pose.REACHING if pose in {Pose.REACHING, Pose.KNEELING} else Pose.STANDING


def read_pose(recipe: ClipRecipe) -> Pose:
    """What the figure does: the verb that is named first, else another pose in every scene of a film."""
    text = scene_words(recipe)
    found = {pose: match.start() for pose, words in POSES.items() if (match := re.search(rf"\b(?:{words})\b", text))}
    active = {pose: at for pose, at in found.items() if pose is not Pose.STANDING} or found
    if active:
        return min(active, key=lambda pose: active[pose])
    film = recipe.film
    return _IN_TURN[(seed_of(film.film_seed, "pose") + film.index) % len(_IN_TURN)]


def read_character(recipe: ClipRecipe) -> tuple[Look, bool]:
    """The look of the figure, and whether it came from a picture that is not ours (which is then shown as well)."""
    film, path = recipe.film, recipe.reference_path
    words = film.character or recipe.prompt
    if path is None:
        return look_of(words, seed=film.film_seed), False
    look = read_look(path)
    return (
        (look, False) if look is not None else (look_from_picture(path, description=words, seed=film.film_seed), True)
    )


def light_for(palette: Palette, *, behind: float, direction: float) -> Light:
    """Light that keeps the figure apart from what is behind it (`behind`: its luminance, 0..255)."""
    dark = behind < 95
    key = mix(mix(palette.light, WHITE, 0.25), palette.horizon, 0.22)
    shadow = mix(palette.shade, palette.sky, 0.22 if dark else 0.08)
    bright_rim = mix(palette.light, WHITE, 0.3)
    rim = bright_rim if luminance(palette.light) > behind + 25 else mix(palette.shade, palette.accent, 0.3)
    silhouette = 0.12 if dark else 0.2 + 0.16 * min(1.0, (behind - 95) / 110)
    return Light(shadow=shadow, key=key, rim=rim, direction=direction, silhouette=silhouette)


@dataclass(frozen=True)
class Acting:
    """Drawn phases of one pose, feet at (0, 0), made for a standing height of 1 after `scale`."""

    plates: tuple[Plate, ...]
    drawn_px: int
    cycle_s: float | None

    def phase(self, time_s: float) -> Plate:
        """The drawing for a moment."""
        if self.cycle_s is None:
            return self.plates[0]
        return self.plates[int(time_s / self.cycle_s * len(self.plates)) % len(self.plates)]


def measure(look: Look, pose: Pose, *, facing: int, shown: float = 9.0) -> Extent:
    """How far the figure reaches, from small drawings of some phases.

    Only what lies less than `shown` standing heights under its top counts sideways: the rest is cut off.
    """
    phases = (0.0, 0.25, 0.5, 0.75) if pose in CYCLES else (0.0,)
    small = [draw_figure(look, pose=pose, height_px=_SMALL, light=Light(), facing=facing, phase=at) for at in phases]
    reaches = [_sideways(figure, shown * _SMALL) for figure in small]
    return Extent(
        left=max(left for left, _ in reaches) / _SMALL + 0.015,
        right=max(right for _, right in reaches) / _SMALL + 0.015,
        up=max(figure.feet[1] for figure in small) / _SMALL + 0.02,
        down=max(figure.rgba.shape[0] - figure.feet[1] for figure in small) / _SMALL + 0.01,
    )


def _sideways(figure: Figure, shown: float) -> tuple[int, int]:
    """Pixels from the feet to the left and the right edge of the shown part."""
    columns = np.flatnonzero(figure.rgba[: max(1, round(shown)), :, 3].any(axis=0))
    return figure.feet[0] - int(columns[0]), int(columns[-1]) + 1 - figure.feet[0]


def act(look: Look, pose: Pose, *, height: float, light: Light, facing: int, cut_below: float = 9.0) -> Acting:
    """Draw the figure `height` pixels tall. What lies more than `cut_below` heights under its top is left out."""
    drawn = min(_LARGEST_DRAWN, max(24, round(height)))
    count = 1 if pose not in CYCLES else (8 if drawn < 480 else 6)
    figures = [
        draw_figure(look, pose=pose, height_px=drawn, light=light, facing=facing, phase=index / count)
        for index in range(count)
    ]
    return Acting(tuple(_plate(figure, cut_below * drawn) for figure in figures), drawn, CYCLES.get(pose))


def _plate(figure: Figure, cut_below: float) -> Plate:
    rows = min(figure.rgba.shape[0], max(8, round(cut_below)))
    rgba = cv2.copyMakeBorder(
        figure.rgba[:rows], 2, 2 if rows == figure.rgba.shape[0] else 0, 2, 2, cv2.BORDER_CONSTANT
    )
    ink = np.asarray(rgba[..., :3], np.uint8, order="C")
    return Plate(
        as_yuv(ink, np.asarray(rgba[..., 3], np.uint8, order="C")), -figure.feet[0] - 2, -figure.feet[1] - 2, 1.0
    )
