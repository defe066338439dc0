"""One portrait: a look framed, lit, set before its backdrop, and kept inside the file."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from image_svc.portrait.backdrop import PALETTES, Palette, paint_backdrop
from image_svc.portrait.recipe import PortraitRecipe
from shared.contracts.base import MediaFacts
from shared.figure.breeds import breed_of
from shared.figure.canvas import View
from shared.figure.describe import look_of
from shared.figure.draw import bones_of, paint_figure
from shared.figure.engraving import engrave
from shared.figure.light import Light
from shared.figure.look import Look
from shared.figure.pose import Pose
from shared.lettering import font

_SHOULDERS = 0.36
"""The width that a narrow picture must hold, in standing heights."""
_MARK = "local"
_MARGIN_PX = 80
"""Drawn around the picture and cut off: shades there would think that the body ends at its edge."""


@dataclass(frozen=True, kw_only=True)
class Framing:
    """How much of the figure is shown and how. `top` is the air above it, as a share of the picture's height."""

    pose: Pose
    below: float | None
    """How many heads of the figure are seen below the middle of its own; None for all of it."""
    top: float
    gaze: float | None
    facing: int = 1
    light: float = 0.7


FRAMINGS: tuple[Framing, ...] = (
    Framing(pose=Pose.STANDING, below=1.2, top=0.11, gaze=0.2),
    Framing(pose=Pose.STANDING, below=2.9, top=0.11, gaze=0.42, facing=-1, light=-0.7),
    Framing(pose=Pose.STANDING, below=None, top=0.08, gaze=0.36),
    Framing(pose=Pose.LOOKING_BACK, below=2.0, top=0.12, gaze=-0.62, light=-0.8),
)
"""Close-up, half figure, full figure, over the shoulder."""


@dataclass(frozen=True)
class Crop:
    """The part of the figure's plane that fills the picture, in standing heights; `head` is the middle of the head."""

    left: float
    top: float
    span: float
    head: tuple[float, float]


def draw_portrait(recipe: PortraitRecipe, *, out: Path, progress: Callable[[float, str], None]) -> MediaFacts:
    """Draw `recipe` to `out`; `progress` hears shares from 0 to 1 and what is being done."""
    cv2.setNumThreads(1)
    look = look_of(recipe.description, seed=recipe.seed, variant=recipe.index)
    framing = FRAMINGS[recipe.index % len(FRAMINGS)]
    palette = _palette(recipe)
    progress(0.05, "painting the backdrop")
    crop = _crop(look, framing, recipe.size_px[0] / recipe.size_px[1])
    center = (0.5, (crop.head[1] - crop.top) / crop.span)
    backdrop = paint_backdrop(recipe.size_px, palette, seed=_number(recipe, "backdrop"), center=center)
    progress(0.4, "drawing the figure")
    picture = _joined(backdrop, _figure(look, framing, crop, palette, recipe.size_px), glow=palette)
    progress(0.85, "writing the picture")
    engrave(_marked(picture), look, out, recipe.output_format)
    progress(1.0, "done")
    return MediaFacts(width=recipe.size_px[0], height=recipe.size_px[1])


def _palette(recipe: PortraitRecipe) -> Palette:
    """The film's own colours first, then one other for each candidate."""
    return PALETTES[(_number(recipe, "palette") + recipe.index * 5) % len(PALETTES)]


def _number(recipe: PortraitRecipe, what: str) -> int:
    key = f"{what}|{recipe.description.lower()}|{recipe.seed}" + (f"|{recipe.index}" if what == "backdrop" else "")
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big")


def _figure(
    look: Look, framing: Framing, crop: Crop, palette: Palette, size_px: tuple[int, int]
) -> npt.NDArray[np.uint8]:
    """The figure alone, as large as the picture, straight alpha."""
    width, height = size_px
    scale = height / crop.span
    view = View(
        left=crop.left - _MARGIN_PX / scale, top=crop.top - _MARGIN_PX / scale,
        width_px=width + 2 * _MARGIN_PX, height_px=height + 2 * _MARGIN_PX, scale=scale, mirrored=framing.facing < 0,
    )  # fmt: skip
    light = Light(shadow=palette.deep, key=(255, 244, 228), rim=palette.glow, direction=framing.light, silhouette=0.08)
    canvas = paint_figure(look, pose=framing.pose, view=view, light=light, gaze=framing.gaze)
    return canvas.finish((_MARGIN_PX, _MARGIN_PX, _MARGIN_PX + width, _MARGIN_PX + height))


def _crop(look: Look, framing: Framing, ratio: float) -> Crop:
    """Chosen by the head, so that a child or a rabbit is framed like anyone else. `ratio` is width by height."""
    bones = bones_of(look, pose=framing.pose)
    head, (x, y) = bones.head_height, bones.head
    bottom = y + framing.below * head if framing.below else 0.05
    rise = _rise(look, whole=framing.below is None) * head
    span = (bottom - y + rise) / (1 - framing.top)
    if ratio < 0.8:
        span = max(span, _SHOULDERS * head / 0.17 / ratio)
    middle = x * 0.6 + bones.hip[0] * 0.4
    return Crop(middle - span * ratio / 2, y - rise - framing.top * span, span, (x, y))


def _rise(look: Look, *, whole: bool) -> float:
    """How far hat, ears or antenna reach above the middle of the head, in heads; what it holds too where `whole`."""
    hat = {"top_hat": 1.1, "witch": 1.35, "helmet": 0.95, "beanie": 0.86, "fedora": 0.8, "cowboy": 0.84, "crown": 0.84}
    hair = {"curly": 0.9, "mohawk": 0.95, "tousled": 0.82, "bun": 0.86}
    bare = look.headwear in {"none", "headphones", "flowers"}
    tall = hair.get(look.hair, 0.62) if bare else hat.get(look.headwear, 0.62)
    tall *= 1.3 if whole and {"umbrella", "balloon"} & set(look.accessories) else 1.0
    if look.kind == "animal":
        return max(tall, 0.36 + breed_of(look).ear_size * (1.0 if whole else 0.8))
    return max(tall, 1.0) if look.kind == "robot" else tall


def _joined(
    backdrop: npt.NDArray[np.float32], figure: npt.NDArray[np.uint8], *, glow: Palette
) -> npt.NDArray[np.uint8]:
    """The figure before the backdrop, a breath of light around it."""
    alpha = figure[..., 3].astype(np.float32) / 255
    halo = cv2.GaussianBlur(cv2.resize(alpha, None, fx=0.25, fy=0.25), (0, 0), 9)
    halo = cv2.resize(halo, (alpha.shape[1], alpha.shape[0]), interpolation=cv2.INTER_LINEAR)[..., None]
    lit = backdrop + (np.array(glow.glow, np.float32) / 255 - backdrop) * halo * 0.3
    mixed = lit + (figure[..., :3].astype(np.float32) / 255 - lit) * alpha[..., None]
    return np.asarray(np.clip(mixed * 255 + 0.5, 0, 255), np.uint8)


def _marked(picture: npt.NDArray[np.uint8]) -> Image.Image:
    """A small word in the corner that says who drew it."""
    image = Image.fromarray(picture).convert("RGBA")
    ink = Image.new("RGBA", image.size)
    face = font(round(image.height * 0.019))
    at = (image.width - round(image.height * 0.022), image.height - round(image.height * 0.018))
    ImageDraw.Draw(ink).text(at, _MARK, font=face, fill=(255, 250, 240, 120), anchor="rs")
    return Image.alpha_composite(image, ink).convert("RGB")
