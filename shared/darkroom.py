"""Where pictures are decoded: runs in a child process, which alone pays for Pillow and for a hostile file."""

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from shared.children import Report
from shared.contracts.base import MediaFacts
from shared.pictures import Fit, Fitted, Look, Shrink, Unreadable

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
    if small and _is_upright(picture) and picture.mode != "CMYK":
        out.write_bytes(recipe.source.read_bytes())
        return Fitted(media_type=_media_type(picture), width=picture.width, height=picture.height)
    upright.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    return _written(_on_white(upright), out, most_bytes=recipe.most_bytes)


def shrink(recipe: Shrink, *, out: Path, progress: Report) -> Fitted:
    """Write a copy of `recipe.source` to `out`: upright, in sRGB as far as it says, without what a camera noted."""
    picture = ImageOps.exif_transpose(_opened(recipe.source))
    if 0 < recipe.width < picture.width:
        height = max(1, round(picture.height * recipe.width / picture.width))
        picture = _plain(picture).resize((recipe.width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    file_format = next(name for name, media_type in MEDIA_TYPES.items() if media_type == recipe.media_type)
    plain = _on_white(picture) if file_format == "JPEG" else _plain(picture)
    quality = {"quality": recipe.quality} if recipe.quality else {}
    plain.save(out, file_format, optimize=True, icc_profile=_profile(picture, plain), **quality)
    return Fitted(media_type=recipe.media_type, width=plain.width, height=plain.height)


def _plain(picture: Image.Image) -> Image.Image:
    """In one of the two modes that every format and every browser takes."""
    clear = "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA", "La", "RGBa")
    return picture.convert("RGBA" if clear else "RGB")


def _profile(picture: Image.Image, plain: Image.Image) -> bytes | None:
    """The colours' profile, where the colours are still those that it is about."""
    return picture.info.get("icc_profile") if picture.mode[:3] == plain.mode[:3] else None


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


def _media_type(picture: Image.Image) -> str:
    """A JPEG with others behind it, as telephones make them, is a JPEG."""
    return MEDIA_TYPES.get(picture.format or "", "image/jpeg")


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
