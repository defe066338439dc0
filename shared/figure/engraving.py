"""A look inside a picture file: written with the pixels, read back later, or guessed from foreign pixels."""

import json
from pathlib import Path
from typing import Literal

from PIL import Image, PngImagePlugin, UnidentifiedImageError
from pydantic import ValidationError

from shared.figure.describe import look_of
from shared.figure.foreign import palette_of
from shared.figure.look import Look
from shared.figure.reading import read

KEYWORD = "scenebeat:look"
_EXIF_DESCRIPTION = 0x010E
_EXIF_SOFTWARE = 0x0131


def engrave(image: Image.Image, look: Look, path: Path, format: Literal["png", "jpg", "webp"]) -> None:  # noqa: A002 -- the word of the contract
    """Write `image` to `path`, `look` inside: a PNG text chunk, EXIF of a JPEG or WebP. Same input, same bytes."""
    text = look.model_dump_json()
    if format == "png":
        chunks = PngImagePlugin.PngInfo()
        chunks.add_text(KEYWORD, _ascii(text))
        image.save(path, "PNG", pnginfo=chunks, compress_level=5)
    elif format == "jpg":
        image.convert("RGB").save(path, "JPEG", quality=93, subsampling=0, optimize=True, exif=_exif(text))
    else:
        image.convert("RGB").save(path, "WEBP", quality=92, method=4, exif=_exif(text))


def read_look(path: Path) -> Look | None:
    """The look engraved in the picture at `path`; None for a foreign picture or no picture at all."""
    try:
        with Image.open(path) as image:
            text = image.info.get(KEYWORD) or _exif_text(image)
        return Look.model_validate_json(text) if text else None
    except (OSError, UnidentifiedImageError, ValidationError, SyntaxError):
        return None


def look_from_picture(path: Path, *, description: str, seed: int) -> Look:
    """A look for a foreign picture: the words of `description`, and what they leave open coloured like the picture."""
    tinted = palette_of(path)
    plain, said = look_of(description, seed=seed), read(description)
    return plain.model_copy(update={field: color for field, color in tinted.items() if field not in said})


def _ascii(text: str) -> str:
    return json.dumps(json.loads(text), separators=(",", ":"))


def _exif(text: str) -> bytes:
    exif = Image.Exif()
    exif[_EXIF_SOFTWARE] = "Scenebeat local"
    exif[_EXIF_DESCRIPTION] = KEYWORD + " " + _ascii(text)
    return exif.tobytes()


def _exif_text(image: Image.Image) -> str | None:
    found = str(image.getexif().get(_EXIF_DESCRIPTION, ""))
    return found.removeprefix(KEYWORD + " ") if found.startswith(KEYWORD) else None
