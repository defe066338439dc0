"""What is in the bytes of a picture that a client brought; nothing is believed that was not decoded."""

import io
import warnings
from typing import NamedTuple

from PIL import ExifTags, Image, UnidentifiedImageError

from gateway.notes import without_notes
from gateway.requests.fields import PICTURE_FIELD as FIELD
from gateway.requests.reading import InvalidRequest
from shared.contracts.base import ErrorCode, MediaFacts
from shared.errors import PermanentError

MOST_PIXELS = 50_000_000
LEAST_SIDE_PX = 16
FORMATS = {"PNG": ("png", "image/png"), "JPEG": ("jpg", "image/jpeg"), "WEBP": ("webp", "image/webp")}
SEVERAL_IN_ONE = "MPO"
"""A JPEG with others behind it, as telephones make them: the first is taken."""


class Looked(NamedTuple):
    """A picture that was decoded; `content` is what is stored of it: nothing but the picture."""

    extension: str
    media_type: str
    facts: MediaFacts
    content: bytes


def look_into(content: bytes) -> Looked:
    """What a picture is. Raises InvalidRequest (400), PermanentError (413)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own bound is stricter than Pillow's, and broken notes are taken out
            return _opened(content)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise InvalidRequest.at(FIELD, "is no PNG, JPEG or WebP picture, or a broken one") from None


def _opened(content: bytes) -> Looked:
    with Image.open(io.BytesIO(content), formats=tuple(FORMATS)) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise PermanentError.of(
                ErrorCode.PAYLOAD_TOO_LARGE, f"`{FIELD}` is {width} x {height}: at most {MOST_PIXELS} pixels are taken"
            )
        if min(width, height) < LEAST_SIDE_PX:
            raise InvalidRequest.at(FIELD, f"is {width} x {height}: at least {LEAST_SIDE_PX} pixels a side are needed")
        if picture.format != SEVERAL_IN_ONE and getattr(picture, "n_frames", 1) > 1:
            raise InvalidRequest.at(FIELD, "is animated: send one picture")
        picture.load()
        image_format = "JPEG" if picture.format == SEVERAL_IN_ONE else str(picture.format)
        up = picture.getexif().get(ExifTags.Base.Orientation, 1)
        plain = without_notes(content, image_format, orientation=up if up in range(1, 9) else 1)
        return Looked(*FORMATS[image_format], MediaFacts(width=width, height=height), plain)
