"""Fit any picture into the film's frame: turned upright, square pixels, the film's colours."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame

from shared.contracts.stitch import Fit
from stitch_svc.cut.target import Target

BT601 = {5: "bt470bg", 6: "smpte170m"}
"""The H.273 matrices of standard definition, by their names in libavfilter; they get a real conversion."""
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
        seen = (frame.width, frame.height, frame.format.name, frame.rotation, frame.colorspace, frame.color_range)
        if graph is None or seen != shape:
            graph, shape = _graph(frame, target=target, fit=fit, pixel_shape=pixel_shape or Fraction(1)), seen
        graph.vpush(frame)
        yield graph.vpull()


def _graph(frame: VideoFrame, *, target: Target, fit: Fit, pixel_shape: Fraction) -> Graph:
    graph = Graph()
    source = graph.add(
        "buffer",
        f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base=1/1000"
        f":colorspace={frame.colorspace}:range={frame.color_range}",
    )
    upright = _chain(graph, source, UPRIGHT.get(frame.rotation % 360, ()))
    width, height = frame.width * pixel_shape, Fraction(frame.height)
    if frame.rotation % 180:
        width, height = height, width
    shape = float(width / height)
    placed = FITS[fit](graph, upright, target, shape, _colours(frame))
    sink = graph.add("buffersink")
    _chain(graph, placed, ("setsar=1", "format=yuv420p")).link_to(sink)
    graph.configure(auto_buffer=False)
    return graph


def _chain(graph: Graph, source: FilterContext, filters: Iterable[str]) -> FilterContext:
    for step in filters:
        name, _, arguments = step.partition("=")
        following = graph.add(name, arguments or None)
        source.link_to(following)
        source = following
    return source


def _colours(frame: VideoFrame) -> str:
    """The conversion to tagged BT.709 in TV range. Untagged pictures are taken for BT.709 and left as they are."""
    matrix = BT601.get(frame.colorspace, "bt709")
    full = frame.color_range == FULL_RANGE or frame.format.name.startswith("yuvj")
    return (
        f":flags=bicubic:in_color_matrix={matrix}:out_color_matrix=bt709"
        f":in_range={'full' if full else 'tv'}:out_range=tv"
    )


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
