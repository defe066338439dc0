"""What is in the bytes of a picture that a client brought; nothing is believed that was not decoded."""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from gateway.requests.fields import PICTURE_FIELD as FIELD
from gateway.requests.reading import InvalidRequest
from shared.contracts.base import ErrorCode, MediaFacts
from shared.errors import PermanentError

MOST_PIXELS = 50_000_000
LEAST_SIDE_PX = 16
FORMATS = {"PNG": ("png", "image/png"), "JPEG": ("jpg", "image/jpeg"), "WEBP": ("webp", "image/webp")}


def look_into(content: bytes) -> tuple[str, str, MediaFacts]:
    """Extension, media type and size of a picture. Raises InvalidRequest (400), PermanentError (413)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own bound is stricter
            return _opened(content)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise InvalidRequest.at(FIELD, "is no PNG, JPEG or WebP picture, or a broken one") from None


def _opened(content: bytes) -> tuple[str, str, MediaFacts]:
    with Image.open(io.BytesIO(content), formats=tuple(FORMATS)) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise PermanentError.of(
                ErrorCode.PAYLOAD_TOO_LARGE, f"`{FIELD}` is {width} x {height}: at most {MOST_PIXELS} pixels are taken"
            )
        if min(width, height) < LEAST_SIDE_PX:
            raise InvalidRequest.at(FIELD, f"is {width} x {height}: at least {LEAST_SIDE_PX} pixels a side are needed")
        picture.load()
        extension, media_type = FORMATS[str(picture.format)]
        return extension, media_type, MediaFacts(width=width, height=height)
