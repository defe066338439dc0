"""Everything a clip is filmed from: painted plates, placed figure, light, words, air."""

from dataclasses import dataclass, replace

import numpy as np

from shared.figure import Pose
from video_svc.animatic.camera import Angle, Camera, Shot, Size, read_shot
from video_svc.animatic.caption import caption_of, overlay
from video_svc.animatic.card import card_of
from video_svc.animatic.cast import PACES, Acting, act, light_for, measure, pose_in, read_character, read_pose
from video_svc.animatic.colour import BLACK, Colour, mix
from video_svc.animatic.compositor import Picture, Placed, Stamp, Vignette
from video_svc.animatic.halo import Halo, light_up
from video_svc.animatic.palette import palette_of
from video_svc.animatic.plate import Canvas, Frame, Plate
from video_svc.animatic.recipe import ClipRecipe, seed_of
from video_svc.animatic.scenery import paint
from video_svc.animatic.scenery.brush import Brush
from video_svc.animatic.setting import Setting, read_setting
from video_svc.animatic.staging import Staging, is_wide, shown_share, stage, standing_height
from video_svc.animatic.thrift import halved, parted, together, within_budget
from video_svc.animatic.weather import Air, air_of

_HORIZONS = {Angle.EYE: 0.57, Angle.LOW: 0.63, Angle.HIGH: 0.44}
_BLUR = {Size.MEDIUM: 1 / 300, Size.CLOSE: 1 / 130}
"""How far out of focus the background is, in units."""
_ALIKE = 0.09
"""Plates nearer to each other than this share one movement."""
_LONGEST_WAY = 0.4
"""How far a figure may get that is seen whole, in frame widths; one that is seen near gets a quarter of it."""
_FEET_BELOW_GROUND = 0.055
"""The figure stands this far in front of the ground's edge, as a share of the frame."""


@dataclass(frozen=True)
class Scene:
    camera: Camera
    staging: Staging
    behind: tuple[Plate, ...]
    before: tuple[Plate, ...]
    acting: Acting
    under: Plate | None
    air: Air
    stamps: tuple[Stamp, ...]
    vignette: Vignette


def prepare(recipe: ClipRecipe) -> Scene:
    """Read the recipe, paint the plates, place and draw the figure, set the words."""
    setting, shot = read_setting(recipe), read_shot(recipe)
    frame = Frame(recipe.width, recipe.height, blur=_BLUR.get(shot.size, 0.0))
    side = side_of(recipe)
    camera = Camera(frame, shot, side=-side, seed=seed_of(recipe.seed, "camera"))
    brush = brush_of(recipe, setting, shot, frame)
    plates = paint(brush)
    behind = tuple(plate for plate in plates if plate.depth <= 1.0)
    staging, acting = _cast(recipe, camera, brush, behind)
    light_up(behind, _halo(brush, staging), camera=camera)
    before = tuple(plate for plate in plates if plate.depth > 1.0)
    card, alike = card_of(recipe, staging), _ALIKE if not frame.blur else 2 * _ALIKE
    return Scene(
        camera,
        staging,
        _filmed(behind, camera=camera, alike=alike),
        parted(together(before, alike=alike), camera=camera),
        acting,
        _under(brush, staging, pose_in(shot.size, read_pose(recipe))),
        air_of(setting.weather, frame, brush.palette, np.random.default_rng(seed_of(recipe.seed, "air"))),
        tuple(Stamp.of(*stamp) for stamp in (*([card] if card else []), *overlay(recipe, staging, brush.palette))),
        Vignette.of(recipe.width, recipe.height),
    )


def _filmed(behind: tuple[Plate, ...], *, camera: Camera, alike: float) -> tuple[Plate, ...]:
    """What is behind the figure, made cheap to film; out of focus it is filmed at half size, where nothing is lost."""
    if not camera.frame.blur:
        return within_budget(behind, camera=camera, alike=alike)
    small = replace(camera.frame, width=camera.frame.width // 2, height=camera.frame.height // 2)
    plates = tuple(halved(plate) for plate in together(behind, alike=alike))
    return parted(plates, camera=replace(camera, frame=small))


def side_of(recipe: ClipRecipe) -> int:
    """Where the figure stands, -1 left or 1 right; changes from scene to scene."""
    return 1 if (seed_of(recipe.film.film_seed, "side") + recipe.film.index) % 2 else -1


def brush_of(recipe: ClipRecipe, setting: Setting, shot: Shot, frame: Frame) -> Brush:
    """The sun stands on the figure's side, a little inwards, so that the figure stands out against its glow."""
    rng = np.random.default_rng(seed_of(recipe.seed, recipe.film.film_seed, recipe.film.index, setting.place))
    horizon = _HORIZONS[shot.angle] - (0.0 if is_wide(frame) else 0.05)
    ground = max(0.7 if is_wide(frame) else 0.66, horizon + 0.1)
    sun = (0.5 + side_of(recipe) * float(rng.uniform(0.08, 0.15)), horizon - float(rng.uniform(0.14, 0.24)))
    return Brush(frame, palette_of(setting, recipe.film.film_seed), setting, rng, horizon, ground=ground, sun=sun)


def stage_for(recipe: ClipRecipe, camera: Camera, brush: Brush, extent_pose: tuple[Pose, int]) -> Staging:
    """Place figure and words for a recipe."""
    pose, facing = extent_pose
    look, _ = read_character(recipe)
    return stage(
        camera,
        measure(look, pose, facing=facing, shown=shown_share(camera.shot.size)),
        words=bool(caption_of(recipe)),
        side=side_of(recipe),
        ground=brush.ground + _FEET_BELOW_GROUND,
        travel=facing * _way(recipe, camera, pose),
    )


def _way(recipe: ClipRecipe, camera: Camera, pose: Pose) -> float:
    """How far the figure gets in the clip, in frame widths."""
    height = standing_height(camera.frame, camera.shot, words=bool(caption_of(recipe)))
    natural = PACES.get(pose, 0.0) * recipe.duration_s * height / camera.frame.width
    return min(_LONGEST_WAY if camera.nearness == 1 else _LONGEST_WAY / 4, natural)


def _cast(recipe: ClipRecipe, camera: Camera, brush: Brush, behind: tuple[Plate, ...]) -> tuple[Staging, Acting]:
    """The figure, placed, lit by what is behind it, and drawn. It looks into the picture."""
    pose, facing = pose_in(camera.shot.size, read_pose(recipe)), -side_of(recipe)
    look, _ = read_character(recipe)
    staging = stage_for(recipe, camera, brush, (pose, facing))
    towards = 1.0 if brush.sun[0] * brush.frame.width > staging.feet[0] else -1.0
    light = light_for(brush.palette, behind=_luminance_behind(behind, staging), direction=towards)
    return staging, act(look, pose, height=staging.height, light=light, facing=facing)


def _luminance_behind(behind: tuple[Plate, ...], staging: Staging) -> float:
    """How bright the picture is where the figure will stand, 0..255, in the middle of the clip."""
    frame = staging.camera.frame
    picture = Picture(frame.width, frame.height)
    picture.lay([Placed(plate, staging.camera.matrix(0.5, plate.depth)) for plate in behind])
    box = staging.figure_box(0.5)
    luma = picture.pixels[int(box.top) : int(box.bottom) + 1, int(box.left) : int(box.right) + 1, 0]
    return float(np.clip((float(luma.mean()) - 16) * 255 / 219, 0, 255)) if luma.size else 0.0


def _halo(brush: Brush, staging: Staging) -> Halo:
    """A breath of light all along the figure's way."""
    (x, y), height = staging.feet, staging.height
    radius = min(0.75 * height, 0.6 * brush.frame.unit)
    colour = mix(brush.palette.horizon, brush.palette.light, 0.35)
    return Halo((x, y - 0.55 * height), (radius + 0.4 * abs(staging.travel), radius), colour, 0.36)


def _under(brush: Brush, staging: Staging, pose: Pose) -> Plate | None:
    """What is under the figure, whose feet lie at (0, 0): a soft shadow, and a seat for one that sits."""
    if staging.feet[1] > staging.picture.bottom + 0.1 * staging.height:
        return None
    side = round(staging.height)
    ink = mix(brush.palette.shade, BLACK, 0.5)
    wood = mix(brush.palette.haze, brush.palette.accent, 0.35)
    shadow = Canvas(Frame(side, side), ink)
    seat = Canvas(Frame(side, side), wood, mix(brush.palette.shade, wood, 0.4), rows=(0.25, 0.52))
    middle, reach = 0.5 * side, 0.24 if pose is Pose.SITTING else 0.13
    shadow.oval(middle, middle, side * reach, side * 0.014)
    plates = [shadow.plate(1.0, blur=max(1.0, side / 120), opacity=0.55)]
    if pose is Pose.SITTING:
        _crate(seat, middle, side, mix(brush.palette.shade, wood, 0.3))
        seat.rim(brush.palette.light, dy=max(1.0, side / 200), strength=0.5)
        plates.append(seat.plate(1.0))
    (under,) = together([plate for plate in plates if plate], alike=1.0)
    return replace(under, left=under.left - middle, top=under.top - middle)


def _crate(seat: Canvas, middle: float, side: float, dark: Colour) -> None:
    """A wooden box to sit on, as high as a knee."""
    left, right, top = middle - 0.17 * side, middle + 0.17 * side, middle - 0.235 * side
    seat.box(left, top, right, middle + 0.005 * side)
    for plank in (0.36, 0.68):
        seat.patch(left, top + plank * 0.24 * side, right, top + plank * 0.24 * side + 0.008 * side, dark)
    for post in (left + 0.012 * side, right - 0.022 * side):
        seat.patch(post, top + 0.02 * side, post + 0.008 * side, middle, dark)
