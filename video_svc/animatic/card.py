"""A reference that is not ours is shown in the picture as a framed card."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from video_svc.animatic.cast import read_character
from video_svc.animatic.plate import Pixels, as_yuv
from video_svc.animatic.recipe import ClipRecipe
from video_svc.animatic.staging import Box, Staging, is_wide

_PAPER = (246, 241, 230)
_TILT = 3.0
"""Degrees."""


def card_of(recipe: ClipRecipe, staging: Staging) -> tuple[Pixels, int, int] | None:
    """The card as a stamp and where it goes; None where the reference is a look of our own or there is none."""
    if recipe.reference_path is None or not read_character(recipe)[1]:
        return None
    room = card_box(staging)
    card = _framed(recipe, round(room.width), round(room.height))
    left = min(max(0, round(room.left)), recipe.width - card.width)
    top = min(max(0, round(room.top)), recipe.height - card.height)
    rgba = np.asarray(card)
    return as_yuv(np.ascontiguousarray(rgba[..., :3]), np.ascontiguousarray(rgba[..., 3])), left, top


def card_box(staging: Staging) -> Box:
    """The upper corner away from the figure."""
    frame = staging.camera.frame
    tall = (0.36 if is_wide(frame) else 0.2) * frame.height
    wide = tall * 0.82
    left = 0.05 * frame.width if staging.feet[0] > frame.width / 2 else 0.95 * frame.width - wide
    return Box(left, 0.09 * frame.height, left + wide, 0.09 * frame.height + tall)


def _framed(recipe: ClipRecipe, wide: int, tall: int) -> Image.Image:
    """The picture on thick paper, a little askew, with a shadow."""
    edge, shade = max(3, wide // 18), max(4, wide // 14)
    with Image.open(str(recipe.reference_path)) as source:
        photo = ImageOps.fit(ImageOps.exif_transpose(source).convert("RGB"), (wide - 2 * edge, tall - 4 * edge))
    card = Image.new("RGBA", (wide + 2 * shade, tall + 2 * shade), (0, 0, 0, 0))
    shadow = Image.new("L", card.size, 0)
    ImageDraw.Draw(shadow).rounded_rectangle([shade, shade + 4, shade + wide, shade + tall + 4], edge, fill=150)
    card.putalpha(shadow.filter(ImageFilter.GaussianBlur(shade / 2)))
    ImageDraw.Draw(card).rounded_rectangle([shade, shade, shade + wide, shade + tall], edge // 2, fill=(*_PAPER, 255))
    card.paste(photo, (shade + edge, shade + edge))
    return card.rotate(_TILT, Image.Resampling.BICUBIC, expand=True)
