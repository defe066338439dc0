"""A text as a picture: the largest letters that fit, balanced lines, a thin rule under a title."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from shared.lettering import drawable, font, wrap

CardKind = Literal["title", "credits"]
Colour = tuple[int, int, int]
INK: Colour = (248, 245, 238)
LEADING = 1.22
"""Distance between baselines, in sizes of the letters."""
TEXT_WIDTH = 0.80
TEXT_HEIGHT = 0.66
"""Of the frame: what the text may fill, so that no screen cuts it off."""
SMALLEST = 1 / 40
"""Of the frame's shorter side: smaller letters cannot be read; then the text is shortened instead."""
SHRINK = 0.92
LONGEST = 1200
"""Characters; no card holds more."""


@dataclass(frozen=True)
class Face:
    """How a kind of card is set. `largest` is a part of the frame's shorter side."""

    bold: bool
    largest: float
    most_lines: int
    ruled: bool


FACES: dict[CardKind, Face] = {
    "title": Face(bold=True, largest=0.17, most_lines=4, ruled=True),
    "credits": Face(bold=False, largest=0.065, most_lines=14, ruled=False),
}


@dataclass(frozen=True)
class Setting:
    """Lines and the letters that make them fit."""

    lines: tuple[str, ...]
    letters: FreeTypeFont


def lettered(text: str, *, face: Face, size: tuple[int, int], accent: Colour) -> Image.Image:
    """The text centred on clear ground (RGBA), cropped to what is drawn; `size` is the frame's, in pixels."""
    setting = set_text(text, face=face, size=size)
    step = round(setting.letters.size * LEADING)
    picture = Image.new("RGBA", (size[0], step * (len(setting.lines) + 2)), (*INK, 0))
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(setting.lines):
        pen.text((size[0] / 2, step * (number + 1)), line, font=setting.letters, fill=(*INK, 255), anchor="mm")
    if face.ruled:
        _rule(pen, size=size, top=step * len(setting.lines) + round(step * 0.72), accent=accent)
    return picture.crop(picture.getbbox())


def set_text(text: str, *, face: Face, size: tuple[int, int]) -> Setting:
    """The largest setting whose words stay whole; where none does, the smallest letters, broken and shortened."""
    paragraphs = [paragraph for paragraph in text[:LONGEST].splitlines() if paragraph.strip()]
    width, pixels = round(size[0] * TEXT_WIDTH), 0
    for pixels in _sizes(face, size):
        letters, room = font(pixels, bold=face.bold), min(face.most_lines, _room(pixels, size))
        if _least(paragraphs, letters, width=width) > room:
            continue
        if _whole(paragraphs, letters, width=width) and _count(paragraphs, letters, width=width) <= room:
            lines = [line for paragraph in paragraphs for line in _balanced(paragraph, letters, width=width)]
            return Setting(tuple(lines), letters)
    letters = font(pixels, bold=face.bold)
    return Setting(tuple(wrap(" ".join(paragraphs), letters, width, _room(pixels, size))), letters)


def _sizes(face: Face, size: tuple[int, int]) -> Iterator[int]:
    pixels, smallest = min(size) * face.largest, max(8.0, min(size) * SMALLEST)
    while pixels > smallest:
        yield round(pixels)
        pixels *= SHRINK
    yield round(smallest)


def _room(pixels: int, size: tuple[int, int]) -> int:
    return max(1, int(size[1] * TEXT_HEIGHT / (pixels * LEADING)))


def _whole(paragraphs: Sequence[str], letters: FreeTypeFont, *, width: int) -> bool:
    """No word is wider than `width`."""
    return all(letters.getlength(word) <= width for each in paragraphs for word in drawable(each, letters).split())


def _count(paragraphs: Sequence[str], letters: FreeTypeFont, *, width: int) -> int:
    return sum(len(wrap(paragraph, letters, width, LONGEST)) for paragraph in paragraphs)


def _least(paragraphs: Sequence[str], letters: FreeTypeFont, *, width: int) -> float:
    """Lines that are needed at the very least: cheap to know, and it rules most sizes out for a long text."""
    return sum(letters.getlength(paragraph) / width for paragraph in paragraphs)


def _balanced(paragraph: str, letters: FreeTypeFont, *, width: int) -> list[str]:
    """As few lines as `width` allows, and those as even as they can be."""
    lines = wrap(paragraph, letters, width, LONGEST)
    widest_word = max(letters.getlength(word) for word in drawable(paragraph, letters).split())
    for narrower in range(width, int(widest_word), -max(1, width // 40)):
        tried = wrap(paragraph, letters, narrower, LONGEST)
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def _rule(pen: ImageDraw.ImageDraw, *, size: tuple[int, int], top: int, accent: Colour) -> None:
    half, thick = round(min(size) * 0.06), max(2, round(min(size) / 180))
    pen.rectangle((size[0] // 2 - half, top, size[0] // 2 + half, top + thick), fill=(*accent, 255))
