"""Fit any picture into the film's frame: turned upright, square pixels, the film's colours."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame

from shared.contracts.stitch import Fit
from stitch_svc.cut.colour import is_wide, write_table
from stitch_svc.cut.target import Target

MATRICES = {5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020", 10: "bt2020"}
"""The H.273 matrices that get a real conversion, by their names in libavfilter."""
FULL_RANGE = 2
BACKDROP_SHRINK = 8
"""A blurred backdrop is made this many times smaller: as soft, and 64 times cheaper."""
DIM = "lutyuv=y=(val-16)*0.7+16:u=(val-128)*0.7+128:v=(val-128)*0.7+128"
UPRIGHT: dict[int, tuple[str, ...]] = {90: ("transpose=cclock",), 270: ("transpose=clock",), 180: ("hflip", "vflip")}
"""libav's rotation (degrees counterclockwise, 0..359, that make the picture upright) -> filters."""


def fitted(
    frames: Iterable[VideoFrame], *, target: Target, fit: Fit, pixel_shape: Fraction | None = None
) -> Iterator[VideoFrame]:
    """The frames in the target's size as yuv420p. A clip may change its size on the way."""
    graph: Graph | None = None
    shape: tuple[object, ...] | None = None
    for frame in frames:
        seen = _look(frame)
        if graph is None or seen != shape:
            graph, shape = _graph(frame, target=target, fit=fit, pixel_shape=pixel_shape or Fraction(1)), seen
        graph.vpush(frame)
        yield graph.vpull()


def _look(frame: VideoFrame) -> tuple[object, ...]:
    """What a graph is built for."""
    colours = frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc
    return frame.width, frame.height, frame.format.name, frame.rotation, *colours


def _graph(frame: VideoFrame, *, target: Target, fit: Fit, pixel_shape: Fraction) -> Graph:
    with tempfile.TemporaryDirectory() as folder:  # for the table, read while the graph is built
        graph = Graph()
        source = graph.add(
            "buffer",
            f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base=1/1000"
            f":colorspace={frame.colorspace}:range={frame.color_range}",
        )
        narrowed = _chain(graph, source, _narrowing(frame, folder=Path(folder)))
        upright = _chain(graph, narrowed, UPRIGHT.get(frame.rotation % 360, ()))
        placed = FITS[fit](graph, upright, target, _shape(frame, pixel_shape), _colours(frame))
        sink = graph.add("buffersink")
        _chain(graph, placed, ("setsar=1", "format=yuv420p")).link_to(sink)
        graph.configure(auto_buffer=False)
    return graph


def _shape(frame: VideoFrame, pixel_shape: Fraction) -> float:
    """Width over height, as it is to be seen."""
    width, height = frame.width * pixel_shape, Fraction(frame.height)
    return float(height / width if frame.rotation % 180 else width / height)


def _chain(graph: Graph, source: FilterContext, filters: Iterable[str]) -> FilterContext:
    for step in filters:
        name, _, arguments = step.partition("=")
        following = graph.add(name, arguments or None)
        source.link_to(following)
        source = following
    return source


def _colours(frame: VideoFrame) -> str:
    """The conversion to tagged BT.709 in TV range. Untagged pictures are taken for BT.709 and left as they are."""
    if is_wide(primaries=frame.color_primaries, transfer=frame.color_trc):
        return ":flags=bicubic:out_color_matrix=bt709:out_range=tv"  # RGB already
    matrix = MATRICES.get(frame.colorspace, "bt709")
    full = frame.color_range == FULL_RANGE or frame.format.name.startswith("yuvj")
    return (
        f":flags=bicubic:in_color_matrix={matrix}:out_color_matrix=bt709"
        f":in_range={'full' if full else 'tv'}:out_range=tv"
    )


def _narrowing(frame: VideoFrame, *, folder: Path) -> tuple[str, ...]:
    """Wide gamut and HDR go through RGB and a table; everything else stays as it is."""
    if not is_wide(primaries=frame.color_primaries, transfer=frame.color_trc):
        return ()
    table = write_table(folder / "to709.cube", transfer=frame.color_trc)
    matrix = MATRICES.get(frame.colorspace, "bt2020")
    return f"scale=in_color_matrix={matrix}", "format=gbrp16le", f"lut3d=file={table}:interp=tetrahedral"


def _inside(target: Target, shape: float) -> tuple[int, int]:
    """The largest even size of that shape (width / height) within the frame."""
    width, height = min(target.width, target.height * shape), min(target.height, target.width / shape)
    return max(2, 2 * round(width / 2)), max(2, 2 * round(height / 2))


def _around(target: Target, shape: float) -> tuple[int, int]:
    """The smallest even size of that shape that covers the frame."""
    width, height = max(target.width, target.height * shape), max(target.height, target.width / shape)
    return 2 * round(width / 2), 2 * round(height / 2)


def _pad(graph: Graph, source: FilterContext, target: Target, shape: float, colours: str) -> FilterContext:
    width, height = _inside(target, shape)
    frame = f"{target.width}:{target.height}:{_centre(target.width, width)}:{_centre(target.height, height)}"
    return _chain(graph, source, (f"scale={width}:{height}{colours}", "format=yuv420p", f"pad={frame}:black"))


def _crop(graph: Graph, source: FilterContext, target: Target, shape: float, colours: str) -> FilterContext:
    width, height = _around(target, shape)
    return _chain(graph, source, (f"scale={width}:{height}{colours}", f"crop={target.width}:{target.height}"))


def _blur(graph: Graph, source: FilterContext, target: Target, shape: float, colours: str) -> FilterContext:
    """The whole picture over itself, filling the frame, soft and a little darker."""
    split = graph.add("split", "2")
    source.link_to(split)
    small_width, small_height = target.width // BACKDROP_SHRINK & ~1, target.height // BACKDROP_SHRINK & ~1
    small = Target(width=max(16, small_width), height=max(16, small_height), rate=target.rate)
    cover = _around(small, shape)
    backdrop = graph.add("scale", f"{cover[0]}:{cover[1]}{colours}")
    split.link_to(backdrop, 0, 0)
    backdrop = _chain(graph, backdrop, (
        f"crop={small.width}:{small.height}", "format=yuv420p", "gblur=sigma=4", DIM,
        f"scale={target.width}:{target.height}:flags=bicubic",
    ))  # fmt: skip
    width, height = _inside(target, shape)
    front = graph.add("scale", f"{width}:{height}{colours}")
    split.link_to(front, 1, 0)
    front = _chain(graph, front, ("format=yuv420p",))
    overlay = graph.add("overlay", f"{_centre(target.width, width)}:{_centre(target.height, height)}:format=yuv420")
    backdrop.link_to(overlay, 0, 0)
    front.link_to(overlay, 0, 1)
    return overlay


def _centre(outer: int, inner: int) -> int:
    return (outer - inner) // 2 & ~1


Fitting = Callable[[Graph, FilterContext, Target, float, str], FilterContext]
FITS: dict[Fit, Fitting] = {"pad": _pad, "crop": _crop, "blur": _blur}
