"""What is seen while one clip becomes the next, computed on the luma and chroma planes themselves."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from shared.contracts.stitch import TransitionType

Plane = npt.NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]
Blend = Callable[[Plane, Plane, float], Plane]
"""(leaving plane, entering plane, progress 0..1) -> what is shown."""
STEPS = 256


def blended(
    leaving: Iterable[VideoFrame], entering: Iterable[VideoFrame], *, kind: TransitionType, count: int, full_range: bool
) -> Iterator[VideoFrame]:
    """`count` frames between the two clips; both must give at least as many. yuv420p in and out."""
    for number, (before, after) in enumerate(zip(leaving, entering, strict=False), start=1):
        shown = blend(planes_of(before), planes_of(after), kind=kind, at=number / (count + 1), full_range=full_range)
        yield frame_of(shown)
        if number == count:
            return


def blend(before: Planes, after: Planes, *, kind: TransitionType, at: float, full_range: bool = False) -> Planes:
    """The picture at progress `at` (0..1)."""
    if kind in {"fade_black", "fade_white"}:
        return _through(before, after, _flat(kind, full_range=full_range), at)
    chosen = BLENDS[kind]
    first, second, third = (chosen(one, other, at) for one, other in zip(before, after, strict=True))
    return first, second, third


def planes_of(frame: VideoFrame) -> Planes:
    """Luma and the two chroma planes of a yuv420p picture."""
    stacked, height, width = frame.to_ndarray(format="yuv420p"), frame.height, frame.width
    chroma = stacked[height:].reshape(2, height // 2, width // 2)
    return stacked[:height].astype(np.uint8, copy=False), chroma[0], chroma[1]


def frame_of(planes: Sequence[Plane]) -> VideoFrame:
    height, width = planes[0].shape
    stacked = np.empty((height * 3 // 2, width), np.uint8)
    stacked[:height] = planes[0]
    stacked[height:].reshape(2, height // 2, width // 2)[:] = planes[1], planes[2]
    return VideoFrame.from_ndarray(stacked, format="yuv420p")


def mixed(before: Plane, after: Plane | int, at: float) -> Plane:
    """`before` and `after` in proportion, rounded to the nearest level."""
    weight = round(at * STEPS)
    total = before.astype(np.uint16)
    total *= STEPS - weight
    total += np.uint16(after * weight) if isinstance(after, int) else after.astype(np.uint16) * np.uint16(weight)
    total += STEPS // 2
    total //= STEPS
    return total.astype(np.uint8)


def _flat(kind: TransitionType, *, full_range: bool) -> tuple[int, int, int]:
    dark, light = (0, 255) if full_range else (16, 235)
    return (dark if kind == "fade_black" else light), 128, 128


def _through(before: Planes, after: Planes, colour: tuple[int, int, int], at: float) -> Planes:
    shown, share = (before, 2 * at) if at < 0.5 else (after, 2 - 2 * at)
    first, second, third = (mixed(plane, level, share) for plane, level in zip(shown, colour, strict=True))
    return first, second, third


def _edge(length: int, at: float) -> int:
    """How many rows or columns the entering clip has; even in luma, so that chroma follows."""
    return round(length * at)


def _wiped(axis: int, *, from_end: bool) -> Blend:
    def wipe(before: Plane, after: Plane, at: float) -> Plane:
        shown, edge = before.copy(), _edge(before.shape[axis], at)
        part = slice(before.shape[axis] - edge, None) if from_end else slice(0, edge)
        chosen = (slice(None), part) if axis else (part, slice(None))
        shown[chosen] = after[chosen]
        return shown

    return wipe


def _slid(axis: int, *, from_end: bool) -> Blend:
    def slide(before: Plane, after: Plane, at: float) -> Plane:
        edge = _edge(before.shape[axis], at)
        strip = np.concatenate((before, after) if from_end else (after, before), axis=axis)
        start = edge if from_end else before.shape[axis] - edge
        return strip[:, start : start + before.shape[1]] if axis else strip[start : start + before.shape[0]]

    return slide


BLENDS: dict[TransitionType, Blend] = {
    "crossfade": mixed,
    "wipe_left": _wiped(1, from_end=True),
    "wipe_right": _wiped(1, from_end=False),
    "wipe_up": _wiped(0, from_end=True),
    "wipe_down": _wiped(0, from_end=False),
    "slide_left": _slid(1, from_end=True),
    "slide_right": _slid(1, from_end=False),
    "slide_up": _slid(0, from_end=True),
    "slide_down": _slid(0, from_end=False),
}
"""`left` is the way the edge or the picture moves."""
