"""The words in the picture: caption, slate and the small mark of the local model."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from shared.lettering import font, wrap
from video_svc.animatic.colour import BLACK, WHITE, Colour, mix
from video_svc.animatic.palette import Palette
from video_svc.animatic.plate import Frame, Pixels, as_yuv
from video_svc.animatic.recipe import ClipRecipe
from video_svc.animatic.staging import Box, Staging, caption_size, is_wide
from video_svc.animatic.wording import spoken

MARK = "local animatic"
_MAX_LINES = 2


def caption_of(recipe: ClipRecipe) -> str:
    """The cue's caption, else what the prompt says first."""
    return " ".join((recipe.film.caption or "").split()) or spoken(recipe.prompt)


def slate_of(recipe: ClipRecipe) -> str:
    film = recipe.film
    title = f"  ·  {' '.join(film.title.split())}" if film.title else ""
    return f"SCENE {film.index + 1}/{max(film.total, film.index + 1)}{title}"


def overlay(recipe: ClipRecipe, staging: Staging, palette: Palette) -> list[tuple[Pixels, int, int]]:
    """Stamps of premultiplied YCbCrA and where they go: caption, slate, mark."""
    frame = staging.camera.frame
    stamps = labels(recipe, frame, mark=MARK)
    text = caption_of(recipe)
    if staging.caption is not None and text:
        stamps.append(_caption(text, staging.caption, frame, palette))
    return [(_yuv(image), left, top) for image, left, top in stamps]


def labels(recipe: ClipRecipe, frame: Frame, *, mark: str) -> list[tuple[Image.Image, int, int]]:
    """Slate and mark, in the upper corners."""
    small = font(max(8, round(0.0215 * frame.unit)), bold=True)
    edge = round(0.03 * frame.unit)
    right = _label(mark, small, round(0.4 * frame.width))
    left = _label(slate_of(recipe), small, frame.width - right.width - 3 * edge)
    return [(left, edge, edge), (right, frame.width - edge - right.width, edge)]


def _label(text: str, face: ImageFont.FreeTypeFont, width: int) -> Image.Image:
    """One small line, pale, with a shadow that keeps it readable on anything."""
    line = (wrap(text, face, max(20, width - 8), 1) or [""])[0]
    ascent, descent = face.getmetrics()
    image = Image.new("RGBA", (int(face.getlength(line)) + 8, ascent + descent + 4), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.text((4, 3), line, font=face, fill=(0, 0, 0, 120))
    draw.text((3, 2), line, font=face, fill=(255, 255, 255, 205))
    return image


def _caption(text: str, box: Box, frame: Frame, palette: Palette) -> tuple[Image.Image, int, int]:
    return _beside(text, box, frame, palette) if is_wide(frame) else _band(text, box, frame, palette)


def _beside(text: str, box: Box, frame: Frame, palette: Palette) -> tuple[Image.Image, int, int]:
    """A quiet rounded box, no larger than its words, standing at the bottom of its room."""
    size = caption_size(frame)
    pad = round(size * 0.75)
    room = max(40, int(box.width) - 2 * pad - round(size * 0.25))
    face, lines = _fitting(text, size, room)
    step = round(face.size * 1.28)
    wide = min(int(box.width), round(max(face.getlength(line) for line in lines)) + 2 * pad + round(size * 0.25))
    tall = min(int(box.height), step * len(lines) + round(size * 0.62))
    image = Image.new("RGBA", (wide, tall), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle([0, 0, wide - 1, tall - 1], radius=round(size * 0.4), fill=(*_ground(palette), 198))
    bar = round(size * 0.14)
    draw.rounded_rectangle(
        [pad // 2, tall * 0.22, pad // 2 + bar, tall * 0.78], radius=bar // 2, fill=(*palette.accent, 255)
    )
    top = (tall - step * len(lines)) / 2 - size * 0.02
    for index, line in enumerate(lines):
        draw.text(
            (pad + round(size * 0.25), top + index * step),
            line,
            font=face,
            fill=(*mix(WHITE, palette.light, 0.25), 255),
        )
    centred = box.width > 0.7 * frame.width
    left = box.left + (box.width - wide) / 2 if centred else box.left
    return image, int(left), int(box.bottom) - tall


def _band(text: str, box: Box, frame: Frame, palette: Palette) -> tuple[Image.Image, int, int]:
    """A band under the picture, as wide as the frame."""
    size = caption_size(frame)
    wide, tall = round(box.width), round(box.height)
    image = Image.new("RGBA", (wide, tall), (*_ground(palette), 255))
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 0, wide, max(1, round(size * 0.07))], fill=(*mix(palette.accent, _ground(palette), 0.35), 255))
    face, lines = _fitting(text, size, round(wide * 0.88))
    step = round(face.size * 1.32)
    top = (tall - step * len(lines)) / 2
    for index, line in enumerate(lines):
        left = (wide - face.getlength(line)) / 2
        draw.text((left, top + index * step), line, font=face, fill=(*mix(WHITE, palette.light, 0.25), 255))
    return image, round(box.left), round(box.top)


def _fitting(text: str, size: int, room: int) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest letters, down to four fifths, at which nothing is cut; else the smallest, with an ellipsis."""
    for share in (1.0, 0.9, 0.8):
        face = font(max(8, round(size * share)))
        if len(lines := wrap(text, face, room, _MAX_LINES + 1)) <= _MAX_LINES:
            return face, _balanced(text, face, room, len(lines)) or [""]
    return face, wrap(text, face, room, _MAX_LINES) or [""]


def _balanced(text: str, face: ImageFont.FreeTypeFont, room: int, count: int) -> list[str]:
    """The same number of lines, as even as they get: no word stands alone."""
    narrow, wide = room // (count + 1) if count else 0, room
    while wide - narrow > 8:
        middle = (narrow + wide) // 2
        narrow, wide = (narrow, middle) if len(wrap(text, face, middle, count + 1)) <= count else (middle, wide)
    return wrap(text, face, wide, max(1, count))


def _ground(palette: Palette) -> Colour:
    return mix(palette.shade, BLACK, 0.45)


def _yuv(image: Image.Image) -> Pixels:
    rgba = np.asarray(image)
    return as_yuv(np.ascontiguousarray(rgba[..., :3]), np.ascontiguousarray(rgba[..., 3]))
