"""Pictures of a film: a poster, and a contact sheet of moments spread over it."""

import math
from collections.abc import Sequence
from pathlib import Path

from av.container import InputContainer
from PIL import Image

from stitch_svc.cut.source import open_clip

POSTER_AT = 1 / 3
POSTER_SIDE_PX = 1280
TILE_WIDTH_PX = 320
MOST_TILES = 12
COLUMNS = 4
GAP_PX = 6
QUALITY = 85
GROUND = (16, 16, 18)


def write_poster(film: Path, *, to: Path) -> Path:
    """A picture from a third into the film as a JPEG, no larger than `POSTER_SIDE_PX`."""
    with open_clip(film) as container:
        picture = _picture(container, at=POSTER_AT)
    picture.thumbnail((POSTER_SIDE_PX, POSTER_SIDE_PX))
    picture.save(to, "JPEG", quality=QUALITY)
    return to


def write_contact_sheet(film: Path, *, to: Path, tiles: int = MOST_TILES) -> Path:
    """`tiles` moments, evenly spread, in rows of `COLUMNS`."""
    with open_clip(film) as container:
        moments = [_picture(container, at=(number + 0.5) / tiles, width=TILE_WIDTH_PX) for number in range(tiles)]
    _sheet(moments).save(to, "JPEG", quality=QUALITY)
    return to


def _sheet(moments: Sequence[Image.Image]) -> Image.Image:
    columns = min(COLUMNS, len(moments))
    width, height = moments[0].size
    rows = math.ceil(len(moments) / columns)
    sheet = Image.new("RGB", (columns * (width + GAP_PX) + GAP_PX, rows * (height + GAP_PX) + GAP_PX), GROUND)
    for number, moment in enumerate(moments):
        row, column = divmod(number, columns)
        sheet.paste(moment, (GAP_PX + column * (width + GAP_PX), GAP_PX + row * (height + GAP_PX)))
    return sheet


def _picture(container: InputContainer, *, at: float, width: int | None = None) -> Image.Image:
    """The nearest key frame at or before that share of the film; only key frames are decoded."""
    stream = container.streams.video[0]
    stream.codec_context.skip_frame = "NONKEY"
    container.seek(int((container.duration or 0) * at) + (container.start_time or 0))
    frame = next(container.decode(stream))
    height = None if width is None else max(2, 2 * round(frame.height * width / frame.width / 2))
    small = frame.reformat(width=width, height=height, format="rgb24", src_colorspace="ITU709")
    return Image.fromarray(small.to_ndarray())
