"""Where pictures are decoded: runs in a child process, which alone pays for Pillow and for a hostile file."""

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from shared.children import Report
from shared.contracts.base import MediaFacts
from shared.pictures import Fit, Fitted, Look, Unreadable

MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
MOST_PIXELS = 64_000_000
LONGEST_SIDE_PX = 2048
QUALITIES = (92, 85)
WHITE = (255, 255, 255)


def look(recipe: Look, *, out: Path, progress: Report) -> MediaFacts:
    """Decode the picture `out` to its last pixel. Raises Unreadable."""
    picture = _opened(out)
    return MediaFacts(width=picture.width, height=picture.height)


def fit(recipe: Fit, *, out: Path, progress: Report) -> Fitted:
    """Write `recipe.source` to `out`, as it is where that will do. Raises Unreadable."""
    picture = _opened(recipe.source)
    upright = ImageOps.exif_transpose(picture)
    small = recipe.source.stat().st_size <= recipe.most_bytes and max(picture.size) <= LONGEST_SIDE_PX
    if small and _is_upright(picture):
        out.write_bytes(recipe.source.read_bytes())
        return Fitted(media_type=MEDIA_TYPES[picture.format or ""], width=picture.width, height=picture.height)
    upright.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    return _written(_on_white(upright), out, most_bytes=recipe.most_bytes)


def _opened(path: Path) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # judged here, before a pixel is decoded
    try:
        picture = Image.open(path, formats=tuple(MEDIA_TYPES))
        if picture.width * picture.height > MOST_PIXELS:
            raise Unreadable(f"it has {picture.width} x {picture.height} pixels, more than {MOST_PIXELS:,}")
        picture.load()
    except UnidentifiedImageError as error:
        raise Unreadable("it is no PNG, JPEG or WebP picture") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Unreadable("its bytes are broken") from error
    return picture


def _is_upright(picture: Image.Image) -> bool:
    return bool(picture.getexif().get(0x0112, 1) == 1)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGB", "L"):
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    ground = Image.new("RGB", picture.size, WHITE)
    ground.paste(clear, mask=clear.getchannel("A"))
    return ground


def _written(picture: Image.Image, out: Path, *, most_bytes: int) -> Fitted:
    """As JPEG; a lower quality than the last one would spoil it, so it may stay larger than `most_bytes`."""
    for quality in QUALITIES:
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if out.stat().st_size <= most_bytes:
            break
    return Fitted(media_type="image/jpeg", width=picture.width, height=picture.height)
